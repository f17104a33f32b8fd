//! Bad lines between real nodes: loss, reordering, repetition, damage, small packets, new ports, silence (F8, F17).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "faults/chaos.rs"]
mod chaos;
#[allow(dead_code, reason = "written for the simulation")]
#[path = "sim/random.rs"]
mod random;
#[path = "faults/school.rs"]
mod school;

use std::time::Duration;

use jospar_tests::bounds::{LINE_EDITS, SOAK_VARIABLE};
use serde_json::json;

use chaos::{Chaos, Weather};
use school::{School, is_sound, set, show, until, until_equal, until_synced};

/// How soon an edit must be there once the line is back (F17).
const RESUME_MAX: Duration = Duration::from_secs(3);

fn school_behind(seed: u64) -> (School, Chaos) {
    let mut chaos = None;
    let school = School::behind(|address| {
        let started = Chaos::start(address, seed);
        let front = started.address;
        chaos = Some(started);
        front
    });
    (school, chaos.unwrap())
}

#[test]
fn f08_two_devices_converge_over_a_bad_line() {
    let (school, chaos) = school_behind(1);
    let calm = Weather::default();
    let mut value = 0;
    for (name, weather) in [
        ("5 % lost", Weather { lost: 5, ..calm }),
        ("30 % lost", Weather { lost: 30, ..calm }),
        ("late", Weather { late: 40, ..calm }),
        ("twice", Weather { twice: 40, ..calm }),
        ("altered", Weather { altered: 15, ..calm }),
        ("cut", Weather { cut: 15, ..calm }),
        ("1,200 bytes", Weather { bytes_max: Some(1_200), ..calm }),
        (
            "all of it",
            Weather { lost: 10, late: 20, twice: 10, altered: 5, cut: 5, bytes_max: Some(1_200) },
        ),
    ] {
        chaos.set(weather);
        for _ in 0..LINE_EDITS.get() {
            value += 1;
            set(school.director(), "kpis/k1/target", json!(value));
            set(school.teacher(), "kpis/k2/target", json!(value));
        }
        let took = until("each sees the other's edits", || {
            show(school.teacher(), "kpis/k1/target") == value
                && show(school.director(), "kpis/k2/target") == value
        });
        until_equal(school.director(), school.teacher());
        println!("{name}: {took:?}; packets passed and spoiled: {:?}", chaos.counts());
    }
    chaos.set(calm);
    until_synced(school.director());
    for node in [school.director(), school.teacher(), school.server()] {
        is_sound(node);
    }
    let (_, spoiled) = chaos.counts();
    assert!(spoiled > 50, "{spoiled}");
}

#[test]
fn f08_a_device_joins_over_a_bad_line() {
    let mut school = None;
    let mut chaos = None;
    let behind = School::behind(|address| {
        let started = Chaos::start(address, 7);
        started.set(Weather {
            lost: 15,
            late: 20,
            twice: 10,
            altered: 5,
            cut: 5,
            bytes_max: Some(1_200),
        });
        let front = started.address;
        chaos = Some(started);
        front
    });
    let school = school.get_or_insert(behind);
    until_equal(school.director(), school.teacher());
    is_sound(school.teacher());
}

/// Edits on both sides, and how long until both have them.
fn exchange(school: &School, value: u64) -> Duration {
    set(school.director(), "kpis/k1/target", json!(value));
    set(school.teacher(), "kpis/k2/target", json!(value));
    until("each sees the other's edit", || {
        show(school.teacher(), "kpis/k1/target") == value
            && show(school.director(), "kpis/k2/target") == value
    })
}

#[test]
fn f17_an_edit_arrives_soon_after_a_router_gave_out_new_ports() {
    let (school, chaos) = school_behind(3);
    for value in 1..=5 {
        chaos.rebind();
        let took = exchange(&school, value);
        println!("after new ports: {took:?}");
        assert!(took < RESUME_MAX, "{took:?}");
    }
}

#[test]
fn f17_an_edit_arrives_soon_after_the_line_is_back() {
    let (school, chaos) = school_behind(4);
    let mut silences = vec![(1, 1, false), (2, 4, true), (3, 20, true)];
    if std::env::var_os(SOAK_VARIABLE).is_some() {
        silences.push((4, 45, false));
    }
    for (value, seconds, rebind) in silences {
        chaos.set_dead(true);
        set(school.director(), "kpis/k3/target", json!(value));
        std::thread::sleep(Duration::from_secs(seconds));
        if rebind {
            chaos.rebind();
        }
        chaos.set_dead(false);
        let took = exchange(&school, value);
        println!("after {seconds} s of silence: {took:?}");
        assert!(took < RESUME_MAX, "{seconds} s of silence: {took:?}");
        assert_eq!(show(school.teacher(), "kpis/k3/target"), value);
    }
}
