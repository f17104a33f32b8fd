#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::PathBuf;

use automerge::{ActorId as Actor, AutoCommit, ROOT, transaction::Transactable as _};
use ed25519_dalek::SigningKey;
use jospar_core::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PolicyHash};
use jospar_core::log::{Envelope, Packer, Record, Tip, VersionVector, actor_id};
use jospar_core::storage::{Cursor, Missing, Quarantined, Storage as _};

use super::schema::FORMAT;
use super::*;
use crate::lease::Life;

const WORKSPACE: WorkspaceId = WorkspaceId([9; 32]);
const OTHER_WORKSPACE: WorkspaceId = WorkspaceId([8; 32]);
const DOCUMENT: DocumentId = DocumentId([1; 16]);
const NONCE: [u8; 16] = [2; 16];
const PEER: DeviceId = DeviceId([5; 32]);
const ALL: usize = usize::MAX;

/// A data folder, and beside it, outside, a lease.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { root: tempfile::tempdir().expect("folder") }
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn file(&self) -> PathBuf {
        self.folder().join(STORE_FILE)
    }

    fn options(&self) -> Options {
        Options { lease: Some(self.root.path().join("lease")), ..Options::default() }
    }

    fn try_open(&self) -> Result<Store, OpenError> {
        Store::open(&self.folder(), &self.options())
    }

    fn open(&self) -> Store {
        self.try_open().expect("opens")
    }

    /// Copies the files of the data folder as a person would, without asking the store.
    fn copy_folder(&self, name: &str) -> PathBuf {
        let copy = self.root.path().join(name);
        fs::create_dir_all(&copy).expect("folder");
        for entry in fs::read_dir(self.folder()).expect("lists") {
            let entry = entry.expect("entry");
            fs::copy(entry.path(), copy.join(entry.file_name())).expect("copies");
        }
        copy
    }

    fn put_back(&self, copy: &Path) {
        fs::remove_dir_all(self.folder()).expect("removes");
        fs::rename(copy, self.folder()).expect("renames");
    }
}

/// A device that writes one document, change by change.
struct Author {
    key: SigningKey,
    workspace: WorkspaceId,
    document: DocumentId,
    doc: AutoCommit,
    vector: VersionVector,
    actor: ActorId,
    count: u64,
}

impl Author {
    fn new(seed: u8, workspace: WorkspaceId, document: DocumentId) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let actor = actor_id(&DeviceId(key.verifying_key().to_bytes()), &document, &NONCE);
        let doc = AutoCommit::new().with_actor(Actor::from(actor.0));
        Self { key, workspace, document, doc, vector: VersionVector::default(), actor, count: 0 }
    }

    /// The next envelope, of `count` changes, and the vector with it.
    fn write(&mut self, count: usize, text: &str) -> (Envelope, VersionVector) {
        let mut changes = Vec::new();
        for _ in 0..count {
            self.count += 1;
            self.doc.put(ROOT, "text", format!("{} {text}", self.count)).expect("puts");
            self.doc.commit();
            changes.push(self.doc.get_last_local_change().expect("change").raw_bytes().to_vec());
        }
        let head = PolicyHash([4; 32]);
        let envelope =
            Envelope::sign(&self.key, &self.workspace, self.document, head, &NONCE, changes)
                .expect("signs");
        let previous = self.vector.tip(&self.actor).map(|tip| tip.hash);
        let tip = &envelope.changes.last().expect("change").header;
        self.vector.advance(self.actor, previous, Tip { seq: tip.seq, hash: tip.hash });
        (envelope, self.vector.clone())
    }

    fn append(&mut self, store: &mut Store, count: usize) -> Result<u64, StorageError> {
        let (envelope, vector) = self.write(count, "Wi-Fi in every room");
        let tx = store.begin()?;
        let position = tx.create_workspace(self.workspace)?.append(
            Some(PEER),
            &envelope.clone().into(),
            &vector,
        )?;
        tx.commit()?;
        Ok(position)
    }
}

fn author() -> Author {
    Author::new(3, WORKSPACE, DOCUMENT)
}

/// A store with two workspaces, closed.
fn filled() -> Place {
    let place = Place::new();
    let mut store = place.open();
    for (seed, workspace, kind) in [(3, WORKSPACE, 1), (4, WORKSPACE, 2), (5, OTHER_WORKSPACE, 1)] {
        let mut author = Author::new(seed, workspace, DocumentId([kind; 16]));
        for count in [1, 3, 2] {
            author.append(&mut store, count).expect("appends");
        }
    }
    let tx = store.begin().expect("begins");
    let mut workspace = tx.workspace(WORKSPACE).expect("workspace");
    workspace.append_policy(PolicyHash([6; 32]), b"genesis").expect("appends");
    workspace.set_own_actor(DOCUMENT, ActorId([7; 16]), NONCE).expect("sets");
    tx.commit().expect("commits");
    store.close().expect("closes");
    place
}

