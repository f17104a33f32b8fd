//! Scripts in both runners, in the real host: what they can, what they are told, what they cannot.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "scripts/desk.rs"]
mod desk;

use std::time::{Duration, Instant};

use jospar_plugin_api::RunnerName::{self, Js1, Py1};
use jospar_plugin_api::{Capability, Code, Origin, PluginError};
use jospar_plugin_host::{File, RunError, RunResult};
use serde_json::{Value, json};

use desk::{Desk, inputs, run, script};

/// The data that a task of one expression gives back.
fn data(name: RunnerName, expression: &str) -> Value {
    let body = match name {
        Js1 => format!("task('t', () => [null, null, {expression}]);"),
        Py1 => format!("@task\ndef t():\n    return None, None, {expression}"),
    };
    let result = run(&script(name, &["t"], &[], &body), "t").unwrap();
    result.outcome.data
}

/// The error that a plugin itself ends with.
fn error(name: RunnerName, body: &str) -> PluginError {
    let needs = ["read:kpis"];
    let failed = run(&script(name, &["t"], &needs, body), "t").unwrap_err();
    match failed.error {
        RunError::Plugin(error) => error,
        other => panic!("{body}: {other:?}"),
    }
}

fn with_file(name: RunnerName, body: &str, file: &str, bytes: Vec<u8>) -> Result<Value, RunError> {
    let plugin = script(name, &["t"], &[], body);
    let mut given = inputs(&plugin);
    given.files.push(File::new(file, bytes).unwrap());
    let result = plugin.run("t", given, &mut Desk::default()).map_err(|failed| failed.error)?;
    Ok(result.outcome.data)
}

#[test]
fn the_same_plugin_in_both_languages_gives_the_same_bytes() {
    let outcome = |name, body| {
        let plugin = script(name, &["every"], &["read:kpis"], body);
        let plan: Value = serde_json::from_slice(
            &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/example-plan.json"))
                .unwrap(),
        )
        .unwrap();
        let mut desk = Desk { plan, ..Desk::default() };
        let result = plugin.run("every", inputs(&plugin), &mut desk).unwrap();
        assert!(result.log.is_empty(), "{:?}", result.log);
        result.outcome.to_json()
    };
    let js = outcome(Js1, include_str!("scripts/every.js"));
    let python = outcome(Py1, include_str!("scripts/every.py"));
    assert_eq!(js, python);
    for word in ["Есеп", "−2,3 3 0,00 7", "stacked-bar", "hidden", "kpis/k1", "1.5e+21", "1e-7"]
    {
        assert!(js.contains(word), "{word} is not in {js}");
    }
}

#[test]
fn a_mistake_is_told_with_its_line_in_three_languages() {
    let python = "@task\ndef t():\n    def f():\n        return 1 / 0\n    f()";
    let found = error(Py1, python);
    assert_eq!(found.code, Code::Internal);
    assert_eq!(found.message.en, "line 7: ZeroDivisionError: division by zero");
    assert_eq!(found.message.kk, "7-жол: нөлге бөлінді (ZeroDivisionError: division by zero)");
    assert_eq!(found.message.ru, "строка 7: деление на ноль (ZeroDivisionError: division by zero)");
    let found = error(Js1, "task('t', () => {\n  const f = () => null.x;\n  f();\n});");
    assert_eq!(found.code, Code::Internal);
    assert_eq!(found.message.en, "line 5: TypeError: cannot read property 'x' of null");
    assert!(found.message.kk.starts_with("5-жол: мәннің түрі сәйкес емес (TypeError"));
    assert!(found.message.ru.starts_with("строка 5: значение не того вида (TypeError"));
}

#[test]
fn a_script_that_cannot_be_read_is_told_with_its_line() {
    let cases = [
        (Py1, "x = 1\n  y = 2", "line 5: IndentationError"),
        (Py1, "x = (1,\n", "line 4: SyntaxError"),
        (Py1, "x = 1\nif x\n  pass", "line 5: SyntaxError"),
        (Js1, "const a = 1;\nconst b = ;", "line 5: SyntaxError"),
        (Js1, "import x from 'y';", "line 4: SyntaxError"),
        (Py1, "xyz", "line 4: NameError"),
        (Js1, "xyz", "line 4: ReferenceError"),
        (Js1, "xyz = 1", "line 4: ReferenceError"),
    ];
    for (name, body, start) in cases {
        let found = error(name, body).message.en;
        assert!(found.starts_with(start), "{body}: {found}");
    }
}

