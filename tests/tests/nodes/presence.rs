//! Who is here, between real devices through a real server.

use jospar_node::service::CaretAt;

use super::*;

const TEXT: &str = "initiatives/in1/chain/strategy/text";

fn heads(node: &Node) -> Vec<String> {
    let text = ask(node, Request::Text { path: TEXT.into() });
    text["heads"].as_array().unwrap().iter().map(|head| head.as_str().unwrap().into()).collect()
}

fn here(node: &Node, page: Option<&str>, caret: Option<u32>) {
    let caret = caret.map(|at| CaretAt { path: TEXT.into(), heads: heads(node), at });
    ask(node, Request::Here { slot: 7, page: page.map(str::to_owned), caret });
}

/// Those of others who are here.
fn others(node: &Node) -> Vec<Value> {
    let company = ask(node, Request::Company);
    let people = company["people"].as_array().unwrap().clone();
    people.into_iter().filter(|person| person["own"] == false).collect()
}

#[test]
fn a_colleague_sees_who_is_on_which_page_and_where_the_caret_stands() {
    let (_server, _director_place, director, _teacher_place, teacher) = school();
    let since = ask(&director, Request::Changes { since: None })["seq"].as_u64();
    // A datagram may be lost, so it is said until it was heard.
    until("the director sees the teacher", || {
        here(&teacher, Some("/plan/initiatives/in1"), Some(9));
        !others(&director).is_empty()
    });
    let seen = others(&director).remove(0);
    assert_eq!((&seen["name"], &seen["page"]), (&json!("Әсет"), &json!("/plan/initiatives/in1")));
    assert_eq!(seen["caret"], json!({"path": TEXT, "at": 9}));
    let told = ask(&director, Request::Changes { since });
    assert!(told["changed"].as_array().unwrap().contains(&json!("presence")), "{told}");
    // The director writes before the caret: it stays at its letter.
    let before = ask(&director, Request::Text { path: TEXT.into() });
    edit_text(&director, TEXT, &format!("Енді: {}", before["text"].as_str().unwrap()));
    assert_eq!(others(&director)[0]["caret"]["at"], 15);
    // What is sealed names nobody's page.
    until("the director sees no page", || {
        here(&teacher, Some("/plan/reflections/rf1"), Some(2));
        others(&director)[0]["page"] == ""
    });
    assert_eq!(others(&director)[0]["caret"], Value::Null);
    until("the teacher has left", || {
        here(&teacher, None, None);
        others(&director).is_empty()
    });
    // A text that is not there, or heads of another document, are no trouble.
    let odd = CaretAt { path: "nowhere/at/all".into(), heads: vec!["x".into()], at: u32::MAX };
    ask(&teacher, Request::Here { slot: 7, page: Some("/page/kpis".into()), caret: Some(odd) });
}
