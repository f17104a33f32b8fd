//! The plan's head: what the plan is, the two partners, and why the school needs it.

record! {
    /// The document of the plan's head.
    Head, "head" {
        /// The form of the file: `jospar.plan/1`.
        schema: text,
        /// What a reader must know before the content, for instance that it is an example.
        notice: local_prose,
        /// Patterns of the members whose values are made up, in an example.
        illustrative_fields: set,
        plan: record(Plan),
        partners: items(Partner),
        benefits: items(Benefit),
        needs: items(Need),
        problems: items(Problem),
        /// The day that the content describes.
        as_of: date,
        history_example: items(HistoryExample) as Anonymous,
    }
}

record! {
    /// The plan itself.
    Plan, "plan", with id {
        title: local,
        school: local,
        period: record(Period),
        default_language: choice("kk", "ru", "en"),
        vision: local_prose,
        change_dimensions: items(ChangeDimension),
        /// The passport table of a school development programme, if the school has one.
        passport: items(PassportLine),
    }
}

record! {
    /// First and last day.
    Period, "period" {
        start: date,
        end: date,
    }
}

record! {
    /// What a plan can change besides technology: culture, management, pedagogical thinking.
    ChangeDimension, "change_dimension" {
        title: local,
    }
}

record! {
    /// One line of the passport table: full name, legal basis and so on.
    PassportLine, "passport_line" {
        title: local,
        text: local_prose,
    }
}

record! {
    /// One of the two partners: the director or the informatics teacher.
    Partner, "partner" {
        title: local,
        roles: items(Role),
        duties: items(Duty),
    }
}

record! {
    /// What a partner is in the school's change.
    Role, "role" {
        title: local,
    }
}

record! {
    /// What a partner has to do.
    Duty, "duty" {
        title: local,
        text: prose,
        /// Ids of the meetings, trainings, bulletins and so on by which the duty is done.
        activities: set,
    }
}

record! {
    /// What the partnership is good for.
    Benefit, "benefit" {
        title: local,
    }
}

record! {
    /// What the school needs.
    Need, "need" {
        title: local,
        kpis: set,
    }
}

record! {
    /// What stands in the school's way.
    Problem, "problem" {
        title: local,
        evidence: set,
        needs: set,
        initiatives: set,
    }
}

record! {
    /// Who wrote what and when, as an example of history.
    HistoryExample, "history_example" {
        who: text,
        /// A moment in UTC: `2026-11-16T09:12:00Z`.
        at: text,
        path: text,
    }
}
