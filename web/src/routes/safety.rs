//! What keeps the plan safe: recovery sheets, what was set aside, files that carry the plan.

use std::fmt::Display;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use jospar_export::{ExportError, File, Format, Plan, Wanted, export};
use jospar_locales::words::text_or_empty;
use jospar_node::clock;
use jospar_node::service::{Fault, FaultKind, Request, TrustRequest};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinError;

use super::read::finish;
use super::{Answer, Form, Reader, Trouble};
use crate::guard::{Carried, Uploaded};
use crate::view::safety as view;

/// A file that is wanted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WantedFile {
    /// `json`, or the ending of an export.
    #[serde(default)]
    format: String,
    /// The part or table, if not all.
    #[serde(default)]
    part: String,
    /// The thing, if not all of the part.
    #[serde(default)]
    id: String,
}

/// What a file brought, said once.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Told {
    /// What was taken in: `stick` or `plan`.
    #[serde(default)]
    took: String,
    /// Counts, as the node answered.
    #[serde(default)]
    answer: String,
}

async fn recovery_page(reader: Reader, draft: Option<Value>) -> Answer {
    let page = reader.draft("/recovery".to_owned()).await?;
    let state = reader.ask(Request::Trust(TrustRequest::State)).await?;
    let body = view::recovery(&page.context, &state, draft.as_ref());
    let title = page.context.words.word("web-page-recovery");
    Ok(finish(&reader, &page, "recovery", title, &body))
}

pub(crate) async fn recovery(reader: Reader) -> Answer {
    recovery_page(reader, None).await
}

pub(crate) async fn draft_sheet(reader: Reader) -> Answer {
    let draft = reader.ask(Request::Trust(TrustRequest::DraftSheet)).await?;
    recovery_page(reader, Some(draft)).await
}

pub(crate) async fn keep_sheet(reader: Reader, form: Form) -> Answer {
    let sheet = form.field("sheet").to_owned();
    reader.ask(Request::Trust(TrustRequest::KeepSheet { sheet })).await?;
    Ok(reader.done("/recovery"))
}

pub(crate) async fn aside(reader: Reader) -> Answer {
    let mut draft = reader.draft("/aside".to_owned()).await?;
    reader.names(&mut draft).await?;
    let answer = reader.ask(Request::Quarantine).await?;
    let decides = text_or_empty(&draft.status, "/device/role") == "director";
    let body = view::aside(&draft.context, &answer, decides);
    let title = draft.context.words.word("web-page-aside");
    Ok(finish(&reader, &draft, "aside", title, &body))
}

pub(crate) async fn adopt(reader: Reader, form: Form) -> Answer {
    let change = form.field("path").to_owned();
    reader.ask(Request::Trust(TrustRequest::Adopt { change })).await?;
    Ok(reader.done("/aside"))
}

pub(crate) async fn discard(reader: Reader, form: Form) -> Answer {
    let change = form.field("path").to_owned();
    reader.ask(Request::Trust(TrustRequest::Discard { change })).await?;
    Ok(reader.done("/aside"))
}

pub(crate) async fn assign(reader: Reader, form: Form) -> Answer {
    let request = TrustRequest::Assign {
        device: form.field("path").to_owned(),
        role: form.field("role").to_owned(),
        kinds: Vec::new(),
        until: None,
    };
    reader.ask(Request::Trust(request)).await?;
    Ok(reader.done("/devices"))
}

pub(crate) async fn files(Query(told): Query<Told>, reader: Reader) -> Answer {
    let draft = reader.draft("/files".to_owned()).await?;
    let words = draft.context.words;
    let answer: Value = serde_json::from_str(&told.answer).unwrap_or_default();
    let told = match told.took.as_str() {
        "stick" => Some(view::taken(words, &answer)),
        "plan" => Some(view::imported(words, &answer)),
        _ => None,
    };
    let body = view::files(&draft.context, told.as_deref());
    let title = words.word("web-page-files");
    Ok(finish(&reader, &draft, "files", title, &body))
}

impl Reader {
    /// A file of this device's own, gone when it is dropped.
    fn scratch(&self) -> Result<tempfile::TempDir, Trouble> {
        tempfile::tempdir_in(&self.app.folder).map_err(|error| self.no_file(&error))
    }

