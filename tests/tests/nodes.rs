//! Real nodes over real QUIC on loopback, each with its own folder and key.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jospar_core::protocol::ClaimLink;
use jospar_core::replica::Station;
use jospar_node::node::Node;
use jospar_node::service::{Fault, Request};
use jospar_tests::nodes::{
    LOOPBACK, Place, SECRET, ask, one_claim, set, show, wait, wait_until_synced,
};
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../../data/example-plan.json");
/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

#[path = "nodes/approvals.rs"]
mod approvals;
#[path = "nodes/drafts.rs"]
mod drafts;
#[path = "nodes/evidence.rs"]
mod evidence;
#[path = "nodes/files.rs"]
mod files;
#[path = "nodes/plugins.rs"]
mod plugins;
#[path = "nodes/presence.rs"]
mod presence;
#[path = "nodes/trust.rs"]
mod trust;
#[path = "nodes/years.rs"]
mod years;

struct Server {
    node: Option<Node>,
    place: Place,
    address: SocketAddr,
}

fn start_server(place: Place, listen: SocketAddr) -> Server {
    let config = place.config(Station::Server, Some(listen), Some(one_claim()));
    let node = Node::start(config).unwrap();
    let address = node.local_address().unwrap();
    Server { node: Some(node), place, address }
}

impl Server {
    fn claim_link(&self) -> String {
        let server = self.node.as_ref().unwrap().device();
        ClaimLink { address: self.address.to_string(), server, secret: SECRET }.to_link()
    }

    fn stop(&mut self) {
        self.node.take().unwrap().stop();
    }

    fn start_again(self) -> Self {
        start_server(self.place, self.address)
    }
}

fn refused(node: &Node, request: Request) -> Fault {
    node.service().answer_blocking(&request).expect_err("should be refused")
}

fn edit_text(node: &Node, path: &str, text: &str) {
    ask(node, Request::EditText { path: path.into(), base: Vec::new(), text: text.into() });
}

fn until(what: &str, done: impl FnMut() -> bool) {
    wait(PATIENCE, what, done);
}

fn until_synced(node: &Node) {
    wait_until_synced(PATIENCE, node);
}

fn digest(node: &Node) -> Value {
    ask(node, Request::Status)["digest"].clone()
}

fn until_equal(a: &Node, b: &Node) {
    until("both have the same", || digest(a) == digest(b));
    assert_eq!(ask(a, Request::Heads), ask(b, Request::Heads));
}

/// A server, a director with the example plan, and a teacher who was let in.
fn school() -> (Server, Place, Node, Place, Node) {
    let server = start_server(Place::new(), LOOPBACK);
    let (director_place, teacher_place) = (Place::new(), Place::new());
    let director = director_place.online();
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Claim { link: server.claim_link() });
    until("the server took the school", || ask(&director, Request::Entry)["state"] == "done");
    let imported = ask(&director, Request::Import { json: EXAMPLE.into() });
    assert_eq!(imported["notices"], json!([]));
    until_synced(&director);
    let invite = ask(&director, Request::Invite { role: "teacher".into(), address: None });
    let teacher = teacher_place.online();
    let link = invite["link"].as_str().unwrap().to_owned();
    let joining = ask(&teacher, Request::Join { link, name: "Әсет".into() });
    until("the director hears of the teacher", || {
        !ask(&director, Request::Devices)["waiting"].as_array().unwrap().is_empty()
    });
    let waiting = ask(&director, Request::Devices)["waiting"][0].clone();
    assert_eq!((&waiting["name"], &waiting["role"]), (&json!("Әсет"), &json!("teacher")));
    assert_eq!(waiting["words"], joining["words"]);
    let device = joining["words"].as_str().unwrap().to_owned();
    ask(&director, Request::Confirm { device, role: None, kinds: Vec::new() });
    until("the teacher is in", || ask(&teacher, Request::Entry)["state"] == "done");
    until_equal(&director, &teacher);
    (server, director_place, director, teacher_place, teacher)
}

