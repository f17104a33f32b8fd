//! The library's file: what is installed on this device, what was granted, what runs gave back.

use std::path::Path;
use std::time::Duration;

use jospar_node::service::{Fault, FaultKind};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use crate::fault;

/// The schema's number in the file.
const VERSION: i64 = 2;
/// How long to wait for another program of this device.
const WAIT: Duration = Duration::from_secs(5);
/// The most runs that are remembered.
const RUNS_MAX: i64 = 200;
/// So many failed runs in a row switch a plugin off.
pub(crate) const FAILURES_MAX: i64 = 3;

const SCHEMA: &str = "
CREATE TABLE plugin (id TEXT PRIMARY KEY, version TEXT NOT NULL, hash TEXT NOT NULL, publisher TEXT NOT NULL,
  origin TEXT NOT NULL, installed_ms INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE decision (id TEXT NOT NULL, capability TEXT NOT NULL, granted INTEGER NOT NULL,
  PRIMARY KEY (id, capability)) STRICT, WITHOUT ROWID;
CREATE TABLE kept (id TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (id, key)) STRICT;
CREATE TABLE result (id TEXT NOT NULL, task TEXT NOT NULL, input TEXT NOT NULL, result TEXT NOT NULL,
  made INTEGER NOT NULL, PRIMARY KEY (id, task)) STRICT;
CREATE TABLE health (id TEXT PRIMARY KEY, failures INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE run (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, task TEXT NOT NULL,
  at_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL, ended TEXT NOT NULL) STRICT;
";

/// What version 2 has more: how much memory a person gave a plugin.
const SCHEMA_2: &str = "
CREATE TABLE memory (id TEXT PRIMARY KEY, mebibytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;
";

/// A package as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) origin: String,
    pub(crate) installed_ms: i64,
    pub(crate) bytes: Vec<u8>,
}

/// What a finished run left.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) task: String,
    /// What the result depends on, as one hash.
    pub(crate) input: String,
    pub(crate) result: Value,
}

/// How a plugin's runs went.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    pub(crate) failures: i64,
    /// Key and values of the last failure.
    pub(crate) reason: Value,
}

/// The key under which it is noted that a model answered a plugin, and whose keys it stands among: no plugin has such an
/// id.
const HEARD: &str = "heard";

fn heard(id: &str) -> String {
    format!("model:{id}")
}

#[derive(Debug)]
pub(crate) struct Database(Connection);

type Result<T> = std::result::Result<T, Fault>;

fn done<T>(result: rusqlite::Result<T>) -> Result<T> {
    result.map_err(|error| fault::database(&error))
}

