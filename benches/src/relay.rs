//! A UDP relay on loopback that holds every packet back, to count round trips by the time they add.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a packet is held back, each way.
pub(crate) const ONE_WAY: Duration = Duration::from_millis(40);
const LOOK_UP: Duration = Duration::from_millis(20);
const PACKET_BYTES_MAX: usize = 65_536;

/// A relay for one client; it ends when dropped.
pub(crate) struct Relay {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Relay {
    /// Passes on what comes at `listen` to `server`, and the answers back.
    pub(crate) fn start(listen: SocketAddr, server: SocketAddr) -> Self {
        let front = Arc::new(UdpSocket::bind(listen).unwrap());
        let back = Arc::new(UdpSocket::bind("127.0.0.1:0").unwrap());
        let client = Arc::new(OnceLock::new());
        let here = Arc::new(OnceLock::new());
        here.get_or_init(|| server);
        let mut relay = Self { stop: Arc::default(), threads: Vec::new() };
        relay.pass(front.clone(), client.clone(), back.clone(), here);
        relay.pass(back, Arc::default(), front, client);
        relay
    }

    fn pass(
        &mut self,
        from: Arc<UdpSocket>,
        sender: Arc<OnceLock<SocketAddr>>,
        to: Arc<UdpSocket>,
        receiver: Arc<OnceLock<SocketAddr>>,
    ) {
        from.set_read_timeout(Some(LOOK_UP)).unwrap();
        let (held, due) = channel::<(Instant, Vec<u8>)>();
        let stop = self.stop.clone();
        self.threads.push(std::thread::spawn(move || {
            let mut packet = vec![0; PACKET_BYTES_MAX];
            while !stop.load(Ordering::Relaxed) {
                let Ok((bytes, address)) = from.recv_from(&mut packet) else { continue };
                sender.get_or_init(|| address);
                if held.send((Instant::now() + ONE_WAY, packet[..bytes].to_vec())).is_err() {
                    break;
                }
            }
        }));
        let stop = self.stop.clone();
        self.threads.push(std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                match due.recv_timeout(LOOK_UP) {
                    Ok((when, packet)) => {
                        std::thread::sleep(when.saturating_duration_since(Instant::now()));
                        if let Some(address) = receiver.get() {
                            // UDP may lose packets; QUIC sends them again.
                            drop(to.send_to(&packet, address));
                        }
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        }));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}