#[test]
fn what_was_appended_is_read_in_order_after_reopening() {
    let place = Place::new();
    let (mut a, mut b) = (author(), Author::new(4, WORKSPACE, DocumentId([2; 16])));
    let written = [a.write(2, "x"), b.write(1, "y"), a.write(1, "z")];
    let mut store = place.open();
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    for (position, (envelope, vector)) in (1..).zip(&written) {
        assert_eq!(workspace.append(Some(PEER), &envelope.clone().into(), vector), Ok(position));
    }
    tx.commit().unwrap();
    store.close().unwrap();

    let mut store = place.open();
    let tx = store.begin().unwrap();
    let workspace = tx.workspace(WORKSPACE).unwrap();
    let read = workspace.records_after(0, ALL).unwrap();
    assert_eq!(read.len(), 3);
    for (position, (stored, (envelope, _))) in (1..).zip(read.iter().zip(&written)) {
        assert_eq!((stored.position, stored.origin), (position, Some(PEER)));
        assert!(stored.record == Record::from(envelope.clone()));
    }
    assert_eq!(workspace.position(), Ok(3));
    assert_eq!(workspace.records_after(1, 1).unwrap().len(), 1, "at least one");
    assert_eq!(workspace.records_after(3, ALL), Ok(Vec::new()));
    let of_a = workspace.document_records(DOCUMENT, 0, ALL).unwrap();
    assert_eq!(of_a.iter().map(|stored| stored.position).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(workspace.document_records(DOCUMENT, 1, ALL).unwrap().len(), 1);
    assert_eq!(workspace.vector(DOCUMENT), Ok(a.vector.clone()));
    assert_eq!(workspace.vector(DocumentId([77; 16])), Ok(VersionVector::default()));
    assert_eq!(
        workspace.documents(),
        Ok(vec![(DOCUMENT, a.vector.digest()), (b.document, b.vector.digest())])
    );
    let change = &written[0].0.changes[1].header;
    assert_eq!(workspace.find_change(DOCUMENT, change.hash), Ok(Some((a.actor, 2))));
    assert_eq!(workspace.find_change(b.document, change.hash), Ok(None));
    assert_eq!(workspace.actor_device(DOCUMENT, a.actor), Ok(Some(written[0].0.device)));
    assert_eq!(workspace.actor_device(DOCUMENT, b.actor), Ok(None));
}

#[test]
fn appending_a_stored_envelope_again_changes_nothing() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    let (first, first_vector) = author.write(2, "x");
    let (second, vector) = author.write(1, "y");
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    workspace.append(None, &first.clone().into(), &first_vector).unwrap();
    workspace.append(None, &second.clone().into(), &vector).unwrap();
    assert_eq!(workspace.append(Some(PEER), &first.clone().into(), &first_vector), Ok(1));
    assert_eq!(workspace.position(), Ok(2));
    assert_eq!(workspace.vector(DOCUMENT), Ok(vector));
    tx.commit().unwrap();
    assert!(store.verify().unwrap().is_clean());
}

/// One pack of what was written.
fn pack(written: &[Envelope]) -> Record {
    let mut packer = Packer::new();
    for envelope in written {
        packer.push(&envelope.clone().into(), &|_| true, &|_, _, _| None);
    }
    Record::Pack(packer.finish(&|_, _, _| None).remove(0))
}

#[test]
fn a_pack_is_one_row_whose_changes_are_found_one_by_one() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    let written: Vec<Envelope> = (0..40).map(|_| author.write(1, "room").0).collect();
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    let pack = pack(&written);
    assert_eq!(workspace.append(Some(PEER), &pack, &author.vector), Ok(1));
    assert_eq!(workspace.append(None, &pack, &author.vector), Ok(1), "it is there already");
    let read = workspace.document_records(DOCUMENT, 0, ALL).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].origin, &read[0].record), (Some(PEER), &pack));
    for (seq, envelope) in (1..).zip(&written) {
        let hash = envelope.changes[0].header.hash;
        assert_eq!(workspace.find_change(DOCUMENT, hash), Ok(Some((author.actor, seq))));
        assert_eq!(workspace.find_by_first_bytes(DOCUMENT, &hash.0[..6]), Ok(Some(hash)));
    }
    assert_eq!(workspace.find_by_first_bytes(DOCUMENT, &[]), Ok(None), "more than one");
    let other = written[0].changes[0].header.hash.0.map(|byte| byte ^ 0xff);
    assert_eq!(workspace.find_by_first_bytes(DOCUMENT, &other[..6]), Ok(None));
    assert_eq!(workspace.find_by_first_bytes(DocumentId([7; 16]), &other[..6]), Ok(None));
    tx.commit().unwrap();
    let report = store.verify().unwrap();
    assert_eq!(report.problems, []);
    assert_eq!((report.envelopes, report.changes), (1, 40));
    drop(store);
    let connection = Connection::open(place.file()).unwrap();
    let length: i64 =
        connection.query_row("SELECT length(bytes) FROM envelopes", [], |row| row.get(0)).unwrap();
    connection
        .execute("UPDATE envelopes SET bytes = CAST(substr(bytes, 1, ?1) AS BLOB)", [length - 1])
        .unwrap();
    drop(connection);
    assert_eq!(place.open().verify().unwrap().problems.len(), 3, "the row, the vector, the index");
}

