//! A bad line in user space: a UDP proxy on loopback that loses, delays, repeats, alters and cuts packets as a seed says,
//! goes dead, and gives its clients new ports as a router does after a while.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::random::Random;

const PACKET_BYTES_MAX: usize = 65_536;
const PAUSE: Duration = Duration::from_micros(200);

/// What happens to packets, in percent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    pub(crate) lost: usize,
    pub(crate) late: usize,
    pub(crate) twice: usize,
    pub(crate) altered: usize,
    pub(crate) cut: usize,
    /// Larger packets do not pass.
    pub(crate) bytes_max: Option<usize>,
}

#[derive(Debug, Default)]
struct Orders {
    weather: Weather,
    dead: bool,
    rebind: bool,
    passed: u64,
    spoiled: u64,
}

/// A running proxy; it ends when dropped.
pub(crate) struct Chaos {
    pub(crate) address: SocketAddr,
    orders: Arc<Mutex<Orders>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Chaos {
    pub(crate) fn start(server: SocketAddr, seed: u64) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").unwrap();
        front.set_nonblocking(true).unwrap();
        let address = front.local_addr().unwrap();
        let (orders, stop) = (Arc::<Mutex<Orders>>::default(), Arc::new(AtomicBool::new(false)));
        let mut proxy = Proxy {
            front,
            server,
            backs: BTreeMap::new(),
            held: Vec::new(),
            random: Random::new(seed),
            orders: Arc::clone(&orders),
        };
        let ended = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                if !proxy.turn() {
                    std::thread::sleep(PAUSE);
                }
            }
        });
        Self { address, orders, stop, thread: Some(thread) }
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.orders().weather = weather;
    }

    /// Nothing passes any more, or everything again.
    pub(crate) fn set_dead(&self, dead: bool) {
        self.orders().dead = dead;
    }

    /// From now on the server sees every client at another port.
    pub(crate) fn rebind(&self) {
        self.orders().rebind = true;
    }

    /// How many packets passed, and to how many something was done.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let orders = self.orders();
        (orders.passed, orders.spoiled)
    }
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

#[derive(Clone, Copy)]
enum To {
    Server(SocketAddr),
    Client(SocketAddr),
}

struct Proxy {
    front: UdpSocket,
    server: SocketAddr,
    /// For each client the socket that the server knows it by.
    backs: BTreeMap<SocketAddr, UdpSocket>,
    held: Vec<(Instant, To, Vec<u8>)>,
    random: Random,
    orders: Arc<Mutex<Orders>>,
}

impl Proxy {
    /// Passes on what has come and what is due; false if that was nothing.
    fn turn(&mut self) -> bool {
        if std::mem::take(&mut self.orders.lock().unwrap().rebind) {
            self.backs.clear();
        }
        let mut buffer = vec![0; PACKET_BYTES_MAX];
        let mut came = Vec::new();
        while let Ok((bytes, client)) = self.front.recv_from(&mut buffer) {
            came.push((To::Server(client), buffer[..bytes].to_vec()));
        }
        for (client, back) in &self.backs {
            while let Ok(bytes) = back.recv(&mut buffer) {
                came.push((To::Client(*client), buffer[..bytes].to_vec()));
            }
        }
        let mut busy = !came.is_empty();
        for (to, packet) in came {
            self.hold(to, packet);
        }
        let now = Instant::now();
        let (due, held) = std::mem::take(&mut self.held).into_iter().partition(|h| h.0 <= now);
        self.held = held;
        let due: Vec<(Instant, To, Vec<u8>)> = due;
        busy |= !due.is_empty();
        for (_, to, packet) in due {
            self.pass(to, &packet);
        }
        busy
    }

    fn hold(&mut self, to: To, mut packet: Vec<u8>) {
        let (weather, dead) = {
            let orders = self.orders.lock().unwrap();
            (orders.weather, orders.dead)
        };
        let too_large = weather.bytes_max.is_some_and(|most| packet.len() > most);
        if dead || too_large || self.random.percent(weather.lost) {
            self.orders.lock().unwrap().spoiled += 1;
            return;
        }
        let mut spoiled = 0;
        if self.random.percent(weather.altered) {
            let place = self.random.below(packet.len());
            packet[place] ^= 1 << self.random.below(8);
            spoiled += 1;
        }
        if self.random.percent(weather.cut) {
            packet.truncate(1 + self.random.below(packet.len()));
            spoiled += 1;
        }
        let mut due = Instant::now();
        if self.random.percent(weather.late) {
            due += Duration::from_millis(1 + self.random.below(40) as u64);
            spoiled += 1;
        }
        if self.random.percent(weather.twice) {
            self.held.push((due, to, packet.clone()));
            spoiled += 1;
        }
        self.held.push((due, to, packet));
        self.orders.lock().unwrap().spoiled += spoiled;
    }

    fn pass(&mut self, to: To, packet: &[u8]) {
        self.orders.lock().unwrap().passed += 1;
        // A network loses packets without a word, and so may this.
        match to {
            To::Server(client) => {
                let server = self.server;
                let back = self.backs.entry(client).or_insert_with(|| {
                    let back = UdpSocket::bind("127.0.0.1:0").unwrap();
                    back.set_nonblocking(true).unwrap();
                    back.connect(server).unwrap();
                    back
                });
                drop(back.send(packet));
            }
            To::Client(client) => drop(self.front.send_to(packet, client)),
        }
    }
}
