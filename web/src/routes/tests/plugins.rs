//! Plugins on the page: calculated, accepted, granted, given as a file; all with the real library and host.

use super::*;

/// What the page shows between two marks, behind the first.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split(from).nth(1).unwrap_or_else(|| panic!("no {from}")).split(to).next().unwrap()
}

impl Browser {
    pub(super) fn upload(&self, path: &str, bytes: &[u8], token: &str) -> (StatusCode, String) {
        let request = HttpRequest::post(path)
            .header("host", "127.0.0.1:80")
            .header("origin", "http://127.0.0.1:80")
            .header("x-jospar-script", "1")
            .header("x-jospar-token", token)
            .header("cookie", &self.cookie)
            .body(Body::from(bytes.to_vec()));
        let (status, body, _) = self.ask(request.unwrap());
        (status, body)
    }
}

#[test]
fn a_plugin_is_run_and_one_proposal_is_accepted() {
    let browser = Browser::with_example();
    let (status, list) = browser.get("/plugins");
    assert_eq!(status, StatusCode::OK);
    for id in ["swot", "audit", "survey", "lesson", "ideas", "partnership"] {
        assert!(list.contains(&format!("/plugins/{id}\"")), "{id}");
    }
    let (_, before) = browser.get("/plugins/swot");
    assert!(!before.contains("class=\"report\""));
    // The page of the plan that it belongs to leads to it.
    let (_, page) = browser.get("/page/swot");
    assert!(page.contains("action=\"/plugins/run\""));
    assert_eq!(browser.post("/plugins/run", &[("plugin", "swot")]).0, StatusCode::NO_CONTENT);
    let (_, after) = browser.get("/plugins/swot");
    assert!(after.contains("class=\"report\"") && after.contains("2,62"), "IFE of the example");
    assert!(browser.get("/page/swot").1.contains("class=\"report\""));
    let form = between(&after, "action=\"/plugins/accept\"", "</form>");
    let field = |name: &str| {
        between(form, &format!("name=\"{name}\" value=\""), "\"").replace("&quot;", "\"")
    };
    let (task, number, agreed) = (field("task"), field("number"), field("agreed"));
    assert_eq!(agreed, "{}");
    let before = browser.value("swot/items");
    let accept = [("plugin", "swot"), ("task", &task), ("number", &number), ("agreed", &agreed)];
    assert_eq!(browser.post("/plugins/accept", &accept).0, StatusCode::NO_CONTENT);
    assert_ne!(browser.value("swot/items"), before);
    // Without answers to surveys the audit calculates with less.
    assert_eq!(browser.post("/plugins/run", &[("plugin", "audit")]).0, StatusCode::NO_CONTENT);
    // Once is enough.
    let (status, told) = browser.post("/plugins/accept", &accept);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
}

#[test]
fn rights_and_settings_are_a_persons_decision() {
    let browser = Browser::with_example();
    let decide = |granted: &str| {
        let form = [("plugin", "swot"), ("capability", "read:swot"), ("granted", granted)];
        browser.post("/plugins/decide", &form)
    };
    assert_eq!(decide("").0, StatusCode::NO_CONTENT);
    let (status, _) = browser.post("/plugins/run", &[("plugin", "swot")]);
    let (_, page) = browser.get("/plugins/swot");
    let refused = status == StatusCode::UNPROCESSABLE_ENTITY || page.contains("read:swot");
    assert!(refused, "without the right there is no SWOT to calculate");
    assert_eq!(decide("yes").0, StatusCode::NO_CONTENT);
    assert_eq!(browser.post("/plugins/run", &[("plugin", "swot")]).0, StatusCode::NO_CONTENT);
    let (status, told) = browser
        .post("/plugins/decide", &[("plugin", "swot"), ("capability", "llm"), ("granted", "yes")]);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
}

