//! People and devices: inviting, letting in, shutting out, the server, backups.

use std::path::PathBuf;

use axum::response::Redirect;
use jospar_node::service::Request;
use serde_json::Value;

use super::read::finish;
use super::{Answer, Form, Reader};
use crate::view::people as view;

/// The page, with what a request on it has just made.
async fn shown(reader: Reader, made: Option<Value>) -> Answer {
    let draft = reader.draft("/devices".to_owned()).await?;
    let devices = reader.ask(Request::Devices).await?;
    let body = view::devices(&draft.context, &devices, made.as_ref());
    let title = draft.context.words.word("web-page-devices");
    Ok(finish(&reader, &draft, "devices", title, &body))
}

pub(crate) async fn devices(reader: Reader) -> Answer {
    shown(reader, None).await
}

/// For a page that answered a form and is loaded again.
pub(crate) async fn devices_anew() -> Redirect {
    Redirect::to("/devices")
}

pub(crate) async fn invite(reader: Reader, form: Form) -> Answer {
    let address = form.find("address").map(str::trim).filter(|text| !text.is_empty());
    let role = form.field("role").to_owned();
    let request = Request::Invite { role, address: address.map(str::to_owned) };
    let made = reader.ask(request).await?;
    shown(reader, Some(made)).await
}

pub(crate) async fn claim(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::Claim { link: form.field("link").trim().to_owned() }).await?;
    Ok(reader.done("/devices"))
}

pub(crate) async fn confirm(reader: Reader, form: Form) -> Answer {
    let device = form.field("path").to_owned();
    reader.ask(Request::Confirm { device, role: None, kinds: Vec::new() }).await?;
    Ok(reader.done("/devices"))
}

pub(crate) async fn decline(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::Decline { device: form.field("path").to_owned() }).await?;
    Ok(reader.done("/devices"))
}

pub(crate) async fn revoke(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::Revoke { device: form.field("path").to_owned() }).await?;
    Ok(reader.done("/devices"))
}

/// Writes a backup into the user's home folder, where people look for files; else into the data folder.
pub(crate) async fn backup(reader: Reader) -> Answer {
    let home = std::env::home_dir().filter(|home| home.is_dir());
    let folder: PathBuf = home.unwrap_or_else(|| reader.app.folder.clone());
    let today = reader.today().await?;
    let taken = |number: &u32| !folder.join(file_name(&today, *number)).exists();
    let number = (1..1_000).find(taken).unwrap_or(1);
    let path = folder.join(file_name(&today, number)).display().to_string();
    let made = reader.ask(Request::Backup { path }).await?;
    shown(reader, Some(made)).await
}

fn file_name(day: &str, number: u32) -> String {
    if number == 1 {
        format!("jospar-{day}.backup")
    } else {
        format!("jospar-{day}-{number}.backup")
    }
}
