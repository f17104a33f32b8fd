//! What things are called on pages.

use super::*;
use jospar_core::document::Shape;

use crate::schema::{Spot, locate};

/// Ids are for programs. A thing without a name once showed its own as a title.
#[test]
fn a_thing_without_a_name_is_never_shown_by_its_id() {
    let browser = Browser::with_example();
    let mut ids = Vec::new();
    for list in crate::pages::parts() {
        match locate(list) {
            Some(Spot::Documents(_) | Spot::Field { shape: Shape::Items(_), .. }) => {}
            _ => continue,
        }
        let (status, _) = browser.post("/add", &[("path", list), ("name", "")]);
        assert_eq!(status, StatusCode::NO_CONTENT, "{list}");
        let last = browser.value(list).as_array().unwrap().last().unwrap()["id"].clone();
        let id = last.as_str().unwrap().to_owned();
        ids.push((format!("/plan/{list}/{id}"), id));
    }
    let menu = GROUPS.iter().flat_map(|group| group.pages);
    let mut places: Vec<String> = menu.map(|page| format!("/page/{}", page.name)).collect();
    let boards = ["/page/initiatives?view=board", "/page/initiatives?view=table"];
    let others =
        ["/", "/history", "/calendar", "/print", "/years/next", "/plan/surveys/sv1", "/survey/sv1"];
    places.extend(boards.into_iter().chain(others).map(str::to_owned));
    places.extend(ids.iter().map(|(place, _)| place.clone()));
    ids.push((String::new(), "sv1".to_owned()));
    for place in places {
        let (status, page) = browser.get_in(&place, "en");
        assert_eq!(status, StatusCode::OK, "{place}");
        let text = text(&page);
        for (_, id) in &ids {
            let shown = text.split(|c: char| !c.is_alphanumeric()).any(|word| word == id);
            assert!(!shown, "{place} shows {id}");
        }
    }
    let (_, page) = browser.get_in("/page/risks", "en");
    assert!(page.contains("Untitled risk"));
}

/// A paper names what it was made from by ids, which are programs' words, and showed them.
#[test]
fn what_a_field_refers_to_is_called_by_its_name() {
    let browser = Browser::with_example();
    let (_, paper) = browser.get("/plan/documents/doc1");
    let paper = text(&paper);
    for id in ["in2", "rk4", "pd1", "rk4m1"] {
        let shown = paper.split(|c: char| !c.is_alphanumeric()).any(|word| word == id);
        assert!(!shown, "the paper shows {id}");
    }
    let initiative = browser.value("initiatives/in2");
    assert!(paper.contains(initiative["title"]["kk"].as_str().unwrap()));
    let (_, place) = browser.get("/plan/initiatives/in1");
    assert!(text(&place).contains("Ата-аналар") && !text(&place).contains("parents"));
    let (_, survey) = browser.get("/plan/surveys/sv1");
    let label = browser.value("surveys/sv1/scale/labels")[0]["kk"].clone();
    assert!(text(&survey).contains(&format!("1 – {}", label.as_str().unwrap())));
    // The measure of a pilot is a KPI by its name, or anything else that somebody wrote.
    let pilot = browser.value("pilots")[0].clone();
    let at = format!("pilots/{}/success/metric", pilot["id"].as_str().unwrap());
    let kpi = browser.value("kpis/k2/title/kk").as_str().unwrap().to_owned();
    for (said, kept) in [(kpi.as_str(), "k2"), ("Минут", "Минут")] {
        browser.post("/set", &[("path", &at), ("value", said)]);
        assert_eq!(browser.value(&at), kept);
    }
}
