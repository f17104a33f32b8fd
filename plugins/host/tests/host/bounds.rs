//! Guests that never end, or take too much (T17, T18).

use std::time::{Duration, Instant};

use jospar_plugin_host::{CompileError, Inputs, Limits, Options, RunError};

use super::guest::{
    Bench, Fake, NOTHING, guest, import, inputs, package, run, run_under, with_realloc,
};

/// A tenth of a second to compute.
fn short() -> Limits {
    Limits { compute_ms_max: 100, ..Limits::default() }
}

/// Runs a guest that does not end by itself; it is stopped for computing too long, and soon.
fn check_stopped(what: &str, component: &[u8]) {
    let bench = Bench::with(short(), Options::default());
    let plugin = bench.plugin(component);
    let began = Instant::now();
    let failed = plugin.run("t", inputs(), &mut Fake::default()).unwrap_err();
    assert_eq!(failed.error, RunError::Compute { ms: 100 }, "{what}");
    assert!(began.elapsed() < Duration::from_millis(2_500), "{what}: {:?}", began.elapsed());
    assert!(failed.cost.computed >= Duration::from_millis(100), "{what}");
}

#[test]
fn t17_a_guest_that_never_ends_is_stopped() {
    check_stopped("a loop", &guest("", "", "(loop $l (br $l)) unreachable"));
    let jump = "(loop $l (br_table $l $l $l $l (local.get $left))) unreachable";
    check_stopped("a jump table", &guest("", "", jump));
    let call = "(func $f (param i32) (result i32) (return_call $f (local.get 0)))";
    check_stopped("calls without a stack", &guest("", call, "(call $f (i32.const 0))"));
    let grow = "(loop $l (drop (memory.grow (i32.const 0))) (br $l)) unreachable";
    check_stopped("growing by nothing", &guest("", "", grow));
    let fill = "(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 200000)) (br $l)) unreachable";
    check_stopped("filling", &guest("", "", fill));
    let start = "(func $s (loop $l (br $l))) (start $s)";
    check_stopped("its start", &guest("", start, NOTHING));
    let realloc = "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
                     (loop $l (br $l)) unreachable)";
    check_stopped("its allocator", &with_realloc("", realloc, NOTHING));
    let after = "(func (export \"cabi_post_run\") (param i32) (loop $l (br $l)))";
    check_stopped("its cleaning", &guest("", after, NOTHING));
    let today = import("host", "now-ms", "(result f64)");
    let calls = "(loop $l (drop (call $now-ms)) (br $l)) unreachable";
    check_stopped("calls of the host", &guest(&today, "", calls));
}

#[test]
fn t17_a_guest_that_calls_itself_too_deeply_is_stopped() {
    let deep = "(func $f (param i32) (result i32)
                  (i32.add (i32.const 1) (call $f (i32.add (local.get 0) (i32.const 1)))))";
    assert_eq!(run(&guest("", deep, "(call $f (i32.const 0))")).unwrap_err(), RunError::Stack);
    let import = import("host", "random", "(result f64)");
    let deep = "(func $f (drop (call $random)) (call $f) (drop (call $random)))";
    let error = run(&guest(&import, deep, "(call $f) unreachable")).unwrap_err();
    assert_eq!(error, RunError::Stack);
}

#[test]
fn t17_calls_of_the_host_are_counted() {
    let import = import("host", "random", "(result f64)");
    let component = guest(&import, "", "(loop $l (drop (call $random)) (br $l)) unreachable");
    let limits = Limits { calls_max: 1_000, ..Limits::default() };
    assert_eq!(run_under(limits, &component).unwrap_err(), RunError::Calls { max: 1_000 });
}

#[test]
fn t17_others_run_while_one_never_ends() {
    let bench = Bench::with(short(), Options::default());
    let endless = bench.plugin(&guest("", "", "(loop $l (br $l)) unreachable"));
    let quick = bench.plugin(&guest("", "", NOTHING));
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| endless.run("t", inputs(), &mut Fake::default()));
        for _ in 0..20 {
            quick.run("t", inputs(), &mut Fake::default()).unwrap();
        }
        assert!(thread.join().unwrap().is_err());
    });
    // A stopped run leaves nothing behind for the next.
    quick.run("t", inputs(), &mut Fake::default()).unwrap();
}

