//! Prints how long a frame of 100 bytes takes to an endpoint in another process and back, on 127.0.0.1.
//!
//! `cargo run --release -p jospar-node --example echo_latency [rounds]`

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use jospar_core::ids::DeviceId;
use jospar_node::quic::{Endpoint, Lane, Limits, NetEvent};
use tokio::runtime::{Builder, Runtime};

const FRAME_BYTES: usize = 100;
const WARM_UP: usize = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("echo") => echo(),
        Some("idle") => idle(arguments[1].parse().unwrap()),
        rounds => measure(rounds.map_or(20_000, |rounds| rounds.parse().unwrap())),
    }
}

fn endpoint(seed: u8) -> (Runtime, Endpoint, Receiver<NetEvent>) {
    let threads = std::env::var("THREADS").map_or(2, |threads| threads.parse().unwrap());
    let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap();
    let (tx, events) = sync_channel(16_384);
    let key = SigningKey::from_bytes(&[seed; 32]);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let endpoint = Endpoint::bind(runtime.handle(), &key, address, Limits::server(), tx).unwrap();
    (runtime, endpoint, events)
}

/// Sends back every frame, from one thread as a replica would, until its session closes.
fn echo() {
    let (_runtime, endpoint, events) = endpoint(2);
    println!("{}", endpoint.local_address().unwrap());
    for event in events {
        match event {
            NetEvent::Opened { session, .. } => endpoint.admit(session),
            NetEvent::Frame { session, bytes, .. } => {
                endpoint.send(session, Lane::Control, bytes).unwrap();
            }
            NetEvent::Closed { .. } => return,
            _ => {}
        }
    }
}

fn measure(rounds: usize) {
    let (_runtime, endpoint, events) = endpoint(1);
    let program = std::env::current_exe().unwrap();
    let mut other = Command::new(program).arg("echo").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(other.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let peer = DeviceId(SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes());
    endpoint.dial(line.trim().parse().unwrap(), peer).unwrap();
    let NetEvent::Opened { session, .. } = events.recv().unwrap() else { unreachable!() };
    let mut times = Vec::with_capacity(rounds);
    for round in 0..WARM_UP + rounds {
        let start = Instant::now();
        endpoint.send(session, Lane::Control, vec![7; FRAME_BYTES]).unwrap();
        while !matches!(events.recv().unwrap(), NetEvent::Frame { .. }) {}
        if round >= WARM_UP {
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let at = |per_mille: usize| times[(rounds - 1) * per_mille / 1_000].as_micros();
    println!("{{\"w\":\"L\",\"peer\":\"jospar\",\"p50_us\":{},\"p99_us\":{}}}", at(500), at(990));
    endpoint.close(session, 0, "done");
    other.wait().unwrap();
}

/// Opens `count` sessions to an endpoint in this process and prints what memory both ends of one take.
fn idle(count: usize) {
    let (_here, server, server_events) = endpoint(2);
    let (_there, client, client_events) = endpoint(1);
    let peer = DeviceId(SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes());
    let before = resident_kb();
    let start = Instant::now();
    for _ in 0..count {
        client.dial(server.local_address().unwrap(), peer).unwrap();
        let NetEvent::Opened { session, .. } = server_events.recv().unwrap() else {
            unreachable!()
        };
        server.admit(session);
        client_events.recv().unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    std::thread::sleep(Duration::from_secs(3));
    let kb = (resident_kb() - before) as f64 / count as f64;
    println!(
        "{{\"w\":\"L\",\"peer\":\"jospar\",\"kb_per_session_both_ends\":{kb:.1},\"connects_per_s\":{:.0}}}",
        count as f64 / seconds
    );
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
