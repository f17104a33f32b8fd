//! The digital audit: indicators on levels 1 to 5, by area. Formulas: DOMAIN.md, section 2.2.

record! {
    /// The document of the audit.
    AuditDocument, "audit_document" {
        audit: record(Audit),
    }
}

record! {
    /// The audit.
    Audit, "audit" {
        date: date,
        levels: items(Level) as Anonymous,
        /// An area is shown with its weakest indicator.
        weakest_link: flag,
        areas: items(Area),
    }
}

record! {
    /// What a level is called.
    Level, "level" {
        level: number,
        title: local,
    }
}

record! {
    /// A part of the audit.
    Area, "area" {
        title: local,
        weight: number,
        indicators: items(Indicator),
    }
}

record! {
    /// What is judged on levels 1 to 5.
    Indicator, "indicator" {
        title: local,
        level: number,
        target: number,
        evidence: set,
        weight: number,
        initiatives: set,
        descriptors: items(Descriptor) as Keyed,
        /// Levels by department.
        departments: map(number),
    }
}

record! {
    /// What a school shows at one level of an indicator. Its id is the level.
    Descriptor, "descriptor" {
        text: local_prose,
    }
}