#[test]
fn two_people_write_one_plan_offline_and_it_merges_through_the_server() {
    let (server, director_place, director, teacher_place, teacher) = school();
    director.stop();
    teacher.stop();
    let (director, teacher) = (director_place.offline(), teacher_place.offline());
    let strategy = "initiatives/in1/chain/strategy/text";
    let before = show(&director, strategy).as_str().unwrap().to_owned();
    edit_text(&director, strategy, &format!("Наурызда қайта қаралады. {before}"));
    edit_text(&teacher, strategy, &format!("{before} Нәтижесі ай сайын көрсетіледі."));
    set(&director, "initiatives/in1/due", json!("2027-05-28"));
    set(&teacher, "initiatives/in1/due", json!("2027-06-11"));
    for (node, id) in [(&director, "rk-d"), (&teacher, "rk-t")] {
        let record = json!({"title": {"kk": "Жаңа тәуекел"}, "likelihood": 2, "impact": 3});
        let (path, id) = ("risks".into(), Some(id.into()));
        ask(node, Request::Add { path, id, record, after: None });
    }
    ask(&director, Request::Remove { path: "risks/rk4".into(), value: None });
    set(&teacher, "risks/rk4/likelihood", json!(2));
    director.stop();
    teacher.stop();
    let (director, teacher) = (director_place.online(), teacher_place.online());
    until_equal(&director, &teacher);
    until_synced(&director);
    until_synced(&teacher);
    let merged = show(&teacher, strategy);
    assert_eq!(merged, format!("Наурызда қайта қаралады. {before} Нәтижесі ай сайын көрсетіледі."));
    let conflicts = ask(&director, Request::Conflicts)["conflicts"].clone();
    assert_eq!(conflicts, ask(&teacher, Request::Conflicts)["conflicts"]);
    let conflicts = conflicts.as_array().unwrap();
    let due = conflicts.iter().find(|c| c["path"] == "initiatives/in1/due").unwrap();
    let mut who: Vec<(&str, &str)> = due["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["who"].as_str().unwrap(), c["value"].as_str().unwrap()))
        .collect();
    who.sort_unstable();
    assert_eq!(who, [("Гүлнар", "2027-05-28"), ("Әсет", "2027-06-11")]);
    let risk = conflicts.iter().find(|c| c["path"] == "risks/rk4").unwrap();
    assert_eq!(
        (&risk["kind"], &risk["removed"]["who"]),
        (&json!("removed_edited"), &json!("Гүлнар"))
    );
    assert_eq!(show(&director, "risks/rk-t/impact"), 3);
    assert_eq!(show(&teacher, "risks/rk-d/impact"), 3);
    let resolve = |path: &str, choice| {
        ask(&director, Request::Resolve { path: path.into(), choice });
    };
    resolve("initiatives/in1/due", json!(1));
    resolve("risks/rk4", json!("keep"));
    until_equal(&director, &teacher);
    assert_eq!(ask(&teacher, Request::Conflicts)["conflicts"], json!([]));
    let server_digest = {
        let node = server.node.as_ref().unwrap();
        digest(node)
    };
    assert_eq!(server_digest, digest(&teacher));
}

#[test]
fn live_edits_flow_and_a_server_that_comes_back_hears_what_it_missed() {
    let (mut server, _director_place, director, _teacher_place, teacher) = school();
    set(&teacher, "kpis/k1/actual", json!(0.5));
    until("the director sees it", || show(&director, "kpis/k1/actual") == 0.5);
    server.stop();
    set(&director, "kpis/k1/target", json!(0.6));
    set(&teacher, "kpis/k2/target", json!(0.7));
    let server = server.start_again();
    ask(&director, Request::Sync);
    ask(&teacher, Request::Sync);
    until("each sees the other's edit", || {
        show(&teacher, "kpis/k1/target") == 0.6 && show(&director, "kpis/k2/target") == 0.7
    });
    drop(server);
}

#[test]
fn a_usb_stick_carries_the_plan_and_a_new_device_in_and_back() {
    let (director_place, teacher_place) = (Place::new(), Place::new());
    let (director, teacher) = (director_place.offline(), teacher_place.offline());
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Import { json: EXAMPLE.into() });
    let stick = Place::new();
    let file = |name: &str| stick.path(name).display().to_string();
    ask(&teacher, Request::JoinFile { path: file("request.jospar"), name: "Әсет".into() });
    let asked = ask(&director, Request::TakeBundle { path: file("request.jospar") });
    assert_eq!(asked["request"]["name"], "Әсет");
    let device = asked["request"]["device"].as_str().unwrap().to_owned();
    let role = Some("teacher".into());
    ask(&director, Request::Confirm { device, role, kinds: Vec::new() });
    ask(&director, Request::Bundle { path: file("plan.jospar") });
    ask(&teacher, Request::TakeBundle { path: file("plan.jospar") });
    assert_eq!(ask(&teacher, Request::Export), ask(&director, Request::Export));
    set(&teacher, "initiatives/in2/due", json!("2027-04-01"));
    ask(&teacher, Request::Bundle { path: file("back.jospar") });
    let taken = ask(&director, Request::TakeBundle { path: file("back.jospar") });
    assert_eq!(taken["new"], 2, "the edit, and what the new device says of itself");
    assert_eq!(show(&director, "initiatives/in2/due"), "2027-04-01");
    let bytes = std::fs::read(stick.path("back.jospar")).unwrap();
    std::fs::write(stick.path("cut.jospar"), &bytes[..bytes.len() - 40]).unwrap();
    let fault = refused(&director, Request::TakeBundle { path: file("cut.jospar") });
    assert_eq!(fault.key, "error-bundle-truncated");
}