#[test]
fn a_wrong_use_of_what_jospar_gives_is_told_in_words() {
    let cases = [
        ("Report(5)", "Report(5)", "a text is needed"),
        (
            "Report('x').table(['a', 'b'], [[1]])",
            "Report('x').table(['a', 'b'], [[1]])",
            "row 1 of the table has 1 cells",
        ),
        (
            "Report('x').number('n', 1 / 0)",
            "Report('x').number('n', float('nan'))",
            "a number is needed",
        ),
        (
            "Report('x').heading('h', 4)",
            "Report('x').heading('h', 4)",
            "level: a whole number from 1 to 3",
        ),
        (
            "Report('x').callout('loud', 'y')",
            "Report('x').callout('loud', 'y')",
            "there are: info, good, warning, critical",
        ),
        (
            "Report('x').chart('bar', 'c', ['a'], {s: [1, 2]})",
            "Report('x').chart('bar', 'c', ['a'], {'s': [1, 2]})",
            "2 values, but there are 1",
        ),
        ("propose('a', 'b', 5)", "propose('a', 'b', 5)", "a proposal holds edit.set"),
        ("edit.set('a', () => 1)", "edit.set('a', task)", "cannot be written as JSON"),
        ("text({de: 'x'})", "Report({'de': 'x'})", "kk, ru or en"),
        ("5", "5", "a task returns a Report"),
    ];
    for (js, python, words) in cases {
        for (name, body) in [
            (Js1, format!("task('t', () => {js});")),
            (Py1, format!("@task\ndef t():\n    return {python}")),
        ] {
            let found = error(name, &body);
            assert_eq!(found.code, Code::Internal, "{body}");
            assert!(found.message.en.contains(words), "{body}: {}", found.message.en);
            assert_ne!(found.message.kk, found.message.ru, "{body}");
        }
    }
}

#[test]
fn a_refusal_is_for_the_person_and_names_no_line() {
    let bodies = [
        (Js1, "task('t', () => { throw new Refusal({kk: 'Аз', ru: 'Мало', en: 'Few'}); });"),
        (Py1, "@task\ndef t():\n    raise Refusal(kk='Аз', ru='Мало', en='Few')"),
    ];
    for (name, body) in bodies {
        let found = error(name, body);
        assert_eq!(found.code, Code::Refused);
        assert_eq!(found.message.all(), ["Аз", "Мало", "Few"]);
    }
    for (name, body) in
        [(Js1, "task('t', () => stats.mean([]));"), (Py1, "@task\ndef t():\n    stats.mean([])")]
    {
        let found = error(name, body);
        assert_eq!(
            (found.code, found.message.en.as_str()),
            (Code::Refused, "mean: at least 1 values are needed, there are 0")
        );
    }
}

#[test]
fn t17_an_endless_loop_is_stopped() {
    let bodies = [
        (Js1, "task('t', () => { for (;;); });"),
        (Js1, "task('t', () => { for (;;) { try { for (;;); } catch {} } });"),
        (Js1, "task('t', () => /^(a+)+$/.test('a'.repeat(60) + 'b'));"),
        (
            Py1,
            "@task\ndef t():\n    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass",
        ),
        (Py1, "import re\n@task\ndef t():\n    re.match(r'^(a+)+$', 'a' * 60 + 'b')"),
        (Js1, "for (;;);\ntask('t', () => 1);"),
    ];
    for (name, body) in bodies {
        let plugin = script(name, &["t"], &[], body);
        let mut limits = desk::host().limits().clone();
        limits.compute_ms_max = 300;
        limits.memory_bytes_max = 128 << 20;
        let began = Instant::now();
        let failed = run(&plugin.with_limits(limits), "t").unwrap_err();
        assert_eq!(failed.error, RunError::Compute { ms: 300 }, "{body}");
        assert!(began.elapsed() < Duration::from_secs(10), "{body}: {:?}", began.elapsed());
    }
}

