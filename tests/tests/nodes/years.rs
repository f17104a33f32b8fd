//! The next year: what goes on, what stays behind, the old year beside the new one, and taking it back.

use jospar_node::service::{ApprovalRequest, YearRequest};

use super::*;

fn years(node: &Node, request: YearRequest) -> Value {
    ask(node, Request::Years(request))
}

fn with_example(place: &Place) -> Node {
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    set(&node, "initiatives/in1/state", json!("done"));
    set(&node, "documents/doc1/state", json!("signed"));
    node
}

fn begun(node: &Node) -> Value {
    let offer = years(node, YearRequest::Offer { start: None, end: None });
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    let left = offer["offers"].as_array().unwrap().iter().filter(|one| one["carried"] == false);
    let leave = left.map(|one| one["path"].as_str().unwrap().to_owned()).collect();
    years(node, YearRequest::Begin { start: text("start"), end: text("end"), leave })
}

fn plan(node: &Node) -> Value {
    let plan = &ask(node, Request::Export)["plan"];
    plan.as_str().map_or_else(|| plan.clone(), |text| serde_json::from_str(text).unwrap())
}

fn ids(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect()
}

#[test]
fn a_year_ends_and_the_next_one_begins_from_it() {
    let place = Place::new();
    let node = with_example(&place);
    let before = plan(&node);
    let offer = years(&node, YearRequest::Offer { start: None, end: None });
    assert_eq!((offer["id"].as_str(), offer["begun"].as_bool()), (Some("2026-2027"), Some(false)));
    assert_eq!((&offer["start"], &offer["end"]), (&json!("2027-09-01"), &json!("2028-08-31")));
    // Looking changes nothing.
    assert_eq!(plan(&node), before);
    let done = begun(&node);
    assert!(done["changes"].as_u64().unwrap() > 4 && done["left"].as_u64().unwrap() >= 1, "{done}");

    assert!(!ids(&show(&node, "initiatives")).contains(&"in1"));
    assert!(!ids(&show(&node, "documents")).contains(&"doc1"));
    assert_eq!(show(&node, "kpis/k1/baseline"), 0.46);
    assert_eq!(show(&node, "plan/period/start"), "2027-09-01");
    let plan = plan(&node);
    assert!(!ids(&plan["documents"]).contains(&"doc1"));
    assert_eq!(ids(&plan["partners"]), ids(&before["partners"]));

    // The old year stands as it stood, whatever is written now.
    set(&node, "kpis/k1/actual", json!(0.6));
    let past = |path: &str| {
        years(&node, YearRequest::Show { year: "2026-2027".into(), path: path.into() })["value"]
            .clone()
    };
    assert_eq!(past("kpis/k1/actual"), 0.46);
    assert_eq!(past("initiatives/in1/state"), "done");
    assert!(ids(&past("documents")).contains(&"doc1"));
    assert_eq!(ids(&past("surveys")), ids(&before["surveys"]));

    let beside = years(&node, YearRequest::Compare { year: "2026-2027".into() });
    let of = |list: &str, id: &str| {
        let list = beside[list].as_array().unwrap().iter();
        list.clone().find(|one| one["id"] == id).unwrap().clone()
    };
    let k1 = of("kpis", "k1");
    assert_eq!((&k1["then"]["value"], &k1["now"]["baseline"]), (&json!(0.46), &json!(0.46)));
    let in1 = of("initiatives", "in1");
    assert_eq!((&in1["then"], &in1["now"]), (&json!("done"), &Value::Null));
    assert_eq!(beside["levels"].as_array().unwrap().len(), 6);
    let list = years(&node, YearRequest::List);
    assert_eq!(list["years"][0]["id"], "2026-2027");
    assert_eq!(list["current"]["start"], "2027-09-01");
    assert_eq!(ask(&node, Request::Doctor)["problems"], json!([]));
    node.stop();
}

