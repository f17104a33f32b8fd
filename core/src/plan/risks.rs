//! Risks and what is done about them. Formulas: DOMAIN.md, section 2.2.

record! {
    /// The document of all risks.
    RiskList, "risk_list" {
        risks: items(Risk),
    }
}

record! {
    /// One risk; likelihood and impact from 1 to 5.
    Risk, "risk" {
        title: local,
        likelihood: number,
        impact: number,
        residual: record(Residual),
        mitigations: items(Mitigation),
        owner: text,
    }
}

record! {
    /// The risk that is left once its mitigations are done.
    Residual, "residual" {
        likelihood: number,
        impact: number,
    }
}

record! {
    /// One measure against a risk.
    Mitigation, "mitigation" {
        title: local,
        owner: text,
        state: choice("open", "in_progress", "done", "cancelled"),
        due: date,
        evidence: set,
        /// The training, sponsor, grant and so on that it consists of.
        refers_to: text,
    }
}
