//! Trust between real nodes: shutting out, exchanging a key, recovering, deciding about what was set aside.

use jospar_core::policy::Body;
use jospar_node::handle::Event;
use jospar_node::service::TrustRequest;

use super::*;

fn trust(node: &Node, request: TrustRequest) -> Value {
    ask(node, Request::Trust(request))
}

fn device_of(node: &Node) -> String {
    node.device().to_string()
}

/// T07: within a second, at the server and between two devices.
#[test]
fn t07_live_sessions_of_a_revoked_device_end_within_a_second() {
    let (server, _director_place, director, _teacher_place, teacher) = school();
    let server = server.node.as_ref().unwrap();
    let lost = teacher.device();
    let mut events = server.handle().events();
    let begun = Instant::now();
    ask(&director, Request::Revoke { device: lost.to_string() });
    let mut gone = false;
    until("the server has closed the session", || {
        while let Ok(event) = events.try_recv() {
            gone |= matches!(event, Event::PeerWent(_, device) if device == lost);
        }
        gone
    });
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // Two devices with no server between them.
    let (director_place, teacher_place) = (Place::new(), Place::new());
    let director = director_place.online();
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    let address = Some(director.local_address().unwrap().to_string());
    // A device that is named as one that carries the log is dialed by the others.
    let body = Body::ServerKey { server: director.device(), address: address.clone().unwrap() };
    let named =
        director.handle().call(None, |turn| Ok(turn.replica.append_policy(turn.storage, body)));
    tokio::runtime::Runtime::new().unwrap().block_on(named).unwrap().unwrap();
    let invite = ask(&director, Request::Invite { role: "teacher".into(), address });
    let teacher = teacher_place.online();
    let link = invite["link"].as_str().unwrap().to_owned();
    ask(&teacher, Request::Join { link, name: "Әсет".into() });
    until("the director hears of the teacher", || {
        !ask(&director, Request::Devices)["waiting"].as_array().unwrap().is_empty()
    });
    let (role, kinds) = (None, Vec::new());
    ask(&director, Request::Confirm { device: device_of(&teacher), role, kinds });
    let connected = |node: &Node| {
        let status = ask(node, Request::Status);
        status["peers"].as_array().is_some_and(|p| p.iter().any(|p| p["connected"] == true))
    };
    until("the teacher is in", || ask(&teacher, Request::Entry)["state"] == "done");
    until("both are connected", || connected(&teacher) && connected(&director));
    let begun = Instant::now();
    ask(&director, Request::Revoke { device: device_of(&teacher) });
    until("the device has closed the session", || !connected(&teacher));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[test]
fn t08_a_device_goes_on_under_a_new_key_and_the_old_one_is_shut_out() {
    let (_server, _director_place, director, teacher_place, teacher) = school();
    set(&teacher, "kpis/k1/actual", json!(0.3));
    until_equal(&director, &teacher);
    let (old, old_file) = (device_of(&teacher), teacher_place.path("data/device.json"));
    let before = std::fs::read_to_string(&old_file).unwrap();
    let answer = trust(&teacher, TrustRequest::Rotate);
    assert_eq!(answer["restart"], true);
    teacher.stop();
    // As if the node had been stopped between the store's commit and the folder's new key.
    let named = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let after = named(&std::fs::read_to_string(&old_file).unwrap());
    let mut half = named(&before);
    half["next"] = after.clone();
    std::fs::write(&old_file, half.to_string()).unwrap();
    let teacher = teacher_place.online();
    assert_eq!((device_of(&teacher), answer["device"].clone()), {
        let new = answer["device"].as_str().unwrap().to_owned();
        (new.clone(), json!(new))
    });
    assert_ne!(device_of(&teacher), old);
    set(&teacher, "kpis/k1/actual", json!(0.4));
    until("the new key's edit arrives", || show(&director, "kpis/k1/actual") == 0.4);
    until_equal(&director, &teacher);
    let devices = ask(&director, Request::Devices);
    let devices = devices["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 2, "one device in the place of the other: {devices:?}");
    let now = devices.iter().find(|d| d["device"] == device_of(&teacher)).unwrap();
    assert_eq!((&now["name"], &now["role"]), (&json!("Әсет"), &json!("teacher")));
    assert_eq!(ask(&director, Request::Quarantine)["groups"], json!([]));
    let history = ask(&director, Request::History { path: "kpis".into(), limit: 2 });
    let who: Vec<&Value> =
        history["entries"].as_array().unwrap().iter().map(|entry| &entry["who"]).collect();
    assert_eq!(who, ["Әсет", "Әсет"]);
    // Whoever has the old key and folder is shut out.
    teacher.stop();
    let mut stolen = named(&before);
    stolen["next"] = Value::Null;
    std::fs::write(&old_file, stolen.to_string()).unwrap();
    let thief = teacher_place.online();
    assert_eq!(device_of(&thief), old);
    let write = Request::Set { path: "kpis/k1/actual".into(), value: json!(0.9) };
    assert_eq!(refused(&thief, write).key, "error-no-right");
    until("the server refuses the old key", || {
        ask(&thief, Request::Status)["refused"]["message"] == "error-device-revoked"
    });
}

#[test]
fn t33_a_recovery_sheet_makes_a_new_laptop_the_directors() {
    let (_server, director_place, director, _teacher_place, teacher) = school();
    let warned = |node: &Node| ask(node, Request::Status)["trust"]["warnings"].clone();
    assert_eq!(warned(&director), json!(["trust-one-director"]));
    let refused_draft = refused(&teacher, Request::Trust(TrustRequest::DraftSheet));
    assert_eq!(refused_draft.key, "error-not-director");
    let draft = trust(&director, TrustRequest::DraftSheet);
    let words: Vec<&str> =
        draft["words"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let words = words.join(" ");
    let sheet = draft["sheet"].as_str().unwrap().to_owned();
    trust(&director, TrustRequest::KeepSheet { sheet });
    assert_eq!(warned(&director), json!([]));
    until("the teacher knows of the sheet", || warned(&teacher) == json!([]));
    set(&director, "kpis/k1/actual", json!(0.3));
    until_equal(&director, &teacher);
    director.stop();
    // What the lost laptop writes from now on nobody has.
    let lost = director_place.offline();
    set(&lost, "kpis/k1/actual", json!(0.9));
    lost.stop();
    let stick = Place::new();
    let path = stick.path("plan.jospar").display().to_string();
    ask(&teacher, Request::Bundle { path: path.clone() });
    let laptop_place = Place::new();
    let laptop = laptop_place.offline();
    let recover = |words: &str| TrustRequest::Recover {
        words: words.to_owned(),
        lost: None,
        path: Some(path.clone()),
    };
    let mistyped = words.split_once(' ').unwrap().1;
    assert_eq!(refused(&laptop, Request::Trust(recover(mistyped))).key, "error-recovery-count");
    let other = jospar_node::recovery::draft().unwrap().join(" ");
    assert_eq!(refused(&laptop, Request::Trust(recover(&other))).key, "error-recovery-sheet");
    let done = trust(&laptop, recover(&words));
    assert_eq!(done["name"], "Гүлнар");
    laptop.stop();
    let laptop = laptop_place.online();
    // The server has never heard of this key: the laptop shows it the entry of the recovery.
    until("the teacher is told", || {
        let trust = ask(&teacher, Request::Status)["trust"].clone();
        trust["recovered"][0]["device"] == device_of(&laptop)
            && trust["warnings"] == json!(["trust-one-director"])
    });
    set(&laptop, "kpis/k2/target", json!(0.8));
    until("the director's edit arrives", || show(&teacher, "kpis/k2/target") == 0.8);
    let lost = director_place.online();
    until("the lost laptop is refused", || {
        ask(&lost, Request::Status)["refused"]["message"] == "error-device-revoked"
    });
    assert_eq!(show(&teacher, "kpis/k1/actual"), 0.3);
    let again = Place::new();
    let again = again.offline();
    ask(&laptop, Request::Bundle { path: path.clone() });
    assert_eq!(refused(&again, Request::Trust(recover(&words))).key, "error-recovery-sheet");
}

#[test]
fn t08_a_director_adopts_and_discards_what_a_lost_laptop_wrote() {
    let (_server, _director_place, director, teacher_place, teacher) = school();
    teacher.stop();
    let teacher = teacher_place.offline();
    set(&teacher, "kpis/k1/actual", json!(0.7));
    set(&teacher, "risks/rk1/likelihood", json!(1));
    let device = device_of(&teacher);
    ask(&director, Request::Revoke { device });
    let stick = Place::new();
    let path = stick.path("late.jospar").display().to_string();
    ask(&teacher, Request::Bundle { path: path.clone() });
    ask(&director, Request::TakeBundle { path });
    let held = ask(&director, Request::Quarantine);
    let groups = held["groups"].as_array().unwrap();
    assert_eq!(
        (groups.len(), ask(&director, Request::Status)["quarantined"].clone()),
        (2, json!(2))
    );
    let of = |part: &str| groups.iter().find(|group| group["part"] == part).unwrap();
    assert_eq!(of("kpis")["who"], "Әсет");
    assert_eq!(of("kpis")["paths"], json!(["kpis/k1/actual"]));
    assert_eq!(
        (&of("kpis")["reason"], &of("kpis")["adoptable"]),
        (&json!("quarantine-revoked"), &json!(true))
    );
    let change = |part: &str| of(part)["change"].as_str().unwrap().to_owned();
    assert_ne!(show(&director, "kpis/k1/actual"), 0.7);
    let adopted = trust(&director, TrustRequest::Adopt { change: change("kpis") });
    assert_eq!((&adopted["count"], &adopted["commands"]), (&json!(1), &json!(1)));
    let likelihood = show(&director, "risks/rk1/likelihood");
    trust(&director, TrustRequest::Discard { change: change("risks") });
    assert_eq!(show(&director, "kpis/k1/actual"), 0.7);
    assert_eq!(show(&director, "risks/rk1/likelihood"), likelihood);
    assert_eq!(ask(&director, Request::Quarantine)["groups"], json!([]));
    assert_eq!(ask(&director, Request::Status)["quarantined"], 0);
    let history = ask(&director, Request::History { path: "kpis/k1".into(), limit: 1 });
    assert_eq!(history["entries"][0]["who"], "Гүлнар");
    let unknown = Request::Trust(TrustRequest::Adopt { change: change("kpis") });
    assert_eq!(refused(&director, unknown).key, "error-change-unknown");
}

#[test]
fn a_role_is_lowered_ended_and_raised_to_deputy() {
    let (_server, _director_place, director, _teacher_place, teacher) = school();
    let device = device_of(&teacher);
    let assign = |role: &str, until: Option<&str>| TrustRequest::Assign {
        device: device.clone(),
        role: role.into(),
        kinds: Vec::new(),
        until: until.map(str::to_owned),
    };
    trust(&director, assign("viewer", None));
    let write = Request::Set { path: "kpis/k1/actual".into(), value: json!(0.9) };
    until("the teacher may only read", || {
        let answer = teacher.service().answer_blocking(&write);
        answer.is_err_and(|fault| fault.key == "error-no-right")
    });
    trust(&director, assign("director", None));
    until("the deputy is told", || ask(&teacher, Request::Status)["device"]["role"] == "director");
    assert_eq!(ask(&director, Request::Status)["trust"]["directors"], 2);
    trust(&director, assign("auditor", Some("2020-01-31")));
    until("the ended role is not served", || {
        ask(&teacher, Request::Status)["refused"]["message"] == "error-device-revoked"
    });
    let own = TrustRequest::Assign {
        device: device_of(&director),
        role: "teacher".into(),
        kinds: Vec::new(),
        until: None,
    };
    assert_eq!(refused(&director, Request::Trust(own)).key, "error-last-director");
}
