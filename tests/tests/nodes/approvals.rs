//! Approvals between real nodes: two partners apart, a file and a paper for somebody else, the auditor's page.

use jospar_node::service::{ApprovalRequest, verify_approval_file};

use super::*;

fn approval(node: &Node, request: ApprovalRequest) -> Value {
    ask(node, Request::Approval(request))
}

fn approve(node: &Node, what: &str) -> Value {
    approval(node, ApprovalRequest::Approve { what: what.into(), hash: None })
}

fn not_approved(node: &Node, what: &str) -> String {
    let request = ApprovalRequest::Approve { what: what.into(), hash: None };
    refused(node, Request::Approval(request)).key
}

/// How the plan, or something else, stands.
fn subject(node: &Node, what: &str) -> Value {
    let listed = approval(node, ApprovalRequest::List { what: Some(what.into()) });
    assert_eq!(listed["invalid"], json!([]));
    listed["subjects"][0].clone()
}

fn state(node: &Node, what: &str) -> String {
    subject(node, what)["state"].as_str().unwrap().to_owned()
}

/// The documents that differ from the approved version: part and how.
fn changed(node: &Node) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changed = subject(node, "plan")["changed"].as_array().unwrap().clone();
    changed.iter().map(|c| (text(&c["part"]), text(&c["change"]))).collect()
}

fn page(node: &Node) -> Value {
    ask(node, Request::AuditorPage { publish: false })
}