#[test]
fn a_pack_takes_the_place_of_the_records_it_was_made_of_and_of_no_others() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    let mut other = Author::new(4, WORKSPACE, DocumentId([2; 16]));
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    let mut written = Vec::new();
    for _ in 0..10 {
        for author in [&mut author, &mut other] {
            let (envelope, vector) = author.write(1, "room");
            workspace.append(Some(PEER), &envelope.clone().into(), &vector).unwrap();
            written.extend((author.document == DOCUMENT).then_some(envelope));
        }
    }
    let positions: Vec<u64> = (1..20).step_by(2).collect();
    let failed = |result: Result<(), StorageError>| {
        assert!(matches!(result, Err(StorageError::Failed(_))), "{result:?}");
    };
    failed(workspace.replace(&positions[2..8], None, &pack(&written[2..7])));
    failed(workspace.replace(&positions[2..8], None, &pack(&written[3..9])));
    failed(workspace.replace(&[5, 9], None, &pack(&[written[2].clone(), written[4].clone()])));
    failed(workspace.replace(&[], None, &pack(&written)));
    assert_eq!(workspace.records_after(0, ALL).unwrap().len(), 20);
    let packed = pack(&written[2..8]);
    assert_eq!(workspace.replace(&positions[2..8], Some(PEER), &packed), Ok(()));
    let read = workspace.document_records(DOCUMENT, 0, ALL).unwrap();
    assert_eq!(read.iter().map(|stored| stored.position).collect::<Vec<_>>(), [1, 3, 15, 17, 19]);
    assert_eq!((read[2].origin, &read[2].record), (Some(PEER), &packed));
    assert_eq!((workspace.position(), workspace.document_position(DOCUMENT)), (Ok(20), Ok(19)));
    assert_eq!(workspace.documents_with_records(6), Ok(vec![other.document]));
    tx.commit().unwrap();
    let report = store.verify().unwrap();
    assert_eq!(report.problems, []);
    assert_eq!((report.envelopes, report.changes), (15, 20));
    assert_eq!(author.append(&mut store, 1), Ok(21));
}

#[test]
fn a_store_of_the_first_format_is_brought_to_the_newest() {
    let place = filled();
    let connection = Connection::open(place.file()).unwrap();
    connection
        .execute_batch(
            "ALTER TABLE envelopes ADD COLUMN first_seq INTEGER NOT NULL DEFAULT 1;
             ALTER TABLE envelopes ADD COLUMN last_seq INTEGER NOT NULL DEFAULT 1;
             ALTER TABLE envelopes ADD COLUMN actor BLOB NOT NULL DEFAULT x'00';
             UPDATE envelopes SET last_seq = changes;
             ALTER TABLE envelopes DROP COLUMN changes;
             DROP INDEX parked_by_age;
             ALTER TABLE parked DROP COLUMN parked_ms;
             PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(connection);
    let mut store = place.open();
    assert!(store.verify().unwrap().is_clean());
    let mut author = Author::new(6, WORKSPACE, DocumentId([6; 16]));
    assert_eq!(author.append(&mut store, 2), Ok(7));
}

#[test]
fn small_values_are_kept_per_workspace_and_replaced() {
    let place = Place::new();
    let mut store = place.open();
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    let other = tx.create_workspace(OTHER_WORKSPACE).unwrap();
    for round in [1_u8, 2] {
        let cursor =
            Cursor { incarnation: Incarnation([round; 16]), acknowledged: u64::from(round) };
        workspace.set_cursor(PEER, cursor).unwrap();
        assert_eq!(workspace.cursor(PEER), Ok(Some(cursor)));
        workspace.set_setting("server", Some(&[round])).unwrap();
        assert_eq!(workspace.setting("server"), Ok(Some(vec![round])));
        workspace.set_own_actor(DOCUMENT, ActorId([round; 16]), NONCE).unwrap();
        assert_eq!(workspace.own_actor(DOCUMENT), Ok(Some((ActorId([round; 16]), NONCE))));
        workspace.set_snapshot(DOCUMENT, 4, &[round; 9]).unwrap();
        assert_eq!(workspace.snapshot(DOCUMENT), Ok(Some((4, vec![round; 9]))));
        workspace.set_cached_view(DOCUMENT, 5, "{}").unwrap();
        assert_eq!(workspace.cached_view(DOCUMENT), Ok(Some((5, "{}".to_owned()))));
        workspace.append_policy(PolicyHash([round; 32]), &[round]).unwrap();
        workspace.append_policy(PolicyHash([1; 32]), &[1]).unwrap();
    }
    workspace.set_setting("server", None).unwrap();
    assert_eq!(workspace.setting("server"), Ok(None));
    assert_eq!(workspace.policy_entries(), Ok(vec![vec![1], vec![2]]));
    assert_eq!(workspace.incarnation(), other.incarnation());
    assert_eq!((other.cursor(PEER), other.setting("server")), (Ok(None), Ok(None)));
    assert_eq!((other.snapshot(DOCUMENT), other.own_actor(DOCUMENT)), (Ok(None), Ok(None)));
    assert_eq!(other.policy_entries(), Ok(Vec::new()));
}

#[test]
fn the_quarantine_list_of_a_document_is_replaced_as_a_whole() {
    let place = Place::new();
    let mut store = place.open();
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    let change = |seq: u64| Quarantined {
        document: DOCUMENT,
        change: ChangeHash([seq as u8; 32]),
        actor: ActorId([1; 16]),
        seq,
        reason: "quarantine-start-op".to_owned(),
    };
    workspace.set_quarantine(DOCUMENT, &[change(3), change(1)]).unwrap();
    assert_eq!(workspace.quarantine(), Ok(vec![change(3), change(1)]));
    workspace.set_quarantine(DOCUMENT, &[change(2)]).unwrap();
    assert_eq!(workspace.quarantine(), Ok(vec![change(2)]));
}

#[test]
fn a_parked_envelope_comes_out_once_for_any_of_what_it_misses() {
    let place = Place::new();
    let mut store = place.open();
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    let change = Missing::Change(DOCUMENT, ChangeHash([1; 32]));
    let policy = Missing::Policy(PolicyHash([1; 32]));
    workspace.park(Some(PEER), b"first", &[change, policy]).unwrap();
    workspace.park(None, b"second", &[policy]).unwrap();
    workspace.park(Some(PEER), b"first", &[change]).unwrap();
    assert_eq!(workspace.parked(Some(PEER)), Ok((1, 5)));
    assert_eq!(workspace.parked(None), Ok((1, 6)));
    let out = workspace.unpark(change).unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!((out[0].origin, out[0].bytes.as_slice()), (Some(PEER), b"first".as_slice()));
    assert_eq!(workspace.unpark(change), Ok(Vec::new()));
    let out = workspace.unpark(policy).unwrap();
    assert_eq!(out.iter().map(|parked| parked.bytes.as_slice()).collect::<Vec<_>>(), [b"second"]);
    assert_eq!(workspace.parked(Some(PEER)), Ok((0, 0)));
}

#[test]
fn f02_nothing_of_a_dropped_transaction_is_kept() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    author.append(&mut store, 1).unwrap();
    let before = author.vector.clone();
    let (envelope, vector) = author.write(1, "lost");
    let tx = store.begin().unwrap();
    let other = tx.create_workspace(OTHER_WORKSPACE).unwrap();
    assert_eq!(other.position(), Ok(0));
    tx.workspace(WORKSPACE).unwrap().append(None, &envelope.clone().into(), &vector).unwrap();
    drop(tx);
    assert_eq!(store.workspaces(), Ok(vec![WORKSPACE]));
    let tx = store.begin().unwrap();
    assert_eq!(tx.workspace(WORKSPACE).unwrap().vector(DOCUMENT), Ok(before));
    assert!(matches!(tx.workspace(OTHER_WORKSPACE), Err(StorageError::Failed(_))));
}

