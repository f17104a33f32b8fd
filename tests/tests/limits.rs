//! A server's limits, over real QUIC on loopback: what one device or school does too much of is turned away with words
//! and a time, nothing that was acknowledged is lost, and the others go on.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jospar_core::protocol::ClaimLink;
use jospar_core::replica::Station;
use jospar_node::metrics::Measurement;
use jospar_node::node::Node;
use jospar_node::quota::Quotas;
use jospar_node::service::Request;
use jospar_tests::nodes::{LOOPBACK, Place, SECRET, ask, set, wait};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

/// A server that takes every claim.
fn start_server(place: &Place, listen: SocketAddr, quotas: Quotas) -> Node {
    let claims: jospar_node::Claims = Arc::new(|_| true);
    Node::start_limited(place.config(Station::Server, Some(listen), Some(claims)), quotas).unwrap()
}

fn until(what: &str, done: impl FnMut() -> bool) {
    wait(PATIENCE, what, done);
}

fn claim_link(server: &Node) -> String {
    let address = server.local_address().unwrap().to_string();
    ClaimLink { address, server: server.device(), secret: SECRET }.to_link()
}

/// A school with a plan and a place on the server.
fn school(place: &Place, server: &Node) -> Node {
    let director = place.online();
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Claim { link: claim_link(server) });
    until("the server took the school", || ask(&director, Request::Entry)["state"] == "done");
    director
}

fn add_risk(node: &Node, id: &str, title: &str) {
    let record = json!({"title": {"kk": title}, "likelihood": 2, "impact": 3});
    let (path, id) = ("risks".into(), Some(id.into()));
    ask(node, Request::Add { path, id, record, after: None });
}

/// Begins another document than that of the risks.
fn add_kpi(node: &Node) {
    let record = json!({"title": {"kk": "Жылдамдық"}, "target": 1});
    let (path, id) = ("kpis".into(), Some("k1".into()));
    ask(node, Request::Add { path, id, record, after: None });
}

fn offline(place: &Place) -> Node {
    place.offline()
}

fn restarted(place: &Place, node: Node) -> Node {
    node.stop();
    place.online()
}

fn status(node: &Node) -> Value {
    ask(node, Request::Status)
}

fn is_synced(node: &Node) -> bool {
    status(node)["synced"] == true
}

fn measure(server: &Node) -> Measurement {
    server.runtime().block_on(server.handle().measure()).unwrap()
}

#[test]
fn f19_a_device_that_sends_too_much_waits_as_told_while_another_school_goes_on() {
    let (server_place, busy_place, calm_place) = (Place::new(), Place::new(), Place::new());
    let quotas = Quotas { envelopes_per_second: 20, envelopes_burst: 40, ..Quotas::default() };
    let server = start_server(&server_place, LOOPBACK, quotas);
    let busy = school(&busy_place, &server);
    let calm = school(&calm_place, &server);
    add_kpi(&busy);
    add_kpi(&calm);
    until("both are level", || is_synced(&busy) && is_synced(&calm));
    add_risk(&busy, "rk1", "Байланыс");
    let mut told = Value::Null;
    for number in 0..400 {
        set(&busy, "risks/rk1/likelihood", json!(number % 5 + 1));
        // The other document in between keeps the changes from being joined into one envelope.
        set(&busy, "kpis/k1/target", json!(number + 2));
        if told.is_null() {
            told = status(&busy)["later"].clone();
        }
    }
    until("the device was told to wait", || {
        told = if told.is_null() { status(&busy)["later"].clone() } else { told.clone() };
        !told.is_null()
    });
    assert_eq!(told["message"], "error-server-busy");
    assert!(told["wait_ms"].as_i64().unwrap() <= 60_000, "{told}");
    let begun = Instant::now();
    set(&calm, "kpis/k1/target", json!(7));
    until("the other school's edit is on the server", || is_synced(&calm));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    until("all of the busy school is on the server", || is_synced(&busy));
    let measured = measure(&server);
    assert!(measured.turned_away["error-server-busy"] > 0, "{measured:?}");
    assert_eq!(ask(&server, Request::Doctor)["problems"], json!([]));
}

