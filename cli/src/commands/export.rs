//! The plan as a file: JSON with all of it, or a form that people use elsewhere.

use std::io::IsTerminal as _;
use std::path::Path;

use jospar_core::time::Timestamp;
use jospar_export::{ExportError, FormFormat, Format, Plan, Role, Wanted};
use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Map, Value, json};

use super::files::write_whole;
use crate::args::{Export, SurveyAction};
use crate::session::{Outcome, Session};
use crate::words::{count_at, text_or_empty};

/// The form that holds all of a plan and can be imported again.
const JSON: &str = "json";

pub(crate) fn export(session: &mut Session, wanted: Export) -> Outcome {
    let file = wanted.out.clone().unwrap_or_else(|| wanted.file.clone());
    let format = format_of(&wanted, &file);
    let is_text = format.is_none_or(|format| !matches!(format, Format::Docx | Format::Xlsx));
    let to_output = file == Path::new("-");
    if to_output && !is_text && std::io::stdout().is_terminal() {
        return Err(Fault::new(FaultKind::Usage, "error-export-terminal", json!({})));
    }
    if format.is_none() && (wanted.part.is_some() || wanted.id.is_some()) {
        return Err(Fault::new(FaultKind::Usage, "error-export-json-whole", json!({})));
    }
    let answer = session.ask_long(&Request::Export, "progress-export")?;
    let text = match answer.get("plan") {
        Some(Value::String(text)) => text.clone(),
        Some(plan) => format!("{plan:#}\n"),
        None => return Err(Fault::internal("an export without a plan")),
    };
    let bytes = match format {
        None => text.into_bytes(),
        Some(format) => {
            let wanted = Wanted { format, part: wanted.part.as_deref(), id: wanted.id.as_deref() };
            let now = Timestamp(jiff::Timestamp::now().as_millisecond());
            let language = session.words.catalogue().language();
            let plan = Plan::read(&text).map_err(|error| fault(&error))?;
            jospar_export::export(&plan, wanted, language, now)
                .map_err(|error| fault(&error))?
                .bytes
        }
    };
    write(session, &file, &bytes, &["export-people"])
}

/// Puts a file where a person wants it, with what is to be said of it.
fn write(session: &mut Session, file: &Path, bytes: &[u8], notes: &[&str]) -> Outcome {
    if file == Path::new("-") {
        session.out.bytes(bytes)?;
        return Ok(0);
    }
    write_whole(file, bytes, session.agreed())?;
    let written = json!({"path": file.display().to_string(), "bytes": bytes.len()});
    session.print(&written, |words, written| {
        let size = words.catalogue().size(count_at(written, "/bytes"));
        let path = text_or_empty(written, "/path");
        let values = [("path", path.into()), ("size", size.into())];
        let mut lines = vec![words.text("export-written", &values)];
        lines.extend(notes.iter().map(|note| words.word(note)));
        lines
    })?;
    Ok(0)
}

/// A survey's form, for whoever answers it elsewhere.
pub(crate) fn survey(session: &mut Session, action: SurveyAction) -> Outcome {
    let SurveyAction::Form { survey, file, format, role } = action;
    let format = FormFormat::from_name(&format).unwrap_or(FormFormat::Markdown);
    let role = Role::from_name(&role).unwrap_or(Role::Teacher);
    let answer = session.ask_long(&Request::Export, "progress-export")?;
    let plan = answer.get("plan").map(ToString::to_string).unwrap_or_default();
    let language = session.words.catalogue().language();
    let plan = Plan::read(&plan).map_err(|error| fault(&error))?;
    let made = jospar_export::questionnaire(&plan, &survey, role, format, language)
        .map_err(|error| fault(&error))?;
    write(session, &file, &made.bytes, &["web-survey-no-host"])
}

/// The form that was named, or that the file's name ends with; `None` for JSON.
fn format_of(wanted: &Export, file: &Path) -> Option<Format> {
    let ending = || file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    let name = wanted.format.clone().or_else(ending).unwrap_or_else(|| JSON.to_owned());
    Format::from_extension(&name)
}

/// Why no file was made.
fn fault(error: &ExportError) -> Fault {
    let kind = match error {
        ExportError::UnknownPart { .. } | ExportError::UnknownId { .. } => FaultKind::NotFound,
        ExportError::PartNeeded { .. } | ExportError::IdNotPossible { .. } => FaultKind::Usage,
        ExportError::NotAPlan(_) => FaultKind::Damaged,
        _ => FaultKind::System,
    };
    let values = error.arguments().into_iter();
    let values: Map<String, Value> =
        values.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    Fault::new(kind, error.key(), Value::Object(values))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::path::PathBuf;

    use jospar_locales::Language;

    use super::*;
    use crate::words::Words;

    #[test]
    fn the_name_of_the_file_says_what_is_written_unless_a_format_is_named() {
        let of = |format: Option<&str>, file: &str| {
            let format = format.map(str::to_owned);
            let file = PathBuf::from(file);
            let wanted = Export { file: file.clone(), format, part: None, id: None, out: None };
            format_of(&wanted, &file)
        };
        assert_eq!(of(None, "-"), None);
        assert_eq!(of(None, "plan.json"), None);
        assert_eq!(of(None, "plan"), None);
        assert_eq!(of(None, "жоспар.DOCX"), Some(Format::Docx));
        assert_eq!(of(Some("md"), "plan.docx"), Some(Format::Markdown));
        assert_eq!(of(Some("json"), "plan.docx"), None);
    }

    #[test]
    fn why_no_file_was_made_is_told_with_what_there_is() {
        let known = vec!["risks".to_owned(), "kpis".to_owned()];
        let words = Words::utc(Language::En);
        let told = |error: ExportError| {
            let fault = fault(&error);
            (crate::error::message(&words, &fault), fault.kind.exit_code())
        };
        let (message, code) = told(ExportError::UnknownPart { part: "x".to_owned(), known });
        assert_eq!(
            message,
            "There is no part x for such a file. Choose one of these: risks, kpis."
        );
        assert_eq!(code, 3);
        let (message, code) = told(ExportError::IdNotPossible { format: Format::Xlsx });
        assert!(message.contains("xlsx"), "{message}");
        assert_eq!(code, 2);
    }
}