#[test]
fn t17_deep_recursion_ends_in_an_error() {
    let python = error(Py1, "@task\ndef t():\n    def f(n):\n        return f(n + 1)\n    f(0)");
    assert_eq!(python.message.en, "line 7: RecursionError: maximum recursion depth exceeded");
    let bodies = [
        (Js1, "task('t', () => { const f = n => f(n + 1) + 1; f(0); });"),
        (Js1, "task('t', () => eval('('.repeat(20000) + '1' + ')'.repeat(20000)));"),
        (Py1, "@task\ndef t():\n    def f(n):\n        return list(map(f, [n]))\n    f(0)"),
        (Py1, "@task\ndef t():\n    eval('(' * 20000 + '1' + ')' * 20000)"),
        (Py1, "@task\ndef t():\n    eval('1+' * 100000 + '1')"),
    ];
    for (name, body) in bodies {
        let failed = run(&script(name, &["t"], &[], body), "t").unwrap_err();
        let is_told = matches!(&failed.error, RunError::Stack | RunError::Plugin(_));
        assert!(is_told, "{body}: {:?}", failed.error);
    }
}

#[test]
fn t18_a_memory_bomb_is_stopped() {
    let bodies = [
        (Js1, "task('t', () => { const x = []; for (;;) x.push('a'.repeat(1e6) + x.length); });"),
        (Js1, "task('t', () => 'ab'.repeat(2 ** 29));"),
        (Js1, "task('t', () => { const x = []; for (;;) x.push({}); });"),
        (
            Py1,
            "@task\ndef t():\n    x = []\n    while True:\n        x.append('a' * 10_000_000 + str(len(x)))",
        ),
        (Py1, "@task\ndef t():\n    return None, None, 'ab' * 2**30"),
        (Py1, "@task\ndef t():\n    x = 9 ** 9 ** 7\n    return None, None, [x] * 100_000_000"),
    ];
    for (name, body) in bodies {
        let mut plugin = script(name, &["t"], &[], body);
        let mut limits = desk::host().limits().clone();
        limits.memory_bytes_max = 96 << 20;
        plugin = plugin.with_limits(limits);
        let failed = run(&plugin, "t").unwrap_err();
        let is_stopped = matches!(
            &failed.error,
            RunError::Memory { .. } | RunError::Plugin(_) | RunError::Compute { .. }
        );
        assert!(is_stopped, "{body}: {:?}", failed.error);
        assert!(failed.cost.memory_bytes <= 96 << 20, "{body}: {:?}", failed.cost);
    }
}

#[test]
fn t19_a_flood_of_output_is_cut_and_the_run_goes_on() {
    let bodies = [
        (
            Js1,
            "task('t', () => { for (let i = 0; i < 20000; i++) print('x'.repeat(100)); return [null, null, 1]; });",
        ),
        (
            Py1,
            "@task\ndef t():\n    for i in range(20000):\n        print('x' * 100)\n    return None, None, 1",
        ),
        (Py1, "@task\ndef t():\n    print('x' * 1000000, end='')\n    return None, None, 1"),
    ];
    for (name, body) in bodies {
        let result = run(&script(name, &["t"], &[], body), "t").unwrap();
        assert!(result.log_truncated, "{body}");
        assert_eq!(result.outcome.data, 1);
    }
}

#[test]
fn t20_what_a_plugin_has_not_is_refused_in_words() {
    let python = [
        ("import socket", "there is no module \"socket\""),
        ("import os", "there is no module \"os\""),
        ("import ctypes", "there is no module \"ctypes\""),
        ("import subprocess", "there is no module \"subprocess\""),
        ("from . import x", "there is no module \".\""),
        ("import json.tool", "there is no module \"json.tool\""),
        ("import numpy", "there is no module \"numpy\""),
        ("open('/etc/passwd')", "cannot open a file"),
        ("import io; io.open('x', 'w')", "cannot open a file"),
        ("import io; io.FileIO('x')", "cannot open a file"),
        ("input()", "cannot ask for input"),
        ("import time; time.sleep(1)", "cannot wait"),
    ];
    for (line, words) in python {
        let found = error(Py1, &format!("@task\ndef t():\n    {line}"));
        assert!(found.message.en.starts_with("line 6: "), "{line}: {}", found.message.en);
        assert!(found.message.en.contains(words), "{line}: {}", found.message.en);
    }
    let js = [
        ("fetch('http://127.0.0.1/')", "no network"),
        ("new XMLHttpRequest()", "no network"),
        ("new WebSocket('ws://127.0.0.1/')", "no network"),
        ("require('fs')", "import and require do not work"),
        ("setTimeout(() => 1, 1)", "cannot wait"),
        ("prompt('?')", "cannot ask for input"),
        ("import('fs')", "must not be async"),
        ("Promise.resolve(1)", "must not be async"),
    ];
    for (line, words) in js {
        let found = error(Js1, &format!("task('t', () => {line});"));
        assert!(found.message.en.contains(words), "{line}: {}", found.message.en);
    }
}

