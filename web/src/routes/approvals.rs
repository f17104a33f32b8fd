//! Approvals: who signed what, codes on paper held against the plan, and the district auditor's one page.

use axum::response::{IntoResponse as _, Redirect};
use jospar_locales::words::text_or_empty;
use jospar_node::service::{ApprovalRequest, Request};
use maud::html;
use serde_json::Value;

use super::read::finish;
use super::{Answer, Form, Reader};
use crate::view::{about, proof};

async fn page(reader: Reader, checked: Option<Value>) -> Answer {
    let mut draft = reader.draft("/approvals".to_owned()).await?;
    reader.names(&mut draft).await?;
    let list = reader.ask(Request::Approval(ApprovalRequest::List { what: None })).await?;
    let role = text_or_empty(&draft.status, "/device/role");
    let context = &draft.context;
    let body = html! {
        (about::approvals(context, &list, matches!(role, "director" | "teacher")))
        (proof::check(context, checked.as_ref()))
        p { a href="/auditor" { (context.words.word("web-page-auditor")) } }
    };
    let title = draft.context.words.word("web-page-approvals");
    Ok(finish(&reader, &draft, "approvals", title, &body))
}

pub(crate) async fn list(reader: Reader) -> Answer {
    page(reader, None).await
}

/// What a code says that was scanned from paper.
pub(crate) async fn check(reader: Reader, form: Form) -> Answer {
    let code = form.field("code").split_whitespace().collect::<String>();
    let checked = reader.ask(Request::Approval(ApprovalRequest::Check { code })).await?;
    page(reader, Some(checked)).await
}

pub(crate) async fn check_anew() -> Redirect {
    Redirect::to("/approvals")
}

/// The district auditor's one page.
pub(crate) async fn auditor(reader: Reader) -> Answer {
    let draft = reader.draft("/auditor".to_owned()).await?;
    let answer = reader.ask(Request::AuditorPage { publish: false }).await?;
    let leads = matches!(text_or_empty(&draft.status, "/device/role"), "director" | "teacher");
    let body = proof::auditor(&draft.context, &answer, leads);
    let title = draft.context.words.word("web-page-auditor");
    Ok(finish(&reader, &draft, "approvals", title, &body))
}

pub(crate) async fn publish(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::AuditorPage { publish: true }).await?;
    let back = form.field("back");
    Ok(Redirect::to(super::inside(back)).into_response())
}
