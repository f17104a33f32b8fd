//! What a guest gives back: lying lengths, one byte pointed to a million times, floods (T19), and escapes.

use jospar_plugin_api::{Block, Code, OutcomeError};
use jospar_plugin_host::{Limits, LogLevel, RunError};

use super::guest::{Bench, Fake, NOTHING, guest, import, inputs, run, run_under, with_realloc};

fn is_unreadable(what: &str, component: &[u8]) {
    let error = run(component).unwrap_err();
    assert!(matches!(error, RunError::Unreadable { .. }), "{what}: {error:?}");
}

/// An outcome with a report of one list: `count` texts of three languages, each of them `bytes` long, all at one place.
fn aliased(count: usize, bytes: usize) -> Vec<u8> {
    let run = format!(
        "(memory.fill (i32.const 1024) (i32.const 0) (i32.const 256))
         (i32.store (i32.const 1072) (i32.const 32)) (i32.store (i32.const 1076) (i32.const 4))
         (i32.store8 (i32.const 1028) (i32.const 1))
         (i32.store (i32.const 1056) (i32.const 1152)) (i32.store (i32.const 1060) (i32.const 1))
         (i32.store8 (i32.const 1152) (i32.const 2))
         (local.set $text (call $allocate (i32.const {bytes})))
         (memory.fill (local.get $text) (i32.const 97) (i32.const {bytes}))
         (local.set $at (call $allocate (i32.const {texts})))
         (i32.store (i32.const 1160) (local.get $at)) (i32.store (i32.const 1164) (i32.const {count}))
         (local.set $left (i32.const {pairs}))
         (loop $l
           (i32.store (local.get $at) (local.get $text))
           (i32.store offset=4 (local.get $at) (i32.const {bytes}))
           (local.set $at (i32.add (local.get $at) (i32.const 8)))
           (br_if $l (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
         (i32.const 1024)",
        texts = count * 24,
        pairs = count * 3,
    );
    guest("", "", &run)
}

#[test]
fn t19_a_text_pointed_to_many_times_is_not_copied_without_end() {
    let result = run(&aliased(10, 100)).unwrap();
    let Block::Items(items) = &result.outcome.report.unwrap().blocks[0] else { panic!() };
    assert_eq!((items.len(), items[9].en.as_str()), (10, "a".repeat(100).as_str()));
    // 10,000 times 3 texts of 60,000 bytes: 1.8 GB out of 0.3 MB.
    is_unreadable("aliased texts", &aliased(10_000, 60_000));
    // Within what may be copied, and more than an outcome may have.
    let error = run(&aliased(100, 60_000)).unwrap_err();
    assert!(
        matches!(error, RunError::Outcome(OutcomeError::TooMuch { what: "bytes", .. })),
        "{error:?}"
    );
    let error = run(&aliased(10_001, 1)).unwrap_err();
    assert!(
        matches!(error, RunError::Outcome(OutcomeError::TooMuch { what: "cells", .. })),
        "{error:?}"
    );
}

#[test]
fn t19_pointers_and_lengths_that_lie_end_the_run() {
    for (what, data, bytes) in [
        ("beyond the memory", "0x7fffffff", "4"),
        ("a length of 4 GiB", "32", "0xffffffff"),
        ("a length of 1 GiB", "32", "0x40000000"),
        ("pointer and length that wrap", "0xfffffff0", "32"),
    ] {
        let run = format!("(call $done (i32.const {data}) (i32.const {bytes}))");
        is_unreadable(what, &guest("", "", &run));
    }
    is_unreadable("an outcome beyond the memory", &guest("", "", "(i32.const 0x7ffffff0)"));
    is_unreadable(
        "an outcome at an odd place",
        &guest("", "", "(drop (call $done (i32.const 32) (i32.const 4))) (i32.const 1025)"),
    );
    let utf8 =
        "(i32.store8 (i32.const 40) (i32.const 255)) (call $done (i32.const 40) (i32.const 1))";
    is_unreadable("no UTF-8", &guest("", "", utf8));
    is_unreadable(
        "an error code that there is none of",
        &guest("", "", "(call $error (i32.const 99))"),
    );
    let neither = "(drop (call $error (i32.const 1))) (i32.store8 (i32.const 1024) (i32.const 7)) (i32.const 1024)";
    is_unreadable("neither good nor bad", &guest("", "", neither));
    let list = |at: &str, count: &str| {
        format!(
            "(drop (call $done (i32.const 32) (i32.const 4)))
             (i32.store (i32.const 1064) (i32.const {at})) (i32.store (i32.const 1068) (i32.const {count}))
             (i32.const 1024)"
        )
    };
    is_unreadable("a list of 2^31", &guest("", "", &list("8192", "0x7fffffff")));
    is_unreadable("a list that wraps", &guest("", "", &list("0xfffffff0", "0x10000001")));
    is_unreadable("a list at an odd place", &guest("", "", &list("8193", "1")));
    // What the host writes into the guest goes where the guest's allocator says, or nowhere.
    for at in ["0x7fffffff", "0xffffffff", "3"] {
        let realloc = format!(
            "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const {at}))"
        );
        let part = import("plan", "part", "(param i32 i32 i32)");
        let call = format!("(call $part (i32.const 16) (i32.const 4) (i32.const 2048)) {NOTHING}");
        let ended = run(&with_realloc(&part, &realloc, &call));
        // A text may stand at any place inside.
        assert_eq!(ended.is_ok(), at == "3", "{at}: {ended:?}");
    }
}

#[test]
fn t19_json_that_is_none_or_too_deep_is_refused() {
    let data = |text: &str| {
        let quoted = text.replace('"', "\\\"");
        let items = format!("(data (i32.const 4096) \"{quoted}\")");
        run(&guest(
            "",
            &items,
            &format!("(call $done (i32.const 4096) (i32.const {}))", text.len()),
        ))
    };
    assert_eq!(data("{\"a\": [1, -0.0]}").unwrap().outcome.data.to_string(), "{\"a\":[1,0.0]}");
    for text in ["", "{", "nul", "[1,]", &"[".repeat(2_000)] {
        let error = data(text).unwrap_err();
        assert!(
            matches!(error, RunError::Outcome(OutcomeError::Json { what: "data", .. })),
            "{text}"
        );
    }
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let error = data(&deep).unwrap_err();
    assert!(matches!(error, RunError::Outcome(OutcomeError::TooMuch { what: "depth", .. })));
}

const LOG: &str = "(param i32 i32 i32)";

#[test]
fn t19_a_log_is_cut_where_it_is_full() {
    let import = import("host", "log", LOG);
    let flood = format!(
        "(local.set $left (i32.const 5000))
         (loop $l
           (call $log (i32.const 1) (i32.const 16) (i32.const 4))
           (br_if $l (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
         {NOTHING}"
    );
    let result = run(&guest(&import, "", &flood)).unwrap();
    assert_eq!(result.log.len(), Limits::default().log_lines_max);
    assert!(result.log_truncated);
    assert_eq!((result.log[0].level, result.log[0].message.as_str()), (LogLevel::Info, "swot"));
    // One line of 200,000 bytes, then one more.
    let long = format!(
        "(local.set $at (call $allocate (i32.const 200000)))
         (memory.fill (local.get $at) (i32.const 98) (i32.const 200000))
         (call $log (i32.const 3) (local.get $at) (i32.const 200000))
         (call $log (i32.const 0) (i32.const 16) (i32.const 4))
         {NOTHING}"
    );
    let result = run(&guest(&import, "", &long)).unwrap();
    assert_eq!(result.log.len(), 1);
    assert_eq!(result.log[0].message.len(), Limits::default().log_bytes_max);
    assert!(result.log_truncated);
    // A text of a third of the memory, as often as the guest likes: more than may be copied ends the run.
    let huge = format!(
        "(local.set $at (call $allocate (i32.const 40000000)))
         (call $log (i32.const 3) (local.get $at) (i32.const 40000000)) {NOTHING}"
    );
    is_unreadable("a line of 40 MB", &guest(&import, "", &huge));
    let lies = format!("(call $log (i32.const 1) (i32.const 16) (i32.const 0x40000000)) {NOTHING}");
    is_unreadable("a line of 1 GiB that is not there", &guest(&import, "", &lies));
    let level = format!("(call $log (i32.const 9) (i32.const 16) (i32.const 4)) {NOTHING}");
    is_unreadable("a level that there is none of", &guest(&import, "", &level));
}

#[test]
fn what_a_guest_says_cannot_act_on_a_terminal() {
    let import = import("host", "log", LOG);
    let items = "(data (i32.const 64) \"a\\1b[2Jb\\0d\\e2\\80\\aec\")";
    let run_ = format!("(call $log (i32.const 1) (i32.const 64) (i32.const 11)) {NOTHING}");
    let result = run(&guest(&import, items, &run_)).unwrap();
    assert_eq!(result.log[0].message, "a[2Jbc");
    let error = "(drop (call $error (i32.const 3)))
                 (i32.store (i32.const 1048) (i32.const 64)) (i32.store (i32.const 1052) (i32.const 11))
                 (i32.const 1024)";
    let error = run(&guest("", items, error)).unwrap_err();
    let RunError::Plugin(error) = error else { panic!("{error:?}") };
    assert_eq!((error.code, error.message.en.as_str()), (Code::Refused, "a[2Jbc"));
}

#[test]
fn a_guest_that_breaks_off_is_told_with_its_log() {
    let import = import("host", "log", LOG);
    let run = "(call $log (i32.const 1) (i32.const 16) (i32.const 4)) unreachable";
    let plugin = Bench::new().plugin(&guest(&import, "", run));
    let failed = plugin.run("t", inputs(), &mut Fake::default()).unwrap_err();
    assert!(matches!(failed.error, RunError::Trap { .. }), "{:?}", failed.error);
    assert_eq!(failed.log[0].message, "swot");
    assert!(!failed.error.values()["reason"].as_str().unwrap().contains('\n'));
    let divide = "(drop (i32.div_u (i32.const 1) (local.get $left))) unreachable";
    assert!(matches!(
        run_under(Limits::default(), &guest("", "", divide)),
        Err(RunError::Trap { .. })
    ));
}
