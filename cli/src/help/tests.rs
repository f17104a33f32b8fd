#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;

/// One command line for every command.
const LINES: &[&str] = &[
    "init --school №3 --name Айда",
    "show",
    "show initiatives/in1 --at 0123",
    "set initiatives/in1/due 2026-12-01",
    "set kpis/k1/target -0.5",
    "set kpis/k1/unit 2026 --text",
    "set kpis/k1/target",
    "add risks title.kk=Жаңа likelihood=3 --id r9 --after r1",
    "remove risks/r1",
    "remove risks/r1/links p1",
    "keep risks/r1",
    "move risks/r1 --first",
    "move risks/r1 --after r2",
    "include risks/r1/links p1",
    "text plan/vision/kk --from -",
    "status --strict",
    "sync --timeout 5 --listen 127.0.0.1:0 --no-lan",
    "history risks --limit 3",
    "conflicts",
    "resolve risks/r1/impact 2",
    "undo",
    "undo 3",
    "restore-to 0123",
    "lint --as-of 2026-11-24 --strict",
    "import plan.json",
    "export",
    "export plan.json --yes",
    "bundle plan.jospar",
    "invite --role viewer --address 10.0.0.1:4443 --qr",
    "join jospar://join/x --name Болат --timeout 5",
    "join --file request.jospar --name Болат",
    "claim jospar://claim/x",
    "devices",
    "confirm abcd --role contributor --kinds risks,kpis",
    "decline abcd",
    "revoke abcd --yes",
    "drop survey_rows/sr1 --reason wish",
    "quarantine",
    "quarantine list",
    "quarantine adopt 1",
    "quarantine discard 0123",
    "role abcd auditor --kinds risks --until 2026-12-31",
    "deputy abcd",
    "rotate",
    "recovery sheet",
    "recovery use --from plan.jospar --lost abcd",
    "trust",
    "approve --yes",
    "approve documents/doc1",
    "approvals",
    "approval export plan.approval",
    "approval export order.approval documents/doc1",
    "approval verify plan.approval --code jospar://approval/x",
    "approval code plan --qr",
    "approval check jospar://approval/x",
    "audit-page --publish",
    "history risks --from 2026-09-01 --to 2026-11-30",
    "next-year --start 2027-09-01 --end 2028-08-31 --leave risks/rk1 --carry time_log --preview",
    "survey form sv1 form.txt --format limesurvey --role parent",
    "next-year --back",
    "years 2026-2027 kpis",
    "plugin list",
    "plugin show swot",
    "plugin install a.py --grant read:swot --grant store --unsigned --downgrade --yes",
    "plugin run swot",
    "plugin run survey import --file a.csv --file b.csv --again --accept 1",
    "plugin run draft order --send 0123 --send 4567",
    "plugin accept swot 2 --task swot",
    "plugin grant survey survey:rows",
    "plugin revoke survey --all",
    "plugin enable swot",
    "plugin memory swot 128",
    "plugin remove kz.school.count",
    "plugin settings swot convention standard",
    "plugin settings swot convention --reset",
    "plugin publish kz.school.count --unsigned",
    "plugin new kpi-report --template js",
    "plugin build folder",
    "plugin test folder --write",
    "plugin pack folder --into out",
    "plugin keygen --key-file key",
    "plugin sign a.py --key-file key",
    "model show",
    "model set --url http://127.0.0.1:11434 --model gemma3:4b --tokens-max 800 --tokens-month 90000",
    "model set --first-byte-ms 9 --idle-ms 9 --total-ms 9 --attempts 2 --stream false --system-role true",
    "model key",
    "model forget-key",
    "model off",
    "model test",
    "model queue",
    "model queue --remove 1",
    "model send",
    "model answers",
    "model answers 3 --json",
    "model accept 3 --into documents/doc1",
    "model accept documents/doc1/blocks/b1 --read 0123",
    "model decline 3",
    "model spent",
    "file add photo.jpg --evidence evidence/e1",
    "file list --json",
    "file get evidence/e1 photo.jpg --replace",
    "backup copy.db",
    "restore copy.db --replace",
    "doctor --json --quiet --data /plan --keys /keys --lang ru",
    "doctor --repair",
    "node --listen 127.0.0.1:0",
    "node --stop",
    "open --no-browser --listen 127.0.0.1:0 --no-lan",
    "completions bash",
];

