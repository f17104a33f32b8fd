//! What a model wrote, with where it comes from; worth nothing until a person accepts it.
//!
//! A text is kept under the label ЖИ (artificial intelligence) with the model, the prompt's hash, its sources and who sent
//! it. [`Record::for_signing`] gives it only once a person has accepted exactly this text.

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use crate::LlmError;
use crate::budget::Month;
use crate::client::{Answer, Line, answers};
use crate::prepared::{Confirmed, tokens_of};
use crate::queue::Waiting;
use crate::store::Store;
use crate::template::Language;
use crate::unsupported::{Finding, unsupported};

/// So many records are kept; beyond it the oldest that nobody accepted goes first, then the oldest.
pub const RECORDS_MAX: usize = 500;
/// The message key of the label that stands with the text wherever it is shown.
pub const LABEL_KEY: &str = "llm-label";

/// One answer of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The text, as the model wrote it or as a person changed it since.
    pub text: String,
    /// The model's own name.
    pub model: String,
    /// BLAKE3 of the request's body, hexadecimal.
    pub prompt_hash: String,
    /// Why it was asked.
    pub purpose: String,
    /// Which instructions.
    pub template: String,
    /// In which language.
    pub language: Language,
    /// Paths in the plan and reports that the data came from.
    pub sources: Vec<String>,
    /// Who confirmed the request.
    pub asked_by: String,
    /// When it came, in milliseconds since 1970.
    pub at_ms: i64,
    /// True if it ended at a bound: its end is missing.
    pub truncated: bool,
    /// What in the text is not in its sources.
    pub findings: Vec<Finding>,
    /// Who accepted it, if somebody did.
    pub accepted: Option<Acceptance>,
}

/// A person's yes to one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The person's id.
    pub person: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// BLAKE3 of the text that was accepted, hexadecimal.
    pub text_hash: String,
}

/// The day and the time of a request: nothing here has a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub ms: i64,
    /// The month whose budget pays.
    pub month: Month,
}

impl Record {
    /// The record of an answer, checked against the data that were sent.
    #[must_use]
    pub fn new(request: &Confirmed, answer: Answer, at_ms: i64) -> Self {
        let asked = &request.prepared.asked;
        let data: Vec<&str> = asked.blocks.iter().map(|block| block.text.as_str()).collect();
        let mut findings = unsupported(&answer.text, &data);
        findings.extend(
            answer.unknown.iter().filter_map(|mark| Finding::placeholder(&answer.text, mark)),
        );
        Self {
            text: answer.text,
            model: answer.model,
            prompt_hash: request.prepared.prompt_hash.clone(),
            purpose: asked.purpose.clone(),
            template: asked.template.clone(),
            language: asked.language,
            sources: asked.sources.clone(),
            asked_by: request.person.clone(),
            at_ms,
            truncated: answer.truncated,
            findings,
            accepted: None,
        }
    }

    /// A person (an id) accepts the text as it stands.
    pub fn accept(&mut self, person: &str, at_ms: i64) {
        let text_hash = self.text_hash();
        self.accepted = Some(Acceptance { person: person.to_owned(), at_ms, text_hash });
    }

    /// BLAKE3 of the text, hexadecimal.
    #[must_use]
    pub fn text_hash(&self) -> String {
        blake3::hash(self.text.as_bytes()).to_hex().to_string()
    }

    /// The text, for a paper that is going to be signed, and who answers for it.
    ///
    /// # Errors
    /// [`LlmError::NotAccepted`] if nobody accepted it, or if it was changed since.
    pub fn for_signing(&self) -> Result<(&str, &Acceptance), LlmError> {
        let accepted =
            self.accepted.as_ref().filter(|accepted| accepted.text_hash == self.text_hash());
        accepted.map(|accepted| (self.text.as_str(), accepted)).ok_or(LlmError::NotAccepted {})
    }
}

