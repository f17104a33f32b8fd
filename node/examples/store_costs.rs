//! Prints what the store's operations cost on this computer: `cargo run --release -p jospar-node --example store_costs`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::time::{Duration, Instant};

use automerge::{ActorId as Actor, AutoCommit, ROOT, transaction::Transactable as _};
use ed25519_dalek::SigningKey;
use jospar_core::ids::{DeviceId, DocumentId, Incarnation, PolicyHash, WorkspaceId};
use jospar_core::log::{Envelope, Tip, VersionVector, actor_id};
use jospar_core::storage::{Cursor, Storage as _};
use jospar_node::store::{Options, Store, backup};

const WORKSPACE: WorkspaceId = WorkspaceId([9; 32]);
const DOCUMENTS: u8 = 10;
const ENVELOPES_PER_DOCUMENT: usize = 1_000;

/// One-change envelopes of several documents, as if typed in turn, each with the vector it leads to.
fn write_envelopes() -> Vec<(Envelope, VersionVector)> {
    let key = SigningKey::from_bytes(&[3; 32]);
    let mut authors: Vec<_> = (1..=DOCUMENTS)
        .map(|kind| {
            let document = DocumentId([kind; 16]);
            let device = DeviceId(key.verifying_key().to_bytes());
            let actor = actor_id(&device, &document, &[2; 16]);
            let doc = AutoCommit::new().with_actor(Actor::from(actor.0));
            (document, actor, doc, VersionVector::default())
        })
        .collect();
    let mut envelopes = Vec::new();
    for round in 0..ENVELOPES_PER_DOCUMENT {
        for (document, actor, doc, vector) in &mut authors {
            doc.put(ROOT, "title", format!("goal {round}")).unwrap();
            doc.commit();
            let changes = vec![doc.get_last_local_change().unwrap().raw_bytes().to_vec()];
            let head = PolicyHash([4; 32]);
            let envelope =
                Envelope::sign(&key, &WORKSPACE, *document, head, &[2; 16], changes).unwrap();
            let header = &envelope.changes.last().unwrap().header;
            let previous = vector.tip(actor).map(|tip| tip.hash);
            vector.advance(*actor, previous, Tip { seq: header.seq, hash: header.hash });
            envelopes.push((envelope, vector.clone()));
        }
    }
    envelopes
}

fn show(what: &str, count: usize, took: Duration) {
    let each = took.as_secs_f64() * 1e6 / count as f64;
    println!("{what:<48} {count:>6} x {each:>10.1} µs");
}

fn main() {
    let root = tempfile::tempdir_in(".").unwrap();
    let folder = root.path().join("data");
    let envelopes = write_envelopes();
    let bytes: usize = envelopes.iter().map(|(envelope, _)| envelope.encode().len()).sum();
    println!("{} bytes per envelope", bytes / envelopes.len());

    let options = Options { lease: Some(root.path().join("lease")), ..Options::default() };
    let start = Instant::now();
    let mut store = Store::open(&folder, &options).unwrap();
    show("open, new", 1, start.elapsed());

    let (mut appending, mut committing) = (Duration::ZERO, Duration::ZERO);
    let (batches, singles) = envelopes.split_at(envelopes.len() - 200);
    for batch in batches.chunks(100) {
        let start = Instant::now();
        let tx = store.begin().unwrap();
        let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
        for (envelope, vector) in batch {
            workspace.append(None, &envelope.clone().into(), vector).unwrap();
        }
        appending += start.elapsed();
        let start = Instant::now();
        tx.commit().unwrap();
        committing += start.elapsed();
    }
    show("append one envelope of one change", batches.len(), appending);
    show("commit 100 envelopes", batches.len() / 100, committing);

    let start = Instant::now();
    for (envelope, vector) in singles {
        let tx = store.begin().unwrap();
        tx.workspace(WORKSPACE).unwrap().append(None, &envelope.clone().into(), vector).unwrap();
        tx.commit().unwrap();
    }
    show("begin, append, commit", singles.len(), start.elapsed());

    let tx = store.begin().unwrap();
    let mut workspace = tx.workspace(WORKSPACE).unwrap();
    let start = Instant::now();
    for count in 0..10_000_u64 {
        let cursor = Cursor { incarnation: Incarnation([1; 16]), acknowledged: count };
        workspace.set_cursor(DeviceId([(count % 8) as u8; 32]), cursor).unwrap();
    }
    show("set a cursor", 10_000, start.elapsed());
    let start = Instant::now();
    for count in 0..10_000_u64 {
        workspace.set_setting("last peers", Some(&count.to_be_bytes())).unwrap();
    }
    show("set a setting", 10_000, start.elapsed());
    let start = Instant::now();
    let read = workspace.records_after(0, usize::MAX).unwrap().len();
    show("read an envelope", read, start.elapsed());
    let start = Instant::now();
    for (envelope, _) in &envelopes {
        let change = envelope.changes.last().unwrap();
        workspace.find_change(envelope.document, change.header.hash).unwrap();
    }
    show("find a change", envelopes.len(), start.elapsed());
    tx.commit().unwrap();

    let start = Instant::now();
    let report = store.verify().unwrap();
    assert!(report.is_clean());
    show("verify an envelope", read, start.elapsed());
    let start = Instant::now();
    let manifest = backup(&folder, &root.path().join("backup")).unwrap();
    show("backup, checked", 1, start.elapsed());
    println!("{} bytes in the backup", manifest.file_bytes);
    store.close().unwrap();
    let start = Instant::now();
    Store::open(&folder, &options).unwrap();
    show("open with quick_check, and drop", 1, start.elapsed());
}
