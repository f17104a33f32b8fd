//! A backup chosen on the page, and the way in with a recovery sheet.

use jospar_node::service::TrustRequest;

use super::*;

pub(super) fn ask(browser: &Browser, request: Request) -> Value {
    browser.node.as_ref().unwrap().service().answer_blocking(&request).unwrap()
}

#[test]
fn a_backup_is_checked_and_then_the_node_ends_for_it() {
    let browser = Browser::with_example();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("a.backup").display().to_string();
    ask(&browser, Request::Backup { path: backup.clone() });
    let (_, page) = browser.get("/restore");
    assert!(page.contains("name=\"path\"") && page.contains("id=\"restore-sure\""));
    assert!(browser.get("/recovery").1.contains("href=\"/restore\""));
    // What is no backup, or not what its description says, stops nothing.
    for wrong in ["", "/nowhere/a.backup"] {
        let (status, _) = browser.post("/restore", &[("path", wrong)]);
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let cut = folder.path().join("b.backup");
    std::fs::write(&cut, b"not a store").unwrap();
    std::fs::copy(format!("{backup}.json"), folder.path().join("b.backup.json")).unwrap();
    let cut = cut.display().to_string();
    assert_eq!(browser.post("/restore", &[("path", &cut)]).0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.wish.take(), None);
    let stopped = browser.node.as_ref().unwrap().service().clone();
    let waits = std::thread::spawn({
        let runtime = browser.node.as_ref().unwrap().runtime().clone();
        move || runtime.block_on(stopped.stopped())
    });
    assert_eq!(browser.post("/restore", &[("path", &backup)]).0, StatusCode::OK);
    waits.join().unwrap();
    assert_eq!(browser.wish.take(), Some(backup.into()));
}

#[test]
fn a_new_laptop_gets_in_with_a_file_and_a_sheet() {
    let old = Browser::with_example();
    let sheet = ask(&old, Request::Trust(TrustRequest::DraftSheet));
    let kept = sheet["sheet"].as_str().unwrap().to_owned();
    ask(&old, Request::Trust(TrustRequest::KeepSheet { sheet: kept }));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.jospar");
    ask(&old, Request::Bundle { path: file.display().to_string() });
    let words: Vec<&str> =
        sheet["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let words = words.join(" ");

    let new = Browser::new();
    assert!(new.get("/welcome").1.contains("href=\"/recover\""));
    // Without a file of the plan there is nothing that a sheet could open.
    assert!(!new.get("/recover").1.contains("name=\"words\""));
    let bytes = std::fs::read(&file).unwrap();
    let (status, address) = new.upload("/upload/recovery?name=plan.jospar", &bytes, &new.token);
    assert_eq!((status, address.as_str()), (StatusCode::OK, "/recover"));
    let (_, page) = new.get("/recover");
    assert!(page.contains("plan.jospar") && page.contains("name=\"words\""));
    let (status, page) = new.post("/recover", &[("words", "аққу тау"), ("lost", "")]);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("role=\"alert\"") && !page.contains("аққу тау"));
    let (status, _) = new.post("/recover", &[("words", &words), ("lost", "")]);
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(new.value("plan/school")["kk"], "№5 мектеп");
    let status = ask(&new, Request::Status);
    assert_eq!(status["device"]["role"], "director");
    // The sheet is used up: the page asks for a new one.
    assert!(new.get_in("/recovery", "en").1.contains("class=\"callout"));
}
