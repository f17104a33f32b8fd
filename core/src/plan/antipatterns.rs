//! Anti-patterns: traditions that do not work, and what replaces them.

record! {
    /// The document of anti-patterns.
    AntipatternList, "antipattern_list" {
        antipatterns: items(Antipattern),
    }
}

record! {
    /// One tradition and its replacement.
    Antipattern, "antipattern" {
        from: local,
        to: local,
        initiative: text,
        measure: record(Measure),
        state: choice("found", "planned", "changing", "changed"),
        hours_month: number,
        people: number,
        who_suffers: text,
        evidence: set,
    }
}

record! {
    /// By what the change is seen.
    Measure, "measure" {
        kpi: text,
    }
}
