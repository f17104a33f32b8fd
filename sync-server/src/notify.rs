//! Tells systemd that the server is up or stops: one datagram to the socket that `NOTIFY_SOCKET` names (sd_notify(3)).

/// The server is up: what waits for it may start.
pub(crate) const READY: &str = "READY=1";
/// The server stops.
pub(crate) const STOPPING: &str = "STOPPING=1";

/// Sends `state`; does nothing where no systemd listens.
#[cfg(target_os = "linux")]
pub(crate) fn send(state: &str) {
    if let Some(name) = std::env::var_os("NOTIFY_SOCKET")
        && let Err(error) = send_to(&name, state)
    {
        tracing::warn!(%error, "systemd was not told");
    }
}

/// Sends `state` to the socket `name`; one that begins with `@` is abstract.
#[cfg(target_os = "linux")]
fn send_to(name: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(name),
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address?).map(drop)
}

/// There is no systemd.
#[cfg(not(target_os = "linux"))]
pub(crate) fn send(_: &str) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::net::UnixDatagram;

    use super::*;

    #[test]
    fn whoever_listens_at_the_socket_hears_the_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let systemd = UnixDatagram::bind(&path).unwrap();
        send_to(path.as_os_str(), READY).unwrap();
        let mut heard = [0; 32];
        let length = systemd.recv(&mut heard).unwrap();
        assert_eq!(heard.get(..length), Some(READY.as_bytes()));
        assert!(send_to(folder.path().join("nobody").as_os_str(), STOPPING).is_err());
    }
}