#[test]
fn a_forgotten_workspace_leaves_no_row_and_no_byte() {
    let place = Place::new();
    let mut store = place.open();
    let mut kept = Author::new(4, OTHER_WORKSPACE, DOCUMENT);
    kept.append(&mut store, 1).unwrap();
    let (envelope, vector) = author().write(1, "a-canary-in-the-plan");
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    workspace.append(None, &envelope.clone().into(), &vector).unwrap();
    workspace.set_snapshot(DOCUMENT, 1, b"a-canary-in-the-plan").unwrap();
    tx.commit().unwrap();
    let tx = store.begin().unwrap();
    assert_eq!(tx.forget_workspace(WORKSPACE), Ok(true));
    assert_eq!(tx.forget_workspace(WORKSPACE), Ok(false));
    tx.commit().unwrap();
    store.checkpoint().unwrap();
    let report = store.verify().unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.workspaces, report.envelopes), (1, 1));
    store.close().unwrap();
    let bytes = fs::read(place.file()).unwrap();
    assert!(!bytes.windows(20).any(|window| window == b"a-canary-in-the-plan"));
}

#[test]
fn positions_of_a_forgotten_document_are_not_given_again() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    assert_eq!(author.append(&mut store, 1), Ok(1));
    let tx = store.begin().unwrap();
    tx.workspace(WORKSPACE).unwrap().forget_document(DOCUMENT).unwrap();
    tx.commit().unwrap();
    let mut other = Author::new(4, WORKSPACE, DocumentId([2; 16]));
    assert_eq!(other.append(&mut store, 1), Ok(2));
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn f11_a_second_process_is_told_who_has_the_store() {
    let place = Place::new();
    let store = place.open();
    match place.try_open() {
        Err(OpenError::InUse { pid }) => assert_eq!(pid, cfg!(unix).then(std::process::id)),
        other => panic!("{other:?}"),
    }
    store.close().unwrap();
    place.open();
}

#[test]
fn f11_of_many_that_open_at_once_one_gets_the_store() {
    let place = Place::new();
    for _ in 0..20 {
        let opened: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| place.try_open())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(opened.iter().filter(|opened| opened.is_ok()).count(), 1);
        let refused = |opened: &Result<_, _>| matches!(opened, Err(OpenError::InUse { .. }));
        assert_eq!(opened.iter().filter(|opened| refused(opened)).count(), 7);
    }
}

#[test]
fn f06_a_row_of_the_wrong_shape_is_named_too() {
    let place = filled();
    let connection = Connection::open(place.file()).unwrap();
    connection.execute("UPDATE envelopes SET sum = x'00' WHERE number = 2", []).unwrap();
    drop(connection);
    let mut store = place.open();
    let report = store.verify().unwrap();
    let named = |problem: &Problem| matches!(problem, Problem::Document { document: DOCUMENT, .. });
    assert!(report.problems.iter().any(named), "{report:?}");
    let tx = store.begin().unwrap();
    match tx.workspace(WORKSPACE).unwrap().records_after(1, ALL) {
        Err(StorageError::Damaged(what)) => assert!(what.contains("position 2"), "{what}"),
        other => panic!("{other:?}"),
    }
}

#[cfg(unix)]
#[test]
fn the_folder_and_its_files_are_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let _store = place.open();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.folder()), 0o700);
    for entry in fs::read_dir(place.folder()).unwrap() {
        assert_eq!(mode(entry.unwrap().path()), 0o600);
    }
}