#[test]
fn f19_a_device_that_connects_too_often_is_told_how_long_to_wait() {
    let (server_place, place, spare) = (Place::new(), Place::new(), Place::new());
    let quotas = Quotas { connections_per_minute: 20, connections_burst: 2, ..Quotas::default() };
    let server = start_server(&server_place, LOOPBACK, quotas);
    // One session for the claim, one for the plan.
    let mut director = school(&place, &server);
    until("the server has the school", || is_synced(&director));
    until("the device was told to wait", || {
        director = restarted(&place, std::mem::replace(&mut director, offline(&spare)));
        until("the server answers", || {
            is_synced(&director) || !status(&director)["later"].is_null()
        });
        !status(&director)["later"].is_null()
    });
    let later = status(&director)["later"].clone();
    assert_eq!(later["message"], "error-server-busy");
    assert!(later["wait_ms"].as_i64().unwrap() <= 6_000, "{later}");
    add_risk(&director, "rk1", "Байланыс");
    until("it came back by itself", || is_synced(&director));
    assert_eq!(status(&director)["later"], Value::Null);
}

#[test]
fn t15_a_full_document_stops_alone_and_everything_arrives_once_there_is_room() {
    let (server_place, place) = (Place::new(), Place::new());
    let quotas = Quotas { document_bytes: 8_000, ..Quotas::default() };
    let server = start_server(&server_place, LOOPBACK, quotas);
    let director = school(&place, &server);
    until("the server has the school", || is_synced(&director));
    for number in 0..60 {
        add_risk(&director, &format!("rk{number}"), "Байланыс үзілуі мүмкін");
    }
    until("the device was told that a document is full", || {
        status(&director)["later"]["message"] == "error-server-document-full"
    });
    add_kpi(&director);
    std::thread::sleep(Duration::from_millis(500));
    assert!(!is_synced(&director) && status(&director)["server"]["connected"] == true);
    let measured = measure(&server);
    let school = measured.workspaces[0];
    assert_eq!((school.full, measured.parked), (1, 0), "{measured:?}");
    assert!(measured.verdicts.refused["refused-document-full"] > 0);
    let before = school.totals.changes;
    set(&director, "kpis/k1/target", json!(2));
    until("another document goes on", || measure(&server).workspaces[0].totals.changes > before);
    let address = server.local_address().unwrap();
    server.stop();
    let server = start_server(&server_place, address, Quotas::default());
    ask(&director, Request::Sync);
    until("everything is there", || is_synced(&director));
    let changes = status(&director)["changes"].as_u64();
    assert_eq!(Some(measure(&server).workspaces[0].totals.changes), changes);
    assert_eq!(ask(&server, Request::Doctor)["problems"], json!([]));
}

#[test]
fn t15_a_full_school_still_hears_the_policy_and_another_school_goes_on() {
    let (server_place, full_place, other_place) = (Place::new(), Place::new(), Place::new());
    let quotas = Quotas { school_bytes: 6_000, schools: 2, ..Quotas::default() };
    let server = start_server(&server_place, LOOPBACK, quotas);
    let full = school(&full_place, &server);
    for number in 0..60 {
        add_risk(&full, &format!("rk{number}"), "Байланыс үзілуі мүмкін");
    }
    until("the school is told that its space is used up", || {
        status(&full)["later"]["message"] == "error-server-quota"
    });
    assert!(status(&full)["later"]["wait_ms"].as_i64().unwrap() > 3_000_000);
    let other = school(&other_place, &server);
    add_kpi(&other);
    until("the other school is on the server", || is_synced(&other));
    // The third school finds no place, and its claim link stays good.
    let third_place = Place::new();
    let third = third_place.online();
    ask(&third, Request::Init { school: "Үшінші".into(), name: "Ержан".into() });
    ask(&third, Request::Claim { link: claim_link(&server) });
    until("the third school is refused", || ask(&third, Request::Entry)["state"] == "refused");
    assert_eq!(ask(&third, Request::Entry)["message"], "error-server-full");
    assert_eq!(measure(&server).workspaces.len(), 2);
}

#[test]
fn t15_a_status_costs_no_document_and_counts_as_the_log_does() {
    let place = Place::new();
    let node = place.online();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    let plan = include_str!("../../data/example-plan.json");
    ask(&node, Request::Import { json: plan.into() });
    let counted = ask(&node, Request::Doctor);
    let found = status(&node);
    assert_eq!(found["changes"], counted["changes"]);
    assert_eq!(found["documents"], counted["documents"]);
    assert_eq!(found.get("heads"), None);
    assert_eq!(ask(&node, Request::Heads)["heads"].as_str().unwrap().len(), 32);
}
