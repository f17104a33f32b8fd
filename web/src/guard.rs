//! The guard: who may ask the page's server anything at all (threats T26, T27, T28).
//!
//! Every request passes here before it is routed: `Host` names this server (no other name may lead here), a request
//! from another site's page is turned away, a session's cookie is there, and whatever changes something carries the
//! session's token and its own origin. Every answer leaves with the headers that keep it in its own page.
//! What this does not hold back is written in docs/web.md.

mod session;
mod upload;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) use session::{Sessions, equal, random_hex};
pub(crate) use upload::{
    Carried, PLAN_MEBIBYTES_MAX, Sent, UPLOAD_MEBIBYTES_MAX, Uploaded, forget_left,
};

/// The most bytes of a request's body: the longest text with every byte of it escaped, and some more.
pub(crate) const BODY_BYTES_MAX: usize = 512 * 1024;
/// How long a request may take, but for the one that waits for changes.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// How long it may take to read a plan out of a large file.
const PLAN_TIME: Duration = Duration::from_secs(1_200);
/// The token's place in a request that a script makes.
const TOKEN_HEADER: &str = "x-jospar-token";
/// The address that waits for changes as long as the page is open.
pub(crate) const LIVE: &str = "/live";
/// Addresses that take a file.
const UPLOAD: &str = "/upload/";
/// Where the words of a recovery sheet open a file.
const RECOVER: &str = "/recover";
/// Where plugins are run.
const RUN: &str = "/plugins/run";
/// Where the first link leads.
pub(crate) const START: &str = "/start";
/// Where a second `jospar open` asks for a link of its own.
pub(crate) const LINK: &str = "/link";

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// What the guard knows.
#[derive(Debug)]
pub(crate) struct Guard {
    /// The port of this server.
    pub(crate) port: u16,
    /// The data folder, where large files wait.
    pub(crate) folder: PathBuf,
    /// Who was let in.
    pub(crate) sessions: Sessions,
}

/// The session of a request that was let through.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    /// What a request of this session carries if it changes something.
    pub(crate) token: String,
}

/// The fields of a form, read and checked by the guard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted(BTreeMap<String, String>);

impl Posted {
    /// The field's text; empty if it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What stands behind `prefix` in the names of fields that were sent.
    pub(crate) fn flags(&self, prefix: &str) -> impl Iterator<Item = &str> {
        self.0.keys().filter_map(move |name| name.strip_prefix(prefix))
    }

    /// The field's text, if it was sent.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Why a request was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// `Host` is not this server: a name that somebody pointed at this computer.
    OtherHost,
    /// Another site's page made the request.
    OtherSite,
    /// No session.
    Stranger,
    /// The token is not the session's.
    Token,
    /// The body is too long, or no form.
    Body,
    /// It took too long.
    Late,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::OtherHost => (StatusCode::MISDIRECTED_REQUEST, "421"),
            Self::OtherSite => (StatusCode::FORBIDDEN, "403: another site"),
            Self::Stranger => (StatusCode::UNAUTHORIZED, "401: jospar open"),
            Self::Token => (StatusCode::FORBIDDEN, "403: token"),
            Self::Body => (StatusCode::PAYLOAD_TOO_LARGE, "413"),
            Self::Late => (StatusCode::GATEWAY_TIMEOUT, "504"),
        };
        (status, text).into_response()
    }
}

/// Lets a request through, or turns it away; every answer gets its headers.
pub(crate) async fn guard(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    // A model on a small computer takes its time, which its own settings bound.
    let path = request.uri().path();
    let lives = [LIVE, RUN].contains(&path);
    let reads_plan = path == RECOVER || upload::carries_plan(path);
    let time = if reads_plan { PLAN_TIME } else { ANSWER_TIME };
    let answer = match admit(&guard, request).await {
        Ok(request) if lives => next.run(request).await,
        Ok(request) => match tokio::time::timeout(time, next.run(request)).await {
            Ok(answer) => answer,
            Err(_) => Refusal::Late.into_response(),
        },
        Err(refusal) => refusal.into_response(),
    };
    with_headers(answer)
}

