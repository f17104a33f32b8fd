//! Design thinking: define, ideate, prototype.

record! {
    /// One cycle, from a problem to pilots.
    DesignCycle, "design_cycle", many {
        facilitators: set,
        problem: text,
        stage: choice("define", "ideate", "prototype", "done"),
        define: record(Define),
        ideate: record(Ideate),
        prototype: record(Prototype),
        result: local_prose,
        attendance: items(StageAttendance) as Anonymous,
    }
}

record! {
    /// Stage one: what the difficulty is.
    Define, "define" {
        difficulty: prose,
        difficulties: items(Difficulty),
        inputs: items(Input) as Anonymous,
        real_situation: prose,
        statement: local_prose,
        evidence: set,
    }
}

record! {
    /// One concrete difficulty; its rank is frequency times severity.
    Difficulty, "difficulty" {
        text: prose,
        place: text,
        frequency: number,
        severity: number,
        evidence: set,
    }
}

record! {
    /// Where what is known of the difficulty comes from.
    Input, "input" {
        kind: choice("survey", "interview", "ai_analysis"),
        title: local,
        evidence: text,
    }
}

record! {
    /// Stage two: ideas.
    Ideate, "ideate" {
        ideas: items(Idea),
        selection_rule: prose,
    }
}

record! {
    /// One idea.
    Idea, "idea" {
        title: local,
        source: choice("teachers", "ai"),
        author_group: text,
        /// The run of an AI tool that it came from.
        ai_run: text,
        novelty: number,
        feasibility: number,
        impact: number,
        /// Counted at a meeting: votes for it, and how many voted.
        votes: number,
        voters: number,
        /// Votes given on devices, by person: each is merged on its own, so that none is lost.
        ballots: map(any),
        selected: flag,
        rejected_because: prose,
    }
}

record! {
    /// Stage three: pilots.
    Prototype, "prototype" {
        pilots: set,
    }
}

record! {
    /// Who led a stage.
    StageAttendance, "stage_attendance" {
        stage: choice("define", "ideate", "prototype"),
        date: date,
        partners: set,
    }
}
