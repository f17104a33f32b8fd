//! The example school as plugins see it: the plan of `data/example-plan.json`, the answers and results beside it.

use std::collections::BTreeMap;

use jospar_plugin_api::{Capability, Code, Part, PluginError, PluginId, Text};
use jospar_plugin_host::{Environment, ModelReply, ModelRequest, StoreUsage};
use serde_json::{Map, Value, json};

/// Answers the example, with what a test changed in it.
pub(crate) struct School {
    pub(crate) plan: Value,
    pub(crate) survey_rows: BTreeMap<String, Value>,
    pub(crate) lesson_results: BTreeMap<String, Value>,
    /// What the language model answers, if there is one.
    pub(crate) model: Option<String>,
}

/// Compares with the golden file of this name, or writes it.
pub(crate) fn golden(name: &str, actual: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("JOSPAR_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    let first = lines.find(|(_, (expected, actual))| expected != actual);
    assert!(expected == actual, "{name} differs, first at {first:?}");
}

pub(crate) fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn number(cell: &str) -> Option<f64> {
    cell.trim().parse().ok()
}

impl School {
    pub(crate) fn new() -> Self {
        Self {
            plan: serde_json::from_slice(&data("example-plan.json")).unwrap(),
            survey_rows: BTreeMap::from([("sv1".to_owned(), survey())]),
            lesson_results: BTreeMap::from([("ls1".to_owned(), lesson())]),
            model: None,
        }
    }
}

/// The survey's rows, in an order that has nothing to do with the file's.
fn survey() -> Value {
    let table = jospar_tables::read(&data("teacher-survey.csv")).unwrap();
    let mut rows: Vec<Value> = table
        .rows
        .iter()
        .map(|row| {
            let answers = (3..19).filter_map(|at| {
                let code = jospar_tables::code(&table.heads[at]).to_owned();
                Some((code, Value::from(number(&row.cells[at])?)))
            });
            json!({
                "group": row.cells[1],
                "answers": answers.collect::<Map<_, _>>(),
                "comment": row.cells[19],
            })
        })
        .collect();
    rows.sort_by_key(|row| row.to_string().bytes().rev().collect::<Vec<_>>());
    json!({"survey": "sv1", "rows": rows})
}

fn lesson() -> Value {
    let table = jospar_tables::read(&data("lesson-results.csv")).unwrap();
    let mut learners: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for row in &table.rows {
        let points = (4..16)
            .filter_map(|at| Some((table.heads[at].clone(), Value::from(number(&row.cells[at])?))));
        let stage = match row.cells[2].as_str() {
            "алдын ала" => json!("before"),
            "қорытынды" => json!("after"),
            _ => Value::Null,
        };
        let points: Map<_, _> = points.collect();
        let result = json!({"date": row.cells[3], "stage": stage, "points": points});
        learners.entry(&row.cells[0]).or_default().push(result);
    }
    let learners: Vec<Value> = learners
        .into_iter()
        .map(|(learner, results)| json!({"learner": learner, "results": results, "notes": ""}))
        .collect();
    json!({"lesson_study": "ls1", "learners": learners})
}

fn missing(what: &str) -> PluginError {
    let text = |language: &str| format!("{language}: {what}");
    let message = Text { kk: text("kk"), ru: text("ru"), en: text("en") };
    PluginError { code: Code::NotFound, message }
}

impl Environment for School {
    fn part(&mut self, part: Part) -> Result<String, PluginError> {
        let found = self.plan.get(part.name()).map(Value::to_string);
        found.ok_or_else(|| missing(part.name()))
    }

    /// Counts of everybody; groups are the host's matter and none of the plugins' here.
    fn survey_totals(&mut self, survey: &str) -> Result<String, PluginError> {
        let rows = self.survey_rows.get(survey).ok_or_else(|| missing(survey))?;
        let rows = rows["rows"].as_array().unwrap();
        let of = |survey: &&Value| survey["id"] == "sv1";
        let plan = self.plan["surveys"].as_array().unwrap().iter().find(of).unwrap();
        let items = plan["items"].as_array().unwrap().iter().map(|item| {
            let id = item["id"].as_str().unwrap();
            let mut counts = [0_u32; 5];
            for row in rows {
                if let Some(answer) = row["answers"][id].as_f64() {
                    counts[answer as usize - 1] += 1;
                }
            }
            let answered: u32 = counts.iter().sum();
            json!({"id": id, "counts": counts, "blank": rows.len() as u32 - answered, "groups": []})
        });
        let items: Vec<Value> = items.collect();
        Ok(json!({"survey": survey, "n": rows.len(), "min_group": 5, "items": items}).to_string())
    }

    fn survey_rows(&mut self, survey: &str) -> Result<String, PluginError> {
        let rows = self.survey_rows.get(survey).map(Value::to_string);
        rows.ok_or_else(|| missing(survey))
    }

    fn lesson_results(&mut self, study: &str) -> Result<String, PluginError> {
        let results = self.lesson_results.get(study).map(Value::to_string);
        results.ok_or_else(|| missing(study))
    }

    fn plugin_result(&mut self, plugin: &PluginId) -> Result<String, PluginError> {
        Err(missing(&plugin.to_string()))
    }

    fn store_value(&mut self, _: &str) -> Result<Option<Vec<u8>>, PluginError> {
        Ok(None)
    }

    fn set_store_value(&mut self, _: &str, _: &[u8]) -> Result<(), PluginError> {
        Ok(())
    }

    fn delete_store_value(&mut self, _: &str) -> Result<(), PluginError> {
        Ok(())
    }

    fn store_keys(&mut self, _: &str) -> Result<Vec<String>, PluginError> {
        Ok(Vec::new())
    }

    fn store_usage(&mut self) -> Result<StoreUsage, PluginError> {
        Ok(StoreUsage::default())
    }

    fn ask(&mut self, _: &ModelRequest) -> Result<ModelReply, PluginError> {
        let text = self.model.clone().ok_or_else(|| missing("model"))?;
        Ok(ModelReply { text, model: "stub".to_owned(), truncated: false })
    }

    fn progress(&mut self, _: f64, _: &Text) {}
}

/// What a plugin asks for in its manifest.
pub(crate) fn needs(
    package: &jospar_plugin_api::Package,
) -> std::collections::BTreeSet<Capability> {
    package.manifest().needs.clone()
}
