//! Personal data, each in sealed documents of its own: answers to surveys, learners' results, private reflections.

use std::collections::BTreeMap;

use serde_json::{Value, json};

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

/// What a row of answers says, as text: role, group, answers and comment, and neither its id nor its place. Two rows with
/// the same text are one person's, taken in twice, or two who answered alike.
#[must_use]
pub fn answers_of_row(row: &Value) -> String {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let answers = row.get("answers").and_then(Value::as_object).into_iter().flatten();
    let answers: BTreeMap<&String, String> = answers
        .map(|(item, answer)| {
            let number = answer.as_f64().map(|number| number.to_string());
            (item, number.unwrap_or_else(|| answer.to_string()))
        })
        .collect();
    json!([text("role"), text("group"), answers, text("comment")]).to_string()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart_by_what_was_answered() {
        let row = |id: &str, d1: Value, comment: &str| {
            answers_of_row(&json!({"id": id, "role": "teacher", "answers": {"D2": 3, "D1": d1},
                                   "comment": comment}))
        };
        assert_eq!(row("a", json!(4), ""), row("b", json!(4.0), " "));
        assert_ne!(row("a", json!(4), ""), row("a", json!(5), ""));
        assert_ne!(row("a", json!(4), ""), row("a", json!("4"), ""));
        assert_ne!(row("a", json!(4), ""), row("a", json!(4), "Баяу"));
        assert_eq!(answers_of_row(&json!(null)), answers_of_row(&json!({"answers": []})));
    }
}
