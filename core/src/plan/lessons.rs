//! Lesson study: a lesson planned, observed and judged by its results. Learners' results live in sealed documents.

record! {
    /// One lesson study.
    LessonStudy, "lesson_study", many {
        class: text,
        subject: text,
        topic: local,
        team: set,
        focus_learners: set,
        plan: prose,
        steps: items(Step),
        test: record(Test),
        conclusion: prose as Nullable,
        claims: items(Claim),
    }
}

record! {
    /// One step.
    Step, "step" {
        title: local,
        date: date,
        done: flag,
        notes: prose,
    }
}

record! {
    /// The test by which the lesson is judged.
    Test, "test" {
        /// The file with the results.
        data: text,
        /// How many items it has.
        items: number,
        skills: items(Skill),
    }
}

record! {
    /// A skill and the items that test it.
    Skill, "skill" {
        title: local,
        items: set,
    }
}

record! {
    /// One claim of the conclusion and the numbers it rests on.
    Claim, "claim" {
        text: prose,
        evidence: set,
    }
}
