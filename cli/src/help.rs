//! The help and the mistakes of the command line, in the words of the catalogue.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, CommandFactory as _};
use jospar_locales::{Catalogue, Language};
use jospar_node::service::{Fault, FaultKind};
use serde_json::json;

use crate::args::Arguments;

/// The command line with `--template` where `plugin new` was given `--lang` and a programming language: to whoever writes
/// a plugin that is what the word means. A language that people speak stays `--lang`.
pub(crate) fn with_template(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_new = arguments.windows(2).any(|pair| pair == ["plugin", "new"]);
    let programming = |text: &OsStr| ["python", "js", "rust"].iter().any(|name| text == *name);
    for at in (0..arguments.len()).filter(|_| is_new) {
        let next = arguments.get(at + 1).cloned();
        let Some(argument) = arguments.get_mut(at) else { continue };
        let joined = argument.to_str().and_then(|text| text.strip_prefix("--lang="));
        if let Some(named) = joined.filter(|named| programming(OsStr::new(named))) {
            *argument = format!("--template={named}").into();
        } else if argument == "--lang" && next.is_some_and(|next| programming(&next)) {
            *argument = "--template".into();
        }
    }
    arguments
}

/// The language that the command line asks for, else the one of the environment.
///
/// Looked for before the command line is parsed, since the mistakes of parsing are told in it.
///
/// # Errors
/// A fault if `--lang` names no language; it is told in the language of the environment.
pub(crate) fn language(
    arguments: &[String],
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Language, Fault> {
    let mut rest = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = rest.next() {
        let named = match argument.strip_prefix("--lang") {
            Some("") => rest.next().map(String::as_str),
            Some(named) => named.strip_prefix('='),
            None => None,
        };
        if let Some(named) = named {
            return named.parse().map_err(|_| {
                Fault::new(FaultKind::Usage, "error-language", json!({"value": named}))
            });
        }
    }
    Ok(Language::from_environment(variable))
}

/// The command line's grammar with all its texts.
pub(crate) fn command(catalogue: &Catalogue) -> clap::Command {
    let help = Arg::new("help").short('h').long("help").global(true).action(ArgAction::Help);
    let version = Arg::new("version").long("version").action(ArgAction::Version);
    let command = Arguments::command().arg(help).arg(version);
    let command = described(command, catalogue, "jospar");
    command.about(catalogue.text("help-about", &[]))
}

fn described(command: clap::Command, catalogue: &Catalogue, path: &str) -> clap::Command {
    let text = |key: &str| catalogue.text(key, &[]);
    let name = command.get_name().to_owned();
    // Of a command inside a command the help is that of both names: `help-recovery-sheet`.
    let key = path.strip_prefix("jospar ").unwrap_or(path).replace(' ', "-");
    let usage = usage(&command, catalogue, path);
    let subcommands: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    // The order of the lists: positions, options, and behind them what every command takes.
    let mut order = if path.contains(' ') { 0 } else { 1_000 };
    let mut command = command
        .about(text(&format!("help-{key}")))
        .override_usage(usage)
        .help_template(format!(
            "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}",
            text("help-heading-usage")
        ))
        .subcommand_help_heading(text("help-heading-commands"))
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                "help-heading-arguments"
            } else {
                "help-heading-options"
            };
            let help = text(&argument_key(&name, argument.get_id().as_str()));
            order += 1;
            let order =
                order + 2_000 * usize::from(matches!(name_of(&argument), "help" | "version"));
            let argument = argument.help(help).help_heading(text(heading)).display_order(order);
            if argument.get_action().takes_values() {
                argument.hide_env(true).hide_default_value(true).hide_possible_values(true)
            } else {
                argument
            }
        });
    for sub in subcommands {
        command = command
            .mut_subcommand(&sub, |found| described(found, catalogue, &format!("{path} {sub}")));
    }
    command
}

fn name_of(argument: &Arg) -> &str {
    argument.get_id().as_str()
}

