//! Addresses: which request is answered by what, and what all answers share.

mod approvals;
mod company;
mod discuss;
mod edit;
mod entry;
mod evidence;
mod history;
mod model;
mod overview;
mod people;
mod plugins;
mod read;
mod rescue;
mod safety;
mod surveys;
mod tables;
mod years;

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use jospar_locales::Language;
use jospar_locales::words::{Words, text_or_empty};
use jospar_node::service::{Fault, FaultKind, Request};
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::assets;
use crate::guard::{
    Admitted, Carried, LINK, LIVE, Posted, START, Sent, Uploaded, find_cookie, guard,
};
use crate::kept;
use crate::live;
use crate::server::App;
use crate::view::frame;
pub(crate) use read::{Part, part_title};

/// The cookie that keeps the reader's language from one start to the next.
const LANGUAGE_COOKIE: &str = "jospar-language";

/// Where a page says who is on it.
const HERE: &str = "/here";

/// All addresses, behind the guard.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(overview::overview))
        .route("/calendar", get(overview::calendar))
        .route("/search", get(overview::search))
        .route("/page/{name}", get(read::page))
        .route("/plan/{*path}", get(read::place))
        .route("/find/{id}", get(read::find))
        .route("/history", get(history::history))
        .route("/conflicts", get(read::conflicts))
        .route("/approvals", get(approvals::list))
        .route("/approvals/check", get(approvals::check_anew).post(approvals::check))
        .route("/auditor", get(approvals::auditor).post(approvals::publish))
        .route("/print", get(read::print))
        .route("/paper/{id}", get(read::paper))
        .route("/sheet/{*path}", get(read::sheet))
        .route("/state", get(read::state))
        .route(LIVE, get(live::stream))
        .route(HERE, post(company::here))
        .route("/assets/{folder}/{name}", get(assets::file))
        .merge(edits())
        .merge(doors())
        .merge(plugins())
        .merge(safety())
        .merge(years())
        .merge(surveys())
        .fallback(missing)
        .layer(from_fn_with_state(Arc::clone(&app), note_changes))
        .layer(from_fn_with_state(Arc::clone(&app.guard), guard))
        .with_state(app)
}

/// What changes the plan.
fn edits() -> Router<Arc<App>> {
    Router::new()
        .route("/set", post(edit::set))
        .route("/text", post(edit::text))
        .route("/add", post(edit::add))
        .route("/remove", post(edit::remove))
        .route("/move", post(edit::move_item))
        .route("/place", post(edit::place))
        .route("/include", post(edit::include))
        .route("/exclude", post(edit::exclude))
        .route("/entry", post(edit::entry))
        .route("/resolve", post(edit::resolve))
        .route("/undo", post(edit::undo))
        .route("/restore-to", post(edit::restore))
        .route("/approve", post(edit::approve))
        .route("/seen", post(overview::seen))
        .route("/discuss", post(discuss::say))
        .route("/discuss/reply", post(discuss::reply))
        .route("/discuss/resolve", post(discuss::resolve))
}

/// The way in, and people.
fn doors() -> Router<Arc<App>> {
    Router::new()
        .route(START, get(entry::start))
        .route(LINK, post(entry::link))
        .route("/language", post(entry::language))
        .route("/welcome", get(entry::welcome))
        .route("/welcome/new", post(entry::begin))
        .route("/welcome/join", post(entry::join))
        .route("/welcome/again", post(entry::again))
        .route("/devices", get(people::devices))
        .route("/invite", get(people::devices_anew).post(people::invite))
        .route("/claim", post(people::claim))
        .route("/quit", post(entry::quit))
        .route("/confirm", post(people::confirm))
        .route("/decline", post(people::decline))
        .route("/revoke", post(people::revoke))
        .route("/backup", get(people::devices_anew).post(people::backup))
}

