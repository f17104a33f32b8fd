//! Reads a whole store again and checks that it is what was put there.

use std::collections::BTreeMap;

use jospar_core::ids::{ActorId, ChangeHash, DocumentId, WorkspaceId};
use jospar_core::log::{Record, SealedChange, Tip, VersionVector};
use jospar_core::storage::{Position, StorageError};
use rusqlite::Connection;

use super::rows::{RECORD_COLUMNS, RecordRow, decode_vector, policy_sum, record_sum};
use super::schema::full_check;

/// The most problems a report names; there may be more.
const PROBLEMS_MAX: usize = 1_000;
const STRUCTURE_PROBLEMS_MAX: u32 = 20;

/// What a store holds and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Workspaces.
    pub workspaces: u64,
    /// Documents that have a log.
    pub documents: u64,
    /// Envelopes and packs, readable or not.
    pub envelopes: u64,
    /// Changes in those that could be read, each counted once.
    pub changes: u64,
    /// Policy entries, readable or not.
    pub policy_entries: u64,
    /// Bytes of all envelopes, packs and policy entries.
    pub bytes: u64,
    /// What is wrong, at most 1,000 of it; empty for a sound store.
    pub problems: Vec<Problem>,
}

/// One thing that is not as it was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file's structure: a backup is needed, or the log of a peer.
    #[error("the file is damaged: {0}")]
    Structure(String),
    /// An envelope or a pack: fetch it from a peer again.
    #[error("workspace {workspace}, document {document}, position {position}: {what}")]
    Envelope {
        /// The workspace.
        workspace: WorkspaceId,
        /// The document, all zero if the row does not lead to one.
        document: DocumentId,
        /// Its place in the log.
        position: Position,
        /// What is wrong with it.
        what: String,
    },
    /// A document's vector or index is not what its log makes it.
    #[error("workspace {workspace}, document {document}: {what}")]
    Document {
        /// The workspace.
        workspace: WorkspaceId,
        /// The document.
        document: DocumentId,
        /// What is wrong with it.
        what: String,
    },
    /// A policy entry.
    #[error("workspace {workspace}: policy entry {number} does not fit its sum")]
    Policy {
        /// The workspace.
        workspace: WorkspaceId,
        /// Its place in the order of storing, from 1.
        number: u64,
    },
}

impl Report {
    /// True if nothing is wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    fn report(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }
}

/// What the log of one document comes to.
#[derive(Default)]
struct Rebuilt {
    vector: VersionVector,
    /// Each change with its actor, its seq, and the place of the first record that carried it.
    changes: BTreeMap<ChangeHash, (ActorId, u64, i64)>,
}

struct Verifier<'a> {
    connection: &'a Connection,
    report: Report,
}

/// Checks everything that the connection can read.
pub(crate) fn verify(connection: &Connection) -> Result<Report, StorageError> {
    let mut verifier = Verifier { connection, report: Report::default() };
    for problem in full_check(connection, STRUCTURE_PROBLEMS_MAX)? {
        verifier.report.report(Problem::Structure(problem));
    }
    let workspaces: rusqlite::Result<Vec<(i64, [u8; 32])>> = connection
        .prepare("SELECT number, id FROM workspaces ORDER BY number")
        .and_then(|mut statement| {
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        });
    for (number, id) in verifier.or_structure(workspaces).unwrap_or_default() {
        verifier.report.workspaces += 1;
        let checked = verifier.check_policy(number, WorkspaceId(id));
        verifier.or_structure(checked);
        let checked = verifier.check_documents(number, WorkspaceId(id));
        verifier.or_structure(checked);
    }
    let checked = verifier.check_strays();
    verifier.or_structure(checked);
    Ok(verifier.report)
}

