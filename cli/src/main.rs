//! The command `jospar`: a school's device. Adds no rules; `jospar-node` answers, and this asks and tells.

mod args;
mod commands;
mod error;
mod help;
mod interrupt;
mod output;
mod place;
mod progress;
mod report;
mod session;
mod tree;
mod value;
mod words;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;
use jospar_locales::Language;
use jospar_node::service::{Fault, FaultKind};

use crate::args::Arguments;
use crate::output::Output;
use crate::place::Place;
use crate::session::Session;
use crate::words::Words;

fn main() -> ExitCode {
    if let Some(code) = jospar_plugin_host::compile_if_asked(std::env::args_os()) {
        return code;
    }
    let given = help::with_template(std::env::args_os().collect());
    let arguments: Vec<String> =
        given.iter().skip(1).map(|argument| argument.to_string_lossy().into()).collect();
    let json = arguments.iter().take_while(|argument| *argument != "--").any(|a| a == "--json");
    let variable = |name: &str| std::env::var(name).ok();
    let words = match help::language(&arguments, variable) {
        Ok(language) => Words::new(language),
        Err(fault) => {
            let words = Words::new(Language::from_environment(variable));
            return failed(&words, &fault, json);
        }
    };
    let parsed = help::command(words.catalogue())
        .try_get_matches_from(given)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            // A reader who has gone needs no help.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) if error.kind() == ErrorKind::MissingSubcommand && arguments.is_empty() => {
            let help = help::command(words.catalogue()).render_help();
            let _ = writeln!(io::stderr().lock(), "{help}");
            return FaultKind::Usage.exit_code().into();
        }
        Err(error) => return failed(&words, &help::fault(&error, &arguments), json),
    };
    let place = match Place::of(&parsed.global) {
        Ok(place) => place,
        Err(fault) => return failed(&words, &fault, json),
    };
    let out = Output::new(parsed.global.json, parsed.global.quiet);
    let mut session = Session::new(words, out, place, parsed.global.yes);
    let outcome = commands::run(&mut session, parsed.command);
    session.close();
    match outcome {
        Ok(code) => code.into(),
        Err(fault) => failed(&session.words, &fault, json),
    }
}

/// Tells on standard error why a command was not carried out.
fn failed(words: &Words, fault: &Fault, json: bool) -> ExitCode {
    let mut errors = io::stderr().lock();
    // Nobody is left to tell that standard error cannot be written.
    let _ = if json {
        writeln!(errors, "{:#}", error::document(words, fault))
    } else {
        writeln!(errors, "{}: {}", words.word("label-error"), error::message(words, fault))
    };
    fault.kind.exit_code().into()
}