impl Database {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = done(Connection::open(path))?;
        done(connection.busy_timeout(WAIT))?;
        let mut database = Self(connection);
        let transaction =
            done(database.0.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate))?;
        let version: i64 = done(transaction.query_row("PRAGMA user_version", [], |r| r.get(0)))?;
        match version {
            0 => {
                done(transaction.execute_batch(SCHEMA))?;
                done(transaction.execute_batch(SCHEMA_2))?;
            }
            1 => done(transaction.execute_batch(SCHEMA_2))?,
            VERSION => {}
            _ => return Err(Fault::new(FaultKind::Damaged, "plugin-library-newer", json!({}))),
        }
        done(transaction.commit())?;
        Ok(database)
    }

    pub(crate) fn ids(&self) -> Result<Vec<String>> {
        let mut statement = done(self.0.prepare("SELECT id FROM plugin ORDER BY id"))?;
        let ids = done(statement.query_map([], |row| row.get(0)))?.collect();
        done(ids)
    }

    pub(crate) fn package(&self, id: &str) -> Result<Option<Row>> {
        let query = "SELECT origin, installed_ms, bytes FROM plugin WHERE id = ?";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Row { origin: row.get(0)?, installed_ms: row.get(1)?, bytes: row.get(2)? })
        };
        done(self.0.query_row(query, [id], read).optional())
    }

    /// Puts a package in, with what was decided about its needs, and forgets what the one before left.
    pub(crate) fn install(
        &mut self,
        package: &jospar_plugin_api::Package,
        row: &Row,
        decisions: &[(String, bool)],
    ) -> Result<()> {
        let manifest = package.manifest();
        let id = manifest.id.as_str();
        let transaction = done(self.0.transaction())?;
        let values = params![
            id,
            manifest.version.to_string(),
            package.hash().to_string(),
            package.publisher().map(|key| key.to_string()).unwrap_or_default(),
            row.origin,
            row.installed_ms,
            row.bytes,
        ];
        let put = "INSERT OR REPLACE INTO plugin VALUES (?, ?, ?, ?, ?, ?, ?)";
        done(transaction.execute(put, values))?;
        for table in ["health", "result"] {
            done(transaction.execute(&format!("DELETE FROM {table} WHERE id = ?"), [id]))?;
        }
        for (capability, granted) in decisions {
            decide(&transaction, id, capability, *granted)?;
        }
        done(transaction.commit())
    }

    /// Takes everything about a plugin out.
    pub(crate) fn remove(&mut self, id: &str) -> Result<()> {
        let transaction = done(self.0.transaction())?;
        for table in ["plugin", "decision", "kept", "result", "health", "run", "memory"] {
            done(transaction.execute(&format!("DELETE FROM {table} WHERE id = ?"), [id]))?;
        }
        done(transaction.execute("DELETE FROM kept WHERE id = ?", [heard(id)]))?;
        done(transaction.commit())
    }

    /// Notes that a model answered a plugin: if it keeps things, what it proposes later may be the model's.
    pub(crate) fn note_heard(&self, id: &str) -> Result<()> {
        self.set_value(&heard(id), HEARD, &[])
    }

    /// Whether a model ever answered it.
    pub(crate) fn has_heard(&self, id: &str) -> Result<bool> {
        Ok(self.value(&heard(id), HEARD)?.is_some())
    }

    /// What was decided, by capability.
    pub(crate) fn decisions(&self, id: &str) -> Result<Vec<(String, bool)>> {
        let query = "SELECT capability, granted FROM decision WHERE id = ? ORDER BY capability";
        let mut statement = done(self.0.prepare(query))?;
        let rows = done(statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?))))?;
        done(rows.collect())
    }

    pub(crate) fn decide(&mut self, id: &str, decisions: &[(String, bool)]) -> Result<()> {
        let transaction = done(self.0.transaction())?;
        for (capability, granted) in decisions {
            decide(&transaction, id, capability, *granted)?;
        }
        done(transaction.commit())
    }

    pub(crate) fn value(&self, id: &str, key: &str) -> Result<Option<Vec<u8>>> {
        let query = "SELECT value FROM kept WHERE id = ? AND key = ?";
        done(self.0.query_row(query, [id, key], |row| row.get(0)).optional())
    }

    pub(crate) fn set_value(&self, id: &str, key: &str, value: &[u8]) -> Result<()> {
        let put = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)";
        done(self.0.execute(put, params![id, key, value])).map(drop)
    }

    pub(crate) fn delete_value(&self, id: &str, key: &str) -> Result<()> {
        done(self.0.execute("DELETE FROM kept WHERE id = ? AND key = ?", [id, key])).map(drop)
    }

    pub(crate) fn keys(&self, id: &str) -> Result<Vec<String>> {
        let mut statement = done(self.0.prepare("SELECT key FROM kept WHERE id = ? ORDER BY key"))?;
        let keys = done(statement.query_map([id], |row| row.get(0)))?.collect();
        done(keys)
    }

    /// Keys, and bytes of keys and values together.
    pub(crate) fn usage(&self, id: &str) -> Result<(usize, usize)> {
        let query = "SELECT count(*), coalesce(sum(octet_length(key) + length(value)), 0)
                     FROM kept WHERE id = ?";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let (keys, bytes) = done(self.0.query_row(query, [id], read))?;
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Ok((count(keys), count(bytes)))
    }

    pub(crate) fn keep_result(&self, id: &str, kept: &Kept) -> Result<()> {
        let put = "INSERT OR REPLACE INTO result VALUES (?1, ?2, ?3, ?4,
                   (SELECT coalesce(max(made), 0) + 1 FROM result))";
        let values = params![id, kept.task, kept.input, kept.result.to_string()];
        done(self.0.execute(put, values)).map(drop)
    }

    /// The result of a task, or of the task that ran last.
    pub(crate) fn result(&self, id: &str, task: Option<&str>) -> Result<Option<Kept>> {
        let query =
            "SELECT task, input, result FROM result WHERE id = ?1 AND coalesce(?2, task) = task
                     ORDER BY made DESC LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| {
            let text: String = row.get(2)?;
            let result = serde_json::from_str(&text).unwrap_or_default();
            Ok(Kept { task: row.get(0)?, input: row.get(1)?, result })
        };
        done(self.0.query_row(query, params![id, task], read).optional())
    }

    /// Writes how a run ended, and how many failed in a row.
    pub(crate) fn note_run(
        &mut self,
        (id, task): (&str, &str),
        (at_ms, took_ms): (i64, i64),
        failed: Option<(&str, &Value)>,
    ) -> Result<i64> {
        let transaction = done(self.0.transaction())?;
        let ended = failed.map_or("done", |(key, _)| key);
        let put = "INSERT INTO run (id, task, at_ms, took_ms, ended) VALUES (?, ?, ?, ?, ?)";
        done(transaction.execute(put, params![id, task, at_ms, took_ms, ended]))?;
        let old = "DELETE FROM run WHERE number <= (SELECT max(number) FROM run) - ?";
        done(transaction.execute(old, [RUNS_MAX]))?;
        match failed {
            None => drop(done(transaction.execute("DELETE FROM health WHERE id = ?", [id]))?),
            Some((_, reason)) => {
                let count = "INSERT INTO health VALUES (?1, 1, ?2)
                             ON CONFLICT (id) DO UPDATE SET failures = failures + 1, reason = ?2";
                done(transaction.execute(count, params![id, reason.to_string()]))?;
            }
        }
        let query = "SELECT failures FROM health WHERE id = ?";
        let failures: Option<i64> =
            done(transaction.query_row(query, [id], |row| row.get(0)).optional())?;
        done(transaction.commit())?;
        Ok(failures.unwrap_or_default())
    }

    pub(crate) fn health(&self, id: &str) -> Result<Health> {
        let query = "SELECT failures, reason FROM health WHERE id = ?";
        let read = |row: &rusqlite::Row<'_>| {
            let reason: String = row.get(1)?;
            let reason = serde_json::from_str(&reason).unwrap_or_default();
            Ok(Health { failures: row.get(0)?, reason })
        };
        Ok(done(self.0.query_row(query, [id], read).optional())?.unwrap_or_default())
    }

    pub(crate) fn forgive(&self, id: &str) -> Result<()> {
        done(self.0.execute("DELETE FROM health WHERE id = ?", [id])).map(drop)
    }

    /// How many MiB of memory a person gave a plugin.
    pub(crate) fn memory(&self, id: &str) -> Result<Option<u32>> {
        let query = "SELECT mebibytes FROM memory WHERE id = ?";
        done(self.0.query_row(query, [id], |row| row.get(0)).optional())
    }

    pub(crate) fn set_memory(&self, id: &str, mebibytes: u32) -> Result<()> {
        let put = "INSERT OR REPLACE INTO memory VALUES (?, ?)";
        done(self.0.execute(put, params![id, mebibytes])).map(drop)
    }

    /// The last runs, newest first: `{task, at_ms, took_ms, ended}`.
    pub(crate) fn runs(&self, id: &str, count: i64) -> Result<Vec<Value>> {
        let query =
            "SELECT task, at_ms, took_ms, ended FROM run WHERE id = ? ORDER BY number DESC LIMIT ?";
        let mut statement = done(self.0.prepare(query))?;
        let read = |row: &rusqlite::Row<'_>| {
            let (task, ended): (String, String) = (row.get(0)?, row.get(3)?);
            let (at_ms, took_ms): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(json!({"task": task, "at_ms": at_ms, "took_ms": took_ms, "ended": ended}))
        };
        let runs = done(statement.query_map(params![id, count], read))?.collect();
        done(runs)
    }
}

fn decide(connection: &Connection, id: &str, capability: &str, granted: bool) -> Result<()> {
    let put = "INSERT OR REPLACE INTO decision VALUES (?, ?, ?)";
    done(connection.execute(put, params![id, capability, granted])).map(drop)
}
