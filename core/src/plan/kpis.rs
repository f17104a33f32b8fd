//! KPIs and the outcomes they measure. Formulas: DOMAIN.md, section 2.2.

record! {
    /// The document of KPIs and outcomes.
    KpiDocument, "kpi_document" {
        kpis: items(Kpi),
        expected_outcomes: items(Outcome),
        /// Marks of a class and term: quality and success.
        marks: items(Marks),
        corrections: items(Correction),
    }
}

record! {
    /// One measure.
    Kpi, "kpi" {
        title: local,
        unit: text,
        baseline: number,
        target: number,
        actual: number as Nullable,
        direction: choice("up", "down"),
        outcome: text,
        source: text,
        /// The day of `actual`.
        measured: date as Nullable,
        /// `use` counts how often a tool is used; `outcome` measures what came of it.
        kind: choice("outcome", "use"),
        /// The day by which the next measurement is owed.
        next_due: date,
        weight: number,
        measurements: items(Measurement),
    }
}

record! {
    /// One measurement of a KPI.
    Measurement, "measurement" {
        date: date,
        value: number,
        n: number,
        evidence: set,
        by: text,
    }
}

record! {
    /// What the plan shall bring about.
    Outcome, "outcome" {
        title: local,
        kpis: set,
    }
}

record! {
    /// Quality (shares of fours and fives) and success (share without twos) of a class, in percent.
    Marks, "marks" {
        class: text,
        subject: text,
        term: text,
        n: number,
        quality: number,
        success: number,
    }
}

record! {
    /// What was changed because a KPI lagged.
    Correction, "correction" {
        kpi: text,
        date: date,
        text: prose,
        by: text,
    }
}
