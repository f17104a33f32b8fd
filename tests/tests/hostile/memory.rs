//! What bombs may take: 64 MiB at the most, measured in a process of its own (T13, T14).

use std::process::Command;

use jospar_tests::hostile::school::Who;

use crate::attackers::packed_bombs;
use crate::experiments::{Scene, bombs};

const ALONE_VARIABLE: &str = "JOSPAR_BOMBS_ALONE";
const MEMORY_MAX: u64 = 64 * 1024 * 1024;
const NAME: &str = "memory::t13_t14_no_bomb_takes_more_than_64_mib";

/// Bytes of a line of `/proc/self/status`.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<u64>().unwrap() * 1024
}

#[test]
#[allow(clippy::print_stdout, reason = "how much it was, also for the process that asked")]
fn t13_t14_no_bomb_takes_more_than_64_mib() {
    if std::env::var_os(ALONE_VARIABLE).is_none() {
        let alone = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(ALONE_VARIABLE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success(), "{said}{}", String::from_utf8_lossy(&alone.stderr));
        let measured = said.lines().find(|line| line.starts_with("bombs took "));
        println!("{}", measured.unwrap_or_else(|| panic!("it measured nothing: {said}")));
        return;
    }
    let scene = Scene::new(30);
    let mut school = scene.school.fork();
    let session = school.open_session(Who::Hostile);
    let changes = bombs(&scene).into_iter().map(|change| scene.forge(change));
    let records: Vec<Vec<u8>> = changes.chain(packed_bombs()).collect();
    assert!(records.len() > 20);
    // From here on the peak is counted anew.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    for record in records {
        school.records(session, vec![record]);
        assert!(school.is_live(session), "the next ones are looked at, too");
    }
    school.reopen();
    school.document(scene.document).unwrap();
    assert_eq!(school.quarantine().len(), 1, "the one that nests too deep was let into the log");
    let taken = status("VmHWM").saturating_sub(before);
    println!("bombs took {taken} bytes");
    assert!(taken < MEMORY_MAX, "{taken} bytes");
}
