//! The way in: links, the language, the first run.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jospar_core::document::VALUE_CHARS_MAX;
use jospar_locales::Language;
use jospar_locales::words::text_or_empty;
use jospar_node::service::Request;
use maud::{DOCTYPE, html};
use serde::Deserialize;

use super::{Answer, Form, LANGUAGE_COOKIE, Reader, inside};
use crate::door::Door;
use crate::guard::cookie_name;
use crate::joined::SECRET_HEADER;
use crate::server::App;
use crate::view::{frame, welcome as view};

/// The plan that a new school may begin with.
const EXAMPLE: &str = include_str!("../../../data/example-plan.json");
/// How long the last answer may take to leave.
const ANSWERED: Duration = Duration::from_millis(300);
/// How long a browser keeps the language: a year.
const LANGUAGE_SECONDS: u32 = 365 * 24 * 60 * 60;

#[derive(Debug, Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    link: String,
}

/// Trades a link's secret for a cookie. The page that is answered leads on by itself: a redirect would count as asked
/// for by whoever showed the link, and the browser would keep the cookie to itself.
pub(crate) async fn start(State(app): State<Arc<App>>, Query(asked): Query<Link>) -> Response {
    let session = match app.guard.sessions.trade(&asked.link) {
        Ok(Some(session)) => session,
        Ok(None) => return refused(&app),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let name = cookie_name(app.guard.port);
    let cookie = format!("{name}={session}; Path=/; HttpOnly; SameSite=Strict");
    let page = html! {
        (DOCTYPE)
        html { head {
                link rel="icon" href="data:,";
                meta http-equiv="refresh" content="0; url=/";
                title { "jospar" }
            } body {} }
    };
    ([(SET_COOKIE, cookie)], page).into_response()
}

/// A link that was used before, or never was one.
fn refused(app: &App) -> Response {
    let told = app.words(app.language).map(|words| words.word("web-link-used"));
    let page = html! {
        (DOCTYPE)
        html { head { meta charset="utf-8"; title { "jospar" } } body { p { (told.unwrap_or_default()) } } }
    };
    (StatusCode::UNAUTHORIZED, page).into_response()
}

/// A link for another program of this user, which shows the secret of the folder's file.
pub(crate) async fn link(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let shown = headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok());
    if !crate::guard::equal(shown.unwrap_or_default(), &app.secret) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match app.guard.sessions.new_link() {
        Ok(link) => link.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Ends the program: everything is saved by then. For people who started it by a click and have no Ctrl-C.
pub(crate) async fn quit(reader: Reader) -> Answer {
    if !reader.app.door.is_own() {
        return Ok(reader.done("/"));
    }
    let told = reader.words()?.word("web-quit-done");
    end_node(reader.app.door.clone());
    let page = html! {
        (DOCTYPE)
        html {
            head { meta charset="utf-8"; link rel="icon" href="data:,"; title { "jospar" } }
            body { main { p { (told) } } }
        }
    };
    Ok(page.into_response())
}

/// Stops the node once the answer has had the time to leave.
pub(super) fn end_node(door: Door) {
    tokio::spawn(async move {
        tokio::time::sleep(ANSWERED).await;
        // A node that is gone already need not stop.
        drop(door.ask(Request::Stop).await);
    });
}

pub(crate) async fn language(form: Form) -> Response {
    let language: Option<Language> = form.field("language").parse().ok();
    let back = Redirect::to(inside(form.field("back")));
    let Some(language) = language else { return back.into_response() };
    let cookie = format!(
        "{LANGUAGE_COOKIE}={}; Path=/; Max-Age={LANGUAGE_SECONDS}; HttpOnly; SameSite=Strict",
        language.code()
    );
    ([(SET_COOKIE, cookie)], back).into_response()
}

/// The first run, or the wait at the door; the overview once there is a plan.
pub(crate) async fn welcome(reader: Reader) -> Answer {
    let shown = Request::Show { path: String::new(), at: Vec::new() };
    if reader.app.door.ask(shown).await.is_ok() {
        return Ok(Redirect::to("/").into_response());
    }
    let words = reader.words()?;
    let entry = reader.ask(Request::Entry).await?;
    let (title, body) = if text_or_empty(&entry, "/state") == "none" {
        let said = reader.app.said.take();
        (words.word("web-welcome"), view::begin(words, &reader.token, said.as_deref()))
    } else {
        let own = text_or_empty(&entry, "/words");
        (words.word("web-at-the-door"), view::waiting(words, &reader.token, &entry, own))
    };
    Ok(frame::bare(words, &reader.token, &title, &body).into_response())
}

/// Begins a plan: the school and its director, and the example if it was asked for.
pub(crate) async fn begin(reader: Reader, form: Form) -> Answer {
    let field =
        |name: &str| -> String { form.field(name).trim().chars().take(VALUE_CHARS_MAX).collect() };
    let (school, name) = (field("school"), field("name"));
    if school.is_empty() || name.is_empty() {
        return again(reader).await;
    }
    if form.field("with") == "example" {
        reader.ask(Request::Init { school: String::new(), name }).await?;
        reader.ask(Request::Import { json: EXAMPLE.to_owned() }).await?;
        for language in Language::ALL {
            let path = format!("plan/school/{}", language.code());
            let text = school.clone();
            reader.ask(Request::EditText { path, base: Vec::new(), text }).await?;
        }
    } else {
        reader.ask(Request::Init { school, name }).await?;
    }
    Ok(Redirect::to("/page/head").into_response())
}

/// Asks to be let in.
pub(crate) async fn join(reader: Reader, form: Form) -> Answer {
    let link = form.field("link").trim().to_owned();
    let name = form.field("name").trim().to_owned();
    match reader.app.door.ask(Request::Join { link, name }).await {
        Ok(_) => Ok(Redirect::to("/welcome").into_response()),
        Err(fault) => {
            let words = reader.words()?;
            let told = words.fault(&fault.key, &fault.values);
            let body = view::begin(words, &reader.token, Some(&told));
            let page = frame::bare(words, &reader.token, &words.word("web-welcome"), &body);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The questions of the first run once more.
pub(crate) async fn again(reader: Reader) -> Answer {
    let words = reader.words()?;
    let body = view::begin(words, &reader.token, None);
    Ok(frame::bare(words, &reader.token, &words.word("web-welcome"), &body).into_response())
}
