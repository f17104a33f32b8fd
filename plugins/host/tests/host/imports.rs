//! What a component may import, and that everything which opens something asks for its grant.

use std::collections::{BTreeMap, BTreeSet};

use jospar_plugin_api::{Capability, Code, Package, RunnerName};
use jospar_plugin_host::{CompileError, Inputs, Limits, RunError, Runner};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, Resolve, SizeAlign, Type, TypeDefKind, WorldItem};

use super::guest::{Bench, Fake, NOTHING, everything, guest, import, interface, manifest, package};

/// The hash of the interface. A published version never changes: what a plugin was built against a year ago is what the
/// host gives it today. A new function or interface is a new patch version of the package, and this line then changes
/// once; a changed record or signature is a new folder beside `plugins/wit`, and this file stays as it is.
const INTERFACE: &str = "00798032b8b824bb13ff0abc60609a951c18ac8188faab8a929d91e39eb261bf";

#[test]
fn the_interface_is_the_published_one() {
    let text = include_bytes!("../../../wit/plugin.wit");
    assert_eq!(blake3::hash(text).to_hex().as_str(), INTERFACE, "plugins/wit/plugin.wit changed");
}

#[test]
fn components_built_against_the_published_interface_go_on_running() {
    // Written once, when the interface was published: a question to a model, and a report with a list.
    let bench = Bench::new();
    let run = |component: &[u8]| {
        let mut environment = Fake { answer: "7".into(), ..Fake::default() };
        let inputs = Inputs { grants: everything(), ..Inputs::default() };
        bench.plugin(component).run("t", inputs, &mut environment).unwrap().outcome
    };
    assert_eq!(run(include_bytes!("../data/model-0.1.0.wasm")).data, 7);
    let text = "{\"kk\":\"aaa\",\"ru\":\"aaa\",\"en\":\"aaa\"}";
    let report = run(include_bytes!("../data/report-0.1.0.wasm")).report;
    let json = serde_json::to_string(&report.unwrap().blocks).unwrap();
    assert_eq!(json, format!("[{{\"items\":[{text},{text}]}}]"));
}

/// Functions that open nothing: the run's own, and files that a person gave.
const FREE: [&str; 10] = [
    "files/files",
    "files/read",
    "host/log",
    "host/now-ms",
    "host/progress",
    "host/random",
    "host/setting",
    "host/today",
    "plan/heads",
    "script/source",
];

/// What each of the others needs, when its texts are all "swot".
const NEEDS: [(&str, &str); 10] = [
    ("llm/ask", "llm"),
    ("plan/lesson-results", "lesson:results"),
    ("plan/part", "read:swot"),
    ("plan/plugin-result", "result:swot"),
    ("plan/survey-rows", "survey:rows"),
    ("plan/survey-totals", "survey:totals"),
    ("store/delete", "store"),
    ("store/get", "store"),
    ("store/keys", "store"),
    ("store/set", "store"),
];

/// Every function of every interface that a world imports.
fn functions(resolve: &Resolve, world: wit_parser::WorldId) -> BTreeMap<String, Function> {
    let mut found = BTreeMap::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = &resolve.interfaces[*id];
        for (name, function) in &interface.functions {
            let name = format!("{}/{name}", interface.name.as_deref().unwrap());
            found.insert(name, function.clone());
        }
    }
    found
}

/// Core values for a parameter: every text is "swot", every list empty, everything else the first or zero.
fn flat(resolve: &Resolve, ty: &Type, values: &mut Vec<&'static str>) {
    match ty {
        Type::String => values.extend(["(i32.const 16)", "(i32.const 4)"]),
        Type::F64 => values.push("(f64.const 0)"),
        Type::U32 | Type::Bool => values.push("(i32.const 1)"),
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Type(ty) => flat(resolve, ty, values),
            TypeDefKind::Record(record) => {
                record.fields.iter().for_each(|field| flat(resolve, &field.ty, values));
            }
            TypeDefKind::List(_) => values.extend(["(i32.const 0)", "(i32.const 0)"]),
            TypeDefKind::Enum(_) => values.push("(i32.const 0)"),
            kind => panic!("a parameter of a new kind: {kind:?}"),
        },
        ty => panic!("a parameter of a new type: {ty:?}"),
    }
}

