//! Personal data, each in sealed documents of its own: answers to surveys, learners' results, private reflections.

record! {
    /// The answers to one survey, as one shuffled batch.
    SurveyRows, "survey_rows", many {
        /// The survey's id.
        survey: text,
        /// When they were collected.
        date: date,
        rows: items(SurveyRow),
    }
}

record! {
    /// One person's answers. Its id is random and says nothing of who or when.
    SurveyRow, "survey_row" {
        /// Which wording was answered.
        role: choice("teacher", "student", "parent", "administration"),
        /// The group that a report may name.
        group: text,
        /// From item to answer.
        answers: map(any),
        comment: prose,
    }
}

record! {
    /// One learner's results, in a document of their own, so that one learner's can be dropped.
    LearnerResults, "learner_results", many {
        /// The lesson study's id.
        lesson_study: text,
        learner: text,
        results: items(TestResult),
        notes: prose,
    }
}

record! {
    /// What a learner reached in one test.
    TestResult, "test_result" {
        date: date,
        stage: choice("before", "after"),
        /// From the test's item to points.
        points: map(number),
    }
}

record! {
    /// What a teacher wrote for themselves.
    PrivateReflection, "private_reflection", many {
        date: date,
        lesson: text,
        what_worked: prose,
        what_next: prose,
    }
}
