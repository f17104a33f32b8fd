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

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
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
    let has_person = io::stdin().is_terminal() && io::stdout().is_terminal();
    if is_click(cfg!(windows), given.len(), has_person) {
        let code = run(given.into_iter().chain(["open".into()]).collect());
        if code != ExitCode::SUCCESS {
            wait_for_enter();
        }
        return code;
    }
    run(given)
}

/// Whether this is a click on the program in Windows, or its bare name there: either means the page.
///
/// A program that asks without arguments gets the help, as elsewhere.
const fn is_click(is_windows: bool, given: usize, has_person: bool) -> bool {
    is_windows && given <= 1 && has_person
}

/// Keeps the console's window, which Windows closes with the program, until what went wrong is read.
fn wait_for_enter() {
    let words = Words::new(Language::from_environment(|name| std::env::var(name).ok()));
    let _ = writeln!(io::stderr().lock(), "{}", words.word("open-press-enter"));
    let _ = io::stdin().lock().take(1).read(&mut [0]);
}

/// Carries out a command line and tells what came of it.
fn run(given: Vec<OsString>) -> ExitCode {
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

#[cfg(test)]
mod tests {
    use super::is_click;

    #[test]
    fn a_click_is_known_from_a_call() {
        assert!(is_click(true, 1, true));
        assert!(!is_click(true, 2, true), "a command was given");
        assert!(!is_click(true, 1, false), "a program asks");
        assert!(!is_click(false, 1, true), "elsewhere there is a menu entry");
    }
}
