//! What the server tells its operator over HTTP, on this computer alone: `/health` for a watchdog, `/metrics` for a
//! collector, `/` for a person. Nothing can be changed here, and no id is longer than 8 digits.

mod openmetrics;
mod page;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use jospar_locales::{Catalogue, Language};
use jospar_node::checkup::{self, Check, Level};
use jospar_node::clock;
use jospar_node::handle::Handle;
use jospar_node::metrics::Measurement;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::checks;
use crate::settings::{Folder, Settings};

/// How long the store may take to write a row and give it back.
const PROBE_TIME: Duration = Duration::from_secs(1);
/// For how long an answer of the store stands, so that many questions do not wear the disk out.
const PROBE_AGE: Duration = Duration::from_secs(1);
/// How long the counts may take.
const MEASURE_TIME: Duration = Duration::from_secs(5);
const STYLE: &str = include_str!("admin/style.css");

/// Why the health page is not there.
#[derive(Debug, thiserror::Error)]
#[error("no health page at {address}: {source}")]
pub(crate) struct AdminError {
    address: SocketAddr,
    source: std::io::Error,
}

/// What a request needs.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) handle: Handle,
    pub(crate) folder: Folder,
    pub(crate) settings: Settings,
    pub(crate) language: Language,
    pub(crate) started_ms: i64,
    /// When the store was asked last, and whether it could.
    probed: Mutex<Option<(Instant, bool)>>,
}

/// All that is known at one moment.
struct Standing {
    now_ms: i64,
    healthy: bool,
    measured: Option<Measurement>,
    checks: Vec<Check>,
    free_bytes: Option<u64>,
    backup_age_ms: Option<i64>,
}

impl Admin {
    pub(crate) fn new(
        handle: Handle,
        folder: Folder,
        settings: Settings,
        language: Language,
    ) -> Self {
        let started_ms = clock::now().0;
        Self { handle, folder, settings, language, started_ms, probed: Mutex::new(None) }
    }

    /// Answers requests at `address` on `runtime`; returns where that is.
    pub(crate) fn serve(
        self,
        address: SocketAddr,
        runtime: &tokio::runtime::Handle,
    ) -> Result<SocketAddr, AdminError> {
        let failed = |source| AdminError { address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let router = Router::new().fallback(answer).with_state(Arc::new(self));
        let _inside = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        runtime.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the health page ended");
            }
        });
        Ok(bound)
    }

    /// Whether the store can write, commit and read back in time.
    async fn probe(&self) -> bool {
        let mut probed = self.probed.lock().await;
        if let Some((at, healthy)) = *probed
            && at.elapsed() < PROBE_AGE
        {
            return healthy;
        }
        let healthy =
            matches!(tokio::time::timeout(PROBE_TIME, self.handle.probe()).await, Ok(Ok(())));
        *probed = Some((Instant::now(), healthy));
        healthy
    }

    async fn standing(&self) -> Standing {
        let healthy = self.probe().await;
        let measured = match healthy {
            true => tokio::time::timeout(MEASURE_TIME, self.handle.measure()).await,
            false => Ok(Err(jospar_node::handle::NodeError::Stopped)),
        };
        let measured = measured.ok().and_then(Result::ok);
        let now = clock::now();
        let store = match healthy {
            true => Check::ok("store", "doctor-store-writes"),
            false => Check::new("store", Level::Problem, "doctor-store-silent", Value::Null),
        };
        let mut checks = vec![store];
        checks.extend(checks::around(&self.folder, Some(&self.settings), now));
        checks.extend(measured.as_ref().map(checks::counted).unwrap_or_default());
        let made = self.folder.last_backup().map(|last| last.made_ms);
        Standing {
            now_ms: now.0,
            healthy,
            measured,
            checks,
            free_bytes: checkup::free_bytes(&self.folder.data()),
            backup_age_ms: made.map(|made| now.0.saturating_sub(made).max(0)),
        }
    }

    fn language(&self, uri: &Uri, headers: &HeaderMap) -> Language {
        let asked = uri.query().unwrap_or_default().split('&');
        let asked = asked.filter_map(|part| part.strip_prefix("lang=")).next();
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let accepted = accepted.unwrap_or_default().split([',', ';', '-']);
        let named = asked.into_iter().chain(accepted).find_map(|name| name.trim().parse().ok());
        named.unwrap_or(self.language)
    }
}

async fn answer(
    State(admin): State<Arc<Admin>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if !is_for_this_computer(&headers) {
        return plain(StatusCode::MISDIRECTED_REQUEST, "text/plain", String::new());
    }
    if method != Method::GET && method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "text/plain", String::new());
    }
    let catalogue = Catalogue::new(admin.language(&uri, &headers));
    match uri.path() {
        "/" => {
            let page = page::render(&catalogue, &admin.settings, &admin.standing().await);
            plain(StatusCode::OK, "text/html; charset=utf-8", page)
        }
        "/style.css" => plain(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_owned()),
        "/health" => {
            let standing = admin.standing().await;
            let status = match standing.healthy {
                true => StatusCode::OK,
                false => StatusCode::SERVICE_UNAVAILABLE,
            };
            plain(status, "application/json", health(&catalogue, &standing).to_string())
        }
        "/metrics" => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            let text = openmetrics::render(&admin.standing().await, admin.started_ms);
            plain(StatusCode::OK, kind, text)
        }
        _ => plain(StatusCode::NOT_FOUND, "text/plain", String::new()),
    }
}

/// A page of the internet could make a browser on this computer ask here under the page's own name (DNS rebinding):
/// only addresses and `localhost` are answered.
fn is_for_this_computer(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.parse::<SocketAddr>().map(|address| address.ip().to_string());
    let name = name.unwrap_or_else(|_| {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        name.trim_matches(['[', ']']).to_owned()
    });
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn health(catalogue: &Catalogue, standing: &Standing) -> Value {
    let checks: Vec<Value> =
        standing.checks.iter().map(|check| checks::document(catalogue, check)).collect();
    json!({"status": if standing.healthy { "ok" } else { "failing" },
           "version": env!("CARGO_PKG_VERSION"), "checks": checks})
}

fn plain(status: StatusCode, kind: &'static str, text: String) -> Response {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
        )
        .body(Body::from(text));
    // The parts are constants that make a response.
    response.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_computer_are_answered() {
        let is_local = |host: &str| {
            let value = host.parse().expect("a header");
            is_for_this_computer(&HeaderMap::from_iter([(header::HOST, value)]))
        };
        for host in ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "127.0.0.1"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["evil.example:8080", "192.0.2.1:8080", "", "127.0.0.1.evil.example"] {
            assert!(!is_local(host), "{host}");
        }
        assert!(!is_for_this_computer(&HeaderMap::new()));
    }
}
