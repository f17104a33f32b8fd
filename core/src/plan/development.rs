//! Professional development and the bulletins that keep people informed.

record! {
    /// The document of professional development.
    DevelopmentDocument, "development_document" {
        professional_development: items(DevelopmentEvent),
    }
}

record! {
    /// One seminar, training or conference.
    DevelopmentEvent, "development_event" {
        kind: choice("seminar", "training", "conference"),
        title: local,
        date: date,
        hours: number,
        capacity: number,
        attended: number as Nullable,
        audit_area: text,
        attendance: set,
        /// Mean results before and after, in percent.
        before: number,
        after: number,
    }
}

record! {
    /// The document of bulletins.
    BulletinDocument, "bulletin_document" {
        info_sharing: items(Bulletin),
    }
}

record! {
    /// What one audience is told, and how often.
    Bulletin, "bulletin" {
        audience: choice("teachers", "students", "parents"),
        title: local,
        every_days: number,
        channel: text,
        last_sent: date,
        text: local_prose,
    }
}
