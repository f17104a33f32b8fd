//! Recovery sheets, files for a stick, sheets to print.

use super::rescue::ask;
use super::*;

#[test]
fn a_recovery_sheet_is_shown_once_and_holds_when_it_was_kept() {
    let browser = Browser::with_example();
    let (status, page) = browser.post("/recovery", &[]);
    assert_eq!(status, StatusCode::OK);
    let words = page.split("<li>").skip(1).filter_map(|rest| rest.split('<').next());
    let list = page.split("sheet-words").nth(1).unwrap().split("</ol>").next().unwrap();
    assert_eq!(list.matches("<li>").count(), 24);
    let first = words.last().unwrap().to_owned();
    let sheet = page.split("name=\"sheet\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(browser.post("/recovery/keep", &[("sheet", sheet)]).0, StatusCode::NO_CONTENT);
    let (_, page) = browser.get("/recovery");
    assert!(page.contains('1') && !page.contains(&format!("<li>{first}<")), "words are shown once");
    let (status, _) = browser.post("/recovery/keep", &[("sheet", "00")]);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn a_plan_goes_out_on_a_stick_and_comes_back() {
    let browser = Browser::with_example();
    let form = serde_urlencoded::to_string([("token", browser.token.as_str())]).unwrap();
    let request = HttpRequest::post("/files/stick")
        .header("host", "127.0.0.1:80")
        .header("origin", "http://127.0.0.1:80")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", &browser.cookie)
        .body(Body::from(form));
    let runtime = browser.node.as_ref().unwrap().runtime();
    let (headers, bytes) = runtime.block_on(async {
        let answer = browser.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts.headers, to_bytes(body, 16 << 20).await.unwrap())
    });
    assert!(headers["content-disposition"].to_str().unwrap().ends_with(".jospar\""));
    let (status, told) = browser.upload("/upload/stick?name=a.jospar", &bytes, &browser.token);
    assert_eq!(status, StatusCode::OK, "{told}");
    let (status, page) = browser.get(&told);
    assert!(status == StatusCode::OK && page.contains("role=\"status\""), "{told}");
    // A file that was cut says so, and nothing is lost.
    let cut = &bytes[..bytes.len() / 2];
    let (status, told) = browser.upload("/upload/stick?name=a.jospar", cut, &browser.token);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    let (status, _) = browser.upload("/upload/plan?name=a.json", b"\xff{", &browser.token);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let example = include_bytes!("../../../../data/example-plan.json");
    let (status, told) = browser.upload("/upload/plan?name=a.json", example, &browser.token);
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(browser.get(&told).0, StatusCode::OK);
}

/// Text that no packing makes much smaller.
fn noise(bytes: usize, mut seed: u64) -> Vec<u8> {
    let letter = |_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b'0' + u8::try_from(seed >> 58).unwrap()
    };
    (0..bytes).map(letter).collect()
}

#[test]
fn a_file_that_carries_more_than_memory_is_given_comes_through_the_page() {
    let old = Browser::with_example();
    for seed in 1..=2 {
        let name = format!("/upload/evidence?name=list-{seed}.txt");
        let (status, told) = old.upload(&name, &noise(7 << 20, seed), &old.token);
        assert_eq!(status, StatusCode::OK, "{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.jospar");
    ask(&old, Request::Bundle { path: file.display().to_string() });
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.len() > 9 << 20, "{}", bytes.len());
    let (status, told) = old.upload("/upload/stick?name=a.jospar", &bytes, &old.token);
    assert_eq!(status, StatusCode::OK, "{told}");
    let new = Browser::new();
    let (status, told) = new.upload("/upload/recovery?name=a.jospar", &bytes, &new.token);
    assert_eq!((status, told.as_str()), (StatusCode::OK, "/recover"));
    assert!(new.get("/recover").1.contains("a.jospar"));
    // What has no room is refused in words, before it is sent where the page's script can tell.
    assert!(new.get("/recover").1.contains("data-most=\"512\""));
}

#[test]
fn the_plan_is_kept_as_a_file_of_each_kind() {
    let browser = Browser::with_example();
    let starts = [
        ("docx", &b"PK"[..]),
        ("xlsx", b"PK"),
        ("ics", b"BEGIN:VCALENDAR"),
        ("md", "№".as_bytes()),
        ("json", b"{"),
    ];
    for (format, start) in starts {
        let request = HttpRequest::get(format!("/files/plan?format={format}"))
            .header("host", "127.0.0.1:80")
            .header("cookie", &browser.cookie);
        let runtime = browser.node.as_ref().unwrap().runtime();
        let (headers, bytes) = runtime.block_on(async {
            let request = request.body(Body::empty()).unwrap();
            let answer = browser.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = answer.into_parts();
            (parts.headers, to_bytes(body, 16 << 20).await.unwrap())
        });
        let name = headers["content-disposition"].to_str().unwrap();
        assert!(name.ends_with(&format!(".{format}\"")) && bytes.starts_with(start), "{name}");
    }
    assert_eq!(browser.get("/files/plan?format=exe").0, StatusCode::NOT_FOUND);
    let (status, told) = browser.get("/files/plan?format=docx&part=meetings&id=none");
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && !told.is_empty(), "{told}");
}

#[test]
fn things_and_pages_have_a_sheet_to_print() {
    let browser = Browser::with_example();
    for path in ["meetings/m1", "design_thinking/dt1", "map", "swot", "risks", "initiatives/in1"] {
        let (status, page) = browser.get(&format!("/sheet/{path}"));
        assert!(status == StatusCode::OK && page.contains("class=\"signatures\""), "{path}");
    }
    let (_, page) = browser.get("/sheet/meetings/m1");
    assert!(page.contains("Жоспарды бірлесіп әзірлеу"), "the decision");
    for path in ["nothing", "meetings/none"] {
        assert_eq!(browser.get(&format!("/sheet/{path}")).0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn what_was_set_aside_has_a_page() {
    let browser = Browser::with_example();
    let (status, page) = browser.get("/aside");
    assert!(status == StatusCode::OK && page.contains("class=\"empty\""));
    assert_eq!(browser.post("/aside/adopt", &[("path", "00")]).0, StatusCode::UNPROCESSABLE_ENTITY);
}
