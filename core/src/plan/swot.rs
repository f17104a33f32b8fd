//! Quantitative SWOT: weighted factors, pairwise comparisons and TOWS strategies. Formulas: DOMAIN.md, section 2.1.

record! {
    /// The document of the SWOT analysis.
    SwotDocument, "swot_document" {
        swot: record(Swot),
    }
}

record! {
    /// The SWOT analysis.
    Swot, "swot" {
        convention: record(Convention),
        items: items(Factor),
        /// Comparisons of the groups (`groups`) and, for each group, of its factors (`S`, `W`, `O`, `T`).
        pairwise: items(Pairwise) as Keyed,
        tows: items(Strategy),
    }
}

record! {
    /// Which ratings a factor may have.
    Convention, "convention" {
        /// `classic`: strengths 3 or 4, weaknesses 1 or 2; `response`: 1 to 4 for all.
        internal: choice("classic", "response"),
        external: choice("classic", "response"),
    }
}

record! {
    /// A strength, weakness, opportunity or threat.
    Factor, "factor" {
        quadrant: choice("S", "W", "O", "T"),
        title: local,
        weight: number,
        rating: number,
        evidence: set,
        risk: text,
    }
}

record! {
    /// Pairwise judgements of one group. In the file they are an upper triangle, `upper`, row by row.
    Pairwise, "pairwise" {
        /// What is compared, in the order of the rows.
        order: set,
        /// How much more the first weighs than the second: `s1|s2` to a number, or a text such as `1/2`.
        judgements: map(any),
    }
}

record! {
    /// A TOWS strategy: what follows from an internal and an external factor.
    Strategy, "strategy" {
        cell: choice("SO", "WO", "ST", "WT"),
        from: set,
        title: local,
        initiative: text,
    }
}

/// Sums of weight × rating, each from 1 to 4 when the weights sum to 1; 2.5 is average.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SwotTotals {
    /// Internal factors: strengths and weaknesses.
    pub ife: f64,
    /// External factors: opportunities and threats.
    pub efe: f64,
    /// The weights of the internal factors.
    pub internal_weight: f64,
    /// The weights of the external factors.
    pub external_weight: f64,
}

impl Swot {
    /// IFE and EFE (David). A factor without weight or rating adds nothing.
    #[must_use]
    pub fn totals(&self) -> SwotTotals {
        let mut totals = SwotTotals::default();
        for factor in &self.items {
            let weight = factor.weight.unwrap_or_default();
            let score = weight * factor.rating.unwrap_or_default();
            match factor.quadrant {
                Some("S" | "W") => {
                    totals.internal_weight += weight;
                    totals.ife += score;
                }
                Some("O" | "T") => {
                    totals.external_weight += weight;
                    totals.efe += score;
                }
                _ => {}
            }
        }
        totals
    }

    /// A'WOT: each factor's priority within its group times the group's priority, by factor id; the sum is 1.
    /// `None` while a comparison is missing or incomplete.
    #[must_use]
    pub fn priorities(&self) -> Option<Vec<(String, f64)>> {
        let group = |id: &str| self.pairwise.iter().find(|pairwise| pairwise.id == id);
        let groups = group("groups")?;
        let mut priorities = Vec::new();
        for (name, share) in groups.order.iter().zip(groups.ahp()?.weights) {
            let factors = group(name)?;
            let weights = factors.ahp()?.weights;
            priorities.extend(factors.order.iter().cloned().zip(weights.iter().map(|w| w * share)));
        }
        Some(priorities)
    }
}

impl Pairwise {
    /// The group's priorities and how consistent its judgements are; `None` while a judgement is missing.
    #[must_use]
    pub fn ahp(&self) -> Option<crate::plan::Ahp> {
        let value = |first: &str, second: &str| {
            let at = |a: &str, b: &str| {
                let value = self.judgements.get(&format!("{a}|{b}"));
                value.and_then(crate::plan::judgement)
            };
            at(first, second).or_else(|| at(second, first).map(f64::recip))
        };
        crate::plan::ahp(&self.order, value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use crate::plan::tests::example;

    #[test]
    fn example_totals_are_those_of_its_readme() {
        let totals = example().swot.totals();
        assert!((totals.ife - 2.62).abs() < 1e-9, "{totals:?}");
        assert!((totals.efe - 2.36).abs() < 1e-9, "{totals:?}");
        assert!((totals.internal_weight - 1.0).abs() < 1e-9);
        assert!((totals.external_weight - 1.0).abs() < 1e-9);
    }

    #[test]
    fn priorities_of_all_factors_sum_to_one() {
        let priorities = example().swot.priorities().unwrap();
        assert_eq!(priorities.len(), 10);
        assert!((priorities.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-9);
        // S and its factors by hand: the group's judgements 1, 2, 3 and s1:s2:s3 = 1:2:1.
        let share = |id: &str| priorities.iter().find(|(i, _)| i == id).unwrap().1;
        assert!((share("s2") / share("s1") - 2.0).abs() < 1e-9);
        assert!((share("s1") - share("s3")).abs() < 1e-9);
    }

    #[test]
    fn priorities_need_every_judgement() {
        let mut plan = example();
        plan.swot.pairwise[0].judgements.clear();
        assert_eq!(plan.swot.priorities(), None);
    }
}
