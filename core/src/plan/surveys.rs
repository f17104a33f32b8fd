//! Surveys: wording, scales and groups. Answers live in sealed documents.

record! {
    /// One survey.
    Survey, "survey", many {
        title: local,
        evidence: text,
        /// The file with the answers.
        data: text,
        scale: record(AnswerScale),
        /// The smallest group that a report may show.
        min_group: number,
        scales: items(Scale),
        items: items(SurveyItem),
        groups: items(Group) as Anonymous,
    }
}

record! {
    /// What can be answered.
    AnswerScale, "answer_scale" {
        min: number,
        max: number,
        labels: items(AnswerLabel) as Keyed,
    }
}

record! {
    /// What an answer is called. Its id is the answer.
    AnswerLabel, "answer_label" {
        kk: prose,
        ru: prose,
        en: prose,
    }
}

record! {
    /// Items that measure one thing.
    Scale, "scale" {
        title: local,
        audit_area: text,
        items: set,
        /// Items worded in reverse: scored as min + max − x.
        reversed: set,
    }
}

record! {
    /// One item; the wording for other roles measures the same thing.
    SurveyItem, "survey_item" {
        title: local,
        student: local,
        parent: local,
        administration: local,
    }
}

record! {
    /// A group of answers that a report names.
    Group, "group" {
        title: local,
        n: number,
        /// It is shown on its own.
        shown: flag,
    }
}