#[test]
fn f05_a_full_disk_refuses_the_transaction_and_recovers_without_reopening() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    author.append(&mut store, 1).unwrap();
    let pages: i64 =
        store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    let before = author.vector.clone();
    let (envelope, vector) = author.write(1, &"long ".repeat(20_000));
    let tx = store.begin().unwrap();
    let mut workspace = tx.workspace(WORKSPACE).unwrap();
    workspace.set_setting("kept", Some(b"no")).unwrap();
    assert_eq!(workspace.append(None, &envelope.clone().into(), &vector), Err(StorageError::Full));
    // Whether SQLite has given the transaction up by now or not, nothing more of it can be kept by accident.
    let _ = workspace.set_setting("later", Some(b"no"));
    drop(tx);
    let tx = store.begin().unwrap();
    let workspace = tx.workspace(WORKSPACE).unwrap();
    assert_eq!((workspace.setting("kept"), workspace.setting("later")), (Ok(None), Ok(None)));
    assert_eq!(workspace.vector(DOCUMENT), Ok(before));
    drop(tx);
    store.connection.pragma_update_and_check(None, "max_page_count", 9_999, |_| Ok(())).unwrap();
    let tx = store.begin().unwrap();
    tx.workspace(WORKSPACE).unwrap().append(None, &envelope.clone().into(), &vector).unwrap();
    tx.commit().unwrap();
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn f14_a_store_of_a_newer_format_is_refused_and_left_alone() {
    let place = filled();
    let connection = Connection::open(place.file()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = fs::read(place.file()).unwrap();
    let refused = place.try_open();
    assert!(
        matches!(refused, Err(OpenError::Newer { found: 99, supported: FORMAT })),
        "{refused:?}"
    );
    assert_eq!(fs::read(place.file()).unwrap(), before);
}

#[test]
fn a_file_of_another_program_is_refused() {
    let place = Place::new();
    fs::create_dir_all(place.folder()).unwrap();
    let connection = Connection::open(place.file()).unwrap();
    connection.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    drop(connection);
    assert!(matches!(place.try_open(), Err(OpenError::NotAStore)));
    fs::write(place.file(), "not a database at all, but a letter".repeat(200)).unwrap();
    assert!(matches!(place.try_open(), Err(OpenError::Damaged(_))));
}

#[test]
fn f13_actors_go_on_after_a_clean_close_and_not_after_a_kill() {
    let place = filled();
    let mut store = place.open();
    assert_eq!(store.life(), Some(Life::Continued));
    let incarnation = store.incarnation();
    assert!(own_actor(&mut store).is_some());
    let (killed, _) = (place.copy_folder("killed"), store.close().unwrap());
    let store = place.open();
    assert_eq!((store.life(), store.incarnation()), (Some(Life::Continued), incarnation));
    let lease = fs::read(place.root.path().join("lease")).unwrap();
    let while_open = place.copy_folder("while-open");
    drop(store);
    // As if the process had been killed: the store and the lease as they were while it was open.
    place.put_back(&while_open);
    fs::write(place.root.path().join("lease"), lease).unwrap();
    let mut store = place.open();
    assert_eq!((store.life(), own_actor(&mut store)), (Some(Life::Unclean), None));
    assert_ne!(store.incarnation(), incarnation);
    store.close().unwrap();
    // A copy made while an earlier run had the store open, put back after it closed.
    place.put_back(&killed);
    let mut store = place.open();
    assert_eq!((store.life(), own_actor(&mut store)), (Some(Life::Restored), None));
}

#[test]
fn f13_an_older_copy_of_the_folder_loses_its_actors_and_keeps_its_log() {
    let place = filled();
    let copy = place.copy_folder("copy");
    place.open().close().unwrap();
    place.put_back(&copy);
    let mut store = place.open();
    assert_eq!((store.life(), own_actor(&mut store)), (Some(Life::Restored), None));
    assert_eq!(store.verify().unwrap().envelopes, 9);
    store.close().unwrap();
    assert_eq!(place.open().life(), Some(Life::Continued));
}

#[test]
fn f12_a_folder_copied_to_where_there_is_no_lease_begins_a_new_life() {
    let place = filled();
    let copy = place.copy_folder("elsewhere");
    let lease = Some(place.root.path().join("another lease"));
    let mut store = Store::open(&copy, &Options { lease, ..Options::default() }).unwrap();
    assert_eq!((store.life(), own_actor(&mut store)), (Some(Life::Restored), None));
}

#[test]
fn f13_a_crash_between_the_two_counters_costs_an_actor_and_no_more() {
    let place = filled();
    let lease = fs::read(place.root.path().join("lease")).unwrap();
    let store = place.open();
    let opening = place.copy_folder("opening");
    drop(store);
    place.put_back(&opening);
    fs::write(place.root.path().join("lease"), lease).unwrap();
    let mut store = place.open();
    assert_eq!((store.life(), own_actor(&mut store)), (Some(Life::Restored), None));
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn without_a_lease_own_actors_are_out_of_reach() {
    let place = filled();
    let mut store = Store::open(&place.folder(), &Options::default()).unwrap();
    assert_eq!((store.life(), own_actor(&mut store)), (None, None));
    let tx = store.begin().unwrap();
    let refused = tx.workspace(WORKSPACE).unwrap().set_own_actor(DOCUMENT, ActorId([1; 16]), NONCE);
    assert!(refused.is_err());
    drop(tx);
    store.close().unwrap();
    assert_eq!(place.open().life(), Some(Life::Continued), "looking costs nothing");
}

fn own_actor(store: &mut Store) -> Option<(ActorId, [u8; 16])> {
    let tx = store.begin().unwrap();
    tx.workspace(WORKSPACE).unwrap().own_actor(DOCUMENT).unwrap()
}

#[test]
fn f06_a_flipped_byte_of_the_file_is_found_or_does_no_harm() {
    let place = filled();
    let sound = Store::open(&place.folder(), &Options::default()).unwrap();
    let clean = sound.verify().unwrap();
    let logs = logs(sound);
    let original = fs::read(place.file()).unwrap();
    let (mut refused, mut reported, mut harmless) = (0, 0, 0);
    for index in (0..original.len()).step_by(389) {
        let mut bytes = original.clone();
        bytes[index] ^= 0x10;
        fs::write(place.file(), &bytes).unwrap();
        let Ok(store) = Store::open(&place.folder(), &Options::default()) else {
            refused += 1;
            continue;
        };
        match store.verify() {
            Ok(report) if report == clean => {
                harmless += 1;
                assert_eq!(self::logs(store), logs, "byte {index}");
            }
            _ => reported += 1,
        }
    }
    assert!(refused > 0 && reported > 0, "{refused} {reported} {harmless}");
}

/// A hash of everything that a peer could be sent.
fn logs(mut store: Store) -> Result<blake3::Hash, StorageError> {
    let tx = store.begin()?;
    let mut logs = Vec::new();
    for id in tx.workspaces()? {
        let workspace = tx.workspace(id)?;
        logs.push(format!("{:?}", workspace.policy_entries()?));
        logs.push(format!("{:?}", workspace.records_after(0, ALL)?));
        for (document, _) in workspace.documents()? {
            logs.push(format!("{:?}", workspace.vector(document)?));
        }
    }
    Ok(blake3::hash(logs.concat().as_bytes()))
}

#[test]
fn f04_a_log_of_sqlite_cut_or_torn_anywhere_gives_whole_transactions() {
    let place = Place::new();
    let mut store = place.open();
    let mut authors = [author(), Author::new(4, OTHER_WORKSPACE, DOCUMENT)];
    for _ in 0..12 {
        let tx = store.begin().unwrap();
        for author in &mut authors {
            let (envelope, vector) = author.write(2, "Wi-Fi in every room");
            let mut workspace = tx.create_workspace(author.workspace).unwrap();
            workspace.append(None, &envelope.clone().into(), &vector).unwrap();
        }
        tx.commit().unwrap();
    }
    let copy = place.copy_folder("after a power cut");
    drop(store);
    let (file, wal) = (copy.join(STORE_FILE), copy.join("store.db-wal"));
    let (file_bytes, wal_bytes) = (fs::read(&file).unwrap(), fs::read(&wal).unwrap());
    let mut counts = std::collections::BTreeSet::new();
    for cut in (0..wal_bytes.len()).step_by(4_999) {
        let mut torn = wal_bytes.clone();
        torn[cut] ^= 0xff;
        for left in [&wal_bytes[..cut], &torn] {
            let _ = fs::remove_file(folder::beside(&file, "-shm"));
            fs::write(&file, &file_bytes).unwrap();
            fs::write(&wal, left).unwrap();
            let store = Store::open(&copy, &Options::default()).unwrap();
            let report = store.verify().unwrap();
            assert!(report.is_clean(), "cut at {cut}: {:?}", report.problems);
            assert_eq!(report.envelopes % 2, 0, "cut at {cut}: half a transaction");
            counts.insert(report.envelopes);
        }
    }
    assert!(counts.len() > 5, "{counts:?}");
}

#[test]
fn f06_a_damaged_row_is_named_when_it_is_read_and_by_verify() {
    let place = filled();
    let connection = Connection::open(place.file()).unwrap();
    let run = |sql: &str| assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    run("UPDATE envelopes SET bytes = CAST(substr(bytes, 1, 100) || x'ff' || substr(bytes, 102) AS BLOB)
         WHERE workspace = 1 AND position = 2");
    run("DELETE FROM changes WHERE document = 2 AND seq = 6");
    run("UPDATE documents SET vector = (SELECT vector FROM documents WHERE number = 3),
         digest = (SELECT digest FROM documents WHERE number = 3) WHERE number = 2");
    run("UPDATE policy_entries SET bytes = x'00'");
    drop(connection);
    let mut store = place.open();
    let report = store.verify().unwrap();
    let problems = report.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for part in
        ["position 2: the bytes", "vector is not that", "index of changes", "policy entry 1"]
    {
        assert!(problems.contains(part), "{part} in {problems}");
    }
    let tx = store.begin().unwrap();
    let workspace = tx.workspace(WORKSPACE).unwrap();
    assert_eq!(workspace.records_after(0, 1).unwrap().len(), 1, "what is sound can be read");
    let damaged = StorageError::Damaged(format!(
        "document {DOCUMENT}, position 2: the bytes do not fit their sum"
    ));
    assert_eq!(workspace.records_after(1, ALL), Err(damaged));
    assert!(matches!(workspace.policy_entries(), Err(StorageError::Damaged(_))));
    let unindexed = workspace.records_after(5, ALL);
    assert!(matches!(unindexed, Err(StorageError::Damaged(_))), "{unindexed:?}");
}

/// An entry of the index of documents names another row: SQLite's quick check does not see it.
#[test]
fn f06_an_index_that_leads_to_another_document_is_found_when_read() {
    let place = Place::new();
    let other = DocumentId([9; 16]);
    let mut store = place.open();
    let tx = store.begin().unwrap();
    let workspace = tx.create_workspace(WORKSPACE).unwrap();
    for document in [DOCUMENT, other] {
        workspace.put_document(document, &VersionVector::default()).unwrap();
    }
    tx.commit().unwrap();
    drop(store);
    let file = place.folder().join(STORE_FILE);
    let mut bytes = fs::read(&file).unwrap();
    // A row of the index: the id, and behind it the row's number in one byte.
    let entry = [&other.0[..], &[2]].concat();
    let found: Vec<usize> =
        bytes.windows(17).enumerate().filter(|(_, at)| *at == entry).map(|(at, _)| at).collect();
    let [at] = found[..] else { panic!("{found:?}") };
    bytes[at + 16] = 1;
    fs::write(&file, bytes).unwrap();

    let mut store = place.open();
    let report = store.verify().unwrap();
    assert!(matches!(report.problems[..], [Problem::Structure(_), ..]), "{report:?}");
    let tx = store.begin().unwrap();
    let workspace = tx.workspace(WORKSPACE).unwrap();
    assert_eq!(workspace.vector(DOCUMENT), Ok(VersionVector::default()));
    for asked in [
        workspace.vector(other).map(drop),
        workspace.document_position(other).map(drop),
        workspace.document_records(other, 0, ALL).map(drop),
    ] {
        assert!(matches!(asked, Err(StorageError::Damaged(_))), "{asked:?}");
    }
}

#[test]
fn f03_a_damaged_snapshot_or_view_is_absent() {
    let place = Place::new();
    let mut store = place.open();
    let tx = store.begin().unwrap();
    let mut workspace = tx.create_workspace(WORKSPACE).unwrap();
    workspace.set_snapshot(DOCUMENT, 1, b"snapshot").unwrap();
    workspace.set_cached_view(DOCUMENT, 1, "{}").unwrap();
    tx.inner.execute("UPDATE snapshots SET bytes = x'00'", []).unwrap();
    tx.inner.execute("UPDATE views SET json = '[]'", []).unwrap();
    assert_eq!(workspace.snapshot(DOCUMENT), Ok(None));
    assert_eq!(workspace.cached_view(DOCUMENT), Ok(None));
    // One that was made earlier, or of another document, is not taken for this one's newest.
    workspace.set_snapshot(DOCUMENT, 1, b"snapshot").unwrap();
    workspace.set_cached_view(DOCUMENT, 1, "{}").unwrap();
    tx.inner.execute("UPDATE snapshots SET position = 3", []).unwrap();
    tx.inner.execute("UPDATE views SET document = ?1", [[9_u8; 16]]).unwrap();
    assert_eq!(workspace.snapshot(DOCUMENT), Ok(None));
    assert_eq!(workspace.cached_view(DocumentId([9; 16])), Ok(None));
}

#[test]
fn a_backup_made_while_writing_is_restored_and_sound() {
    let place = Place::new();
    let (mut store, mut author) = (place.open(), author());
    author.append(&mut store, 1).unwrap();
    let to = place.root.path().join("usb").with_extension("backup");
    let manifest = std::thread::scope(|scope| {
        let (folder, to) = (place.folder(), to.clone());
        let backup = scope.spawn(move || backup(&folder, &to).unwrap());
        for _ in 0..50 {
            author.append(&mut store, 2).unwrap();
        }
        backup.join().unwrap()
    });
    assert!((1..=51).contains(&manifest.envelopes), "{manifest:?}");
    assert!(matches!(store.backup(&to), Err(BackupError::Exists(_))));

    let elsewhere = place.root.path().join("elsewhere");
    assert_eq!(restore(&to, &elsewhere, RestoreOptions::default()).unwrap(), manifest);
    let restored = Store::open(&elsewhere, &Options::default()).unwrap();
    let report = restored.verify().unwrap();
    assert!(report.is_clean());
    assert_eq!((report.envelopes, report.changes), (manifest.envelopes, manifest.changes));
    assert_ne!(restored.incarnation(), store.incarnation());
}

#[test]
fn f13_a_restored_backup_takes_the_place_of_a_store_only_when_told_to() {
    let place = filled();
    let to = place.root.path().join("backup");
    let store = place.open();
    store.backup(&to).unwrap();
    store.close().unwrap();
    let refused = restore(&to, &place.folder(), RestoreOptions::default());
    assert!(matches!(refused, Err(BackupError::NotEmpty)));
    restore(&to, &place.folder(), RestoreOptions { replace: true }).unwrap();
    assert!(place.folder().join("store.replaced-1.db").exists());
    let mut store = place.open();
    assert_eq!((store.life(), own_actor(&mut store)), (Some(Life::Restored), None));
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn a_backup_that_was_changed_or_did_not_finish_is_refused() {
    let place = filled();
    let to = place.root.path().join("backup");
    backup(&place.folder(), &to).unwrap();
    let elsewhere = place.root.path().join("elsewhere");
    let mut bytes = fs::read(&to).unwrap();
    bytes[5_000] ^= 1;
    fs::write(&to, &bytes).unwrap();
    let refused = restore(&to, &elsewhere, RestoreOptions::default());
    assert!(matches!(refused, Err(BackupError::Mismatch)), "{refused:?}");
    let refused = Store::open(&elsewhere, &Options::default());
    assert!(matches!(refused, Err(OpenError::RestoreUnfinished)), "{refused:?}");
    fs::remove_file(folder::beside(&to, ".json")).unwrap();
    let refused = restore(&to, &elsewhere, RestoreOptions::default());
    assert!(matches!(refused, Err(BackupError::Manifest(_))));
}

#[test]
fn f06_what_is_whole_in_a_damaged_store_is_handed_out() {
    let place = filled();
    let connection = Connection::open(place.file()).unwrap();
    connection.execute("UPDATE envelopes SET bytes = x'00' WHERE number = 4", []).unwrap();
    connection.execute("UPDATE envelopes SET sum = zeroblob(16) WHERE number = 5", []).unwrap();
    drop(connection);
    let aside = set_aside(&place.folder()).unwrap();
    assert_eq!(place.open().workspaces(), Ok(Vec::new()));
    let mut taken = Vec::new();
    let salvage = salvage(&aside, |item| taken.push(item)).unwrap();
    assert_eq!(salvage, Salvage { policy_entries: 1, envelopes: 8, lost: 1 });
    assert_eq!(taken.len(), 9);
    assert!(matches!(taken[0], Salvaged::Policy { workspace: WORKSPACE, .. }));
    let without_origin = |item: &&Salvaged| matches!(item, Salvaged::Record { origin: None, .. });
    assert_eq!(
        taken.iter().filter(without_origin).count(),
        1,
        "the signature is good, the sum is not"
    );
}

#[test]
fn t15_what_waits_too_long_is_dropped_unless_a_file_brought_it() {
    let (place, mut author) = (Place::new(), author());
    let mut store = place.open();
    author.append(&mut store, 1).unwrap();
    let missing = [Missing::Policy(PolicyHash([7; 32]))];
    let tx = store.begin().unwrap();
    let mut workspace = tx.workspace(WORKSPACE).unwrap();
    workspace.park(Some(PEER), b"from a peer", &missing).unwrap();
    workspace.park(None, b"from a file", &missing).unwrap();
    assert_eq!(tx.parked().unwrap(), (2, 22));
    let now = crate::clock::now();
    assert_eq!(tx.expire_parked(Timestamp(now.0 - 1_000)).unwrap(), 0);
    assert_eq!(tx.expire_parked(Timestamp(now.0 + 1_000)).unwrap(), 1);
    let left = tx.workspace(WORKSPACE).unwrap().unpark(missing[0]).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].origin, left[0].bytes.as_slice()), (None, b"from a file".as_slice()));
    tx.commit().unwrap();
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn what_is_counted_step_by_step_is_what_is_counted_at_once_and_what_is_there() {
    let (place, mut author) = (Place::new(), author());
    let mut store = place.open();
    let mut usage = Usage::default();
    for count in [1, 3, 2] {
        author.append(&mut store, count).unwrap();
        let tx = store.begin().unwrap();
        let workspace = tx.workspace(WORKSPACE).unwrap();
        assert!(usage.advance(&workspace).unwrap());
        assert!(!usage.advance(&workspace).unwrap(), "nothing was added");
        assert_eq!(usage.totals, workspace.totals().unwrap());
        let mut fresh = Usage::default();
        fresh.advance(&workspace).unwrap();
        assert_eq!(fresh, usage);
    }
    let tx = store.begin().unwrap();
    let workspace = tx.workspace(WORKSPACE).unwrap();
    let stored = workspace.records_after(0, ALL).unwrap();
    let bytes: usize = stored.iter().map(|stored| stored.record.encode().len()).sum();
    assert_eq!((usage.totals.envelopes, usage.totals.changes), (3, 6));
    assert_eq!(usage.totals.bytes, bytes as u64);
    assert_eq!(usage.documents, [(DOCUMENT, bytes as u64)].into());
    let own = |position, peer| workspace.count_after(position, peer).unwrap();
    let origin = stored[0].origin;
    assert_eq!((own(0, DeviceId([77; 32])), own(2, DeviceId([77; 32]))), (6, 2));
    if let Some(origin) = origin {
        assert_eq!(own(0, origin), 0);
    }
}

#[test]
fn f14_a_store_of_the_first_format_is_brought_to_the_newest_and_keeps_what_waits() {
    let place = Place::new();
    fs::create_dir_all(place.folder()).unwrap();
    let connection = Connection::open(place.file()).unwrap();
    connection.execute_batch(include_str!("0001.sql")).unwrap();
    connection.pragma_update(None, "application_id", schema::APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection.execute("INSERT INTO meta VALUES ('incarnation', ?1)", [[3_u8; 16]]).unwrap();
    connection
        .execute("INSERT INTO workspaces (number, id) VALUES (1, ?1)", [WORKSPACE.0])
        .unwrap();
    let sql =
        "INSERT INTO parked (workspace, hash, origin, size, bytes) VALUES (1, ?1, ?2, 2, x'0102')";
    connection.execute(sql, params![[1_u8; 32], PEER.0]).unwrap();
    drop(connection);
    let mut store = place.open();
    let tx = store.begin().unwrap();
    assert_eq!(tx.parked().unwrap(), (1, 2));
    let week = crate::clock::now().after(-7 * 86_400_000);
    assert_eq!(tx.expire_parked(week).unwrap(), 0, "what waited before the change waits from now");
    tx.commit().unwrap();
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn a_healthy_store_gives_back_what_was_written_and_a_full_one_does_not() {
    let place = filled();
    let mut store = place.open();
    store.probe().unwrap();
    store.probe().unwrap();
    store.connection.execute_batch("PRAGMA query_only = ON").unwrap();
    assert!(store.probe().is_err());
}

#[test]
fn a_running_store_is_inspected_and_surveyed_without_its_owner() {
    let (place, mut author) = (Place::new(), author());
    let mut store = place.open();
    author.append(&mut store, 2).unwrap();
    // The owner is in the middle of a transaction: what is not committed is not seen, and nobody waits.
    let (envelope, vector) = author.write(1, "later");
    let tx = store.begin().unwrap();
    tx.workspace(WORKSPACE).unwrap().append(None, &envelope.into(), &vector).unwrap();
    let report = inspect(&place.folder()).unwrap();
    assert!(report.is_clean());
    assert_eq!(report.changes, 2);
    let surveyed = survey(&place.folder()).unwrap();
    assert_eq!((surveyed[0].0, surveyed[0].1, surveyed[0].2.changes), (WORKSPACE, 1, 2));
    tx.commit().unwrap();
    assert_eq!(inspect(&place.folder()).unwrap().changes, 3);
}
