//! Surveys: forms, answers typed in, a file looked at before it is taken.

use super::*;

const FILE: &str = include_str!("../../../../data/teacher-survey.csv");

fn rows(browser: &Browser) -> Vec<Value> {
    let documents = browser.value("survey_rows");
    let documents = documents.as_array().into_iter().flatten();
    documents.flat_map(|one| one["rows"].as_array().cloned().unwrap_or_default()).collect()
}

#[test]
fn a_form_is_printed_and_taken_elsewhere() {
    let browser = Browser::with_example();
    let (status, page) = browser.get("/survey/sv1");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("ашық сауалнама бетін жүргізбейді"));
    let (_, place) = browser.get("/plan/surveys/sv1");
    assert!(place.contains("href=\"/survey/sv1\""));
    // The form is in the language of whoever fills it in, whatever the reader's.
    let (_, paper) = browser.get_in("/survey/sv1/paper?role=student&language=ru", "kk");
    assert!(paper.contains("Полностью согласен") && paper.contains("lang=\"ru\""));
    assert_eq!(paper.matches("<th scope=\"row\">").count(), 16);
    for (format, mark) in [("limesurvey", "\"SQ\""), ("google", "addGridItem"), ("md", "☐")] {
        let address = format!("/survey/sv1/file?format={format}&role=parent&language=en");
        let (status, file) = browser.get(&address);
        assert_eq!(status, StatusCode::OK);
        assert!(file.contains(mark), "{format}");
    }
    assert_eq!(browser.get("/survey/sv1/file?format=exe").0, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/survey/none").0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn answers_are_typed_in_and_saved_as_one_batch() {
    let browser = Browser::with_example();
    let before = rows(&browser).len();
    let address = "/survey/sv1/type";
    let (_, page) = browser.get("/survey/sv1/type?role=parent");
    assert_eq!(page.matches("type=\"number\"").count(), 16);
    for (d1, comment) in [("4", ""), ("2", "Интернет баяу"), ("5", "")] {
        let form = [("role", "parent"), ("do", "add"), ("item:D1", d1), ("comment", comment)];
        assert_eq!(browser.post(address, &form).0, StatusCode::SEE_OTHER);
    }
    // The survey's page says that they wait, and leads on. Nothing is in the plan yet; an answer beside the scale, and an empty row, are not taken.
    assert_eq!(rows(&browser).len(), before);
    let (_, page) = browser.get_in("/survey/sv1", "en");
    assert!(page.contains("Parent. Typed: 3.") && page.contains("/survey/sv1/type?role=parent"));
    let wrong = [("role", "parent"), ("do", "add"), ("item:D1", "9")];
    assert_eq!(browser.post(address, &wrong).0, StatusCode::UNPROCESSABLE_ENTITY);
    browser.post(address, &[("role", "parent"), ("do", "add"), ("item:D1", "")]);
    browser.post(address, &[("role", "parent"), ("do", "undo")]);
    let save = [("role", "parent"), ("do", "save"), ("date", "2026-11-20")];
    assert_eq!(browser.post(address, &save).0, StatusCode::SEE_OTHER);
    let all = rows(&browser);
    let mut parents: Vec<i64> = all
        .iter()
        .filter(|row| row["role"] == "parent")
        .map(|row| row["answers"]["D1"].as_i64().unwrap())
        .collect();
    parents.sort_unstable();
    assert_eq!((all.len(), parents), (before + 2, vec![2, 4]));
    let comments: Vec<&str> = all.iter().filter_map(|row| row["comment"].as_str()).collect();
    assert!(comments.contains(&"Интернет баяу"));
    // Saved once: nothing waits any more.
    browser.post(address, &save);
    assert_eq!(rows(&browser).len(), before + 2);
    // A batch that was saved by mistake is taken back, though it is sealed.
    browser.post("/undo", &[("back", "/survey/sv1")]);
    assert_eq!(rows(&browser).len(), before);
    assert!(browser.get_in("/survey/sv1", "en").1.contains("The plan has 0 answers"));
}

