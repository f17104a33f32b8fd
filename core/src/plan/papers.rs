//! Papers: orders, reports and plans that are drafted from the plan.

record! {
    /// One paper.
    Paper, "paper", many {
        kind: choice(
            "order_draft",
            "order",
            "analytic_report",
            "development_plan",
            "minutes",
            "bulletin",
            "task_set",
            "rubric"
        ),
        title: local,
        ai_assisted: flag,
        ai_label: local,
        state: choice("draft", "review", "approved", "signed", "archived"),
        sources: set,
        blocks: items(Block) as Loose,
        approvals: items(Approval) as Anonymous,
        number: text,
        date: date,
        /// What a plugin drafted it as: task, choices, language. A later draft brings it up to date.
        drafted: text,
        /// Marks of the blocks that were drafted ever, three letters each: one that is gone was removed by a person.
        drafted_blocks: text,
    }
}

record! {
    /// One block of a paper.
    Block, "block" {
        /// What the block is: `heading`, `preamble`, `item`, `paragraph`, `signature` and so on.
        role: text,
        text: prose,
        /// The item of the plan that it was made from.
        from: text,
        /// An AI tool wrote it.
        ai: flag,
        ai_run: text,
        /// Who accepted what the AI tool wrote.
        accepted_by: text,
        figures: items(Figure) as Loose,
        owner: text,
        due: date,
        /// A mark of the text as a plugin drafted it: with another text the block is a person's.
        drafted: text,
    }
}

record! {
    /// A number in a block's text and where it comes from.
    Figure, "figure" {
        value: number,
        /// A place in the plan (`kpis/k1/actual`) or a computed value (`computed/ife`).
        path: text,
        /// The size of the group that the number is about.
        n: number,
    }
}

record! {
    /// One person's approval.
    Approval, "approval" {
        person: text,
        date: date,
        /// The hash of what was approved.
        hash: text,
    }
}

impl Block {
    /// Whether an AI tool wrote it and no person has accepted it yet.
    #[must_use]
    pub fn waits_for_acceptance(&self) -> bool {
        self.ai == Some(true) && self.accepted_by.trim().is_empty()
    }
}
