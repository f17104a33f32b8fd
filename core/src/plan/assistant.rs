//! What AI is used for: the director's cases, the directions of use, and the record of runs.

record! {
    /// The document of AI use.
    AssistantDocument, "assistant_document" {
        assistant_cases: items(Case),
        ai_uses: record(AiUses),
        ai_runs: items(AiRun),
    }
}

record! {
    /// One situation of the director's work.
    Case, "case" {
        situation: choice("planning", "analysis", "decision"),
        title: local,
        output: choice("order_draft", "analytic_report", "development_plan"),
        uses: set,
        minutes_by_hand: number,
        minutes_with_ai: number,
        text: prose,
        criteria: items(CaseCriterion),
        options: items(CaseOption),
    }
}

record! {
    /// What options are judged by.
    CaseCriterion, "case_criterion" {
        title: local,
        weight: number,
    }
}

record! {
    /// One option and its scores by criterion.
    CaseOption, "case_option" {
        title: local,
        scores: map(number),
    }
}

record! {
    /// Directions of use.
    AiUses, "ai_uses" {
        management: items(AiUse),
        learning: items(AiUse),
    }
}

record! {
    /// One direction.
    AiUse, "ai_use" {
        title: local,
        uses: set,
    }
}

record! {
    /// One run of an AI tool.
    AiRun, "ai_run" {
        date: date,
        model: text,
        prompt: prose,
        /// What the data of the prompt came from: places in the plan.
        sources: set,
        output_hash: text,
        reviewer: text,
    }
}