#[test]
fn importing_a_part_of_a_plan_leaves_the_rest_as_it_is() {
    let place = Place::new();
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let again = ask(&node, Request::Import { json: EXAMPLE.into() });
    assert_eq!(again["changes"], 0, "the same file again changes nothing");
    let part = json!({"schema": "jospar.plan/1", "colour": "red",
                      "risks": [{"id": "rk1", "likelihood": 1}, {"id": "rk9", "impact": "big"}]});
    let imported = ask(&node, Request::Import { json: part.to_string() });
    let notices = imported["notices"].as_array().unwrap();
    assert!(notices.contains(&json!({"kind": "unknown", "path": "colour"})), "{notices:?}");
    assert!(notices.contains(&json!({"kind": "wrong_type", "path": "risks/rk9/impact"})));
    assert_eq!(show(&node, "risks/rk1/likelihood"), 1);
    assert_eq!(show(&node, "risks/rk2/likelihood"), json!(4));
    assert_eq!(show(&node, "risks").as_array().unwrap().len(), 5);
    let exported = ask(&node, Request::Export)["plan"].clone();
    assert_eq!(exported["colour"], "red");
    assert_eq!(exported["risks"][4]["impact"], "big");
    for (json, key) in [("{", "error-plan-json"), ("{}", "error-not-a-plan")] {
        assert_eq!(refused(&node, Request::Import { json: json.into() }).key, key);
    }
}

#[test]
fn a_contributor_writes_the_parts_named_in_the_grant_and_no_others() {
    let (director_place, other_place) = (Place::new(), Place::new());
    let (director, other) = (director_place.offline(), other_place.offline());
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Import { json: EXAMPLE.into() });
    let stick = Place::new();
    let file = |name: &str| stick.path(name).display().to_string();
    ask(&other, Request::JoinFile { path: file("request.jospar"), name: "Ержан".into() });
    ask(&director, Request::TakeBundle { path: file("request.jospar") });
    let device =
        ask(&director, Request::Devices)["waiting"][0]["words"].as_str().unwrap().to_owned();
    let unnamed = Request::Confirm { device: device.clone(), role: None, kinds: Vec::new() };
    assert_eq!(refused(&director, unnamed).key, "error-role-unknown");
    let kinds = vec!["risks".into()];
    ask(&director, Request::Confirm { device, role: Some("contributor".into()), kinds });
    ask(&director, Request::Bundle { path: file("plan.jospar") });
    ask(&other, Request::TakeBundle { path: file("plan.jospar") });
    set(&other, "risks/rk1/likelihood", json!(1));
    let due = Request::Set { path: "initiatives/in1/due".into(), value: json!("2027-01-01") };
    assert_eq!(refused(&other, due).key, "error-no-right");
    let revoke = Request::Revoke { device: director.device().to_string() };
    assert_eq!(refused(&other, revoke).key, "error-not-director");
}

#[test]
fn t07_a_revoked_device_is_cut_off_at_once_and_stays_out() {
    let (_server, _director_place, director, teacher_place, teacher) = school();
    let devices = ask(&director, Request::Devices);
    let words = devices["devices"].as_array().unwrap().iter().find(|d| d["this"] == false).unwrap()
        ["words"]
        .as_str()
        .unwrap()
        .to_owned();
    ask(&director, Request::Revoke { device: words });
    until("the teacher hears that it was shut out", || {
        ask(&teacher, Request::Status)["refused"]["message"] == "error-device-revoked"
    });
    let before = digest(&director);
    teacher.stop();
    let teacher = teacher_place.online();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(digest(&director), before);
    drop(teacher);
}

