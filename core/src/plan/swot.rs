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
