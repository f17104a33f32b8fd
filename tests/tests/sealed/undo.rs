//! Undo in what is sealed: the device that wrote and can open it takes its own changes back, and nobody else's.

use jospar_node::node::Node;
use jospar_node::service::Request;
use jospar_tests::nodes::{Place, ask, show};
use serde_json::{Value, json};

use super::nodes::{CANARY, COMMENT, add, add_answers, carry_both_ways, found, hits, let_in};

fn undo(node: &Node) -> Value {
    ask(node, Request::Undo { count: 1 })
}

fn write(node: &Node, path: &str, text: &str) {
    ask(node, Request::EditText { path: path.into(), base: Vec::new(), text: text.into() });
}

#[test]
fn whoever_wrote_what_is_sealed_takes_it_back_and_leaves_the_rest_alone() {
    let [a, b, stick] = [Place::new(), Place::new(), Place::new()];
    let (director, teacher) = (a.offline(), b.offline());
    found(&director);
    let_in(&director, &teacher, &stick, "teacher");
    add_answers(&teacher);
    carry_both_ways(&teacher, &director, &stick);
    add(&director, "survey_rows/sr1/rows", "row2", json!({"comment": "two"}));
    carry_both_ways(&teacher, &director, &stick);
    // The teacher's last change is the row with the comment; the director's row is not the teacher's to take back.
    let undone = undo(&teacher);
    assert_eq!(undone["undone"][0]["paths"][0], "survey_rows/sr1/rows/row1");
    let rows = |node: &Node| show(node, "survey_rows/sr1/rows").as_array().unwrap().clone();
    assert_eq!((rows(&teacher).len(), &rows(&teacher)[0]["id"]), (1, &json!("row2")));
    carry_both_ways(&teacher, &director, &stick);
    assert_eq!(rows(&director), rows(&teacher));
    // The next takes back the change before, which made the document: the director's row stays.
    undo(&teacher);
    let left = show(&teacher, "survey_rows");
    assert_eq!(
        (left[0]["rows"].as_array().unwrap().len(), &left[0]["survey"]),
        (1, &Value::Null),
        "{left}"
    );
    // It has lost its id with the rest, and is found by the document's.
    let path = format!("survey_rows/{}/rows/row2/comment", left[0]["id"].as_str().unwrap());
    assert_eq!(show(&teacher, &path), "two");
    for place in [&a, &b, &stick] {
        assert_eq!(hits(place.root(), CANARY.as_bytes()), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn what_cannot_be_opened_is_passed_over() {
    let [a, b, stick] = [Place::new(), Place::new(), Place::new()];
    let (director, teacher) = (a.offline(), b.offline());
    found(&director);
    let_in(&director, &teacher, &stick, "teacher");
    add(&director, "risks", "rk1", json!({"title": {"en": "first"}}));
    write(&director, "risks/rk1/title/en", "second");
    add(&teacher, "reflections", "rf1", json!({"what_worked": CANARY}));
    carry_both_ways(&teacher, &director, &stick);
    // The reflection is the newest in the director's log, closed there, and the teacher's.
    undo(&director);
    assert_eq!(show(&director, "risks/rk1/title"), json!({"en": "first"}));
    assert_eq!(show(&teacher, "reflections/rf1/what_worked"), CANARY);
    undo(&teacher);
    let left = show(&teacher, "reflections");
    assert_eq!(left, json!([]), "a document that was never written");
}

#[test]
fn what_is_sealed_goes_back_to_a_state_that_its_history_names() {
    let place = Place::new();
    let node = place.offline();
    found(&node);
    add_answers(&node);
    let newest = || {
        let history = Request::History { path: "survey_rows/sr1".into(), limit: 10 };
        ask(&node, history)["entries"][0]["change"].as_str().unwrap().to_owned()
    };
    let then = newest();
    write(&node, COMMENT, "another");
    assert_ne!(newest(), then);
    ask(&node, Request::RestoreTo { change: then });
    assert_eq!(show(&node, COMMENT), CANARY);
}
