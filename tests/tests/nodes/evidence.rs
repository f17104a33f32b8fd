//! Photos and files of evidence, between real devices through a real server.

use data_encoding::BASE64;
use jospar_node::service::FileRequest;

use super::*;

fn add(node: &Node, name: &str, bytes: &[u8], evidence: Option<&str>) -> Value {
    let request = FileRequest::Add {
        name: name.into(),
        bytes: BASE64.encode(bytes),
        evidence: evidence.map(str::to_owned),
        language: "kk".into(),
    };
    ask(node, Request::File(request))
}

fn list(node: &Node) -> Value {
    ask(node, Request::File(FileRequest::List))["files"].clone()
}

/// A text of three pieces that does not pack to nothing.
fn text() -> String {
    let mut number = 17_u32;
    let words = (0..60_000).map(|_| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{:x} ", number >> 12)
    });
    words.collect()
}

#[test]
fn a_colleague_sees_a_file_and_the_same_file_is_one() {
    let (server, _director_place, director, _teacher_place, teacher) = school();
    let text = text();
    let added = add(&director, "журнал.txt", text.as_bytes(), Some("evidence/e4"));
    assert_eq!((&added["new"], &added["stripped"]), (&json!(true), &json!(false)));
    assert_eq!(show(&director, "evidence/e4/source"), "журнал.txt");
    until_synced(&director);
    let get = || Request::File(FileRequest::Get { what: "evidence/e4".into() });
    until("the teacher has the whole file", || teacher.service().answer_blocking(&get()).is_ok());
    let got = ask(&teacher, get());
    assert_eq!(BASE64.decode(got["bytes"].as_str().unwrap().as_bytes()).unwrap(), text.as_bytes());
    assert_eq!(got["media"], "text/plain; charset=utf-8");
    // The same content on another device, under another name, is the same document and costs nothing more.
    let again = add(&teacher, "көшірме.txt", text.as_bytes(), None);
    assert_eq!((&again["new"], &again["document"]), (&json!(false), &added["document"]));
    until_equal(&director, &teacher);
    assert_eq!(list(&director), list(&teacher));
    assert_eq!(list(&director).as_array().unwrap().len(), 2);
    // It is no part of the plan as JSON, and it can be dropped for good.
    assert!(ask(&director, Request::Export)["plan"].get("files").is_none());
    let document = added["document"].as_str().unwrap().to_owned();
    ask(&director, Request::Drop { document, reason: "фото".into() });
    until("the teacher's device has followed", || {
        list(&teacher).as_array().unwrap().iter().all(|file| file["here"] == false)
    });
    let gone = refused(&teacher, get());
    assert_eq!(gone.key, "error-file-not-here");
    drop(server);
}

#[test]
fn two_who_add_the_same_photo_apart_have_it_once_and_whole() {
    let (_server, director_place, director, teacher_place, teacher) = school();
    director.stop();
    teacher.stop();
    let (director, teacher) = (director_place.offline(), teacher_place.offline());
    let text = text();
    let first = add(&director, "a.txt", text.as_bytes(), None);
    let second = add(&teacher, "b.txt", text.as_bytes(), None);
    assert_eq!(first["document"], second["document"]);
    director.stop();
    teacher.stop();
    let (director, teacher) = (director_place.online(), teacher_place.online());
    until_equal(&director, &teacher);
    for node in [&director, &teacher] {
        let what = first["hash"].as_str().unwrap().to_owned();
        let got = ask(node, Request::File(FileRequest::Get { what }));
        assert_eq!(got["size"], text.len());
    }
}

/// A contributor of evidence brings its files; one of another part does not.
#[test]
fn t10_who_writes_evidence_brings_its_files() {
    let (_server, _director_place, director, _teacher_place, teacher) = school();
    let device = ask(&teacher, Request::Status)["device"]["id"].as_str().unwrap().to_owned();
    let assign = |kinds: &[&str]| {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let request = jospar_node::service::TrustRequest::Assign {
            device: device.clone(),
            role: "contributor".into(),
            kinds,
            until: None,
        };
        ask(&director, Request::Trust(request));
        until_equal(&director, &teacher);
    };
    let try_to = |bytes: &str| {
        let request = FileRequest::Add {
            name: "a.txt".into(),
            bytes: BASE64.encode(bytes.as_bytes()),
            evidence: None,
            language: "kk".into(),
        };
        teacher.service().answer_blocking(&Request::File(request))
    };
    assign(&["risks"]);
    assert_eq!(try_to("бір").expect_err("no right").key, "error-no-right");
    assign(&["evidence"]);
    let added = try_to("бір").expect("the right to evidence is enough");
    until_synced(&teacher);
    let what = added["hash"].as_str().unwrap().to_owned();
    until("the director has it", || {
        let get = FileRequest::Get { what: what.clone() };
        director.service().answer_blocking(&Request::File(get)).is_ok()
    });
}
