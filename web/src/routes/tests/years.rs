//! The next year on the page: what is ticked goes on, and the old year stands beside the new one.

use super::*;

/// The names of the fields that a form's ticks have, with those that are ticked.
fn ticks(page: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for part in page.split("name=\"carry:").skip(1) {
        let (path, rest) = part.split_once('"').unwrap();
        found.push((path.to_owned(), rest.split('>').next().unwrap().contains(" checked")));
    }
    found
}

#[test]
fn a_year_is_started_with_what_is_ticked() {
    let browser = Browser::with_example();
    browser.post("/set", &[("path", "initiatives/in1/state"), ("value", "done")]);
    let (status, page) = browser.get("/years/next");
    assert_eq!(status, StatusCode::OK);
    let ticks = ticks(&page);
    let ticked = |path: &str| ticks.iter().find(|(known, _)| known == path).unwrap().1;
    assert!(!ticked("initiatives/in1") && ticked("kpis/k1") && ticked("risks/rk1"));
    // A person leaves one risk, too.
    let offers: Vec<String> = ticks.iter().map(|(path, _)| format!("offer:{path}")).collect();
    let carried: Vec<String> = ticks
        .iter()
        .filter(|(path, ticked)| *ticked && path != "risks/rk1")
        .map(|(path, _)| format!("carry:{path}"))
        .collect();
    let mut form = vec![("start", "2027-09-01"), ("end", "2028-08-31")];
    form.extend(offers.iter().chain(&carried).map(|name| (name.as_str(), "")));
    assert_eq!(browser.post("/years/begin", &form).0, StatusCode::SEE_OTHER);
    let ids = |path: &str| -> Vec<String> {
        let list = browser.value(path);
        let list = list.as_array().unwrap().iter();
        list.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!ids("risks").contains(&"rk1".into()) && ids("risks").contains(&"rk2".into()));
    assert!(!ids("initiatives").contains(&"in1".into()));
    assert_eq!(browser.value("kpis/k1/baseline"), 0.46);

    let (_, list) = browser.get("/years");
    assert!(list.contains("href=\"/years/2026-2027\""), "{list}");
    for language in ["kk", "ru", "en"] {
        let (status, one) = browser.get_in("/years/2026-2027", language);
        assert_eq!(status, StatusCode::OK);
        assert!(one.contains("0.46") || one.contains("0,46"), "{one}");
        let (status, plan) = browser.get_in("/years/2026-2027/plan", language);
        assert_eq!(status, StatusCode::OK);
        // What went is still there by its name.
        let risk = ["Қарсылық", "Сопротивление", "Resistance"];
        assert!(risk.iter().any(|name| plan.contains(name)));
    }
    assert_eq!(browser.get("/years/1999").0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        browser.post("/years/begin", &[("start", "2027-01-01"), ("end", "x")]).0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(browser.post("/years/back", &[("path", "2026-2027")]).0, StatusCode::SEE_OTHER);
    assert!(ids("risks").contains(&"rk1".into()) && ids("initiatives").contains(&"in1".into()));
}
