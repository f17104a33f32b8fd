//! Meetings and their decisions.

record! {
    /// The document of meetings.
    MeetingDocument, "meeting_document" {
        meetings: items(Meeting),
        meeting_rule: record(MeetingRule),
    }
}

record! {
    /// One meeting.
    Meeting, "meeting" {
        date: date,
        attendees: set,
        title: local,
        agenda: items(AgendaItem) as Bare,
        minutes: prose,
        decisions: items(Decision),
    }
}

record! {
    /// One line of an agenda.
    AgendaItem, "agenda_item" {
        text: prose,
    }
}

record! {
    /// One decision.
    Decision, "decision" {
        text: prose,
        evidence: set,
        initiative: text,
        owner: text,
        due: date,
        state: choice("open", "in_progress", "done", "cancelled"),
        options: items(DecisionOption),
    }
}

record! {
    /// What could have been decided instead.
    DecisionOption, "decision_option" {
        title: local,
        text: prose,
        chosen: flag,
    }
}

record! {
    /// How often the partners meet.
    MeetingRule, "meeting_rule" {
        every_days: number,
        title: local,
    }
}
