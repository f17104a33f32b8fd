//! What things are called on pages.

use super::*;
use jospar_core::document::Shape;

use crate::schema::{Spot, locate};

/// The text that a person reads: what stands between tags.
fn text(page: &str) -> String {
    let body = page.split("<main").nth(1).unwrap_or(page);
    body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

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
