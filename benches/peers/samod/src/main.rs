//! One process of the peer samod: `samod-peer ROLE ...`. The roles are those of benches/src/peers.rs.
//!
//! Server and client are as samod's manual has them, over its own TCP transport; the server stores files and announces
//! nothing by itself, as its JavaScript sibling's servers do. A change is stored as soon as it is known.

mod client;
mod plan;

use std::path::Path;
use std::time::{Duration, Instant};

use samod::storage::TokioFilesystemStorage;
use samod::{Repo, ShareConfig};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin};
use url::Url;

use client::Client;
use plan::Plan;

const EDITS: usize = 1_000;
const WARM_UP: usize = 20;
const PAIR_EDITS: usize = 10;
const ID_FILE: &str = "plan.id";
/// What a branch is written by: nobody of the history.
const OWN_AUTHOR: u8 = 20;

type Input = Lines<BufReader<Stdin>>;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["seed", file, count, folder] => seed(&read(file), count.parse().unwrap(), folder).await,
        ["branch", file, to] => branch(&read(file), to),
        ["serve", folder, port] => serve(folder, port).await,
        ["meet", folder, port, own @ ..] => meet(folder, port, own.first().copied()).await,
        ["watch", folder, port] => watch(folder, port).await,
        ["edit", folder, port] => edit(folder, port).await,
        ["type", folder, port] => type_letters(folder, port).await,
        ["pairs", port, count] => pairs(port, count.parse().unwrap()).await,
        _ => panic!("no such role: {arguments:?}"),
    }
}

fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

fn input() -> Input {
    BufReader::new(tokio::io::stdin()).lines()
}

/// Stays until whoever started this process closes its standard input.
async fn stay(mut input: Input) {
    while let Ok(Some(_)) = input.next_line().await {}
    std::process::exit(0);
}

fn read(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn played(history: &Value, count: usize) -> Plan {
    let mut plan = Plan::new();
    for step in history["steps"].as_array().unwrap().iter().take(count) {
        plan.play(step[0].as_u64().unwrap() as u8, &step[1]);
    }
    plan
}

async fn repo(folder: &str) -> Repo {
    let storage = TokioFilesystemStorage::new(Path::new(folder).join("store"));
    let policy = ShareConfig::read_write().with_announce(false);
    Repo::build_tokio().with_storage(storage).with_share_policy(policy).load().await
}

async fn seed(history: &Value, count: usize, folder: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let repo = repo(folder).await;
    let doc = played(history, count).doc;
    let heads = doc.get_heads();
    let handle = repo.create(doc).await.unwrap();
    let id = handle.document_id().clone();
    std::fs::write(Path::new(folder).join(ID_FILE), id.to_string()).unwrap();
    repo.stop().await;
    // Stopped is not yet written: its file may still be empty when this process ends.
    loop {
        let read = self::repo(folder).await;
        let found = read.find(id.clone()).await.unwrap();
        let whole = found.is_some_and(|found| found.with_document(|doc| doc.get_heads()) == heads);
        read.stop().await;
        if whole {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn branch(history: &Value, to: &str) {
    let mut plan = played(history, history["branch_at"].as_u64().unwrap() as usize);
    for step in history["branch"].as_array().unwrap() {
        plan.play(OWN_AUTHOR, step);
    }
    std::fs::write(to, plan.doc.save()).unwrap();
}

async fn serve(folder: &str, port: &str) {
    let repo = repo(folder).await;
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
    let acceptor =
        repo.make_acceptor(Url::parse(&format!("tcp://127.0.0.1:{port}")).unwrap()).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            acceptor.accept_tokio_io(stream).unwrap();
        }
    });
    say("ready");
    stay(input()).await;
}

fn id_of(folder: &str) -> String {
    std::fs::read_to_string(Path::new(folder).join(ID_FILE)).unwrap()
}

async fn meet(folder: &str, port: &str, own: Option<&str>) {
    let mut client =
        Client::new(own.map(|file| (id_of(folder), std::fs::read(file).unwrap()))).await;
    let start = Instant::now();
    client.connect(port).await;
    client.same(&id_of(folder)).await;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let chars: usize = (0..40).map(|section| client.length(section)).sum();
    say(json!({"ms": ms, "bytes_down": client.bytes.down(), "bytes_up": client.bytes.up(),
               "chars": chars, "section": client.length(0)}));
    stay(input()).await;
}

async fn joined(folder: &str, port: &str) -> Client {
    let mut client = Client::new(None).await;
    client.connect(port).await;
    assert!(client.same(&id_of(folder)).await, "the document");
    client
}

async fn watch(folder: &str, port: &str) {
    let client = joined(folder, port).await;
    say(client.length(0));
    tokio::spawn(async move {
        let mut changes = client.changes();
        while changes.next().await {
            say(client.length(0));
        }
    });
    stay(input()).await;
}

async fn edit(folder: &str, port: &str) {
    let client = joined(folder, port).await;
    client.type_letter(0).await;
    say(client.length(0));
    stay(input()).await;
}

async fn until_shown(input: &mut Input, length: usize) {
    while let Ok(Some(line)) = input.next_line().await {
        if line.parse::<usize>().unwrap_or(0) >= length {
            return;
        }
    }
    std::process::exit(1);
}

/// Standard input is what a watcher prints.
async fn type_letters(folder: &str, port: &str) {
    let client = joined(folder, port).await;
    let mut input = input();
    let mut times = Vec::with_capacity(EDITS);
    for count in 0..WARM_UP + EDITS {
        if count == WARM_UP {
            say("begin");
        }
        let start = Instant::now();
        client.type_letter(0).await;
        until_shown(&mut input, client.length(0)).await;
        if count >= WARM_UP {
            times.push(start.elapsed());
        }
    }
    say("end");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    for _ in 0..EDITS {
        client.type_letter(0).await;
    }
    until_shown(&mut input, client.length(0)).await;
    let per_second = EDITS as f64 / start.elapsed().as_secs_f64();
    say(json!({"p50_us": percentile(&mut times, 500), "p99_us": percentile(&mut times, 990),
               "edits_per_s": per_second}));
    stay(input).await;
}

fn percentile(times: &mut [Duration], per_mille: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() - 1) * per_mille / 1_000].as_secs_f64() * 1e6
}

async fn pairs(port: &str, count: usize) {
    let start = Instant::now();
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..count {
        let port = port.to_owned();
        opening.spawn(async move { Client::pair(&port).await });
    }
    let all = opening.join_all().await;
    let connect = start.elapsed();
    say("connected");
    let mut input = input();
    drop(input.next_line().await);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begin = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for pair in all {
        running.spawn(exchange(pair));
    }
    let mut times: Vec<Duration> = running.join_all().await.into_iter().flatten().collect();
    let per_second = times.len() as f64 / begin.elapsed().as_secs_f64();
    say(json!({"docs": count, "connect_ms": connect.as_secs_f64() * 1e3, "edits": times.len(),
               "edits_per_s": per_second, "p50_us": percentile(&mut times, 500),
               "p99_us": percentile(&mut times, 990)}));
    stay(input).await;
}

/// Each types once it has what the other typed.
async fn exchange(pair: [Client; 2]) -> Vec<Duration> {
    let mut times = Vec::with_capacity(PAIR_EDITS);
    for made in 1..=PAIR_EDITS {
        let (from, to) = (&pair[(made + 1) % 2], &pair[made % 2]);
        let mut changes = to.changes();
        let start = Instant::now();
        from.type_letter(0).await;
        while to.length(0) < made {
            changes.next().await;
        }
        times.push(start.elapsed());
    }
    times
}
