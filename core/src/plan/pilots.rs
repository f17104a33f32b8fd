//! Pilots: small trials that are judged by data.

record! {
    /// The document of all pilots.
    PilotList, "pilot_list" {
        pilots: items(Pilot),
    }
}

record! {
    /// One pilot.
    Pilot, "pilot" {
        kind: choice("lesson", "decision", "ai_tool"),
        title: local,
        scope: text,
        start: date,
        end: date,
        success: record(Criterion),
        measured: number,
        evidence: set,
        decision: choice("scale", "revise", "stop"),
        idea: text,
        lessons: prose,
    }
}

record! {
    /// When a pilot counts as a success.
    Criterion, "criterion" {
        /// A KPI's id or the name of a measure.
        metric: text,
        at_least: number,
        at_most: number,
    }
}
