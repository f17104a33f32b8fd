//! Initiatives: strategy, technology, pedagogy.

record! {
    /// The document of all initiatives.
    InitiativeList, "initiative_list" {
        initiatives: items(Initiative),
    }
}

record! {
    /// One initiative.
    Initiative, "initiative" {
        title: local,
        chain: record(Chain),
        problems: set,
        kpis: set,
        owners: set,
        start: date,
        due: date,
        state: choice("planned", "in_progress", "done", "paused", "cancelled"),
        /// Ids of the plan's change dimensions.
        change_dims: set,
        /// Responsible, accountable, consulted, informed, by person or group.
        raci: map(choice("R", "A", "C", "I")),
        /// The days on which persons or groups acknowledged their part.
        acknowledged: map(any),
        evidence: set,
        budget_kzt: number,
        spent_kzt: number,
        hours: number,
        hours_spent: number,
        advice: items(Advice) as Anonymous,
    }
}

record! {
    /// The three links of an initiative.
    Chain, "chain" {
        strategy: record(Link),
        technology: record(Link),
        pedagogy: record(Link),
    }
}

record! {
    /// One link of the chain.
    Link, "link" {
        label: local,
        text: prose,
        /// A decision, tool or KPI that it stands on.
        refers_to: text,
    }
}

record! {
    /// What the technology adviser says of an initiative.
    Advice, "advice" {
        date: date,
        author: text,
        text: prose,
        risk: text,
        cost_kzt: number,
    }
}