/// The key of an argument's help.
fn argument_key(command: &str, argument: &str) -> String {
    let key = match (command, argument) {
        (_, "help") => return "help-help".to_owned(),
        (_, "version") => return "help-version".to_owned(),
        (_, "lang") => "language",
        ("new", "name") => "name-of-plugin",
        ("run", "plugin") => "id-or-folder",
        ("install" | "publish", "source") => "file-or-offer",
        ("settings", "value") => "setting-value",
        (_, "name") => "person",
        ("export", "id") => "thing-id",
        (_, "id") => "item-id",
        ("set" | "add", "text") => "as-text",
        ("include", "value") => "short-text",
        ("remove", "value") => "short-text-out",
        ("import" | "restore" | "verify" | "sign", "file") => "file",
        ("run", "file") => "run-file",
        ("accept", "text") => "answer-or-place",
        ("accept", "into") => "into-paper",
        ("set", "model") => "model-name",
        ("history", "from") => "from-day",
        ("history", "to") => "to-day",
        (_, "file") => "out",
        ("backup", "path") => "out",
        ("status", "strict") => "strict-status",
        ("use", "from") => "recovery-file",
        ("adopt" | "discard", "number") => "set-aside",
        (_, argument) => return format!("help-arg-{}", argument.replace('_', "-")),
    };
    format!("help-arg-{key}")
}

fn usage(command: &clap::Command, catalogue: &Catalogue, path: &str) -> String {
    let mut usage = format!("{path} {}", catalogue.text("help-usage-options", &[]));
    if command.has_subcommands() {
        usage.push(' ');
        usage.push_str(&catalogue.text("help-usage-command", &[]));
    }
    for argument in command.get_arguments() {
        let name = argument
            .get_value_names()
            .and_then(|names| names.first())
            .map_or_else(|| argument.get_id().as_str().to_uppercase(), ToString::to_string);
        let required = argument.is_required_set();
        match argument.get_long() {
            Some(long) if required => usage.push_str(&format!(" --{long} <{name}>")),
            Some(_) => {}
            None if matches!(argument.get_action(), ArgAction::Append) => {
                usage.push_str(&format!(" [{name}]…"));
            }
            None if required => usage.push_str(&format!(" <{name}>")),
            None => usage.push_str(&format!(" [{name}]")),
        }
    }
    usage
}

/// What is wrong with a command line, as a fault.
pub(crate) fn fault(error: &clap::Error, arguments: &[String]) -> Fault {
    let value = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let help = help_command(arguments);
    let usage = |key, values| Fault::new(FaultKind::Usage, key, values);
    let argument = value(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidSubcommand => usage(
            "error-usage-command",
            json!({"value": value(ContextKind::InvalidSubcommand), "help": help}),
        ),
        ErrorKind::UnknownArgument => {
            usage("error-usage-argument", json!({"value": argument, "help": help}))
        }
        ErrorKind::MissingRequiredArgument => {
            usage("error-usage-missing", json!({"value": argument, "help": help}))
        }
        ErrorKind::MissingSubcommand => {
            usage("error-usage-missing", json!({"value": "COMMAND", "help": help}))
        }
        ErrorKind::ArgumentConflict => usage(
            "error-usage-conflict",
            json!({"argument": argument, "value": value(ContextKind::PriorArg), "help": help}),
        ),
        _ if value(ContextKind::InvalidValue).is_empty() => {
            usage("error-usage-missing", json!({"value": argument, "help": help}))
        }
        _ => usage(
            "error-usage-value",
            json!({
                "value": value(ContextKind::InvalidValue),
                "argument": argument,
                "help": help,
            }),
        ),
    }
}

fn help_command(arguments: &[String]) -> String {
    let command = Arguments::command();
    let named = arguments.iter().find(|argument| command.find_subcommand(argument).is_some());
    named.map_or_else(|| "`jospar --help`".to_owned(), |named| format!("`jospar {named} --help`"))
}

#[cfg(test)]
mod tests;