impl Store {
    /// Sends `request` within the month's budget, and keeps the answer; gives its number and the record.
    ///
    /// Tokens count as the server says. A request that failed after it may have been read counts by its estimate; one
    /// that never reached the model counts nothing.
    ///
    /// # Errors
    /// [`LlmError::BudgetSpent`]; what [`Confirmed::send`] says; [`LlmError::Damaged`], [`LlmError::File`].
    pub fn ask(
        &mut self,
        request: &Confirmed,
        line: Line<'_>,
        now: &Moment,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<(i64, Record), LlmError> {
        let estimate = request.prepared.tokens_estimated();
        let hold = self.hold(&now.month, line.settings.tokens_month, estimate)?;
        let mut written = 0;
        let answer = request.send(line, &mut |text| {
            written += text.len();
            on_text(text);
        });
        let tokens = match &answer {
            Ok(answer) => answer.tokens,
            Err(error) if never_read(error) => 0,
            Err(_) => tokens_of(request.prepared.body().len()) + tokens_of(written),
        };
        self.settle(hold, tokens)?;
        let record = Record::new(request, answer?, now.ms);
        Ok((self.keep(&record)?, record))
    }

    /// Sends what waits, the oldest first, until one cannot go out; `clock` gives the time of each. A request that does
    /// not fit the settings any more stays, for the person to look at anew.
    ///
    /// # Errors
    /// What stopped it; what was sent before is kept. With [`LlmError::Outdated`] all others were sent.
    pub fn send_waiting(
        &mut self,
        line: Line<'_>,
        mut clock: impl FnMut() -> Moment,
    ) -> Result<Vec<(i64, Record)>, LlmError> {
        answers(line)?;
        let mut sent = Vec::new();
        let mut outdated = false;
        for Waiting { id, at_ms, request } in self.waiting()? {
            if !request.fits(line.settings) {
                outdated = true;
                continue;
            }
            if !self.unqueue(id)? {
                continue;
            }
            match self.ask(&request, line, &clock(), &mut |_| {}) {
                Ok(answer) => sent.push(answer),
                Err(error) => {
                    self.enqueue(&request, at_ms)?;
                    return Err(error);
                }
            }
        }
        if outdated { Err(LlmError::Outdated {}) } else { Ok(sent) }
    }

    /// Keeps a record; gives its number.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn keep(&mut self, record: &Record) -> Result<i64, LlmError> {
        let text = serde_json::to_string(record).map_err(|_| self.damaged())?;
        self.change(|tx| {
            tx.execute("INSERT INTO reply (record) VALUES (?1)", [&text])?;
            let id = tx.last_insert_rowid();
            let count: i64 = tx.query_row("SELECT count(*) FROM reply", (), |row| row.get(0))?;
            let excess = count - i64::try_from(RECORDS_MAX).unwrap_or(i64::MAX);
            if excess > 0 {
                let sql = "DELETE FROM reply WHERE id IN (SELECT id FROM reply WHERE id <> ?2
                    ORDER BY record ->> '$.accepted' IS NOT NULL, id LIMIT ?1)";
                tx.execute(sql, params![excess, id])?;
            }
            Ok(id)
        })
    }

    /// The record `id`.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn record(&self, id: i64) -> Result<Option<Record>, LlmError> {
        let text: Option<String> = self.read(|connection| {
            let sql = "SELECT record FROM reply WHERE id = ?1";
            connection.query_row(sql, [id], |row| row.get(0)).optional()
        })?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| self.damaged())).transpose()
    }

    /// All records, the newest first, with their numbers.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn records(&self) -> Result<Vec<(i64, Record)>, LlmError> {
        let rows: Vec<(i64, String)> = self.read(|connection| {
            let mut rows = connection.prepare("SELECT id, record FROM reply ORDER BY id DESC")?;
            rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })?;
        let record = |(id, text): (i64, String)| {
            Ok((id, serde_json::from_str(&text).map_err(|_| self.damaged())?))
        };
        rows.into_iter().map(record).collect()
    }

    /// The newest answer to exactly these bytes, with its number: what was asked once need not be asked again.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn answered(&self, prompt_hash: &str) -> Result<Option<(i64, Record)>, LlmError> {
        let found: Option<(i64, String)> = self.read(|connection| {
            let sql = "SELECT id, record FROM reply WHERE record ->> '$.prompt_hash' = ?1
                ORDER BY id DESC LIMIT 1";
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            connection.query_row(sql, [prompt_hash], row).optional()
        })?;
        let record = |(id, text): (i64, String)| {
            Ok((id, serde_json::from_str(&text).map_err(|_| self.damaged())?))
        };
        found.map(record).transpose()
    }

    /// Puts `record` in the place of the record `id`, as after an acceptance. False if there is none.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn replace(&mut self, id: i64, record: &Record) -> Result<bool, LlmError> {
        let text = serde_json::to_string(record).map_err(|_| self.damaged())?;
        let sql = "UPDATE reply SET record = ?2 WHERE id = ?1";
        self.change(|tx| Ok(tx.execute(sql, params![id, text])? == 1))
    }

    /// Removes the record `id`: the person declined the text. False if there is none.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn decline(&mut self, id: i64) -> Result<bool, LlmError> {
        self.change(|tx| Ok(tx.execute("DELETE FROM reply WHERE id = ?1", [id])? == 1))
    }
}

/// Whether a request that failed so cannot have cost anything.
fn never_read(error: &LlmError) -> bool {
    matches!(
        error,
        LlmError::Outdated {}
            | LlmError::Off {}
            | LlmError::BadUrl { .. }
            | LlmError::NotPrivate { .. }
            | LlmError::Unreachable { .. }
            | LlmError::Untrusted { .. }
            | LlmError::Redirected { .. }
            | LlmError::KeyRefused { .. }
            | LlmError::Busy { .. }
            | LlmError::TimedOut { phase: crate::Phase::Connect, .. }
    )
}