/// A guest has a stack of its own: whoever starts it needs none for it, and one guest may start while another waits.
#[test]
fn t17_a_guest_takes_no_stack_of_its_callers_thread() {
    let bench = Bench::new();
    let deep = bench.plugin(&guest(
        "",
        "(func $deep (param i32) (result i32)
           (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
           (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))",
        &format!("(drop (call $deep (i32.const 8000))) {NOTHING}"),
    ));
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(128 << 10);
        let thread = small.spawn_scoped(scope, || {
            (0..20).all(|_| deep.run("t", inputs(), &mut Fake::default()).is_ok())
        });
        assert!(thread.unwrap().join().unwrap());
    });
}

#[test]
fn t17_a_person_stops_a_run() {
    let bench = Bench::new();
    let component = guest("", "", "(loop $l (br $l)) unreachable");
    let plugin = bench.plugin(&component);
    let inputs = Inputs::default();
    let cancel = inputs.cancel.clone();
    let began = Instant::now();
    let ended = std::thread::scope(|scope| {
        let thread = scope.spawn(|| plugin.run("t", inputs, &mut Fake::default()));
        cancel.cancel();
        thread.join().unwrap()
    });
    assert_eq!(ended.unwrap_err().error, RunError::Cancelled);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // One that looks ends by itself, at once.
    let looks = import("host", "progress", "(param f64 i32 i32 i32 i32 i32 i32) (result i32)");
    let run = format!(
        "(loop $l (br_if $l (call $progress (f64.const 0.5)
           (i32.const 16) (i32.const 4) (i32.const 16) (i32.const 4) (i32.const 16) (i32.const 4))))
         {NOTHING}"
    );
    let plugin = bench.plugin(&guest(&looks, "", &run));
    let inputs = Inputs::default();
    inputs.cancel.cancel();
    let mut environment = Fake::default();
    let failed = plugin.run("t", inputs, &mut environment).unwrap_err();
    assert_eq!(failed.error, RunError::Cancelled);
    assert!(failed.cost.computed < Duration::from_millis(400), "{:?}", failed.cost);
    assert_eq!(environment.asked, ["progress 0.5"]);
}

#[test]
fn t17_waiting_for_a_model_is_not_computing() {
    let ask = import("llm", "ask", "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)");
    let data = "(data (i32.const 64) \"kk\")";
    let run = format!(
        "(call $ask (i32.const 16) (i32.const 4) (i32.const 16) (i32.const 4) (i32.const 64) (i32.const 2)
           (i32.const 0) (i32.const 0) (i32.const 9) (i32.const 2048))
         {NOTHING}"
    );
    let component = guest(&ask, data, &run);
    let thinks = Duration::from_millis(300);
    let bench = Bench::with(short(), Options::default());
    let mut environment = Fake { thinks, ..Fake::default() };
    let result = bench.plugin(&component).run("t", inputs(), &mut environment).unwrap();
    assert!(result.asked_model && result.cost.computed < Duration::from_millis(100));
    let brief = Limits { run_ms_max: 200, ..short() };
    let plugin = bench.plugin(&component).with_limits(brief.clone());
    plugin.run("t", inputs(), &mut environment).unwrap();
    // But the whole run has its time, too, and what else it waits for counts.
    let part = import("plan", "part", "(param i32 i32 i32)");
    let run = format!("(call $part (i32.const 16) (i32.const 4) (i32.const 2048)) {NOTHING}");
    let plugin = bench.plugin(&guest(&part, "", &run)).with_limits(brief);
    let failed = plugin.run("t", inputs(), &mut environment).unwrap_err();
    assert_eq!(failed.error, RunError::Run { ms: 200 });
}

