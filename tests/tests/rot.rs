//! Bits rot: what is damaged is found, is never passed on, and comes back from peers (F6).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "faults/school.rs"]
mod school;

use std::fs;

use jospar_core::replica::{Identity, Station};
use jospar_node::keys;
use jospar_node::store::{Options, Repair, RepairError, STORE_FILE, Store, repair};
use jospar_tests::bounds::BIT_STEP;
use jospar_tests::damage::damage_pages;
use serde_json::json;

use school::{Place, School, ask, is_sound, set, show, until, until_equal, until_synced};

fn repair_place(place: &Place, station: Station) -> Result<Repair, RepairError> {
    let own = keys::open(&place.path("data"), &place.path("keys")).unwrap();
    let key = own.key.signing_key().clone();
    repair(&place.path("data"), &Identity { key, station })
}

#[test]
fn f06_a_device_whose_file_is_damaged_is_repaired_and_gets_the_rest_from_its_peers() {
    let mut school = School::new();
    school.teacher_node.take().unwrap().stop();
    set(school.director(), "kpis/k1/target", json!(0.61));
    until_synced(school.director());
    let file = school.teacher.path("data").join(STORE_FILE);
    assert!(damage_pages(&file, 3).unwrap() > 5);
    let made = repair_place(&school.teacher, Station::Device).unwrap();
    let Repair::Made { aside, salvage, report } = made else { panic!("{made:?}") };
    assert!(aside.exists() && salvage.lost > 0 && salvage.envelopes > 0, "{salvage:?}");
    println!("{salvage:?}, then {} envelopes", report.envelopes);
    let teacher = school.teacher.online();
    until_equal(school.director(), &teacher);
    is_sound(&teacher);
    assert_eq!(show(&teacher, "kpis/k1/target"), 0.61);
    set(&teacher, "kpis/k1/target", json!(0.62));
    until("the director sees it", || show(school.director(), "kpis/k1/target") == 0.62);
    teacher.stop();
    let again = repair_place(&school.teacher, Station::Device).unwrap();
    assert!(matches!(again, Repair::Sound(_)), "{again:?}");
}

#[test]
fn f06_a_server_whose_file_is_damaged_passes_nothing_on_and_is_repaired() {
    let mut school = School::new();
    let file = school.server.path("data").join(STORE_FILE);
    school.stop_server();
    assert!(damage_pages(&file, 2).unwrap() > 5);
    let before = school::status(school.director())["digest"].clone();
    if let Ok(server) = jospar_node::node::Node::start(school.server.config(Some(school.address))) {
        ask(school.director(), jospar_node::service::Request::Sync);
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert_eq!(school::status(school.director())["digest"], before);
        is_sound(school.director());
        server.stop();
    }
    let made = repair_place(&school.server, Station::Server).unwrap();
    assert!(matches!(made, Repair::Made { .. }), "{made:?}");
    school.start_server();
    until_synced(school.director());
    until_synced(school.teacher());
    is_sound(school.server());
    set(school.teacher(), "kpis/k1/actual", json!(0.5));
    until("the director sees it", || show(school.director(), "kpis/k1/actual") == 0.5);
}

/// Every so many bits one is flipped: the store opens or says so, and a repair gives a sound store that lacks at most
/// what the flipped bit was part of, or says that nothing can be saved.
#[test]
fn f06_any_flipped_bit_is_found_or_harmless_and_can_be_repaired() {
    let place = Place::new(Station::Device);
    let node = place.start(None);
    ask(&node, jospar_node::service::Request::Init { school: "М".into(), name: "Г".into() });
    ask(&node, jospar_node::service::Request::Import { json: school::EXAMPLE.into() });
    for number in 0..20 {
        set(&node, "kpis/k1/target", json!(number));
    }
    node.stop();
    let folder = place.path("data");
    let file = folder.join(STORE_FILE);
    let open = || Store::open(&folder, &Options::default());
    let sound = open().unwrap().verify().unwrap();
    let original = fs::read(&file).unwrap();
    let bits = original.len() * 8;
    let (mut refused, mut found, mut harmless, mut whole, mut nothing, mut lost) =
        (0, 0, 0, 0, 0, 0);
    for bit in (0..bits).step_by(BIT_STEP.get_usize()) {
        let mut bytes = original.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // A store that is damaged cannot always be closed whole; what its journal has belongs to the bit before.
        for beside in ["-wal", "-shm"] {
            drop(fs::remove_file(folder.join(format!("{STORE_FILE}{beside}"))));
        }
        fs::write(&file, &bytes).unwrap();
        match open().map(|store| store.verify()) {
            Err(_) => refused += 1,
            Ok(Ok(report)) if report == sound => harmless += 1,
            Ok(_) => found += 1,
        }
        match repair_place(&place, Station::Device) {
            Ok(Repair::Sound(report)) => assert_eq!(*report, sound, "bit {bit}"),
            Ok(Repair::Made { aside, report, .. }) => {
                assert!(report.is_clean(), "bit {bit}");
                assert!(open().unwrap().verify().unwrap().is_clean(), "bit {bit}");
                whole += usize::from(report.changes == sound.changes);
                lost += sound.changes - report.changes;
                fs::remove_file(aside).unwrap();
            }
            Err(RepairError::Nothing) => {
                nothing += 1;
                println!("beyond repair: page {} byte {}", bit / 8 / 4096 + 1, bit / 8 % 4096);
                assert!(file.exists(), "bit {bit}: the damaged store is kept");
            }
            Err(error) => panic!("bit {bit}: {error}"),
        }
    }
    println!(
        "{} bits of {bits}: {refused} refused, {found} found, {harmless} harmless; repaired: {whole} whole, \
         {nothing} beyond repair, {lost} changes to fetch",
        refused + found + harmless
    );
    assert!(refused > 0 && found > 0 && whole > 0);
    assert!(nothing * 50 < refused + found + harmless, "{nothing} could not be repaired");
}
