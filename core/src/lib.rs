//! jospar-core decides: what the plan's documents are, what may enter the log, who has which right, what peers exchange.
//!
//! A pure state machine: no clock, no randomness, no files, no sockets, no threads. Time, random bytes and keys come in
//! as arguments; what was decided goes out as values. `jospar-node` does the rest. Map of the code: docs/architecture.md.

pub mod admission;
pub mod approval;
pub mod document;
pub mod ids;
pub mod log;
pub mod media;
pub mod plan;
pub mod policy;
pub mod protocol;
pub mod replica;
pub mod storage;
pub mod time;
pub mod validation;