#[test]
fn t18_a_guest_gets_no_more_memory_than_it_may_have() {
    let grow =
        "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable";
    let limits = Limits { memory_bytes_max: 8 << 20, ..Limits::default() };
    let max = 8 << 20;
    assert_eq!(
        run_under(limits.clone(), &guest("", "", grow)).unwrap_err(),
        RunError::Memory { max }
    );
    // A guest that can do with less goes on.
    let modest = format!("(drop (memory.grow (i32.const 60000))) {NOTHING}");
    let result = run_under(limits.clone(), &guest("", "", &modest)).unwrap();
    assert_eq!(result.cost.memory_bytes, 4 * 65_536);
    // Two memories share what there is; so do two tables.
    let two = "(memory 128)";
    assert_eq!(
        run_under(limits.clone(), &guest("", two, NOTHING)).unwrap_err(),
        RunError::Memory { max }
    );
    let table = "(table $t 10 funcref)";
    let grow = "(loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 10000)) (i32.const -1)))) unreachable";
    assert!(matches!(run(&guest("", table, grow)), Err(RunError::Memory { .. })));
    let tables = "(table 60000 funcref) (table 60000 funcref)";
    assert!(matches!(run(&guest("", tables, NOTHING)), Err(RunError::Memory { .. })));
    let tables = "(table $t 10 funcref)";
    let first = "(drop (table.grow $t (ref.null func) (i32.const 0x70000000))) unreachable";
    assert!(matches!(run(&guest("", tables, first)), Err(RunError::Memory { .. })));
}

/// What no place of the engine is large enough for is refused when the plugin is made ready, in the engine's words.
fn has_no_place(declarations: &str) {
    let bench = Bench::new();
    match bench.host.compile(&package(&guest("", declarations, NOTHING))).unwrap_err() {
        CompileError::Failed(reason) => assert!(reason.contains("exceeds"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn t18_a_guest_has_no_more_instances_tables_and_memories_than_it_may_have() {
    has_no_place("(table 4000000000 funcref)");
    // With the guest's own memory these are five, and with its own table some more than 32.
    has_no_place(&"(memory 0)".repeat(4));
    has_no_place(&"(table 0 funcref)".repeat(33));
    let one = guest("", "", NOTHING);
    assert!(run_under(Limits { instances_max: 0, ..Limits::default() }, &one).is_err());
}

#[test]
fn t18_what_takes_long_to_compile_is_refused_before() {
    let bench = Bench::with(
        Limits {
            modules_max: 5,
            functions_max: 100,
            declarations_max: 300,
            function_bytes_max: 4_000,
            locals_max: 50,
            component_bytes_max: 20_000,
            ..Limits::default()
        },
        Options::default(),
    );
    let refused = |component: &[u8]| match bench.host.compile(&package(component)).unwrap_err() {
        CompileError::TooMuch { what, count, max } => {
            assert!(count > max);
            what
        }
        other => panic!("{other:?}"),
    };
    bench.plugin(&guest("", "", NOTHING));
    assert_eq!(refused(&guest("", &"(func)".repeat(101), NOTHING)), "functions");
    let locals = format!("(func (local{}))", " i64".repeat(51));
    assert_eq!(refused(&guest("", &locals, NOTHING)), "locals");
    let long = format!("(func {})", "(drop (i32.const 1000000))".repeat(800));
    assert_eq!(refused(&guest("", &long, NOTHING)), "function-bytes");
    let globals = "(global i32 (i32.const 0))".repeat(301);
    assert_eq!(refused(&guest("", &globals, NOTHING)), "declarations");
    let nested = format!("(component {})", "(core module)".repeat(6));
    assert_eq!(refused(&wat::parse_str(nested).unwrap()), "modules");
    let deep = format!("{}{}", "(component ".repeat(7), ")".repeat(7));
    assert_eq!(refused(&wat::parse_str(deep).unwrap()), "modules");
    let data = format!("(data (i32.const 0) \"{}\")", "a".repeat(20_000));
    assert_eq!(refused(&guest("", &data, NOTHING)), "bytes");
}

#[test]
fn t18_no_bytes_make_the_compiler_panic() {
    let whole = guest("", "", NOTHING);
    let bench = Bench::new();
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..200 {
        let mut bytes = whole.clone();
        for _ in 0..=round % 4 {
            let at = next(bytes.len());
            bytes[at] = u8::try_from(next(256)).unwrap();
        }
        let text = super::guest::manifest(None, &super::guest::everything());
        let Ok(bytes) = jospar_plugin_api::with_manifest(&bytes, &text, &Limits::default()) else {
            continue;
        };
        let package = jospar_plugin_api::Package::open(bytes, &Limits::default()).unwrap();
        let Ok(plugin) = bench.host.compile(&package) else { continue };
        let ended = plugin.with_limits(short()).run("t", inputs(), &mut Fake::default());
        drop(ended);
    }
}
