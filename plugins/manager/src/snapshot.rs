//! The workspace as one run sees it: pinned, and read in one look.

use std::collections::{BTreeMap, BTreeSet};

use jospar_node::service::{Fault, PluginRequest, Request};
use jospar_plugin_api::{Capability, Part};
use serde_json::{Map, Value, json};

use crate::Workspace;

/// The workspace at one moment. Holds answers to surveys and results of learners only if they were asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// From document to its heads, all in hexadecimal.
    pub heads: BTreeMap<String, Vec<String>>,
    /// The plan as `jospar export` writes it.
    pub plan: Value,
    /// What the school says of plugins: `[{id, version, hash, publisher, settings}]`.
    pub plugins: Value,
    /// The day, `YYYY-MM-DD`.
    pub today: String,
    /// Milliseconds since 1970, UTC.
    pub now_ms: i64,
    /// Documents with answers to surveys.
    pub rows: Vec<Value>,
    /// Documents with learners' results.
    pub results: Vec<Value>,
    /// The names of the school's people, only for what keeps them from a language model: no plugin is given them.
    pub people: Vec<String>,
    /// Whoever this device belongs to: a person's id, empty if it is nobody's.
    pub person: String,
    /// Documents that were asked for and that this device cannot open.
    pub sealed: u64,
}

impl Snapshot {
    /// Reads what these grants need.
    ///
    /// # Errors
    /// The node's fault.
    pub fn read(
        workspace: &mut dyn Workspace,
        grants: &BTreeSet<Capability>,
    ) -> Result<Self, Fault> {
        let rows =
            grants.contains(&Capability::SurveyRows) || grants.contains(&Capability::SurveyTotals);
        let results = grants.contains(&Capability::LessonResults);
        let request = Request::Plugin(PluginRequest::Snapshot { rows, results });
        let mut snapshot = Self::from_answer(workspace.call(&request)?);
        if grants.contains(&Capability::Llm) {
            let answer = workspace.call(&Request::Plugin(PluginRequest::People))?;
            let people = answer["people"].as_array().into_iter().flatten();
            let names = people.filter_map(|person| person["name"].as_str());
            snapshot.people = names.map(str::to_owned).collect();
            snapshot.person = answer["person"].as_str().unwrap_or_default().to_owned();
        }
        Ok(snapshot)
    }

    fn from_answer(mut answer: Value) -> Self {
        let heads = serde_json::from_value(answer["heads"].take()).unwrap_or_default();
        let list = |value: Value| match value {
            Value::Array(values) => values,
            _ => Vec::new(),
        };
        Self {
            heads,
            plan: answer["plan"].take(),
            plugins: answer["plugins"].take(),
            today: answer["today"].as_str().unwrap_or_default().to_owned(),
            now_ms: answer["now_ms"].as_i64().unwrap_or_default(),
            rows: list(answer["rows"].take()),
            results: list(answer["results"].take()),
            sealed: answer["sealed"].as_u64().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// A snapshot of a plan's file, for trying a plugin without a workspace. `rows` and `results` in the form of
    /// `survey_rows` and `learner_results` may stand beside the parts of the plan.
    #[must_use]
    pub fn of_file(mut plan: Value, today: &str, now_ms: i64) -> Self {
        let mut list = |name: &str| match plan.as_object_mut().and_then(|plan| plan.remove(name)) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        };
        let (rows, results) = (list("survey_rows"), list("learner_results"));
        let hash = blake3::hash(plan.to_string().as_bytes()).to_hex().to_string();
        let heads = BTreeMap::from([("plan".to_owned(), vec![hash])]);
        Self { heads, plan, today: today.to_owned(), now_ms, rows, results, ..Self::default() }
    }

    /// All heads, sorted.
    #[must_use]
    pub fn all_heads(&self) -> Vec<String> {
        let mut heads: Vec<String> = self.heads.values().flatten().cloned().collect();
        heads.sort_unstable();
        heads
    }

    /// A part of the plan.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&Value> {
        self.plan.get(part.name()).filter(|value| !value.is_null())
    }

    /// The settings that the school has for a plugin.
    #[must_use]
    pub fn settings(&self, plugin: &str) -> Map<String, Value> {
        let entry = self.plugins.as_array().into_iter().flatten();
        let entry = entry
            .filter(|entry| entry["id"] == plugin)
            .find_map(|entry| entry.get("settings").and_then(Value::as_object));
        entry.cloned().unwrap_or_default()
    }

    /// The survey of this id, in the form of the export.
    #[must_use]
    pub fn survey(&self, id: &str) -> Option<&Value> {
        with_id(&self.plan, "surveys", id)
    }

    /// The answers to a survey, one row a person, in an order that says nothing: `[{role, group, answers, comment}]`.
    #[must_use]
    pub fn survey_rows(&self, survey: &str) -> Vec<Value> {
        let of_survey = self.rows.iter().filter(|document| document["survey"] == survey);
        let mut rows: Vec<(String, Value)> = of_survey
            .flat_map(|document| document["rows"].as_array().into_iter().flatten())
            .map(|row| {
                let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
                let given = json!({
                    "role": text("role"), "group": text("group"),
                    "answers": row.get("answers").cloned().unwrap_or_else(|| json!({})),
                    "comment": text("comment"),
                });
                let place = blake3::hash(format!("{survey}\0{}", text("id")).as_bytes());
                (place.to_hex().to_string(), given)
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Whether the plan has a lesson study of this id.
    #[must_use]
    pub fn has_study(&self, id: &str) -> bool {
        with_id(&self.plan, "lesson_studies", id).is_some()
    }

    /// The results of a lesson study's learners, by learner: `[{learner, results: [{date, stage, points}], notes}]`.
    #[must_use]
    pub fn lesson_results(&self, study: &str) -> Vec<Value> {
        let of_study = self.results.iter().filter(|document| document["lesson_study"] == study);
        let mut learners: Vec<Value> = of_study
            .map(|document| {
                let results = document["results"].as_array().into_iter().flatten();
                let results: Vec<Value> = results
                    .map(|result| {
                        json!({"date": result.get("date"), "stage": result.get("stage"),
                               "points": result.get("points").cloned().unwrap_or_else(|| json!({}))})
                    })
                    .collect();
                json!({"learner": document["learner"], "results": results,
                       "notes": document.get("notes").and_then(Value::as_str).unwrap_or_default()})
            })
            .collect();
        learners.sort_by(|a, b| a["learner"].to_string().cmp(&b["learner"].to_string()));
        learners
    }
}

fn with_id<'a>(plan: &'a Value, list: &str, id: &str) -> Option<&'a Value> {
    plan.get(list)?.as_array()?.iter().find(|item| item["id"] == id)
}
