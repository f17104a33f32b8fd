//! What a guest is served: settings, files, the store under its quota, a model; and that runs repeat.

use std::time::Duration;

use jospar_plugin_api::Code;
use jospar_plugin_host::{File, Inputs, Limits, Options, RunError};

use super::guest::{Bench, Fake, NOTHING, guest, import, inputs};

/// Two times three letters made of `random`, with "swot" logged.
fn letters() -> Vec<u8> {
    let imports =
        import("host", "random", "(result f64)") + &import("host", "log", "(param i32 i32 i32)");
    let run = "(i32.store8 (i32.const 4096) (i32.const 34))
         (i32.store8 (i32.const 4103) (i32.const 34))
         (local.set $at (i32.const 4097))
         (loop $l
           (i32.store8 (local.get $at)
             (i32.add (i32.const 97) (i32.trunc_f64_u (f64.mul (call $random) (f64.const 26)))))
           (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 4103))))
         (call $log (i32.const 1) (i32.const 16) (i32.const 4))
         (call $done (i32.const 4096) (i32.const 8))";
    guest(&imports, "", run)
}

#[test]
fn two_runs_on_the_same_inputs_give_the_same_bytes_and_cost() {
    let bench = Bench::with(Limits::default(), Options { fuel: true, ..Options::default() });
    let plugin = bench.plugin(&letters());
    let run = |seed: u64| {
        let result = plugin.run("t", Inputs { seed, ..inputs() }, &mut Fake::default()).unwrap();
        (result.outcome.to_json(), result.cost.fuel)
    };
    let first = run(7);
    assert_eq!(first, run(7));
    assert!(first.1.is_some_and(|fuel| fuel > 0), "{first:?}");
    assert_ne!(first.0, run(8).0, "another seed, other numbers");
    let other = Bench::with(Limits::default(), Options { fuel: true, ..Options::default() });
    let again =
        other.plugin(&letters()).run("t", Inputs { seed: 7, ..inputs() }, &mut Fake::default());
    let again = again.unwrap();
    assert_eq!((again.outcome.to_json(), again.cost.fuel), first, "another host, another folder");
    let usual = Bench::new().plugin(&letters()).run("t", inputs(), &mut Fake::default()).unwrap();
    assert_eq!(usual.cost.fuel, None);
}

/// A guest that gives back the text that a function with a text as parameter answers, or the answer's error.
fn echo(interface: &str, function: &str, name: &str) -> Vec<u8> {
    let import = import(interface, function, "(param i32 i32 i32)");
    let items = format!("(data (i32.const 64) \"{name}\")");
    let run = format!(
        "(call ${function} (i32.const 64) (i32.const {}) (i32.const 2048))
         (if (result i32) (i32.load8_u (i32.const 2048))
           (then (call $error (i32.load8_u (i32.const 2052))))
           (else (call $done (i32.load (i32.const 2052)) (i32.load (i32.const 2056)))))",
        name.len()
    );
    guest(&import, &items, &run)
}

