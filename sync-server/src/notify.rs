//! Tells systemd that the server is up or stops: one datagram to the socket that `NOTIFY_SOCKET` names (sd_notify(3)).

/// The server is up: what waits for it may start.
pub(crate) const READY: &str = "READY=1";
/// The server stops.
pub(crate) const STOPPING: &str = "STOPPING=1";

/// Sends `state`; does nothing where no systemd listens.
#[cfg(target_os = "linux")]
pub(crate) fn send(state: &str) {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(&name),
    };
    let sent = address.and_then(|address| {
        UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
    });
    if let Err(error) = sent {
        tracing::warn!(%error, "systemd was not told");
    }
}

/// There is no systemd.
#[cfg(not(target_os = "linux"))]
pub(crate) fn send(_: &str) {}
