//! The thread that talks with the server, and what of a connection is allowed.

use std::io::{self, Read as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustls::crypto::ring;
use ureq::config::Config;
use ureq::http::{HeaderMap, Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Proxy};

use super::Cancel;
use crate::settings::{Endpoint, is_private};
use crate::{LlmError, Phase};

const CHUNK_BYTES: usize = 8 * 1024;
/// Chunks that may wait for the caller.
const CHUNKS_MAX: usize = 64;
/// How often a waiting caller looks whether it was stopped.
const LOOK_MS: u64 = 20;

/// Why a try failed, and whether another may follow: after so many milliseconds at least.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: LlmError,
    pub(super) retry_ms: Option<u64>,
}

impl From<LlmError> for Failed {
    fn from(error: LlmError) -> Self {
        Self { error, retry_ms: None }
    }
}

/// What the reading thread says.
#[derive(Debug)]
pub(super) enum Event {
    /// The answer's head.
    Head { status: u16, headers: HeaderMap },
    /// Some of its body.
    Chunk(Vec<u8>),
    /// All of it has come; or the line broke.
    End { broken: bool },
    /// There is no head.
    Failed(Failed),
}

/// Waits for the thread, until `until` in `phase`, `deadline` for all of it, or a stop. `None`: it ended.
pub(super) fn wait(
    events: &Receiver<Event>,
    cancel: &Cancel,
    until: Instant,
    deadline: Instant,
    phase: Phase,
    time: Duration,
) -> Result<Option<Event>, LlmError> {
    loop {
        if cancel.is_stopped() {
            return Err(LlmError::Cancelled {});
        }
        let now = Instant::now();
        let end = until.min(deadline);
        if now >= end {
            let phase = if end == until { phase } else { Phase::Total };
            return Err(LlmError::TimedOut { phase, seconds: time.as_secs_f64() });
        }
        let look = Duration::from_millis(LOOK_MS).min(end - now);
        match events.recv_timeout(look) {
            Ok(event) => return Ok(Some(event)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

/// Starts the thread that reads.
pub(super) fn start(
    endpoint: &Endpoint,
    connect: Duration,
    deadline: Instant,
    request: Request<Vec<u8>>,
) -> Result<(Agent, Receiver<Event>), LlmError> {
    let agent = agent(endpoint, connect, deadline);
    let (sender, events) = sync_channel(CHUNKS_MAX);
    let (reader, host) = (agent.clone(), endpoint.host.clone());
    let work = move || read_all(&reader, request, &host, connect, &sender);
    let started = thread::Builder::new().name("llm".to_owned()).spawn(work);
    started.map_err(|_| LlmError::Unreachable { host: endpoint.host.clone() })?;
    Ok((agent, events))
}

/// Sends the request and gives on what comes, until the other side ends it or nobody listens.
fn read_all(
    agent: &Agent,
    request: Request<Vec<u8>>,
    host: &str,
    connect: Duration,
    sender: &SyncSender<Event>,
) {
    let response = match agent.run(request) {
        Ok(response) => response,
        Err(error) => {
            // Nobody may be listening any more.
            let _ = sender.send(Event::Failed(line_error(error, host, connect)));
            return;
        }
    };
    let (parts, body) = response.into_parts();
    let head = Event::Head { status: parts.status.as_u16(), headers: parts.headers };
    if sender.send(head).is_err() {
        return;
    }
    let mut body = body.into_reader();
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        let event = match body.read(&mut chunk) {
            Ok(0) => Event::End { broken: false },
            Ok(read) => Event::Chunk(chunk.get(..read).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Event::End { broken: true },
        };
        let ends = matches!(event, Event::End { .. });
        if sender.send(event).is_err() || ends {
            return;
        }
    }
}

/// No redirects, no cookies, no compression, one connection; a proxy of the environment only for addresses that are not
/// private.
fn agent(endpoint: &Endpoint, connect: Duration, deadline: Instant) -> Agent {
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let proxy = if endpoint.private_only { None } else { Proxy::try_from_env() };
    let config = Config::builder()
        .http_status_as_error(false)
        .https_only(!endpoint.private_only)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy)
        .tls_config(tls)
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .max_idle_connections(0)
        .timeout_resolve(Some(connect))
        .timeout_connect(Some(connect))
        .timeout_global(Some(deadline.saturating_duration_since(Instant::now())))
        .build();
    let resolver =
        Guarded { private_only: endpoint.private_only, inner: DefaultResolver::default() };
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// Looks at every address of a host before it is dialed: a name may point anywhere, and to another place the next time.
#[derive(Debug)]
struct Guarded {
    private_only: bool,
    inner: DefaultResolver,
}

#[derive(Debug, thiserror::Error)]
#[error("an address of {0} is not private")]
struct Outside(String);

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let addresses = (*found).iter().map(|address| address.ip());
        if self.private_only && !all_private(addresses) {
            let host = uri.host().unwrap_or_default().to_owned();
            return Err(ureq::Error::Other(Box::new(Outside(host))));
        }
        Ok(found)
    }
}

fn all_private(mut addresses: impl Iterator<Item = IpAddr>) -> bool {
    addresses.all(is_private)
}

pub(super) fn unreachable(host: &str) -> Failed {
    Failed { error: LlmError::Unreachable { host: host.to_owned() }, retry_ms: Some(0) }
}

fn line_error(error: ureq::Error, host: &str, connect: Duration) -> Failed {
    let host_name = || host.to_owned();
    match error {
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            let seconds = connect.as_secs_f64();
            Failed {
                error: LlmError::TimedOut { phase: Phase::Connect, seconds },
                retry_ms: Some(0),
            }
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            LlmError::Untrusted { host: host_name() }.into()
        }
        ureq::Error::Io(error) if is_tls(&error) => {
            LlmError::Untrusted { host: host_name() }.into()
        }
        ureq::Error::Other(error) if error.is::<Outside>() => {
            LlmError::NotPrivate { host: host_name() }.into()
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            LlmError::Nonsense { content: host_name() }.into()
        }
        _ => unreachable(host),
    }
}

/// A handshake fails inside an I/O error.
fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_public_address_among_private_ones_is_enough_to_refuse() {
        let check = |addresses: &[&str], private| {
            let addresses = addresses.iter().map(|address| address.parse().expect("address"));
            assert_eq!(all_private(addresses), private);
        };
        check(&["127.0.0.1", "::1", "10.1.2.3", "fd12::1", "::ffff:192.168.0.1"], true);
        check(&["127.0.0.1", "93.184.216.34"], false);
        check(&["169.254.169.254"], false);
    }
}
