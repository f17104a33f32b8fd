//! Versions below which a known flaw would be ours too.

#![allow(clippy::unwrap_used)]

/// Crate, and the first version past the RUSTSEC advisories that concern a network service.
const FLOORS: [(&str, [u64; 3]); 4] = [
    ("quinn-proto", [0, 11, 15]),
    ("rustls", [0, 23, 18]),
    ("rustls-webpki", [0, 103, 13]),
    ("ring", [0, 17, 12]),
];

#[test]
fn t01_the_libraries_of_the_network_are_past_their_known_flaws() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    let lock = std::fs::read_to_string(path).unwrap();
    for (name, floor) in FLOORS {
        let found = versions(&lock, name);
        assert!(!found.is_empty(), "{name} is not in Cargo.lock");
        for version in found {
            assert!(version >= floor, "{name} {version:?} is below {floor:?}");
        }
    }
}

fn versions(lock: &str, name: &str) -> Vec<[u64; 3]> {
    let start = format!("name = \"{name}\"\nversion = \"");
    let numbers = lock.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap());
    numbers.map(|text| parse(text).unwrap()).collect()
}

fn parse(version: &str) -> Option<[u64; 3]> {
    let numbers = version.split(['-', '+']).next()?.split('.').map(|number| number.parse().ok());
    numbers.collect::<Option<Vec<u64>>>()?.try_into().ok()
}