fn code(error: &RunError) -> Code {
    match error {
        RunError::Plugin(error) => error.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_part_of_the_plan_reaches_the_guest() {
    let bench = Bench::new();
    let mut environment = Fake { answer: "{\"items\": [\"Әл\"]}".into(), ..Fake::default() };
    let result =
        bench.plugin(&echo("plan", "part", "swot")).run("t", inputs(), &mut environment).unwrap();
    assert_eq!(result.outcome.data.to_string(), "{\"items\":[\"Әл\"]}");
    assert_eq!(environment.asked, ["part swot"]);
    let unknown = bench.plugin(&echo("plan", "part", "history_example"));
    let failed = unknown.run("t", inputs(), &mut environment).unwrap_err();
    assert_eq!(code(&failed.error), Code::NotFound);
    let plugin = bench.plugin(&echo("plan", "part", "swot"));
    let plugin = plugin.with_limits(Limits { answer_bytes_max: 10, ..Limits::default() });
    let failed = plugin.run("t", inputs(), &mut environment).unwrap_err();
    assert_eq!(code(&failed.error), Code::Limit);
    let missing = bench.plugin(&echo("plan", "plugin-result", "../swot"));
    let failed = missing.run("t", inputs(), &mut Fake::default()).unwrap_err();
    assert_eq!(code(&failed.error), Code::NotFound);
}

#[test]
fn t24_only_files_that_were_given_are_read_and_by_their_names_alone() {
    let bench = Bench::new();
    let secret = bench.folder.path().join("secret.json");
    std::fs::write(&secret, "\"secret\"").unwrap();
    let files = vec![File::new("rows.json", b"[1, 2]".to_vec()).unwrap()];
    let read = |name: &str| {
        let inputs = Inputs { files: files.clone(), ..Inputs::default() };
        bench.plugin(&echo("files", "read", name)).run("t", inputs, &mut Fake::default())
    };
    assert_eq!(read("rows.json").unwrap().outcome.data.to_string(), "[1,2]");
    let path = secret.display().to_string();
    for name in
        ["", "../secret.json", "./rows.json", "ROWS.JSON", "rows.json/", "/etc/passwd", &path]
    {
        let failed = read(name).unwrap_err();
        assert_eq!(code(&failed.error), Code::NotFound, "{name}");
    }
    let plugin = bench.plugin(&guest("", "", NOTHING));
    let file = |name: &str, bytes: usize| File::new(name, vec![0; bytes]).unwrap();
    let limits = Limits { files_max: 2, file_bytes_max: 10, ..Limits::default() };
    let plugin = plugin.with_limits(limits);
    for (files, bad) in [
        (vec![file("a", 1), file("a", 2)], "a"),
        (vec![file("a", 1), file("b", 11)], "b"),
        (vec![file("a", 1), file("b", 1), file("c", 1)], "c"),
    ] {
        let inputs = Inputs { files, ..Inputs::default() };
        let failed = plugin.run("t", inputs, &mut Fake::default()).unwrap_err();
        assert_eq!(failed.error, RunError::File { name: bad.into() });
    }
}

#[test]
fn a_setting_is_what_a_person_set_if_it_fits_else_the_default() {
    let bench = Bench::new();
    let setting = |key: &str, set: &[(&str, serde_json::Value)]| {
        let settings = set.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let import = import("host", "setting", "(param i32 i32 i32)");
        let items = format!("(data (i32.const 64) \"{key}\")");
        // An option: one byte, then the text.
        let run = format!(
            "(call $setting (i32.const 64) (i32.const {}) (i32.const 2048))
             (if (result i32) (i32.load8_u (i32.const 2048))
               (then (call $done (i32.load (i32.const 2052)) (i32.load (i32.const 2056))))
               (else {NOTHING}))",
            key.len()
        );
        let plugin = bench.plugin(&guest(&import, &items, &run));
        let inputs = Inputs { settings, ..Inputs::default() };
        plugin.run("t", inputs, &mut Fake::default()).unwrap().outcome.data
    };
    assert_eq!(setting("least", &[]), 5);
    assert_eq!(setting("least", &[("least", 7.into())]), 7);
    assert_eq!(setting("least", &[("least", 0.into())]), 5, "below the least");
    assert_eq!(setting("mark", &[("mark", "ә".into())]), "ә");
    assert_eq!(setting("other", &[("other", 1.into())]), serde_json::Value::Null);
}

/// Keeps as many values as `count` says, of `bytes` each, under keys of one letter.
fn keeper(count: u32, bytes: u32) -> Vec<u8> {
    let import = import("store", "set", "(param i32 i32 i32 i32 i32)");
    let run = format!(
        "(local.set $left (i32.const 0))
         (loop $l
           (i32.store8 (i32.const 64) (i32.add (i32.const 97) (local.get $left)))
           (call $set (i32.const 64) (i32.const 1) (i32.const 4096) (i32.const {bytes}) (i32.const 2048))
           (if (i32.load8_u (i32.const 2048))
             (then (return (call $error (i32.load8_u (i32.const 2052))))))
           (local.set $left (i32.add (local.get $left) (i32.const 1)))
           (br_if $l (i32.lt_u (local.get $left) (i32.const {count}))))
         {NOTHING}"
    );
    guest(&import, "", &run)
}

#[test]
fn what_a_plugin_keeps_has_a_quota() {
    let bench = Bench::with(
        Limits {
            store_bytes_max: 100,
            store_keys_max: 3,
            store_key_bytes_max: 8,
            ..Limits::default()
        },
        Options::default(),
    );
    let keep = |count, bytes, environment: &mut Fake| {
        bench.plugin(&keeper(count, bytes)).run("t", inputs(), environment)
    };
    let mut environment = Fake::default();
    keep(3, 32, &mut environment).unwrap();
    assert_eq!(environment.store.len(), 3);
    // What is replaced makes room.
    keep(3, 32, &mut environment).unwrap();
    let failed = keep(4, 0, &mut environment).unwrap_err();
    assert_eq!(code(&failed.error), Code::Limit, "one key too many");
    let mut environment = Fake::default();
    let failed = keep(3, 33, &mut environment).unwrap_err();
    assert_eq!(code(&failed.error), Code::Limit, "two bytes too many");
    assert_eq!(environment.store.len(), 2);
    for key in ["", "123456789", "a\\0a"] {
        let get = echo("store", "get", key);
        let failed = bench.plugin(&get).run("t", inputs(), &mut environment).unwrap_err();
        assert_eq!(code(&failed.error), Code::Invalid, "{key:?}");
    }
}

/// Asks the model in a language, with one block of "swot" named "swot", and gives back its answer.
fn asker(language: &str) -> Vec<u8> {
    let import = import("llm", "ask", "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)");
    let items = format!("(data (i32.const 64) \"{language}\")");
    let run = format!(
        "(i32.store (i32.const 128) (i32.const 16)) (i32.store (i32.const 132) (i32.const 4))
         (i32.store (i32.const 136) (i32.const 16)) (i32.store (i32.const 140) (i32.const 4))
         (call $ask (i32.const 16) (i32.const 4) (i32.const 16) (i32.const 4) (i32.const 64) (i32.const {})
           (i32.const 128) (i32.const 1) (i32.const 9) (i32.const 2048))
         (if (result i32) (i32.load8_u (i32.const 2048))
           (then (call $error (i32.load8_u (i32.const 2052))))
           (else (call $done (i32.load (i32.const 2052)) (i32.load (i32.const 2056)))))",
        language.len()
    );
    guest(&import, &items, &run)
}

#[test]
fn a_question_to_a_model_and_its_answer_have_bounds() {
    let bench = Bench::new();
    let plugin = bench.plugin(&asker("kk"));
    let mut environment = Fake { answer: "\"ә\u{1b}[1mb\"".into(), ..Fake::default() };
    let result = plugin.run("t", inputs(), &mut environment).unwrap();
    assert_eq!(result.outcome.data, "ә[1mb", "no escapes");
    assert!(result.asked_model);
    assert_eq!(environment.asked, ["model swot [ModelBlock { name: \"swot\", text: \"swot\" }]"]);
    let limited = |limits: Limits, answer: &str| {
        let mut environment = Fake { answer: answer.into(), ..Fake::default() };
        plugin.clone().with_limits(limits).run("t", inputs(), &mut environment)
    };
    let failed = limited(Limits { model_request_bytes_max: 11, ..Limits::default() }, "1");
    assert_eq!(code(&failed.unwrap_err().error), Code::Limit);
    let failed = limited(Limits { model_requests_max: 0, ..Limits::default() }, "1");
    assert_eq!(code(&failed.unwrap_err().error), Code::Limit);
    let failed = limited(Limits { model_blocks_max: 0, ..Limits::default() }, "1");
    assert_eq!(code(&failed.unwrap_err().error), Code::Invalid);
    let cut = limited(Limits { model_reply_bytes_max: 2, ..Limits::default() }, "1234").unwrap();
    assert_eq!(cut.outcome.data, 12);
    let failed = bench.plugin(&asker("de")).run("t", inputs(), &mut environment).unwrap_err();
    assert_eq!(code(&failed.error), Code::Invalid);
}

#[test]
fn what_the_host_says_is_in_three_languages() {
    let import = import("plan", "part", "(param i32 i32 i32)");
    // The host's own words, handed on: the error's code and six numbers of its texts.
    let run = "(call $part (i32.const 16) (i32.const 4) (i32.const 2048))
               (drop (call $error (i32.load8_u (i32.const 2052))))
               (memory.copy (i32.const 1032) (i32.const 2056) (i32.const 24))
               (i32.const 1024)";
    let plugin = Bench::new().plugin(&guest(&import, "", run));
    let failed = plugin.run("t", Inputs::default(), &mut Fake::default()).unwrap_err();
    let RunError::Plugin(error) = failed.error else { panic!("{:?}", failed.error) };
    for text in error.message.all() {
        assert!(text.contains("read:swot") && !text.contains("plugin-answer"), "{text}");
    }
    assert_ne!(error.message.kk, error.message.ru);
}

#[test]
fn an_unknown_task_is_not_begun() {
    let plugin = Bench::new().plugin(&guest("", "", NOTHING));
    let failed = plugin.run("other", inputs(), &mut Fake::default()).unwrap_err();
    assert_eq!(failed.error, RunError::Task("other".into()));
    assert_eq!(failed.cost.computed, Duration::ZERO);
}
