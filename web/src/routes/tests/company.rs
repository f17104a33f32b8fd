//! Who is here, as the page tells the node.

use serde_json::json;

use super::*;

#[test]
fn a_page_says_where_its_person_is_until_it_is_left() {
    let browser = Browser::with_example();
    let people = || {
        let service = browser.node.as_ref().unwrap().service();
        service.answer_blocking(&Request::Company).unwrap()["people"].clone()
    };
    let path = "initiatives/in1/chain/strategy/text";
    let (_, page) = browser.get("/plan/initiatives/in1");
    assert!(page.contains(r#"id="company""#) && page.contains("Бұл бетте:"));
    let field = page.split(&format!(r#"data-text="{path}""#)).nth(1).unwrap();
    let heads = field.split("data-heads=\"").nth(1).unwrap().split('"').next().unwrap();
    let here = [("slot", "5"), ("page", "/plan/initiatives/in1"), ("path", path), ("heads", heads)];
    let said = browser.post("/here", &[&here[..], &[("at", "4")]].concat());
    assert_eq!(said.0, StatusCode::NO_CONTENT);
    let seen = people();
    assert_eq!((&seen[0]["name"], &seen[0]["own"]), (&json!("Айгүл"), &json!(true)));
    assert_eq!(seen[0]["caret"], json!({"path": path, "at": 4}));
    assert_eq!(browser.post("/here", &[("slot", "5")]).0, StatusCode::NO_CONTENT);
    assert_eq!(people(), json!([]));
    assert_eq!(browser.post("/here", &[("page", "/")]).0, StatusCode::BAD_REQUEST);
    // An address of elsewhere is shown to nobody.
    let elsewhere = browser.post("/here", &[("slot", "6"), ("page", "//evil.example")]);
    assert_eq!((elsewhere.0, &people()[0]["page"]), (StatusCode::NO_CONTENT, &json!("")));
}
