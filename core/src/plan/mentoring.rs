//! Mentoring and coaching.

record! {
    /// The document of mentoring.
    MentoringDocument, "mentoring_document" {
        mentoring: record(Mentoring),
    }
}

record! {
    /// The mentoring programme.
    Mentoring, "mentoring" {
        mentor: text,
        sponsor: text,
        /// Hours that the director allotted.
        hours: number,
        pairs: items(MentorPair),
        coaching: items(Coaching),
    }
}

record! {
    /// A mentor's work with one teacher.
    MentorPair, "mentor_pair" {
        mentee: text,
        start: date,
        goals: items(MentorGoal) as Anonymous,
        log: items(MentorSession) as Anonymous,
        confidence: items(ScalePoint) as Anonymous,
        fear: items(ScalePoint) as Anonymous,
    }
}

record! {
    /// What the teacher wants to learn.
    MentorGoal, "mentor_goal" {
        kind: choice("tools", "ai", "personal"),
        title: local,
        done: flag,
        /// What shows that it is reached.
        artefact: text,
    }
}

record! {
    /// One session.
    MentorSession, "mentor_session" {
        date: date,
        minutes: number,
        topic: text,
    }
}

record! {
    /// A self-rating from 1 to 5.
    ScalePoint, "scale_point" {
        date: date,
        value: number,
    }
}

record! {
    /// Coaching of one teacher.
    Coaching, "coaching" {
        teacher: text,
        goals: items(CoachingGoal) as Bare,
        reflections: items(Reflection) as Anonymous,
        adaptations: items(Adaptation),
    }
}

record! {
    /// A goal of coaching.
    CoachingGoal, "coaching_goal" {
        title: local,
    }
}

record! {
    /// What a teacher wrote on a lesson.
    Reflection, "reflection" {
        date: date,
        what_worked: prose,
        what_next: prose,
        private: flag,
    }
}

record! {
    /// A piece of practice before and after it became digital.
    Adaptation, "adaptation" {
        date: date,
        before: prose,
        after: prose,
        artefact: text,
    }
}
