//! A store whose file was changed: it opens, or says why not; what is read from it is right or a typed error.

use std::fs;
use std::sync::LazyLock;

use jospar_core::ids::{DocumentId, WorkspaceId};
use jospar_core::plan::Kind;
use jospar_core::replica::{Identity, Replica, Station};
use jospar_core::storage::Storage as _;
use jospar_node::store::{Options, STORE_FILE, Store, Transaction};

use crate::hostile::history::{Dice, History};
use crate::hostile::school::{School, Who};

const KIND: Kind = Kind::Risks;

/// The file of a store with a document in it.
static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let school = School::new();
    let document = school.document_id(KIND);
    let actor = school.actor(Who::Honest, document, [1; 16]);
    let history = History::grow(&mut Dice::new(5), KIND, &[actor], 10);
    let envelope = school.envelope(Who::Honest, document, [1; 16], history.changes);
    let mut store = Store::open(folder.path(), &Options::default()).expect("opens");
    let transaction = store.begin().expect("begins");
    fill(&transaction, &school, document, &envelope);
    transaction.commit().expect("commits");
    store.checkpoint().expect("moves the log into the file");
    store.close().expect("closes");
    fs::read(folder.path().join(STORE_FILE)).expect("reads")
});

fn fill(transaction: &Transaction<'_>, school: &School, document: DocumentId, envelope: &[u8]) {
    let mut storage = transaction.create_workspace(school.workspace).expect("made");
    for entry in school.policy().ordered() {
        storage.append_policy(entry.hash(), &entry.encode()).expect("stored");
    }
    let mut replica = Replica::open(&storage, school.workspace, &identity(school)).expect("opens");
    replica.take_in(&mut storage, None, envelope).expect("stored");
    replica.view(&mut storage, document).expect("is shown");
}

fn identity(school: &School) -> Identity {
    Identity { key: school.key(Who::Honest).clone(), station: Station::Device }
}

/// Three bytes each: where in the file, in 64 KiB steps of a prime, and what to write there. At the end, maybe a cut.
pub(super) fn run(bytes: &[u8]) {
    let mut file = FILE.clone();
    for edit in bytes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) * 131 % file.len();
        file[at] ^= edit[2];
    }
    if let [cut, 0xcc] = bytes.chunks_exact(3).remainder() {
        file.truncate(file.len() * usize::from(*cut) / 256);
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(STORE_FILE), &file).expect("writes");
    let options = Options { quick_check: bytes.len().is_multiple_of(2), ..Options::default() };
    let Ok(mut store) = Store::open(folder.path(), &options) else { return };
    let _ = store.verify();
    let school = School::new();
    read_all(&mut store, &school);
}

fn read_all(store: &mut Store, school: &School) {
    let Ok(transaction) = store.begin() else { return };
    let workspace: WorkspaceId = school.workspace;
    let Ok(mut storage) = transaction.workspace(workspace) else { return };
    let Ok(mut replica) = Replica::open(&storage, workspace, &identity(school)) else { return };
    let document = school.document_id(KIND);
    let _ = replica.view(&mut storage, document);
    let _ = replica.document(&mut storage, document).map(|shown| shown.view());
    let _ = storage.records_after(0, usize::MAX);
    let _ = storage.quarantine();
    let _ = replica.peers(&storage);
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    vec![
        vec![0, 0, 0],
        vec![16, 0, 1, 5, 1, 255],
        vec![200, 10, 7, 9, 9, 9],
        vec![1, 2, 3, 128, 0xcc],
    ]
}
