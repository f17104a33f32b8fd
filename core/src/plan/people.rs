//! People: the names behind the plan's ids. Never part of an exported plan.

record! {
    /// The document of people.
    PeopleList, "people_list" {
        people: items(Person),
    }
}

record! {
    /// One person.
    Person, "person" {
        name: text,
        position: text,
    }
}