#[test]
fn t02_a_server_with_another_key_is_not_talked_to() {
    let (mut server, _director_place, director, _teacher_place, _teacher) = school();
    let address = server.address;
    server.stop();
    let other = start_server(Place::new(), address);
    set(&director, "kpis/k1/target", json!(0.61));
    ask(&director, Request::Sync);
    until("the director hears of the wrong key", || {
        ask(&director, Request::Status)["server"]["error"] == "error-server-key"
    });
    assert_eq!(ask(&director, Request::Status)["server"]["connected"], false);
    assert_eq!(ask(other.node.as_ref().unwrap(), Request::Doctor)["workspaces"], 0);
}

#[test]
fn t31_an_invite_that_ended_or_was_altered_lets_nobody_in() {
    use ed25519_dalek::SigningKey;
    use jospar_core::ids::{DeviceId, WorkspaceId};
    use jospar_core::policy::Role;
    use jospar_core::protocol::Invite;
    use jospar_core::time::Timestamp;
    let key = SigningKey::from_bytes(&[1; 32]);
    let device = DeviceId(key.verifying_key().to_bytes());
    let invite = Invite {
        address: "127.0.0.1:9".into(),
        contact: device,
        workspace: WorkspaceId([2; 32]),
        secret: [3; 16],
        role: Role::Teacher,
        expires: Timestamp(1_000),
        director: device,
    };
    let place = Place::new();
    let node = place.offline();
    let join = |link: String| refused(&node, Request::Join { link, name: "Әсет".into() }).key;
    assert_eq!(join(invite.to_link(&key)), "error-invite-expired");
    assert_eq!(
        join(invite.to_link(&key).replace("127.0.0.1", "127.0.0.2")),
        "error-invite-altered"
    );
    assert_eq!(join("https://example.org".into()), "error-invite-altered");
}

/// An invite is good for one device, and a device that has a plan takes none: not of its own school, not of another.
#[test]
fn t31_an_invite_that_was_used_lets_nobody_else_in() {
    let (_server, _director_place, director, _teacher_place, teacher) = school();
    let invite = ask(&director, Request::Invite { role: "teacher".into(), address: None });
    let link = invite["link"].as_str().unwrap().to_owned();
    let join = |name: &str| Request::Join { link: link.clone(), name: name.into() };
    assert_eq!(refused(&teacher, join("Әсет")).key, "error-already-a-workspace");
    let stranger_place = Place::new();
    let stranger = stranger_place.offline();
    ask(&stranger, Request::Init { school: "Басқа".into(), name: "Марат".into() });
    assert_eq!(refused(&stranger, join("Марат")).key, "error-invite-other-school");
    let (second_place, third_place) = (Place::new(), Place::new());
    let (second, third) = (second_place.online(), third_place.online());
    ask(&second, join("Болат"));
    let waiting = || ask(&director, Request::Devices)["waiting"].as_array().unwrap().clone();
    until("the director hears of the second", || !waiting().is_empty());
    let device = waiting()[0]["device"].as_str().unwrap().to_owned();
    ask(&director, Request::Confirm { device, role: None, kinds: Vec::new() });
    until("the second is in", || ask(&second, Request::Entry)["state"] == "done");
    ask(&third, join("Дана"));
    until("the server has answered the third", || {
        ["waiting", "refused"].contains(&ask(&third, Request::Entry)["state"].as_str().unwrap())
    });
    // What the server passed on came before its acknowledgement of this.
    set(&director, "kpis/k1/target", json!(0.61));
    until_synced(&director);
    assert_eq!(waiting(), Vec::<Value>::new());
    assert_eq!(ask(&director, Request::Devices)["devices"].as_array().unwrap().len(), 3);
    assert_ne!(ask(&third, Request::Entry)["state"], "done");
}

#[test]
fn f13_a_restored_backup_gets_back_what_came_after_it_and_goes_on() {
    use jospar_node::store::{RestoreOptions, restore};
    let (_server, director_place, director, _teacher_place, teacher) = school();
    let backup = director_place.path("backup.db");
    ask(&director, Request::Backup { path: backup.display().to_string() });
    set(&director, "kpis/k1/target", json!(0.62));
    until_equal(&director, &teacher);
    director.stop();
    let options = RestoreOptions { replace: true };
    restore(&backup, &director_place.path("data"), options).unwrap();
    let director = director_place.online();
    set(&director, "kpis/k2/target", json!(0.72));
    until_equal(&director, &teacher);
    assert_eq!(show(&director, "kpis/k1/target"), 0.62);
    assert_eq!(show(&teacher, "kpis/k2/target"), 0.72);
    assert_eq!(ask(&director, Request::Doctor)["problems"], json!([]));
    assert_eq!(ask(&teacher, Request::Quarantine)["changes"], json!([]));
}