#[test]
fn t38_two_partners_sign_apart_and_their_plan_is_approved_when_they_meet() {
    let (_server, director_place, director, teacher_place, teacher) = school();
    assert_eq!(state(&director, "plan"), "not-approved");
    director.stop();
    teacher.stop();
    let (director, teacher) = (director_place.offline(), teacher_place.offline());
    let signed = approve(&director, "plan");
    assert_eq!((&signed["role"], &signed["state"]), (&json!("director"), &json!("waits-teacher")));
    let again = approve(&director, "plan");
    assert_eq!(again["approval"], signed["approval"], "signing twice is one approval");
    assert_eq!(state(&director, "plan"), "waits-teacher");
    let signed_too = approve(&teacher, "plan");
    assert_eq!(signed_too["state"], "waits-director");
    assert_eq!(signed_too["hash"], signed["hash"]);
    director.stop();
    teacher.stop();
    let (director, teacher) = (director_place.online(), teacher_place.online());
    until_equal(&director, &teacher);
    for node in [&director, &teacher] {
        let plan = subject(node, "plan");
        assert_eq!((&plan["state"], &plan["hash"]), (&json!("approved"), &signed["hash"]));
        assert_eq!((&plan["changed"], &plan["rewritten"]), (&json!([]), &json!([])));
        let mut who: Vec<&str> = plan["signatures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|signature| signature["who"].as_str().unwrap())
            .collect();
        who.sort_unstable();
        assert_eq!(who, ["Гүлнар", "Әсет"]);
    }
    // Nobody edits a signature, and what is taken back is no signature.
    let path = format!("approvals/{}/role", signed["approval"].as_str().unwrap());
    let edit = Request::Set { path, value: json!("teacher") };
    assert_eq!(refused(&director, edit).key, "error-path-not-found");
    ask(&director, Request::Undo { count: 1 });
    assert_eq!(subject(&director, "plan")["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(ask(&director, Request::Conflicts)["conflicts"], json!([]));
}

/// A director's and a teacher's device with the approved example plan, without a network.
fn approved_school() -> (Place, Node, Place, Node) {
    let (director_place, teacher_place) = (Place::new(), Place::new());
    let (director, teacher) = (director_place.offline(), teacher_place.offline());
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Import { json: EXAMPLE.into() });
    let file = director_place.path("request.jospar").display().to_string();
    ask(&teacher, Request::JoinFile { path: file.clone(), name: "Әсет".into() });
    ask(&director, Request::TakeBundle { path: file });
    let role = Some("teacher".into());
    let device = teacher.device().to_string();
    ask(&director, Request::Confirm { device, role, kinds: Vec::new() });
    hand_over(&director, &teacher, &director_place);
    approve(&teacher, "plan");
    hand_over(&teacher, &director, &director_place);
    assert_eq!(approve(&director, "plan")["state"], "approved");
    (director_place, director, teacher_place, teacher)
}

fn hand_over(from: &Node, to: &Node, stick: &Place) {
    let path = stick.path("stick.jospar").display().to_string();
    ask(from, Request::Bundle { path: path.clone() });
    ask(to, Request::TakeBundle { path });
}

#[test]
fn t38_any_edit_shows_that_the_approved_version_differs_and_where() {
    let (stick, director, _place, teacher) = approved_school();
    let approved_hash = subject(&director, "plan")["hash"].clone();
    // Every part of the plan, by an edit as people make it.
    for (path, value, part) in [
        ("plan/period/end", json!("2027-12-31"), "plan"),
        ("evidence/e1/date", json!("2026-09-02"), "evidence"),
        ("initiatives/in1/due", json!("2027-05-28"), "initiatives"),
        ("kpis/k1/actual", json!(0.51), "kpis"),
        ("risks/rk1/likelihood", json!(1), "risks"),
        ("design_thinking/dt1/order", json!(7), "design_cycle"),
    ] {
        set(&director, path, value);
        let plan = subject(&director, "plan");
        assert_eq!(plan["state"], "differs", "{path}");
        assert_eq!(plan["approved"]["hash"], approved_hash);
        assert_ne!(plan["hash"], approved_hash);
        assert_eq!(changed(&director), [(part.to_owned(), "changed".to_owned())], "{path}");
        let paths = plan["changed"][0]["paths"].as_array().unwrap();
        assert_eq!(paths, &[json!(path)]);
        ask(&director, Request::Undo { count: 1 });
        // The heads are others, the text is the same: what was approved is there again.
        let plan = subject(&director, "plan");
        assert_eq!((&plan["state"], &plan["hash"]), (&json!("approved"), &approved_hash), "{path}");
        assert!(!plan["rewritten"].as_array().unwrap().is_empty(), "{path}");
    }
    edit_text(&director, "swot/items/s1/title/kk", "Басқа мәтін");
    let record = json!({"title": {"kk": "Жаңа тәуекел"}, "likelihood": 2});
    let (path, id) = ("risks".into(), Some("rk9".into()));
    ask(&teacher, Request::Add { path, id, record, after: None });
    hand_over(&teacher, &director, &stick);
    let parts: Vec<String> = changed(&director).into_iter().map(|(part, _)| part).collect();
    assert_eq!(parts, ["swot", "risks"]);
    // A paper and a comment are no part of a version of the plan.
    ask(&director, Request::Undo { count: 1 });
    ask(&teacher, Request::Undo { count: 1 });
    hand_over(&teacher, &director, &stick);
    set(&director, "documents/doc1/number", json!("17"));
    set(&director, "comments_threads/th1/resolved", json!(true));
    assert_eq!(state(&director, "plan"), "approved");
    // A new design cycle is.
    let (path, id) = ("design_thinking".into(), Some("dt9".into()));
    ask(&director, Request::Add { path, id, record: json!({}), after: None });
    assert_eq!(changed(&director), [("design_cycle".to_owned(), "added".to_owned())]);
    let signed = approve(&director, "plan");
    assert_eq!(signed["state"], "waits-teacher");
    let plan = subject(&director, "plan");
    assert_eq!(plan["approved"]["hash"], approved_hash);
    let states: Vec<&Value> =
        plan["signatures"].as_array().unwrap().iter().map(|s| &s["state"]).collect();
    assert_eq!(states, ["earlier", "earlier", "counts"]);
}

#[test]
fn t38_a_file_and_a_paper_prove_an_approval_to_somebody_who_has_neither_plan_nor_node() {
    let (place, director, _teacher_place, teacher) = approved_school();
    let file = place.path("plan.approval");
    let path = file.display().to_string();
    let export = ApprovalRequest::Export { path: path.clone(), what: "plan".into() };
    let exported = approval(&director, export.clone());
    assert_eq!((&exported["signatures"], &exported["current"]), (&json!(2), &json!(true)));
    let code = approval(&director, ApprovalRequest::Code { what: "plan".into() })["code"].clone();
    let code = code.as_str().unwrap().to_owned();
    assert!(code.len() < 2_900, "{}", code.len());
    let bytes = std::fs::read(&file).unwrap();
    let verified = verify_approval_file(&bytes, Some(&code)).unwrap();
    assert_eq!(verified["state"], "approved");
    assert_eq!(verified["code"]["state"], "approved");
    assert_eq!(verified["hash"], exported["hash"]);
    assert_eq!(verified["school"]["kk"], "Ю.Гагарин атындағы №3 жалпы білім беретін мектеп");
    assert!(!String::from_utf8_lossy(&bytes).contains("Гүлнар"), "names of people stay home");
    // Changed anywhere, and cut.
    let length = bytes.len();
    for index in (0..length).step_by(211).chain(length - 40..length) {
        let mut changed = bytes.clone();
        changed[index] ^= 0x10;
        assert!(verify_approval_file(&changed, None).is_err(), "byte {index}");
    }
    assert!(verify_approval_file(&bytes[..length - 1], None).is_err());
    let with_sum = |mut bytes: Vec<u8>| {
        let sum = blake3_of(&bytes[..length - 32]);
        bytes[length - 32..].copy_from_slice(&sum);
        bytes
    };
    assert!(verify_approval_file(&with_sum(bytes.clone()), None).is_ok());
    for index in (0..length - 32).step_by(997) {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        assert!(verify_approval_file(&with_sum(changed), None).is_err(), "byte {index}");
    }
    // The paper against the plan, before and after an edit.
    let check = ApprovalRequest::Check { code: code.clone() };
    // The teacher has not heard of the director's signature: the paper brings it.
    let checked = approval(&teacher, check.clone());
    assert_eq!((&checked["text"], &checked["state"]), (&json!("current"), &json!("approved")));
    assert_eq!(state(&teacher, "plan"), "waits-director");
    hand_over(&director, &teacher, &place);
    set(&teacher, "risks/rk1/likelihood", json!(1));
    let checked = approval(&teacher, check.clone());
    assert_eq!((&checked["text"], &checked["state"]), (&json!("earlier"), &json!("approved")));
    // What is exported then is the version that was approved last, with the text of then.
    let late = approval(&teacher, export);
    assert_eq!((&late["current"], &late["hash"]), (&json!(false), &exported["hash"]));
    let verified = verify_approval_file(&std::fs::read(&file).unwrap(), Some(&code)).unwrap();
    assert_eq!(verified["state"], "approved");
    let mut altered = code.into_bytes();
    altered[40] = if altered[40] == b'A' { b'B' } else { b'A' };
    let code = String::from_utf8(altered).unwrap();
    let fault = refused(&teacher, Request::Approval(ApprovalRequest::Check { code }));
    assert_eq!(fault.key, "error-approval-code");
}

/// The sum at the end of a file.
fn blake3_of(bytes: &[u8]) -> [u8; 32] {
    blake3::hash(bytes).into()
}

#[test]
fn t22_an_order_with_a_text_of_a_model_that_nobody_accepted_is_not_signed() {
    let place = Place::new();
    let director = place.offline();
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Import { json: EXAMPLE.into() });
    let block = show(&director, "documents/doc1/blocks")[2]["id"].as_str().unwrap().to_owned();
    let block = format!("documents/doc1/blocks/{block}");
    set(&director, &format!("{block}/ai"), json!(true));
    let request = ApprovalRequest::Approve { what: "documents/doc1".into(), hash: None };
    let fault = refused(&director, Request::Approval(request));
    assert_eq!(fault.key, "error-approval-not-accepted");
    assert_eq!(fault.values["places"], json!(block));
    assert_eq!(state(&director, "documents/doc1"), "not-approved");
    set(&director, &format!("{block}/accepted_by"), json!("dir"));
    assert_eq!(approve(&director, "documents/doc1")["state"], "approved");
}

#[test]
fn an_order_is_the_directors_and_a_plan_that_is_not_ready_is_nobodys() {
    let (place, director, _teacher_place, teacher) = approved_school();
    let order = "documents/doc1";
    assert_eq!(state(&director, order), "not-approved");
    assert_eq!(not_approved(&teacher, order), "error-approval-no-right");
    assert_eq!(approve(&director, order)["state"], "approved");
    set(&director, "documents/doc1/number", json!("17"));
    let paper = subject(&director, order);
    assert_eq!(paper["state"], "differs");
    assert_eq!(paper["changed"][0]["paths"], json!(["documents/doc1/number"]));
    assert_eq!(state(&director, "plan"), "approved");
    for what in ["people", "initiatives/in1", "documents"] {
        assert_eq!(not_approved(&director, what), "error-approval-what", "{what}");
    }
    // One part of the plan takes both.
    assert_eq!(approve(&teacher, "risks")["state"], "waits-director");
    // What the person saw is what is signed.
    let hash = subject(&director, "plan")["hash"].as_str().unwrap().to_owned();
    set(&director, "kpis/k1/actual", json!(0.5));
    let stale = ApprovalRequest::Approve { what: "plan".into(), hash: Some(hash) };
    assert_eq!(refused(&director, Request::Approval(stale)).key, "error-approval-moved");
    // Two values in one place.
    set(&teacher, "kpis/k1/actual", json!(0.6));
    hand_over(&teacher, &director, &place);
    assert_eq!(not_approved(&director, "plan"), "error-approval-conflicts");
    ask(&director, Request::Resolve { path: "kpis/k1/actual".into(), choice: json!(1) });
    // A chain without its third link (DOMAIN D7), a problem without an initiative (B6).
    let pedagogy = "initiatives/in1/chain/pedagogy/text";
    let before = show(&director, pedagogy).as_str().unwrap().to_owned();
    edit_text(&director, pedagogy, "");
    assert_eq!(not_approved(&director, "plan"), "error-approval-not-ready");
    edit_text(&director, pedagogy, &before);
    let problem = Request::Add {
        path: "problems".into(),
        id: Some("p9".into()),
        record: json!({"title": {"kk": "Жаңа мәселе"}}),
        after: None,
    };
    ask(&director, problem);
    assert_eq!(not_approved(&director, "plan"), "error-approval-not-ready");
    ask(&director, Request::Remove { path: "problems/p9".into(), value: None });
    assert_eq!(approve(&director, "plan")["state"], "waits-teacher");
}

#[test]
fn t38_the_auditor_sees_approvals_and_numbers_and_nothing_else() {
    let (_server, _director_place, director, _teacher_place, teacher) = school();
    let auditor_place = Place::new();
    let invite = ask(&director, Request::Invite { role: "auditor".into(), address: None });
    let auditor = auditor_place.online();
    let link = invite["link"].as_str().unwrap().to_owned();
    ask(&auditor, Request::Join { link, name: "Аудитор".into() });
    until("the director hears of the auditor", || {
        !ask(&director, Request::Devices)["waiting"].as_array().unwrap().is_empty()
    });
    let device = auditor.device().to_string();
    ask(&director, Request::Confirm { device, role: None, kinds: Vec::new() });
    until("the auditor is in", || ask(&auditor, Request::Entry)["state"] == "done");
    let empty = page(&auditor);
    assert_eq!((&empty["state"], &empty["made_ms"]), (&json!("not-here"), &Value::Null));
    approve(&director, "plan");
    until("the auditor sees one signature", || page(&auditor)["state"] == "waits-teacher");
    until_equal(&director, &teacher);
    approve(&teacher, "plan");
    until("the auditor sees both", || page(&auditor)["state"] == "approved");
    let seen = page(&auditor);
    let own = page(&director);
    assert_eq!((&seen["published"], &own["published"]), (&json!(true), &json!(false)));
    for member in ["school", "title", "sections", "lints", "findings", "approved_ms", "as_of"] {
        assert_eq!(seen[member], own[member], "{member}");
        assert!(!seen[member].is_null(), "{member}");
    }
    let risks = seen["sections"].as_array().unwrap().iter().find(|s| s["part"] == "risks");
    let risks = risks.unwrap();
    assert_eq!((&risks["documents"], &risks["items"]), (&json!(1), &json!(15)));
    assert!(risks["changed_ms"].as_i64().unwrap() > 1_700_000_000_000);
    // No person, and no document but the two of the page.
    let text = seen.to_string();
    for name in ["Гүлнар", "Әсет", &director.device().to_string()] {
        assert!(!text.contains(name), "{name}");
    }
    // The approvals, the page, and what each of the devices says of itself.
    let kept = ask(&auditor, Request::Status)["documents"].as_u64();
    assert!(kept <= Some(3), "{kept:?}");
    assert_eq!(ask(&auditor, Request::Export)["documents"], 0);
    assert_eq!(not_approved(&auditor, "plan"), "error-approval-no-right");
    let publish = Request::AuditorPage { publish: true };
    assert_eq!(ask(&auditor, publish)["published"], true, "an auditor publishes nothing");
    // An edit shows once a device of the school has told it.
    set(&teacher, "risks/rk1/likelihood", json!(1));
    ask(&teacher, Request::AuditorPage { publish: true });
    until("the auditor sees the difference", || page(&auditor)["state"] == "differs");
    assert_eq!(page(&auditor)["approved_ms"], seen["approved_ms"]);
    let listed = approval(&auditor, ApprovalRequest::List { what: None });
    assert_eq!(listed["subjects"][0]["state"], "differs");
}