/// What keeps the plan safe.
fn safety() -> Router<Arc<App>> {
    Router::new()
        .route("/restore", get(rescue::restore_page).post(rescue::restore_now))
        .route("/recover", get(rescue::recover_page).post(rescue::recover))
        .route("/upload/recovery", post(rescue::recover_file))
        .route("/recovery", get(safety::recovery).post(safety::draft_sheet))
        .route("/recovery/keep", get(safety::recovery_anew).post(safety::keep_sheet))
        .route("/aside", get(safety::aside))
        .route("/aside/adopt", post(safety::adopt))
        .route("/aside/discard", post(safety::discard))
        .route("/assign", post(safety::assign))
        .route("/files", get(safety::files))
        .route("/files/plan", get(safety::download))
        .route("/files/stick", post(safety::stick))
        .route("/upload/stick", post(safety::take_stick))
        .route("/upload/plan", post(safety::take_plan))
        .route("/upload/evidence", post(evidence::take))
        .route("/file/{hash}", get(evidence::show))
}

/// Surveys, and tables that people give.
fn surveys() -> Router<Arc<App>> {
    Router::new()
        .route("/survey/{id}", get(surveys::one))
        .route("/survey/{id}/paper", get(surveys::paper))
        .route("/survey/{id}/file", get(surveys::file))
        .route("/survey/{id}/type", get(surveys::typing).post(surveys::type_in))
        .route("/survey/{id}/import/{key}", get(surveys::preview).post(surveys::import))
        .route("/upload/answers/{id}", post(surveys::give))
        .route("/upload/table/{list}", post(tables::give))
        .route("/table/{list}/{key}", get(tables::preview).post(tables::add))
}

/// Years.
fn years() -> Router<Arc<App>> {
    Router::new()
        .route("/years", get(years::list))
        .route("/years/next", get(years::next))
        .route("/years/begin", post(years::begin))
        .route("/years/back", post(years::take_back))
        .route("/years/{year}", get(years::one))
        .route("/years/{year}/plan", get(years::plan))
}

/// Plugins.
fn plugins() -> Router<Arc<App>> {
    Router::new()
        .route("/model", get(model::model).post(model::set))
        .route("/model/key", post(model::key))
        .route("/model/forget", post(model::forget))
        .route("/model/off", post(model::off))
        .route("/model/test", get(model::model).post(model::test))
        .route("/model/send", get(model::model).post(model::send))
        .route("/model/accept", post(model::accept))
        .route("/plugins", get(plugins::list))
        .route("/plugins/{plugin}", get(plugins::one))
        .route("/plugins/run", post(plugins::run))
        .route("/plugins/accept", post(plugins::accept))
        .route("/plugins/decide", post(plugins::decide))
        .route("/plugins/settings", post(plugins::settings))
        .route("/plugins/enable", post(plugins::enable))
        .route("/plugins/memory", post(plugins::memory))
        .route("/plugins/remove", post(plugins::remove))
        .route("/plugins/publish", post(plugins::publish))
        .route("/plugins/take", post(plugins::take))
        .route("/install/{hash}", get(plugins::ask))
        .route("/install", post(plugins::install))
        .route("/upload/plugin", post(plugins::give))
        .route("/upload/run", post(plugins::run_with_file))
}

/// Who asks: the app, the reader's language and the session's token.
#[derive(Debug)]
pub(crate) struct Reader {
    app: Arc<App>,
    language: Language,
    token: String,
    headers: HeaderMap,
}

/// Reads what the first page shows, so that it is there when the browser asks; without a plan it does nothing.
pub(crate) async fn warm(app: Arc<App>) {
    let (language, token, headers) = (app.language, String::new(), HeaderMap::new());
    drop(overview::warm(&Reader { app, language, token, headers }).await);
}

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let chosen = find_cookie(&parts.headers, LANGUAGE_COOKIE);
        let language = chosen.and_then(|code| code.parse().ok()).unwrap_or(app.language);
        let token = parts.extensions.get::<Admitted>().map(|admitted| admitted.token.clone());
        Ok(Self {
            app: Arc::clone(app),
            language,
            token: token.unwrap_or_default(),
            headers: parts.headers.clone(),
        })
    }
}

impl FromRequestParts<Arc<App>> for Uploaded {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        match sent(parts, app).await? {
            Sent::Held(file) => Ok(file),
            _ => Err(StatusCode::BAD_REQUEST.into_response().into()),
        }
    }
}

impl FromRequestParts<Arc<App>> for Carried {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        match sent(parts, app).await? {
            Sent::Carried(file) => Ok(file),
            _ => Err(StatusCode::BAD_REQUEST.into_response().into()),
        }
    }
}

