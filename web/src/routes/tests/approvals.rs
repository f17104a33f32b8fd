//! Approvals on paper, and the auditor's page.

use jospar_node::service::ApprovalRequest;

use super::*;

#[test]
fn a_printed_plan_has_the_code_of_its_approval_until_it_is_changed() {
    let browser = Browser::with_example();
    assert!(!browser.get("/print").1.contains("class=\"qr\""));
    assert_eq!(
        browser.post("/approve", &[("path", "plan"), ("hash", "")]).0,
        StatusCode::NO_CONTENT
    );
    let (_, page) = browser.get_in("/print", "en");
    assert!(page.contains("class=\"qr\"") && page.contains("Signatures under this text: 1."));
    assert!(page.contains("Waits for the informatics teacher"));
    let service = browser.node.as_ref().unwrap().service();
    let asked = Request::Approval(ApprovalRequest::Code { what: "plan".to_owned() });
    let code = service.answer_blocking(&asked).unwrap()["code"].as_str().unwrap().to_owned();
    // A telephone may break the line.
    let (start, rest) = code.split_at(40);
    let broken = format!("{start}\n{rest} ");
    let (status, told) = browser.post("/approvals/check", &[("code", &broken)]);
    assert_eq!(status, StatusCode::OK);
    assert!(told.contains("мәтін"), "no word of the text");
    let wrong = code.replace('A', "B");
    assert_eq!(
        browser.post("/approvals/check", &[("code", &wrong)]).0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    browser.post("/set", &[("path", "kpis/k1/target"), ("value", "0.5")]);
    let (_, page) = browser.get_in("/print", "en");
    assert!(!page.contains("class=\"qr\""));
    // An order needs the director alone: once it is approved, the changed text says so.
    let order = "documents/doc1";
    assert_eq!(
        browser.post("/approve", &[("path", order), ("hash", "")]).0,
        StatusCode::NO_CONTENT
    );
    let (_, page) = browser.get_in("/paper/doc1", "en");
    assert!(page.contains("class=\"qr\"") && page.contains("Approved."));
    browser.post("/set", &[("path", "documents/doc1/number"), ("value", "77")]);
    let (_, page) = browser.get_in("/paper/doc1", "en");
    assert!(!page.contains("class=\"qr\"") && page.contains("was changed since"));
}

#[test]
fn the_auditors_page_has_numbers_and_no_text_of_the_plan() {
    let browser = Browser::with_example();
    let (status, page) = browser.get_in("/auditor", "en");
    assert_eq!(status, StatusCode::OK);
    let main = page.split("<main").nth(1).unwrap();
    assert!(main.contains("№5 мектеп") && main.contains("Not approved.") && main.contains("<td>"));
    for thing in browser.value("risks").as_array().unwrap() {
        assert!(!main.contains(thing["title"]["en"].as_str().unwrap()));
    }
    assert_eq!(browser.post("/auditor", &[("back", "/auditor")]).0, StatusCode::SEE_OTHER);
}
