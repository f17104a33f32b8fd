//! Discussion: threads of comments on parts of the plan.

record! {
    /// The document of discussion.
    Discussion, "discussion" {
        comments_threads: items(Thread),
    }
}

record! {
    /// One thread.
    Thread, "thread" {
        /// The id of what is discussed.
        on: text,
        author: text,
        date: date,
        text: prose,
        replies: items(Reply) as Anonymous,
        resolved: flag,
    }
}

record! {
    /// One reply.
    Reply, "reply" {
        author: text,
        date: date,
        text: prose,
    }
}