impl Verifier<'_> {
    /// What SQLite cannot read is one more problem, and the check goes on elsewhere.
    fn or_structure<T>(&mut self, result: rusqlite::Result<T>) -> Option<T> {
        result.map_err(|error| self.report.report(Problem::Structure(error.to_string()))).ok()
    }

    fn check_policy(&mut self, number: i64, workspace: WorkspaceId) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash, sum, bytes FROM policy_entries WHERE workspace = ?1 ORDER BY number",
        )?;
        let mut rows = statement.query([number])?;
        let mut place = 0;
        while let Some(row) = rows.next()? {
            let (hash, kept, bytes): ([u8; 32], [u8; 16], Vec<u8>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            place += 1;
            self.report.policy_entries += 1;
            self.report.bytes += bytes.len() as u64;
            if policy_sum(&hash, &bytes) != kept {
                self.report.report(Problem::Policy { workspace, number: place });
            }
        }
        Ok(())
    }

    fn check_documents(&mut self, number: i64, workspace: WorkspaceId) -> rusqlite::Result<()> {
        let documents: Vec<(i64, [u8; 16])> = self
            .connection
            .prepare_cached("SELECT number, id FROM documents WHERE workspace = ?1 ORDER BY id")?
            .query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (document, id) in documents {
            self.report.documents += 1;
            let id = DocumentId(id);
            if let Err(error) = self.check_document(workspace, document, id) {
                let what = error.to_string();
                self.report.report(Problem::Document { workspace, document: id, what });
            }
        }
        Ok(())
    }

    fn check_document(
        &mut self,
        workspace: WorkspaceId,
        number: i64,
        document: DocumentId,
    ) -> rusqlite::Result<()> {
        let mut rebuilt = Rebuilt::default();
        let sql = format!("{RECORD_COLUMNS} WHERE e.document = ?1 ORDER BY e.position");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            let row = RecordRow::read(row)?;
            self.report.envelopes += 1;
            self.report.bytes += row.bytes.len() as u64;
            if let Err(what) = rebuilt.take_in(&workspace, &row) {
                let position = Position::try_from(row.position).unwrap_or(0);
                self.report.report(Problem::Envelope { workspace, document, position, what });
            }
        }
        self.report.changes += rebuilt.changes.len() as u64;
        for what in [
            self.compare_vector(number, &rebuilt.vector)?,
            self.compare_index(number, &rebuilt.changes)?,
        ]
        .into_iter()
        .flatten()
        {
            let what = what.to_owned();
            self.report.report(Problem::Document { workspace, document, what });
        }
        Ok(())
    }

    fn compare_vector(
        &self,
        number: i64,
        rebuilt: &VersionVector,
    ) -> rusqlite::Result<Option<&'static str>> {
        let (digest, bytes): ([u8; 16], Vec<u8>) = self
            .connection
            .prepare_cached("SELECT digest, vector FROM documents WHERE number = ?1")?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(match decode_vector(&bytes, digest) {
            None => Some("the vector does not fit its digest"),
            Some(vector) if vector != *rebuilt => Some("the vector is not that of the log"),
            Some(_) => None,
        })
    }

    fn compare_index(
        &self,
        number: i64,
        rebuilt: &BTreeMap<ChangeHash, (ActorId, u64, i64)>,
    ) -> rusqlite::Result<Option<&'static str>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT hash, actor, seq, position FROM changes WHERE document = ?1 ORDER BY hash",
        )?;
        let mut rows = statement.query([number])?;
        let mut expected = rebuilt.iter();
        while let Some(row) = rows.next()? {
            let found = (ChangeHash(row.get(0)?), ActorId(row.get(1)?), row.get::<_, i64>(2)?);
            let position: i64 = row.get(3)?;
            let agrees = expected.next().is_some_and(|(hash, (actor, seq, first))| {
                (*hash, *actor, Ok(*seq)) == (found.0, found.1, u64::try_from(found.2))
                    && *first == position
            });
            if !agrees {
                return Ok(Some("the index of changes is not that of the log"));
            }
        }
        Ok(expected.next().map(|_| "the index of changes lacks some of the log"))
    }

    /// Rows that no workspace and document leads to would be checked by nobody else.
    fn check_strays(&mut self) -> rusqlite::Result<()> {
        let envelopes: i64 =
            self.connection.query_row("SELECT count(*) FROM envelopes", [], |row| row.get(0))?;
        let strays: i64 = self.connection.query_row(
            "SELECT count(*) FROM pragma_foreign_key_check()",
            [],
            |row| row.get(0),
        )?;
        if strays > 0 || u64::try_from(envelopes) != Ok(self.report.envelopes) {
            let found = self.report.envelopes;
            self.report.report(Problem::Structure(format!(
                "{envelopes} envelopes, of which {found} belong to a document; {strays} stray rows"
            )));
        }
        Ok(())
    }
}

impl Rebuilt {
    fn take_in(&mut self, workspace: &WorkspaceId, row: &RecordRow) -> Result<(), String> {
        if record_sum(row.position, row.origin, &row.bytes) != row.sum {
            return Err("the bytes do not fit their sum".to_owned());
        }
        let record =
            Record::decode_one(workspace, &row.bytes).map_err(|error| error.to_string())?;
        if let Some(what) = row.disagreement(&record) {
            return Err(what.to_owned());
        }
        let chained =
            record.changes().iter().all(|change| self.take_in_change(change, row.position));
        if chained { Ok(()) } else { Err("the change before it is not in the log".to_owned()) }
    }

    /// False if the actor's previous change is missing.
    fn take_in_change(&mut self, change: &SealedChange, position: i64) -> bool {
        let header = &change.header;
        if self.changes.contains_key(&header.hash) {
            return true;
        }
        let before = (header.actor, header.seq.saturating_sub(1));
        let previous = header.dependencies.iter().copied().find(|hash| {
            self.changes.get(hash).is_some_and(|(actor, seq, _)| (*actor, *seq) == before)
        });
        self.changes.insert(header.hash, (header.actor, header.seq, position));
        self.vector.advance(header.actor, previous, Tip { seq: header.seq, hash: header.hash });
        header.seq == 1 || previous.is_some()
    }
}
