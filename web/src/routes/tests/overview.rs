//! The overview, the calendar, the search, and what people say to each other.

use super::*;

#[test]
fn a_search_finds_things_by_their_words_and_leads_to_them() {
    let browser = Browser::with_example();
    // Typed without Kazakh letters.
    let (status, page) = browser.get("/search?q=%D0%BA%D0%B0%D1%80%D1%81%D1%8B%D0%BB%D1%8B%D0%BA");
    assert_eq!(status, StatusCode::OK);
    let link = page.split("<a class=\"name\" href=\"").nth(1).expect("a hit");
    let link = link.split('"').next().unwrap();
    assert!(link.starts_with("/plan/"), "{link}");
    assert_eq!(browser.get(link).0, StatusCode::OK);
    let (_, none) = browser.get("/search?q=zzzzzz");
    assert!(!none.contains("class=\"name\""));
    let attack = "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    assert!(!browser.get(attack).1.contains("<script>alert"));
}

#[test]
fn the_calendar_has_what_is_due_and_leaves_out_what_is_done() {
    let browser = Browser::with_example();
    browser.post("/add", &[("path", "risks"), ("name", "Х"), ("back", "/page/risks")]);
    let all = browser.value("meetings");
    let decision = |done: bool| {
        let decisions = all.as_array().unwrap().iter().flat_map(|meeting| {
            let id = meeting["id"].as_str().unwrap();
            let decisions = meeting["decisions"].as_array().into_iter().flatten();
            decisions.map(move |d| {
                (format!("/plan/meetings/{id}/decisions/{}", d["id"].as_str().unwrap()), d)
            })
        });
        let is_done = |d: &Value| d["state"] == "done";
        let has_day = |d: &Value| d["due"].as_str().is_some_and(|day| !day.is_empty());
        decisions
            .filter(|(_, d)| has_day(d) && is_done(d) == done)
            .map(|(path, _)| path)
            .collect::<Vec<_>>()
    };
    let (open, done) = (decision(false), decision(true));
    assert!(!open.is_empty() && !done.is_empty());
    let (_, page) = browser.get("/calendar");
    assert!(open.iter().all(|path| page.contains(&format!("\"{path}\""))), "{open:?}");
    assert!(!done.iter().any(|path| page.contains(&format!("\"{path}\""))), "{done:?}");
}

#[test]
fn people_talk_about_a_thing_where_it_stands() {
    let browser = Browser::with_example();
    let (_, page) = browser.get("/plan/initiatives/in1");
    assert!(page.contains("кеңейтуге ұсынамын"), "the example's thread");
    let text = "@Айгүл, <b>мерзімін</b> қараңыз";
    assert_eq!(
        browser.post("/discuss", &[("on", "rk1"), ("text", text)]).0,
        StatusCode::NO_CONTENT
    );
    let threads = browser.value("comments_threads");
    let thread = threads.as_array().unwrap().iter().find(|thread| thread["on"] == "rk1").unwrap();
    assert_eq!((&thread["text"], &thread["author"]), (&text.into(), &"Айгүл".into()));
    let id = thread["id"].as_str().unwrap();
    let reply = [("thread", id), ("text", "Қарадым")];
    assert_eq!(browser.post("/discuss/reply", &reply).0, StatusCode::NO_CONTENT);
    let (_, page) = browser.get("/plan/risks/rk1");
    assert!(page.contains("Қарадым") && page.contains("&lt;b&gt;") && !page.contains("<b>"));
    // It calls the reader: the overview says so, until it is settled.
    assert!(browser.get("/").1.contains("/find/rk1"));
    let settle = [("thread", id), ("resolved", "yes")];
    assert_eq!(browser.post("/discuss/resolve", &settle).0, StatusCode::NO_CONTENT);
    assert!(!browser.get("/").1.contains("/find/rk1"));
    // Nothing said is nothing added.
    browser.post("/discuss", &[("on", "rk1"), ("text", "  ")]);
    assert_eq!(
        browser.value("comments_threads").as_array().unwrap().len(),
        threads.as_array().unwrap().len()
    );
}

#[test]
fn ones_own_changes_are_no_news() {
    let browser = Browser::with_example();
    assert!(!browser.get("/").1.contains("action=\"/seen\""));
    browser.post("/set", &[("path", "kpis/k2/target"), ("value", "7")]);
    assert!(!browser.get("/").1.contains("action=\"/seen\""));
    assert_eq!(browser.post("/seen", &[]).0, StatusCode::NO_CONTENT);
}

