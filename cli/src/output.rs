//! Output: what a command prints, as lines for a person or as one JSON document for a program.

use std::io::{self, Write};
use std::path::Path;

use jospar_node::service::Fault;
use serde_json::Value;

use crate::error;

/// Where a command's result goes.
pub(crate) struct Output {
    to: Box<dyn Write>,
    json: bool,
    quiet: bool,
    /// The reader has gone: what follows is not written, and that is no failure (`jospar show | head`).
    closed: bool,
}

impl Output {
    /// Writes to standard output.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self { to: Box::new(io::stdout().lock()), json, quiet, closed: false }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person reads along.
    pub(crate) const fn is_silent(&self) -> bool {
        self.json || self.quiet
    }

    /// Prints the result of a command: `answer` as it is for a program, `lines` for a person.
    ///
    /// # Errors
    /// A fault if standard output cannot be written.
    pub(crate) fn answer(
        &mut self,
        answer: &Value,
        lines: impl FnOnce() -> Vec<String>,
    ) -> Result<(), Fault> {
        if self.json {
            return self.raw(&format!("{answer:#}\n"));
        }
        if self.quiet {
            return Ok(());
        }
        lines().iter().try_for_each(|line| self.raw(&format!("{line}\n")))
    }

    /// Prints a line before the result; programs and `--quiet` do without.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub(crate) fn note(&mut self, line: &str) -> Result<(), Fault> {
        if self.is_silent() { Ok(()) } else { self.raw(&format!("{line}\n")) }
    }

    /// Prints `text` whatever was asked for: it is the result itself.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub(crate) fn raw(&mut self, text: &str) -> Result<(), Fault> {
        self.bytes(text.as_bytes())
    }

    /// As [`Output::raw`], for a result that is no text.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.closed {
            return Ok(());
        }
        match self.to.write_all(bytes).and_then(|()| self.to.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            written => written.map_err(|error| error::file(Path::new("-"), &error)),
        }
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("json", &self.json).finish_non_exhaustive()
    }
}