/// A guest that calls a function whose result may be an error, and ends with the same code, or with 77 if there is none.
fn caller(resolve: &Resolve, sizes: &SizeAlign, name: &str, function: &Function) -> Vec<u8> {
    let (interface, short) = name.split_once('/').unwrap();
    let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
    assert!(signature.retptr && !signature.indirect_params, "{name}: another form");
    let core = |ty: &WasmType| match ty {
        WasmType::F64 => "f64",
        WasmType::I64 => "i64",
        _ => "i32",
    };
    let params: Vec<_> = signature.params.iter().map(core).collect();
    let mut values = Vec::new();
    for param in &function.params {
        flat(resolve, &param.ty, &mut values);
    }
    let Some(Type::Id(id)) = function.result else { panic!("{name}: no result") };
    let TypeDefKind::Result(result) = &resolve.types[id].kind else { panic!("{name}: no result") };
    let cases = [result.ok.as_ref(), result.err.as_ref()];
    let offset = sizes.payload_offset(wit_parser::Int::U8, cases).size_wasm32();
    // The module gives the error's code back as its own; a call that succeeds is "data".
    let run = format!(
        "(call ${short} {} (i32.const 2048))
         (if (result i32) (i32.load8_u (i32.const 2048))
           (then (call $error (i32.load8_u (i32.const {}))))
           (else {NOTHING}))",
        values.join(" "),
        2048 + offset
    );
    let import = import(interface, short, &format!("(param {})", params.join(" ")));
    guest(&import, "", &run)
}

fn script(runner: &str, comment: &str) -> Package {
    let manifest = manifest(Some(runner), &everything());
    let text = format!("{comment} /// jospar\n{comment} {manifest}\n{comment} ///\n");
    Package::open(text.into_bytes(), &Limits::default()).unwrap()
}

fn runner(component: Vec<u8>) -> Runner {
    Runner { name: RunnerName::Js1, component }
}

#[test]
fn t20_every_function_that_opens_something_asks_for_its_grant() {
    let (resolve, package) = interface();
    let world = resolve.select_world(&[package], Some("script-runner")).unwrap();
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let functions = functions(&resolve, world);
    let known: BTreeSet<&str> = FREE.into_iter().chain(NEEDS.map(|(name, _)| name)).collect();
    let found: BTreeSet<&str> = functions.keys().map(String::as_str).collect();
    assert_eq!(found, known, "a new function: say here what it needs");
    let bench = Bench::new();
    for (name, need) in NEEDS {
        let plugin = bench
            .host
            .compile_script(
                &script("js-1", "//"),
                &runner(caller(&resolve, &sizes, name, &functions[name])),
            )
            .unwrap();
        let need: Capability = need.parse().unwrap();
        let others = everything().into_iter().filter(|capability| *capability != need).collect();
        let mut environment = Fake { answer: "null".into(), ..Fake::default() };
        let inputs = Inputs { grants: others, ..Inputs::default() };
        let failed = plugin.run("t", inputs, &mut environment).unwrap_err();
        let RunError::Plugin(error) = failed.error else { panic!("{name}: {:?}", failed.error) };
        assert_eq!(error.code, Code::Denied, "{name} without {need}");
        assert!(environment.asked.is_empty(), "{name}: {:?}", environment.asked);
        assert_eq!(failed.denied, BTreeSet::from([need.clone()]), "{name}");
        // With this one grant alone it gets through to the environment.
        let inputs = Inputs { grants: BTreeSet::from([need]), ..Inputs::default() };
        let ended = plugin.run("t", inputs, &mut environment);
        let code = ended.err().map(|failed| failed.error);
        // A question with the template "swot" and the language "swot" makes no sense, and is refused for that.
        let invalid = matches!(&code, Some(RunError::Plugin(error)) if error.code == Code::Invalid);
        assert!(if name == "llm/ask" { invalid } else { code.is_none() }, "{name}: {code:?}");
        assert!(!environment.asked.is_empty() || name == "llm/ask", "{name}");
    }
}

#[test]
fn t20_a_grant_for_what_the_manifest_does_not_ask_for_opens_nothing() {
    let (resolve, wit) = interface();
    let world = resolve.select_world(&[wit], Some("script-runner")).unwrap();
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let part = functions(&resolve, world)["plan/part"].clone();
    let component = caller(&resolve, &sizes, "plan/part", &part);
    let limits = Limits::default();
    let manifest = manifest(None, &BTreeSet::new());
    let bytes = jospar_plugin_api::with_manifest(&component, &manifest, &limits).unwrap();
    let package = Package::open(bytes, &limits).unwrap();
    let plugin = Bench::new().host.compile(&package).unwrap();
    let inputs = Inputs { grants: everything(), ..Inputs::default() };
    let failed = plugin.run("t", inputs, &mut Fake::default()).unwrap_err();
    let RunError::Plugin(error) = failed.error else { panic!("{:?}", failed.error) };
    assert_eq!(error.code, Code::Denied);
}