#[test]
fn a_year_is_begun_once_and_can_be_taken_back() {
    let place = Place::new();
    let node = with_example(&place);
    let before = plan(&node);
    begun(&node);
    let days = ("2027-09-02".to_owned(), "2028-08-31".to_owned());
    let wrong = |start: &str, end: &str| {
        let (start, end) = (start.to_owned(), end.to_owned());
        let request = YearRequest::Begin { start, end, leave: Vec::new() };
        refused(&node, Request::Years(request)).key
    };
    assert_eq!(wrong(&days.1, &days.0), "error-year-days");
    assert_eq!(wrong("2027-08-01", "2028-08-31"), "error-year-days");
    assert_eq!(wrong("soon", &days.1), "error-value-date");
    let unknown = YearRequest::Show { year: "1999".into(), path: "kpis".into() };
    assert_eq!(refused(&node, Request::Years(unknown)).key, "error-year-unknown");
    // The year after is another one.
    let next = YearRequest::Begin {
        start: "2028-09-01".into(),
        end: "2029-08-31".into(),
        leave: Vec::new(),
    };
    years(&node, next);
    let first = YearRequest::TakeBack { year: "2026-2027".into() };
    assert_eq!(refused(&node, Request::Years(first.clone())).key, "error-year-not-newest");
    years(&node, YearRequest::TakeBack { year: "2027-2028".into() });
    years(&node, first);
    assert_eq!(plan(&node), before);
    assert_eq!(years(&node, YearRequest::List)["years"], json!([]));
    // What was taken back can be begun again.
    let again = begun(&node)["year"].as_str().unwrap().to_owned();
    assert_eq!(again, "2026-2027-2");
    assert_eq!(show(&node, "kpis/k1/baseline"), 0.46);
    let past = YearRequest::Show { year: again, path: "kpis/k1/baseline".into() };
    assert_eq!(years(&node, past)["value"], 0.25);
    node.stop();
}

/// What stays behind is no part of what is signed in the new year.
#[test]
fn what_stays_behind_is_not_approved_again() {
    let place = Place::new();
    let node = with_example(&place);
    set(&node, "design_thinking/dt1/stage", json!("done"));
    let hash = || {
        let request = ApprovalRequest::List { what: Some("plan".into()) };
        ask(&node, Request::Approval(request))["subjects"][0]["hash"].clone()
    };
    let before = hash();
    begun(&node);
    let after = hash();
    assert!(after.is_string() && before != after);
    assert!(!ids(&show(&node, "design_thinking")).contains(&"dt1"));
    // By its path it can still be reached, and written; the text that is signed does not change by it.
    set(&node, "design_thinking/dt1/problem", json!("p1"));
    assert_eq!(show(&node, "design_thinking/dt1/problem"), "p1");
    assert_eq!(hash(), after);
    set(&node, "kpis/k1/target", json!(0.9));
    assert_ne!(hash(), after);
    node.stop();
}

/// A device that may write only a part of the plan begins no year, and nothing of it is left behind; the other partner's
/// device has the old year and the new one once the changes have come.
#[test]
fn a_year_is_begun_by_a_partner_and_reaches_the_other() {
    let (director_place, teacher_place, helper_place) = (Place::new(), Place::new(), Place::new());
    let director = with_example(&director_place);
    let stick = Place::new();
    let enrol = |place: &Place, name: &str, role: &str, kinds: Vec<String>| {
        let node = place.offline();
        let request = stick.file("request");
        ask(&node, Request::JoinFile { path: request.clone(), name: name.into() });
        ask(&director, Request::TakeBundle { path: request.clone() });
        std::fs::remove_file(request).unwrap();
        let waiting = &ask(&director, Request::Devices)["waiting"][0]["words"];
        let device = waiting.as_str().unwrap().to_owned();
        ask(&director, Request::Confirm { device, role: Some(role.into()), kinds });
        node
    };
    let carry = |to: &Node| {
        let path = stick.file("plan");
        ask(&director, Request::Bundle { path: path.clone() });
        ask(to, Request::TakeBundle { path: path.clone() });
        std::fs::remove_file(path).unwrap();
    };
    let teacher = enrol(&teacher_place, "Болат", "teacher", Vec::new());
    let helper = enrol(&helper_place, "Ержан", "contributor", vec!["risks".into()]);
    carry(&teacher);
    carry(&helper);
    let before = plan(&helper);
    let begin = YearRequest::Begin {
        start: "2027-09-01".into(),
        end: "2028-08-31".into(),
        leave: vec!["risks/rk1".into()],
    };
    assert_eq!(refused(&helper, Request::Years(begin)).key, "error-no-right");
    assert_eq!(plan(&helper), before);
    begun(&director);
    carry(&teacher);
    assert_eq!(plan(&teacher), plan(&director));
    assert_eq!(years(&teacher, YearRequest::List)["years"][0]["id"], "2026-2027");
    let past = YearRequest::Show { year: "2026-2027".into(), path: "initiatives/in1/state".into() };
    assert_eq!(years(&teacher, past)["value"], "done");
    let twice = YearRequest::Offer { start: None, end: None };
    assert_eq!(years(&teacher, twice)["id"], "2027-2028");
}