#[test]
fn a_file_is_looked_at_before_it_is_installed() {
    let browser = Browser::with_example();
    let script = include_bytes!("../../../../plugins/templates/js/plugin.js");
    let (status, address) = browser.upload("/upload/plugin?name=plugin.js", script, &browser.token);
    assert_eq!(status, StatusCode::OK, "{address}");
    let (status, page) = browser.get(&address);
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("name=\"grant:read:kpis\"") && page.contains("name=\"unsigned\""));
    assert!(!browser.get("/plugins").1.contains("/plugins/my-plugin"), "nothing is installed yet");
    // Nobody signed it: without a yes to that it is not taken.
    let hash = address.rsplit('/').next().unwrap();
    let (status, _) = browser.post("/install", &[("hash", hash), ("grant:read:kpis", "on")]);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let install = [("hash", hash), ("grant:read:kpis", "on"), ("unsigned", "on")];
    assert_eq!(browser.post("/install", &install).0, StatusCode::NO_CONTENT);
    assert!(browser.get("/plugins").1.contains("/plugins/my-plugin"));
    let set = [("plugin", "my-plugin"), ("key", "behind"), ("value", "45")];
    assert_eq!(browser.post("/plugins/settings", &set).0, StatusCode::NO_CONTENT);
    assert_eq!(browser.value("plugins")[0]["settings"]["behind"], 45);
    assert_eq!(browser.post("/plugins/run", &[("plugin", "my-plugin")]).0, StatusCode::NO_CONTENT);
    assert!(browser.get("/plugins/my-plugin").1.contains("class=\"report\""));
    let gone = browser.post("/plugins/remove", &[("plugin", "my-plugin")]);
    assert_eq!(gone.0, StatusCode::NO_CONTENT);
    assert!(!browser.get("/plugins").1.contains("/plugins/my-plugin\""));
}

#[test]
fn a_table_of_answers_is_given_to_a_plugin() {
    let browser = Browser::with_example();
    let (_, page) = browser.get("/plugins/survey");
    let to = page.split("data-upload=\"").find_map(|rest| {
        let to = rest.split('"').next()?;
        to.contains("task=import").then(|| to.replace("&amp;", "&"))
    });
    let to = to.unwrap_or_else(|| "/upload/run?plugin=survey&task=import".to_owned());
    let table = include_bytes!("../../../../data/teacher-survey.csv");
    let (status, told) = browser.upload(&format!("{to}&name=survey.csv"), table, &browser.token);
    assert_eq!(status, StatusCode::OK, "{told}");
    let (_, page) = browser.get(&told);
    assert!(
        page.contains("class=\"report\"") && page.contains("action=\"/plugins/accept\""),
        "{told}"
    );
    // Answers of single people are never part of the plan that is handed out.
    let accept = [("plugin", "survey"), ("task", "import"), ("number", "1"), ("agreed", "{}")];
    assert_eq!(browser.post("/plugins/accept", &accept).0, StatusCode::NO_CONTENT);
    let rows = browser.value("survey_rows");
    let id = rows[0]["rows"][0]["id"].as_str().unwrap();
    let comment = rows[0]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|row| row["comment"].as_str().filter(|comment| comment.chars().count() > 20));
    let (_, printed) = browser.get("/print");
    assert!(!printed.contains(id) && !printed.contains(comment.unwrap()));
    let (status, told) = browser.upload(&format!("{to}&name=a/b.csv"), b"x", &browser.token);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
}

/// T26: a file is taken from the page's own script alone.
#[test]
fn t26_a_file_without_the_token_is_turned_away() {
    let browser = Browser::with_example();
    for token in ["", "0000"] {
        let (status, _) = browser.upload("/upload/plugin?name=a.js", b"x", token);
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let long = vec![b'x'; (9 << 20) + 1];
    let (status, told) = browser.upload("/upload/plugin?name=a.js", &long, &browser.token);
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(told.contains("9 МиБ"), "{told}");
    let (status, told) = browser.upload("/upload/plugin?name=a.js", b"nothing", &browser.token);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains("WebAssembly"), "{told}");
}

#[test]
fn the_overview_says_how_the_partnership_stands() {
    let browser = Browser::with_example();
    // The plugin is compiled at the first time, and the page does not wait for it.
    let told = |planned: &str| {
        (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            let sentence = format!("Толық жоспарланған бастамалар: 5 ішінен {planned}.");
            browser.get("/").1.contains(&sentence)
        })
    };
    assert!(told("5"));
    let path = "initiatives/in1/due";
    assert_eq!(browser.post("/set", &[("path", path), ("value", "")]).0, StatusCode::NO_CONTENT);
    assert!(told("4"));
}