#[test]
fn t20_a_component_that_asks_for_more_is_refused_with_the_name_of_it() {
    let bench = Bench::new();
    for name in [
        "wasi:cli/environment@0.2.0",
        "wasi:sockets/tcp@0.2.0",
        "wasi:clocks/wall-clock@0.2.0",
        "wasi:random/random@0.2.0",
        "wasi:filesystem/preopens@0.2.0",
        "jospar:plugin/net@0.1.0",
        "jospar:plugin/plan@0.2.0",
        "jospar:plugin/plan@1.1.0",
        "jospar:plugin/script@0.1.0",
        "jospar:plugins/plan@0.1.0",
        "jospar:plugin/plan",
        "jospar:plugin/plan@0.1.0-rc.1",
        "other",
    ] {
        let text = format!("(component (import \"{name}\" (instance)))");
        let component = wat::parse_str(&text).unwrap();
        let error = bench.host.compile(&package(&component)).unwrap_err();
        assert_eq!(error, CompileError::Import(name.to_owned()));
    }
    let function = wat::parse_str("(component (import \"now\" (func (result f64))))").unwrap();
    let error = bench.host.compile(&package(&function)).unwrap_err();
    assert_eq!(error, CompileError::Import("now".into()));
}

#[test]
fn a_patch_of_the_interface_fits_and_what_it_lacks_is_told() {
    let bench = Bench::new();
    let with = |name: &str, function: &str| {
        let text = format!(
            "(component
               (import \"{name}\" (instance $i (export \"{function}\" (func (result string)))))
               (core module $m (func (export \"run\")))
               (core instance $c (instantiate $m))
               (func (export \"run\") (canon lift (core func $c \"run\"))))"
        );
        bench.host.compile(&package(&wat::parse_str(&text).unwrap())).unwrap_err()
    };
    // The function is there in a later patch of the same version; only `run` has another form.
    let reason = with("jospar:plugin/host@0.1.7", "today");
    assert!(
        matches!(&reason, CompileError::Interface(text) if !text.contains("today")),
        "{reason}"
    );
    let reason = with("jospar:plugin/host@0.1.7", "weather");
    assert!(
        matches!(&reason, CompileError::Interface(text) if text.contains("weather")),
        "{reason}"
    );
}

#[test]
fn t20_only_runners_read_scripts() {
    let source = import("script", "source", "(param i32)");
    let run = "(call $source (i32.const 2048))
               (call $done (i32.load (i32.const 2048)) (i32.load (i32.const 2052)))";
    let bench = Bench::new();
    let component = guest(&source, "", run);
    let error = bench.host.compile(&package(&component)).unwrap_err();
    assert_eq!(error, CompileError::Import("jospar:plugin/script@0.1.0".into()));
    assert_eq!(bench.host.compile(&script("js-1", "//")).unwrap_err(), CompileError::Runner);
    let python = Runner { name: RunnerName::Py1, component: component.clone() };
    assert_eq!(
        bench.host.compile_script(&script("js-1", "//"), &python).unwrap_err(),
        CompileError::Runner
    );
    let plain = package(&guest("", "", NOTHING));
    let js = runner(component);
    assert_eq!(bench.host.compile_script(&plain, &js).unwrap_err(), CompileError::Runner);
    bench.host.prepare(&js).unwrap();
    let plugin = bench.host.compile_script(&script("js-1", "//"), &js).unwrap();
    // The source is no JSON: that it is the script is seen by what the host says of it.
    let failed = plugin.run("t", Inputs::default(), &mut Fake::default()).unwrap_err();
    let RunError::Outcome(error) = failed.error else { panic!("{:?}", failed.error) };
    assert_eq!(error.key(), "plugin-outcome-json");
}

#[test]
fn a_script_in_python_gets_the_memory_that_python_takes() {
    use jospar_plugin_api::limits::{MEMORY_BYTES_MAX, PYTHON_MEMORY_BYTES_MAX};
    let python = script("py-1", "#");
    let component = guest("", "", NOTHING);
    let memory = |name, script: &Package, limits| {
        let bench = Bench::with(limits, jospar_plugin_host::Options::default());
        let runner = Runner { name, component: component.clone() };
        bench.host.compile_script(script, &runner).unwrap().limits().memory_bytes_max
    };
    let chosen = Limits { memory_bytes_max: 1 << 20, ..Limits::default() };
    assert_eq!(memory(RunnerName::Py1, &python, Limits::default()), PYTHON_MEMORY_BYTES_MAX);
    assert_eq!(memory(RunnerName::Py1, &python, chosen), 1 << 20, "what somebody chose stays");
    let javascript = script("js-1", "//");
    assert_eq!(memory(RunnerName::Js1, &javascript, Limits::default()), MEMORY_BYTES_MAX);
}

#[test]
fn a_component_without_run_is_refused() {
    let bench = Bench::new();
    let empty = wat::parse_str("(component)").unwrap();
    assert_eq!(bench.host.compile(&package(&empty)).unwrap_err(), CompileError::NoRun);
    let walks = "(component
        (core module $m (func (export \"run\")))
        (core instance $c (instantiate $m))
        (func (export \"walk\") (canon lift (core func $c \"run\"))))";
    let walks = wat::parse_str(walks).unwrap();
    assert_eq!(bench.host.compile(&package(&walks)).unwrap_err(), CompileError::NoRun);
}