/// The map is edited where it stands: a slider takes the mouse and the arrow keys.
#[test]
fn levels_of_the_map_are_set_on_the_map() {
    let browser = Browser::with_example();
    let (_, page) = browser.get("/page/map");
    let path = page.split("name=\"path\" value=\"school_map/nodes/").nth(1).unwrap();
    let path = format!("school_map/nodes/{}", path.split('"').next().unwrap());
    assert!(page.contains("type=\"range\""));
    assert_eq!(browser.post("/set", &[("path", &path), ("value", "4")]).0, StatusCode::NO_CONTENT);
    assert_eq!(browser.value(&path), 4);
}

#[test]
fn a_list_with_states_is_also_a_board_and_a_table() {
    let browser = Browser::with_example();
    let (_, board) = browser.get("/page/initiatives?view=board");
    let cards = board.matches("class=\"slip\"").count();
    assert_eq!(cards, browser.value("initiatives").as_array().unwrap().len());
    let set = [("path", "initiatives/in1/state"), ("value", "done")];
    assert_eq!(browser.post("/set", &set).0, StatusCode::NO_CONTENT);
    let (_, after) = browser.get("/page/initiatives?view=board");
    assert_ne!(board, after);
    let (_, table) = browser.get("/page/initiatives?view=table");
    assert!(table.contains("/plan/initiatives/in1\"") && !table.contains("class=\"slip\""));
    // A list without states has one way.
    assert!(!browser.get("/page/needs").1.contains("view=board"));
    assert_eq!(browser.get("/page/needs?view=nothing").0, StatusCode::OK);
}

#[test]
fn a_place_of_the_map_is_put_elsewhere_in_one_change() {
    let browser = Browser::with_example();
    let path = "school_map/nodes/mn2";
    let put = |x: &str, y: &str| browser.post("/place", &[("path", path), ("x", x), ("y", y)]).0;
    assert_eq!(put("20", "75.5"), StatusCode::NO_CONTENT);
    let node = browser.value(path);
    assert_eq!((&node["x"], &node["y"]), (&20.into(), &75.5.into()));
    let (_, page) = browser.get("/page/map");
    let room = page.split(r#"id="room-mn2-today""#).nth(1).unwrap();
    assert!(room.contains(r#"data-x="20" data-y="76""#), "{}", &room[..200]);
    for (x, y) in [("101", "5"), ("5", "-1"), ("", "5"), ("NaN", "5")] {
        assert_eq!(put(x, y), StatusCode::UNPROCESSABLE_ENTITY, "{x} {y}");
    }
    assert_eq!(browser.value(path), node, "nothing of it was carried out");
    assert_eq!(browser.post("/undo", &[]).0, StatusCode::NO_CONTENT);
    assert_eq!(browser.value(path)["x"], Value::Null, "both are one change");
    // What can be moved has a handle, and the lists of the forms are as before.
    let (_, board) = browser.get("/page/initiatives?view=board");
    assert!(board.contains(r#"data-card="initiatives/in1""#) && board.contains(r#"name="value""#));
    assert!(browser.get("/page/risks").1.contains(r#"data-item="risks/"#));
}

#[test]
fn two_days_are_compared_field_by_field() {
    let browser = Browser::with_example();
    let now = "2000-01-01";
    let (status, page) = browser.get(&format!("/history?from={now}"));
    assert_eq!(status, StatusCode::OK);
    // All of the example was written after that day, and nothing before it.
    assert!(page.contains("<ins>") && !page.contains("<del>"), "{page}");
    let (_, page) = browser.get(&format!("/history?from={now}&to={now}"));
    assert!(page.contains("Бұл күндер арасында ештеңе өзгермеген."), "{page}");
    let (status, _) = browser.get("/history?from=2000-01-02&to=1999-01-01");
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) = browser.get("/history?from=yesterday");
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, page) = browser.get(&format!("/history?path=risks&from={now}"));
    assert!(page.contains("/plan/risks/") && !page.contains("/plan/kpis/"), "{page}");
}

#[test]
fn the_overview_has_the_last_changes_and_says_how_many_came_before() {
    let browser = Browser::with_example();
    let rows = |page: &str| {
        let list = page.split("<ol class=\"rows history\">").nth(1).unwrap();
        list.split("</ol>").next().unwrap().matches("<li>").count()
    };
    let all = rows(&browser.get("/history").1);
    let (_, page) = browser.get("/");
    let shown = rows(&page);
    assert!(shown > 0 && shown < all, "{shown} of {all}");
    assert!(page.contains(&format!("<p class=\"of\">және тағы {}</p>", all - shown)), "{page}");
}