/// What a script reaches behind the library is the host's functions, and the host looks at the grants.
#[test]
fn t20_behind_the_library_there_is_nothing_more() {
    let ways = [
        "().__class__.__base__.__subclasses__()",
        "__import__('sys')",
        "plan.part.__globals__['json'].codecs.open('x')",
        "plan.part.__globals__['_plan'].part('kpis')",
        "plan.part.__globals__['datetime'].sys.modules['os'].listdir('/')",
        "plan.part.__globals__['datetime'].sys.modules['posix'].open('/', 0)",
        "plan.part.__globals__['datetime'].sys.modules['posix'].environ[b'HOME']",
    ];
    for way in ways {
        let plugin = script(
            Py1,
            &["t"],
            &[],
            &format!("@task\ndef t():\n    return None, None, len(str({way})) * 0"),
        );
        match run(&plugin, "t") {
            Ok(result) => assert_eq!(result.outcome.data, 0, "{way}"),
            Err(failed) => {
                let is_told = matches!(failed.error, RunError::Plugin(_) | RunError::Trap { .. });
                assert!(is_told, "{way}: {:?}", failed.error);
            }
        }
    }
}

#[test]
fn t20_what_was_not_granted_is_an_error_that_a_script_can_catch() {
    let bodies = [
        (Js1, "task('t', () => {
  const codes = [];
  const wanted = [() => llm.ask('why', 'rewrite', 'kk', {a: 'b'}), () => plan.part('kpis'), () => plan.surveyRows('s'),
    () => plan.surveyTotals('s'), () => plan.lessonResults('l'), () => store.set('a', 1), () => store.keys()];
  for (const want of wanted) { try { want(); } catch (e) { codes.push(e.code, e.text.kk.length > 0); } }
  return [null, null, codes];
});"),
        (Py1, "@task
def t():
    codes = []
    wanted = [lambda: llm.ask('why', 'rewrite', 'kk', {'a': 'b'}), lambda: plan.part('kpis'), lambda: plan.survey_rows('s'),
        lambda: plan.survey_totals('s'), lambda: plan.lesson_results('l'), lambda: store.set('a', 1), lambda: store.keys()]
    for want in wanted:
        try:
            want()
        except PluginError as e:
            codes += [e.code, len(e.message.kk) > 0]
    return None, None, codes"),
    ];
    for (name, body) in bodies {
        let needs = ["llm", "read:kpis", "survey:totals", "survey:rows", "lesson:results", "store"];
        let plugin = script(name, &["t"], &needs, body);
        let mut given = inputs(&plugin);
        given.grants.clear();
        let result = plugin.run("t", given, &mut Desk::default()).unwrap();
        let found = result.outcome.data;
        let denied: Vec<Value> = (0..7).flat_map(|_| [json!("denied"), json!(true)]).collect();
        assert_eq!(found, json!(denied));
        assert!(result.denied.contains(&Capability::Llm));
        let uncaught = error(
            name,
            match name {
                Js1 => "task('t', () => plan.part('risks'));",
                Py1 => "@task\ndef t():\n    plan.part('risks')",
            },
        );
        assert_eq!(uncaught.code, Code::Denied);
    }
}

#[test]
fn what_a_model_wrote_is_marked_as_its_own() {
    let bodies = [
        (Js1, "task('t', () => {
  const reply = llm.ask('Түсіндіру', 'rewrite', 'kk', {text: 'сабақ'}, 50);
  return [null, propose('t', 'r', edit.write('plan/vision', reply.text)), [reply.model, reply.truncated]];
});"),
        (Py1, "@task
def t():
    reply = llm.ask('Түсіндіру', 'rewrite', 'kk', {'text': 'сабақ'}, 50)
    return None, propose('t', 'r', edit.write('plan/vision', reply.text)), [reply.model, reply.truncated]"),
    ];
    for (name, body) in bodies {
        let plugin = script(name, &["t"], &["llm"], body);
        let mut desk = Desk::default();
        let result = plugin.run("t", inputs(&plugin), &mut desk).unwrap();
        assert_eq!(result.outcome.proposals[0].origin, Origin::Model);
        assert_eq!(result.outcome.data, json!(["small", false]));
        let asked = &desk.asked[0];
        assert_eq!((asked.language.as_str(), asked.max_tokens), ("kk", 50));
        assert_eq!(
            (asked.blocks[0].name.as_str(), asked.blocks[0].text.as_str()),
            ("text", "сабақ")
        );
    }
}

