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

impl Risk {
    /// Likelihood × impact, 1 to 25; `None` while one is missing. Good for order and colour only.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        Some(self.likelihood? * self.impact?)
    }

    /// The score that counts today: the residual one once every mitigation is done or cancelled and at least one done.
    #[must_use]
    pub fn current_score(&self) -> Option<f64> {
        let done = self.mitigations.iter().any(|m| m.state == Some("done"))
            && self.mitigations.iter().all(|m| matches!(m.state, Some("done" | "cancelled")));
        let residual = self.residual.likelihood.zip(self.residual.impact).map(|(l, i)| l * i);
        if done { residual.or_else(|| self.score()) } else { self.score() }
    }
}