    /// A file of the data folder could not be opened or written.
    pub(crate) fn no_file(&self, reason: impl Display) -> Trouble {
        let values = json!({"path": self.app.folder, "reason": reason.to_string()});
        self.trouble(&Fault::new(FaultKind::System, "error-file", values))
    }
}

/// The plan, a part or a thing of it, as a file to keep.
pub(crate) async fn download(Query(wanted): Query<WantedFile>, reader: Reader) -> Answer {
    let exported = reader.ask(Request::Export).await?;
    let today = reader.today().await?;
    let json = exported["plan"].to_string();
    if wanted.format == "json" {
        let name = format!("plan-{}.json", today);
        return Ok(attached("application/json", &name, json.into_bytes()));
    }
    let Some(format) = Format::from_extension(&wanted.format) else {
        return super::missing(reader).await;
    };
    let language = reader.language;
    let made = tokio::task::spawn_blocking(move || {
        let part = Some(wanted.part.as_str()).filter(|part| !part.is_empty());
        let id = Some(wanted.id.as_str()).filter(|id| !id.is_empty());
        let plan = Plan::read(&json)?;
        export(&plan, Wanted { format, part, id }, language, clock::now())
    });
    reader.file(made.await)
}

impl Reader {
    /// A file that was made from the plan, for the browser to keep; in words why there is none.
    pub(super) fn file(&self, made: Result<Result<File, ExportError>, JoinError>) -> Answer {
        match made {
            Ok(Ok(file)) => Ok(attached(file.mime, &file.name, file.bytes)),
            Ok(Err(error)) => {
                let values = error.arguments();
                let values: Vec<_> =
                    values.into_iter().map(|(name, text)| (name, text.into())).collect();
                let told = self.words()?.text(error.key(), &values);
                Ok((StatusCode::UNPROCESSABLE_ENTITY, told).into_response())
            }
            Err(error) => Err(self.trouble(&Fault::internal(&error.to_string()))),
        }
    }
}

/// An answer that the browser keeps as a file. The name is one of this program's: letters, digits, hyphens, dots.
pub(super) fn attached(mime: &str, name: &str, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response()
}

/// Does file work on a thread that may block.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// The whole plan with its history, as the file that a stick carries.
pub(crate) async fn stick(reader: Reader) -> Answer {
    let scratch = reader.scratch()?;
    let path = scratch.path().join("plan");
    reader.ask(Request::Bundle { path: path.display().to_string() }).await?;
    let bytes =
        off_the_loop(move || std::fs::read(path)).await.map_err(|error| reader.no_file(&error))?;
    let today = reader.today().await?;
    let name = format!("jospar-{}.jospar", today);
    Ok(attached("application/octet-stream", &name, bytes))
}

pub(crate) async fn take_stick(reader: Reader, file: Carried) -> Answer {
    let path = file.path().display().to_string();
    let answer = reader.ask(Request::TakeBundle { path }).await?;
    Ok(said("stick", &answer))
}

pub(crate) async fn take_plan(reader: Reader, Uploaded(bytes): Uploaded) -> Answer {
    let json = String::from_utf8(bytes.to_vec()).map_err(|_| {
        reader.trouble(&Fault::new(FaultKind::Damaged, "error-not-a-plan", json!({"path": "JSON"})))
    })?;
    let answer = reader.ask(Request::Import { json }).await?;
    Ok(said("plan", &answer))
}

/// The address of the page that says what a file brought.
fn said(took: &str, answer: &Value) -> Response {
    let mut told = answer.clone();
    // The counts are enough, and addresses are short.
    if let Value::Object(members) = &mut told {
        let notices = members.get("notices").and_then(Value::as_array).map_or(0, Vec::len);
        let more = members.get("more").and_then(Value::as_u64).unwrap_or_default();
        members.retain(|_, value| value.is_number() || value.is_object());
        members.insert("more".to_owned(), json!(more + notices as u64));
    }
    let fields = [("took", took), ("answer", &told.to_string())];
    let query = serde_urlencoded::to_string(fields).unwrap_or_default();
    format!("/files?{query}").into_response()
}

/// For a page that answered a form and is loaded again.
pub(crate) async fn recovery_anew() -> Redirect {
    Redirect::to("/recovery")
}