#[test]
fn a_file_of_a_megabyte_is_read_as_a_table() {
    let mut file = String::from("Аты;Балл;Пікір\n");
    let row = "Әлия Құрманғазы;3,5;\"Жақсы; \"\"өте\"\"\"\n";
    while file.len() < 1 << 20 {
        file.push_str(row);
    }
    let n = (file.lines().count() - 1) as f64;
    let js = "task('t', () => {
  const rows = files.readCsv();
  return [null, null, [rows.length, stats.mean(rows.map(row => parseNumber(row['Балл']))), rows.at(-1)]];
});";
    let python = "@task
def t():
    rows = files.read_csv()
    return None, None, [len(rows), stats.mean(parse_number(row['Балл']) for row in rows), rows[-1]]";
    for (name, body) in [(Js1, js), (Py1, python)] {
        let found = with_file(name, body, "rows.csv", file.clone().into_bytes()).unwrap();
        assert_eq!(found[0].as_f64(), Some(n));
        assert_eq!(found[1], 3.5);
        assert_eq!(
            found[2],
            json!({"Аты": "Әлия Құрманғазы", "Балл": "3,5", "Пікір": "Жақсы; \"өте\""})
        );
    }
}

/// A text in one of the old code pages, whose letters of Russian are the same.
fn old(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        'А'..='я' => u8::try_from(letter as u32 - 'А' as u32 + 0xc0).unwrap(),
        'Ә' => 0xa3,
        letter => u8::try_from(letter as u32).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn tables_are_read_in_the_encodings_that_schools_have() {
    let utf16 = |text: &str| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let expected = json!([{"Имя": "Анна", "2": "5", "Балл": "4"}]);
    let text = "Имя,,Балл\r\nАнна,5,4,,\r\n,,\r\n";
    let cases = [
        text.as_bytes().to_vec(),
        marked(text),
        utf16(text),
        old(text),
        old(&text.replace(',', ";")),
        old(&text.replace(',', "\t")),
    ];
    for bytes in cases {
        for (name, body) in [
            (Js1, "task('t', () => [null, null, files.readCsv()]);"),
            (Py1, "@task\ndef t():\n    return None, None, files.read_csv()"),
        ] {
            assert_eq!(
                with_file(name, body, "a.csv", bytes.clone()).unwrap(),
                expected,
                "{bytes:?}"
            );
        }
    }
    for (name, body) in [
        (Js1, "task('t', () => [null, null, files.readText('a.csv', {encoding: 'kz-1048'})]);"),
        (
            Py1,
            "@task\ndef t():\n    return None, None, files.read_text('a.csv', encoding='kz-1048')",
        ),
    ] {
        assert_eq!(with_file(name, body, "a.csv", old("Әлия")).unwrap(), "Әлия");
    }
}

#[test]
fn a_damaged_table_is_told_with_its_line() {
    let cases: [(&[u8], &str); 3] = [
        (b"a,b\n1,2\n\"x,3\n", "a.csv, line 3: a quotation mark is not closed properly"),
        (b"a,b\n1,2\n\"x\"y,3\n", "a.csv, line 3: a quotation mark is not closed properly"),
        (b"a,b\n1,2\n\n1,2,3\n", "a.csv, line 4: there are 3 cells, but 2 columns"),
    ];
    for (bytes, words) in cases {
        for (name, body) in [
            (Js1, "task('t', () => [null, null, files.readCsv()]);"),
            (Py1, "@task\ndef t():\n    return None, None, files.read_csv()"),
        ] {
            match with_file(name, body, "a.csv", bytes.to_vec()).unwrap_err() {
                RunError::Plugin(error) => {
                    assert_eq!((error.code, error.message.en.as_str()), (Code::Invalid, words));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn kazakh_words_are_found_by_patterns() {
    let text = "Әліппе, Қазақстан; ұстаз – 3 оқушы";
    let words = json!(["Әліппе", "Қазақстан", "ұстаз", "оқушы"]);
    assert_eq!(data(Js1, &format!("'{text}'.match(/\\p{{L}}+/gu)")), words);
    assert_eq!(data(Py1, &format!("__import__('re').findall(r'[^\\W\\d]+', '{text}')")), words);
    assert_eq!(data(Js1, "'ӘҒҚҢӨҰҮҺІ'.toLowerCase()"), "әғқңөұүһі");
    assert_eq!(data(Py1, "'ӘҒҚҢӨҰҮҺІ'.lower()"), "әғқңөұүһі");
}

#[test]
fn clock_and_randomness_are_the_runs() {
    assert_eq!(
        data(
            Js1,
            "[Date.now(), new Date().toISOString(), new Date(0).getFullYear(), today(), typeof Date()]"
        ),
        json!([1_795_392_000_500_u64, "2026-11-23T00:00:00.500Z", 1970, "2026-11-23", "string"])
    );
    let python = "[__import__('time').time(), __import__('datetime').datetime.now().isoformat(), str(__import__('datetime').date.today()), today(), __import__('time').strftime('%Y-%m')]";
    assert_eq!(
        data(Py1, python),
        json!([
            1_795_392_000.5,
            "2026-11-23T00:00:00.500000",
            "2026-11-23",
            "2026-11-23",
            "2026-11"
        ])
    );
    for (name, expression) in [
        (Js1, "[Math.random(), host.random()]"),
        (
            Py1,
            "[__import__('random').random(), __import__('random').Random().random(), host.random(), __import__('random').sample(range(99), 5)]",
        ),
    ] {
        assert_eq!(data(name, expression), data(name, expression));
        let body = match name {
            Js1 => format!("task('t', () => [null, null, {expression}]);"),
            Py1 => format!("@task\ndef t():\n    return None, None, {expression}"),
        };
        let plugin = script(name, &["t"], &[], &body);
        let other = jospar_plugin_host::Inputs { seed: 8, ..inputs(&plugin) };
        let other = plugin.run("t", other, &mut Desk::default()).unwrap().outcome.data;
        assert_ne!(data(name, expression), other);
    }
}

#[test]
fn the_store_keeps_values() {
    for (name, body) in [
        (Js1, "task('t', () => { store.set('a/1', {x: [1, 'ә', null]}); store.set('a/2', 0); store.set('b', 1); store.delete('b');
  return [null, null, [store.get('a/1'), store.get('b'), store.get('b', 5), store.keys('a/')]]; });"),
        (Py1, "@task\ndef t():\n    store.set('a/1', {'x': [1, 'ә', None]}); store.set('a/2', 0); store.set('b', 1); store.delete('b')
    return None, None, [store.get('a/1'), store.get('b'), store.get('b', 5), store.keys('a/')]"),
    ] {
        let result = run(&script(name, &["t"], &["store"], body), "t").unwrap();
        let found = result.outcome.data;
        assert_eq!(found, json!([{"x": [1, "ә", null]}, null, 5, ["a/1", "a/2"]]));
    }
}

#[test]
fn a_run_begins_with_little_memory() {
    for (name, body, most) in
        [(Js1, "task('t', () => null);", 2 << 20), (Py1, "@task\ndef t():\n    pass", 18 << 20)]
    {
        let taken = run(&script(name, &["t"], &[], body), "t").unwrap().cost.memory_bytes;
        assert!(taken <= most, "{}: {taken} bytes", name.name());
    }
}

#[test]
fn every_module_of_the_guide_can_be_imported() {
    let guide = include_str!("../../../docs/plugins/python.md");
    let list = guide.split("<!-- modules -->").nth(1).unwrap();
    let names: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    assert!(names.len() >= 25, "{names:?}");
    let imports: String = names.iter().map(|name| format!("import {name}\n")).collect();
    let body = format!("{imports}@task\ndef t():\n    return None, None, 1");
    assert_eq!(run(&script(Py1, &["t"], &[], &body), "t").unwrap().outcome.data, 1);
}

#[test]
fn printing_goes_to_the_log_line_by_line() {
    let lines = |result: RunResult| -> Vec<String> {
        result.log.into_iter().map(|line| line.message).collect()
    };
    let python = "@task\ndef t():\n    print('бір', 2, sep='-')\n    print('үш', end='')\n    print('\\nтөрт', end='')";
    assert_eq!(
        lines(run(&script(Py1, &["t"], &[], python), "t").unwrap()),
        ["бір-2", "үш", "төрт"]
    );
    let js = "task('t', () => { print('бір', 2, {a: [1]}); console.warn('екі'); });";
    assert_eq!(
        lines(run(&script(Js1, &["t"], &[], js), "t").unwrap()),
        ["бір 2 {\"a\":[1]}", "екі"]
    );
}