async fn admit(guard: &Guard, request: Request) -> Result<Request, Refusal> {
    let host = host(&request, guard.port).ok_or(Refusal::OtherHost)?.to_owned();
    let path = request.uri().path().to_owned();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if path == LINK && !reads {
        // A program, not a page: it proves itself with the secret of the folder's file, which the route compares.
        let headers = request.headers();
        let of_page = headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site");
        return if of_page { Err(Refusal::OtherSite) } else { Ok(request) };
    }
    check_site(request.headers(), &host, reads, &path)?;
    if path == START && reads {
        return Ok(request);
    }
    let admitted = cookie(request.headers(), guard.port)
        .and_then(|cookie| guard.sessions.find(cookie))
        .ok_or(Refusal::Stranger)?;
    let mut request = match reads {
        true => request,
        false if path.starts_with(UPLOAD) => uploaded(guard, request, &admitted.token).await?,
        false => posted(request, &admitted.token).await?,
    };
    request.extensions_mut().insert(admitted);
    Ok(request)
}

/// The `Host` of a request, if it is this server's: exactly one header with one of two texts.
fn host(request: &Request, port: u16) -> Option<&str> {
    let mut named = request.headers().get_all(HOST).into_iter();
    let (Some(host), None) = (named.next(), named.next()) else { return None };
    let host = host.to_str().ok()?;
    let known = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let authority = request.uri().authority().is_none_or(|authority| authority.as_str() == host);
    (authority && known.iter().any(|known| known == host)).then_some(host)
}

/// Turns away what another site's page asked for. A link from elsewhere may lead to the start only.
fn check_site(headers: &HeaderMap, host: &str, reads: bool, path: &str) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let own = format!("http://{host}");
    let origin = text(ORIGIN.as_str());
    if !reads && origin != Some(own.as_str()) {
        return Err(Refusal::OtherSite);
    }
    if origin.is_some_and(|origin| origin != own) {
        return Err(Refusal::OtherSite);
    }
    match text("sec-fetch-site") {
        None | Some("same-origin") => Ok(()),
        Some("none") if reads => Ok(()),
        Some(_) if reads && path == START => Ok(()),
        Some(_) => Err(Refusal::OtherSite),
    }
}

/// The cookie's name. It says the port, because a browser keeps no cookies apart by port.
pub(crate) fn cookie_name(port: u16) -> String {
    format!("jospar-{port}")
}

fn cookie(headers: &HeaderMap, port: u16) -> Option<&str> {
    find_cookie(headers, &cookie_name(port))
}

/// The cookie of this name.
pub(crate) fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).into_iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = all.flat_map(|cookies| cookies.split(';')).map(str::trim);
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Reads a form whole and compares its token.
async fn posted(request: Request, token: &str) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    let form = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !form.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(Refusal::Body);
    }
    let bytes = tokio::time::timeout(ANSWER_TIME, to_bytes(body, BODY_BYTES_MAX));
    let bytes = bytes.await.map_err(|_| Refusal::Late)?.map_err(|_| Refusal::Body)?;
    let fields: Vec<(String, String)> =
        serde_urlencoded::from_bytes(&bytes).map_err(|_| Refusal::Body)?;
    let fields = Posted(fields.into_iter().collect());
    let header = parts.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
    let said = header.or_else(|| fields.find("token")).unwrap_or_default();
    if !equal(said, token) {
        return Err(Refusal::Token);
    }
    parts.extensions.insert(fields);
    Ok(Request::from_parts(parts, Body::empty()))
}

/// Takes a file. Its token stands in the header, which only a script of the page can write.
async fn uploaded(guard: &Guard, request: Request, token: &str) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    let said = parts.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
    if !equal(said.unwrap_or_default(), token) {
        return Err(Refusal::Token);
    }
    let sent = upload::take((parts.uri.path(), &parts.headers), body, &guard.folder).await?;
    parts.extensions.insert(sent);
    Ok(Request::from_parts(parts, Body::empty()))
}

fn with_headers(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with it, browsers send `Origin: null` with forms of the page itself.
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let cache = HeaderName::from_static("cache-control");
    headers.entry(cache).or_insert(HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests;
