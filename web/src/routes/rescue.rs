//! Ways back to a plan: a backup, and the printed recovery sheet.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use jospar_node::service::{Request, TrustRequest};
use maud::html;

use super::entry::end_node;
use super::tables::Named;
use super::{Answer, Form, Reader};
use crate::guard::Carried;
use crate::restore;
use crate::view::{frame, rescue as view};

/// The most letters of a path, and of the sheet's words.
const TEXT_CHARS_MAX: usize = 4_000;

impl Reader {
    /// True if this device has a plan.
    async fn has_plan(&self) -> bool {
        let shown = Request::Show { path: String::new(), at: Vec::new() };
        self.app.door.ask(shown).await.is_ok()
    }
}

/// The backups that lie where the page makes them, and a place for another.
pub(crate) async fn restore_page(reader: Reader) -> Answer {
    let words = reader.words()?;
    let home = std::env::home_dir().filter(|home| home.is_dir());
    let folder = home.unwrap_or_else(|| reader.app.folder.clone());
    let found = tokio::task::spawn_blocking(move || restore::found(&folder)).await;
    let found = found.unwrap_or_default();
    let own = reader.app.door.is_own();
    let body = view::restore(words, &reader.token, &found, (reader.has_plan().await, own));
    Ok(frame::bare(words, &reader.token, &words.word("web-restore-backup"), &body).into_response())
}

/// Checks the backup, leaves the wish, and ends the node: whoever started it goes on from there.
pub(crate) async fn restore_now(reader: Reader, form: Form) -> Answer {
    if !reader.app.door.is_own() {
        return Ok(Redirect::to("/restore").into_response());
    }
    let path: String = [form.field("path"), form.field("found")]
        .into_iter()
        .find(|path| !path.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .chars()
        .take(TEXT_CHARS_MAX)
        .collect();
    let backup = std::path::PathBuf::from(&path);
    let looked = backup.clone();
    let checked = tokio::task::spawn_blocking(move || restore::check(&looked)).await;
    let checked = checked
        .unwrap_or_else(|error| Err(jospar_node::service::Fault::internal(&error.to_string())));
    checked.map_err(|fault| reader.trouble(&fault))?;
    reader.app.wish.leave(backup);
    end_node(reader.app.door.clone());
    let words = reader.words()?;
    let title = words.word("web-restore-backup");
    let body = html! { h1 { (title) } p role="status" { (words.word("web-restore-under-way")) } };
    Ok(frame::bare(words, &reader.token, &title, &body).into_response())
}

/// The way in with a recovery sheet.
pub(crate) async fn recover_page(reader: Reader) -> Answer {
    shown(reader, None).await
}

async fn shown(reader: Reader, failed: Option<String>) -> Answer {
    let words = reader.words()?;
    let has_plan = reader.has_plan().await;
    let file = reader.app.sheet_file.name();
    let body = view::recover(words, &reader.token, (has_plan, file.as_deref()), failed.as_deref());
    let page = frame::bare(words, &reader.token, &words.word("web-recover"), &body);
    let status = match failed {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok((status, page).into_response())
}

/// The workspace file that a colleague's device wrote, kept until the sheet is typed.
pub(crate) async fn recover_file(
    reader: Reader,
    Query(asked): Query<Named>,
    file: Carried,
) -> Answer {
    let name = asked.name.chars().take(120).collect();
    reader.app.sheet_file.keep(name, file);
    Ok("/recover".into_response())
}

pub(crate) async fn recover(reader: Reader, form: Form) -> Answer {
    let words: String = form.field("words").chars().take(TEXT_CHARS_MAX).collect();
    let lost = Some(form.field("lost").trim().to_owned()).filter(|lost| !lost.is_empty());
    let path = match reader.has_plan().await {
        true => None,
        false => reader.app.sheet_file.path().map(|path| path.display().to_string()),
    };
    let request = Request::Trust(TrustRequest::Recover { words, lost, path });
    match reader.app.door.ask(request).await {
        Ok(_) => {
            reader.app.sheet_file.forget();
            Ok(Redirect::to("/recovery").into_response())
        }
        Err(fault) => {
            let told = reader.words()?.fault(&fault.key, &fault.values);
            shown(reader, Some(told)).await
        }
    }
}
