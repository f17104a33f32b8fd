//! What keeps the plan going: faults, tools, resources, time, thanks, sponsors.

record! {
    /// The document of support.
    Support, "support" {
        tickets: items(Ticket),
        tools: items(Tool),
        resources: items(Resource),
        time_log: items(TimeEntry),
        thanks: items(Thanks),
        exchange_log: items(Exchange),
        help_requests: items(HelpRequest),
        sponsors: items(Sponsor),
        grants: items(Grant),
        maintenance: items(Maintenance),
        time_grants: items(TimeGrant),
    }
}

record! {
    /// A fault and its repair.
    Ticket, "ticket" {
        title: text,
        device: text,
        opened: date,
        closed: date,
        state: choice("open", "in_progress", "closed"),
        notes: prose,
    }
}

record! {
    /// A tool in the register.
    Tool, "tool" {
        name: text,
        purpose: prose,
        cost_kzt: number,
        licence: text,
        privacy: choice("none", "internal", "personal"),
        /// On what ground personal data is in it: consent, law, contract.
        basis: text,
        initiatives: set,
        added: date,
    }
}

record! {
    /// A teaching resource.
    Resource, "resource" {
        title: local,
        subject: text,
        file_hash: text,
        published: date,
        uses: number,
        last_used: date,
    }
}

record! {
    /// How long a task took by hand and with AI.
    TimeEntry, "time_entry" {
        date: date,
        task: text,
        person: text,
        minutes_by_hand: number,
        minutes_with_ai: number,
    }
}

record! {
    /// A word of thanks.
    Thanks, "thanks" {
        from: text,
        to: text,
        why: prose,
        date: date,
    }
}

record! {
    /// Knowledge that was passed on.
    Exchange, "exchange" {
        from: text,
        to: text,
        topic: text,
        date: date,
    }
}

record! {
    /// A teacher's request for help.
    HelpRequest, "help_request" {
        person: text,
        text: prose,
        opened: date,
        answered: date,
        closed: date,
    }
}

record! {
    /// A sponsor.
    Sponsor, "sponsor" {
        name: text,
        contact: text,
        ask: prose,
        state: choice("idea", "asked", "promised", "received", "refused"),
    }
}

record! {
    /// A grant.
    Grant, "grant" {
        title: text,
        deadline: date,
        amount_kzt: number,
        state: choice("idea", "preparing", "applied", "won", "lost"),
    }
}

record! {
    /// Care that a device needs.
    Maintenance, "maintenance" {
        device: text,
        next: date,
        done: date,
    }
}

record! {
    /// Hours that a teacher was given, and the load before and after.
    TimeGrant, "time_grant" {
        teacher: text,
        hours: number,
        load_before: number,
        load_after: number,
        from: date,
    }
}
