//! What was typed and is not saved: it outlives the program, lies nowhere in clear text, and enters the plan once.

use std::path::PathBuf;

use jospar_node::node::Node;
use jospar_node::service::{DraftRequest, Edit, Request, TrustRequest};
use jospar_tests::nodes::{Place, ask, show};
use serde_json::{Value, json};

use super::nodes::{CANARY, found, hits};

const NAME: &str = "survey_rows/sv1/teacher";

fn draft(node: &Node, request: DraftRequest) -> Value {
    ask(node, Request::Draft(request))
}

fn put(node: &Node, value: Value) -> Value {
    draft(node, DraftRequest::Put { name: NAME.into(), value })
}

fn values(node: &Node) -> Value {
    draft(node, DraftRequest::Show { name: NAME.into() })["values"].clone()
}

fn keys_of_drafts(place: &Place) -> Vec<PathBuf> {
    let is_key = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "draft");
    super::nodes::files(place.root()).into_iter().filter(is_key).collect()
}

fn save() -> DraftRequest {
    let record =
        json!({"survey": "sv1", "rows": [{"id": "r1", "role": "teacher", "comment": CANARY}]});
    let add = Edit::Add { path: "survey_rows".into(), id: None, record, after: None };
    DraftRequest::Save { name: NAME.into(), edits: vec![add], agreed: Default::default() }
}

#[test]
fn t33_what_was_typed_outlives_a_restart_and_lies_nowhere_in_clear_text() {
    let place = Place::new();
    let node = place.offline();
    found(&node);
    for number in 0..3 {
        put(&node, json!({"comment": format!("{CANARY} {number}")}));
    }
    assert_eq!(draft(&node, DraftRequest::TakeBack { name: NAME.into() })["count"], 2);
    let nowhere = |when: &str| {
        assert_eq!(hits(place.root(), CANARY.as_bytes()), Vec::<PathBuf>::new(), "{when}");
    };
    nowhere("while it runs");
    node.stop();
    nowhere("after it stopped");
    let node = place.offline();
    let both = json!([{"comment": format!("{CANARY} 0")}, {"comment": format!("{CANARY} 1")}]);
    assert_eq!(values(&node), both);
    assert_eq!(draft(&node, DraftRequest::List), json!({"counts": {NAME: 2}, "lost": false}));
    assert_eq!(keys_of_drafts(&place).len(), 1);
    // Saved is saved and forgotten at once, and the key of what was forgotten is gone.
    draft(&node, save());
    assert_eq!(show(&node, "survey_rows")[0]["rows"][0]["comment"], CANARY);
    assert_eq!(values(&node), json!([]));
    assert_eq!(keys_of_drafts(&place), Vec::<PathBuf>::new());
    node.stop();
    nowhere("after it was saved");
}

#[test]
fn a_draft_whose_batch_is_refused_stays() {
    let place = Place::new();
    let node = place.offline();
    found(&node);
    put(&node, json!({"comment": CANARY}));
    let wrong = Edit::Add { path: "nothing".into(), id: None, record: json!({}), after: None };
    let request =
        DraftRequest::Save { name: NAME.into(), edits: vec![wrong], agreed: Default::default() };
    node.service().answer_blocking(&Request::Draft(request)).expect_err("there is no such list");
    assert_eq!(values(&node), json!([{"comment": CANARY}]));
    assert_eq!(keys_of_drafts(&place).len(), 1);
    node.stop();
}

/// A copy of the data folder is not the device: it has no key of its drafts.
#[test]
fn drafts_without_their_key_are_told_of_and_make_room() {
    let place = Place::new();
    let node = place.offline();
    found(&node);
    put(&node, json!({"comment": CANARY}));
    std::fs::remove_file(&keys_of_drafts(&place)[0]).unwrap();
    assert_eq!(draft(&node, DraftRequest::List), json!({"counts": {}, "lost": true}));
    assert_eq!(put(&node, json!({"comment": "new"}))["count"], 1);
    assert_eq!(draft(&node, DraftRequest::List), json!({"counts": {NAME: 1}, "lost": false}));
    node.stop();
}

#[test]
fn drafts_go_along_when_the_device_exchanges_its_key() {
    let place = Place::new();
    let node = place.offline();
    found(&node);
    put(&node, json!({"comment": CANARY}));
    ask(&node, Request::Trust(TrustRequest::Rotate));
    node.stop();
    let node = place.offline();
    assert_eq!(values(&node), json!([{"comment": CANARY}]));
    node.stop();
}

#[test]
fn too_much_is_refused_in_words_and_what_was_there_stays() {
    let place = Place::new();
    let node = place.offline();
    found(&node);
    put(&node, json!({"comment": CANARY}));
    let large = DraftRequest::Put { name: NAME.into(), value: json!("x".repeat(5 << 20)) };
    let fault = node.service().answer_blocking(&Request::Draft(large)).expect_err("too large");
    assert_eq!(fault.key, "error-draft-large");
    assert_eq!(values(&node), json!([{"comment": CANARY}]));
    node.stop();
}