fn give(browser: &Browser, file: &[u8]) -> String {
    let to = "/upload/answers/sv1?name=answers.csv";
    let (status, address) = browser.upload(to, file, &browser.token);
    assert_eq!(status, StatusCode::OK, "{address}");
    address
}

/// What a preview's form would send.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split("<section class=\"call\"").nth(1).unwrap();
    let value = |part: &str| part.split('"').next().unwrap().replace("&quot;", "\"");
    form.split("type=\"hidden\" name=\"")
        .skip(1)
        .map(|part| (value(part), value(part.split("value=\"").nth(1).unwrap())))
        .filter(|(name, _)| name != "token")
        .collect()
}

#[test]
fn a_file_is_looked_at_taken_once_and_not_twice() {
    let browser = Browser::with_example();
    let before = rows(&browser).len();
    let count = jospar_tables::read(FILE.as_bytes()).unwrap().rows.len();
    let address = give(&browser, FILE.as_bytes());
    let (status, page) = browser.get_in(&address, "en");
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("UTF-8, cells divided by «,»"));
    assert!(page.contains(&format!("Answers that would be added: {count}.")));
    assert_eq!(page.matches("selected>D1.").count(), 1);
    let send = |page: &str, address: &str| {
        let fields = fields(page);
        let form: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(browser.post(address, &form).0, StatusCode::SEE_OTHER);
    };
    send(&page, &address);
    assert_eq!(rows(&browser).len(), before + count);
    // The file was taken: its page is gone. Given again, nothing of it is new.
    assert_eq!(browser.get(&address).0, StatusCode::SEE_OTHER);
    let address = give(&browser, FILE.as_bytes());
    let (_, page) = browser.get_in(&address, "en");
    assert!(page.contains("Answers that would be added: 0."));
    assert!(page.contains(&format!("Answers that are there already: {count}.")));
    // Two more rows at its end are all that is new.
    let more = format!(
        "{FILE}M90,x,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,\nM91,x,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,\n"
    );
    let address = give(&browser, more.as_bytes());
    let (_, page) = browser.get_in(&address, "en");
    assert!(page.contains("Answers that would be added: 2."));
    send(&page, &address);
    assert_eq!(rows(&browser).len(), before + count + 2);
    // A plugin's proposal is refused just so.
    let batch = jospar_node::service::PluginRequest::Batch {
        edits: vec![jospar_node::service::Edit::Add {
            path: "survey_rows".into(),
            id: None,
            record: serde_json::json!({"survey": "sv1", "date": "2026-11-20",
                                       "rows": rows(&browser)[before..before + 6]}),
            after: None,
        }],
        base: Default::default(),
        agreed: Default::default(),
        note: None,
    };
    let service = browser.node.as_ref().unwrap().service();
    let refused = service.answer_blocking(&Request::Plugin(batch)).unwrap_err();
    assert_eq!(refused.key, "error-answers-there");
}

#[test]
fn a_person_says_what_columns_hold_and_sees_what_is_refused() {
    let browser = Browser::with_example();
    // "Вопрос;Группа" and two rows in windows-1251, with a semicolon.
    let file = [
        &[0xc2u8, 0xee, 0xef, 0xf0, 0xee, 0xf1, b';', 0xc3, 0xf0, 0xf3, 0xef, 0xef, 0xe0][..],
        b"\r\n4;",
        &[0xe0, 0xe1],
        b"\r\n7;",
        &[0xe2, 0xe3],
        b"\r\n",
    ]
    .concat();
    let address = give(&browser, &file);
    let (_, page) = browser.get_in(&address, "en");
    assert!(page.contains("windows-1251, cells divided by «;»"));
    assert!(page.contains("No column fits a question."));
    let (_, page) = browser.get_in(&format!("{address}?column:0=item:D2&role=student"), "en");
    assert!(page.contains("Answers that would be added: 1."));
    assert!(page.contains("line 3, D2: the scale has no answer “7”"));
    let (status, told) =
        browser.upload("/upload/answers/sv1?name=x.xls", b"\xd0\xcf\x11\xe0old", &browser.token);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains("XLSX"), "{told}");
}
