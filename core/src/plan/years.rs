//! Years that are over: what the plan was when the next one began.

record! {
    /// The document of years.
    YearList, "year_list" {
        years: items(Year),
    }
}

record! {
    /// A year that is over. Its plan stands in the log: `heads` names the state of every document.
    Year, "year" {
        title: local,
        start: date,
        end: date,
        /// The day on which the next year began.
        closed: date,
        /// From a document's id in hexadecimal to its heads, with spaces between them.
        heads: map(any),
        /// Ids of the documents that are no part of the next year.
        left: set,
    }
}