fn parse(line: &str) -> Result<clap::ArgMatches, clap::Error> {
    let words = std::iter::once("jospar").chain(line.split_whitespace());
    command(&Catalogue::new(Language::En)).try_get_matches_from(words)
}

fn fault_of(line: &str) -> Fault {
    let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    fault(&parse(line).unwrap_err(), &arguments)
}

#[test]
fn the_grammar_holds_together() {
    command(&Catalogue::new(Language::En)).debug_assert();
}

#[test]
fn every_command_parses() {
    for line in LINES {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
    }
    let known = Arguments::command();
    for command in known.get_subcommands() {
        let name = command.get_name();
        let is_there = |line: &&&str| line.split_whitespace().next() == Some(name);
        assert!(LINES.iter().any(|line| is_there(&line)), "{name} has no line");
    }
}

#[test]
fn every_help_is_in_its_language() {
    for language in Language::ALL {
        let mut command = command(&Catalogue::new(language));
        command.build();
        let own_word = |text: &str| match language {
            Language::En => text.contains("Usage: "),
            _ => text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c)),
        };
        for sub in command.get_subcommands_mut() {
            let help = sub.render_help().to_string();
            assert!(own_word(&help) && !help.contains("[help"), "{language}: {help}");
            let english = ["Usage:", "Options:", "Arguments:", "[OPTIONS]", "Print help"];
            let is_english = english.iter().any(|word| help.contains(word));
            assert!(language == Language::En || !is_english, "{language}: {help}");
            for argument in sub.get_arguments() {
                let told = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!told.is_empty(), "{}: {}", sub.get_name(), argument.get_id());
            }
        }
        let help = command.render_help().to_string();
        assert!(
            own_word(&help) && help.contains("restore-to") && !help.contains("[help"),
            "{help}"
        );
    }
}

#[test]
fn mistakes_are_named() {
    let check = |line: &str, key: &str, value: &str| {
        let fault = fault_of(line);
        assert_eq!((fault.key.as_str(), fault.kind.exit_code()), (key, 2), "{line}");
        assert_eq!(fault.values["value"], value, "{line}");
    };
    check("swow", "error-usage-command", "swow");
    check("show --fast", "error-usage-argument", "--fast");
    check("set", "error-usage-missing", "<PATH>");
    check("history --limit many", "error-usage-value", "many");
    check("completions cmd", "error-usage-value", "cmd");
    check("move a --after b --first", "error-usage-conflict", "--first");
    assert_eq!(fault_of("set").values["help"], "`jospar set --help`");
    assert_eq!(fault_of("swow").values["help"], "`jospar --help`");
}

#[test]
fn the_language_is_the_one_that_was_asked_for() {
    let of = |line: &str| {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        language(&arguments, |name| (name == "JOSPAR_LANG").then(|| "ru".to_owned()))
    };
    assert_eq!(of("show"), Ok(Language::Ru));
    assert_eq!(of("show --lang en"), Ok(Language::En));
    assert_eq!(of("--lang=kk show"), Ok(Language::Kk));
    assert_eq!(of("set a -- --lang=kk"), Ok(Language::Ru));
    assert_eq!(of("show --lang fr").unwrap_err().key, "error-language");
}

/// To whoever writes a plugin `--lang` means Python or JavaScript.
#[test]
fn a_new_plugins_language_is_its_template() {
    let given = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
    for (typed, meant) in [
        ("jospar plugin new a --lang js", "jospar plugin new a --template js"),
        ("jospar plugin new a --lang=rust", "jospar plugin new a --template=rust"),
        (
            "jospar --lang kk plugin new a --lang python",
            "jospar --lang kk plugin new a --template python",
        ),
        ("jospar plugin new a --lang ru", "jospar plugin new a --lang ru"),
        ("jospar plugin list --lang js", "jospar plugin list --lang js"),
        ("jospar plugin new a --lang", "jospar plugin new a --lang"),
    ] {
        assert_eq!(with_template(given(typed)), given(meant), "{typed}");
    }
}