/// The file of a request; in words why there is none.
async fn sent(parts: &mut Parts, app: &Arc<App>) -> Result<Sent, Trouble> {
    let Ok(reader) = Reader::from_request_parts(parts, app).await;
    match parts.extensions.remove::<Sent>() {
        Some(Sent::TooLarge(limit)) => {
            let values = json!({"limit": limit});
            let mut trouble =
                reader.trouble(&Fault::new(FaultKind::Usage, "error-upload-large", values));
            *trouble.answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            Err(trouble)
        }
        Some(Sent::NotWritten(reason)) => Err(reader.no_file(&reason)),
        Some(sent) => Ok(sent),
        None => Err(StatusCode::BAD_REQUEST.into_response().into()),
    }
}

impl Reader {
    async fn ask(&self, request: Request) -> Result<Value, Trouble> {
        self.answer(request).await.map_err(|fault| self.trouble(&fault))
    }

    /// The school's day, `YYYY-MM-DD`.
    async fn today(&self) -> Result<String, Trouble> {
        let lint = self.ask(Request::Lint { as_of: None }).await?;
        Ok(text_or_empty(&lint, "/as_of").to_owned())
    }

    /// Asks the node; an answer that depends on the plan alone is kept until anything changes.
    async fn answer(&self, request: Request) -> Result<Value, Fault> {
        let now = || self.app.kept.moment(self.app.news.borrow().number());
        let (name, moment) = (kept::name_of(&request), now());
        if let Some(answer) = name.as_ref().and_then(|name| self.app.kept.find(moment, name)) {
            return Ok(answer);
        }
        let answer = self.app.door.ask(request).await?;
        if let Some(name) = name {
            self.app.kept.keep(moment, now(), name, &answer);
        }
        Ok(answer)
    }

    fn words(&self) -> Result<&Words, Trouble> {
        self.app
            .words(self.language)
            .ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response().into())
    }

    /// True for a request that a script of the page made.
    fn is_script(&self) -> bool {
        self.headers.contains_key("hx-request") || self.headers.contains_key("x-jospar-script")
    }

    /// What a person is told of a fault, on a page that leads back.
    fn trouble(&self, fault: &Fault) -> Trouble {
        if fault.key == "error-not-a-workspace" {
            return Redirect::to("/welcome").into_response().into();
        }
        let Ok(words) = self.words() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response().into();
        };
        let told = words.fault(&fault.key, &fault.values);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        if self.is_script() {
            return (status, told).into_response().into();
        }
        let body = html! {
            h1 { (words.word("web-not-done")) }
            p.trouble role="alert" { (told) }
            p { a href="/" { (words.word("web-to-overview")) } }
        };
        let page = frame::bare(words, &self.token, &words.word("web-not-done"), &body);
        (status, page).into_response().into()
    }

    /// The answer to a change that was made: back to the page, or nothing for a script, which hears of it.
    fn done(&self, back: &str) -> Response {
        if self.is_script() {
            return StatusCode::NO_CONTENT.into_response();
        }
        Redirect::to(inside(back)).into_response()
    }
}

/// An address of this server; the overview for anything else.
fn inside(address: &str) -> &str {
    let own = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(['\\', '\r', '\n']);
    if own { address } else { "/" }
}

/// Why there is no page, as the answer that says so.
#[derive(Debug)]
pub(crate) struct Trouble {
    answer: Box<Response>,
}

impl From<Response> for Trouble {
    fn from(answer: Response) -> Self {
        Self { answer: Box::new(answer) }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        *self.answer
    }
}

/// What a route answers.
type Answer = Result<Response, Trouble>;
/// The form of a request.
type Form = Extension<Posted>;

/// Answers that were kept do not count behind a request that may have changed something.
async fn note_changes(
    State(app): State<Arc<App>>,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    // To say where one is changes no plan.
    let reads =
        [Method::GET, Method::HEAD].contains(request.method()) || request.uri().path() == HERE;
    let answer = next.run(request).await;
    if !reads {
        app.kept.changed();
    }
    answer
}

async fn missing(reader: Reader) -> Answer {
    let words = reader.words()?;
    let title = words.word("web-no-page");
    let body: Markup = html! {
        h1 { (title) }
        p { a href="/" { (words.word("web-to-overview")) } }
    };
    let page = frame::bare(words, &reader.token, &title, &body);
    Ok((StatusCode::NOT_FOUND, page).into_response())
}

#[cfg(test)]
mod tests;
