//! References: which fields hold ids of other things, and in which lists of the plan those stand.
//!
//! What a reference names may be gone or come later: nothing here refuses a value, it only says what can be offered.

use serde_json::Value;

/// The lists of a plan that a field's ids stand in, as paths; `*` stands for every item of a list. Empty for a field that
/// holds no ids, or ids of anything at all.
///
/// `record` is the name of the record's schema, `field` the name of its field.
#[must_use]
pub fn references(record: &str, field: &str) -> &'static [&'static str] {
    match (record, field) {
        ("survey" | "input", "evidence") => &["evidence"],
        ("claim", "evidence") => &["evidence", "surveys", "lesson_studies", "kpis"],
        (_, "evidence") | ("evidence", "part_of") => &["evidence"],
        ("link", "refers_to") => &["meetings/*/decisions", "tools", "kpis"],
        ("mitigation", "refers_to") => {
            &["professional_development", "sponsors", "grants", "info_sharing"]
        }
        ("need" | "outcome" | "initiative", "kpis") => &["kpis"],
        ("correction" | "measure", "kpi") => &["kpis"],
        ("kpi", "outcome") => &["expected_outcomes"],
        ("kpi", "source") => &["evidence"],
        ("problem", "needs") => &["needs"],
        ("initiative", "problems") | ("design_cycle", "problem") => &["problems"],
        ("problem" | "indicator" | "node" | "tool", "initiatives")
        | ("strategy" | "decision" | "antipattern", "initiative") => &["initiatives"],
        ("initiative", "change_dims") => &["plan/change_dimensions"],
        ("factor", "risk") => &["risks"],
        ("strategy", "from") => &["swot/items"],
        ("prototype", "pilots") => &["pilots"],
        ("pilot", "idea") => &["design_thinking/*/ideate/ideas"],
        ("scale" | "development_event", "audit_area") => &["audit/areas"],
        ("node", "layer") => &["school_map/layers"],
        ("node_link", "from" | "to") => &["school_map/nodes"],
        ("idea" | "block", "ai_run") => &["ai_runs"],
        ("duty", "activities") => &["meetings", "professional_development", "info_sharing"],
        ("design_cycle", "facilitators")
        | ("stage_attendance", "partners")
        | ("initiative", "owners")
        | ("meeting", "attendees")
        | ("risk" | "mitigation" | "decision" | "block", "owner")
        | ("mentoring", "mentor" | "sponsor")
        | ("thread" | "reply" | "advice", "author")
        | ("measurement" | "correction", "by")
        | ("evidence", "checked_by")
        | ("ai_run", "reviewer")
        | ("block", "accepted_by")
        | ("approval" | "time_entry" | "help_request", "person")
        | ("thanks" | "exchange", "from" | "to")
        | ("lesson_study", "team") => &["partners", "people"],
        _ => &[],
    }
}

/// True for a reference to a person: a name in plain words stands in its place where a person has no id.
#[must_use]
pub fn is_person(record: &str, field: &str) -> bool {
    references(record, field).first() == Some(&"partners")
}

/// The items of a list that [`references`] names; `view` is what stands at the first step of its path. `*` stands for
/// every item.
pub fn items_of<'a>(view: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    let mut found = vec![view];
    for step in list.split('/').skip(1) {
        found = match step {
            "*" => found.iter().flat_map(|v| v.as_array().into_iter().flatten()).collect(),
            member => found.iter().filter_map(|v| v.get(member)).collect(),
        };
    }
    found.into_iter().flat_map(|v| v.as_array().into_iter().flatten())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::document::{Schema, Shape};
    use crate::plan::tests::example;
    use crate::plan::{Kind, import};
    use serde_json::Value;

    fn visit(schema: &'static Schema, view: &Value, found: &mut Vec<(String, String, String)>) {
        for field in schema.fields {
            let Some(value) = view.get(field.name) else { continue };
            let mut note = |id: &Value| {
                if let Some(id) = id.as_str() {
                    found.push((schema.name.to_owned(), field.name.to_owned(), id.to_owned()));
                }
            };
            match field.shape {
                Shape::Record(inner) => visit(inner, value, found),
                Shape::Items(inner) => {
                    value.as_array().into_iter().flatten().for_each(|v| visit(inner, v, found));
                }
                Shape::Set => value.as_array().into_iter().flatten().for_each(&mut note),
                Shape::Value(_) => note(value),
                _ => {}
            }
        }
    }

    /// Every reference of the example stands in a list that the table names.
    #[test]
    fn the_references_of_the_example_are_found_where_the_table_says() {
        let plan = example();
        let file = include_str!("../../../data/example-plan.json");
        let mut found = Vec::new();
        for document in import(file).unwrap().documents {
            visit(document.kind.schema(), &document.record, &mut found);
        }
        let whole: Value = serde_json::from_str(file).unwrap();
        let stands = |list: &str, id: &str| {
            let mut at = vec![&whole];
            for step in list.split('/') {
                at = match step {
                    "*" => at.iter().flat_map(|v| v.as_array().into_iter().flatten()).collect(),
                    name => at.iter().filter_map(|v| v.get(name)).collect(),
                };
            }
            at.iter().flat_map(|v| v.as_array().into_iter().flatten()).any(|i| i["id"] == id)
        };
        let mut counted = 0;
        for (record, field, id) in found {
            let lists = references(&record, &field);
            if lists.is_empty() || is_person(&record, &field) {
                continue;
            }
            counted += 1;
            assert!(lists.iter().any(|list| stands(list, &id)), "{record}/{field}: {id}");
            assert!(plan.find_item(&id).is_some());
        }
        assert!(counted > 80, "{counted}");
    }

    #[test]
    fn every_list_of_the_table_is_a_list_of_the_plan() {
        let mut names = Vec::new();
        for kind in Kind::ALL {
            names.extend(kind.section());
            names.extend(kind.schema().fields.iter().map(|field| field.name));
        }
        for (record, field) in
            [("link", "refers_to"), ("mitigation", "refers_to"), ("duty", "activities")]
        {
            for list in references(record, field) {
                assert!(names.contains(&list.split('/').next().unwrap()), "{list}");
            }
        }
    }
}
