//! Personal data: sealed documents, their keys, and dropping them for good.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "sealed/drafts.rs"]
mod drafts;
#[path = "sealed/hostile.rs"]
mod hostile;
#[path = "sealed/nodes.rs"]
mod nodes;
#[allow(dead_code, reason = "the store has doors that only sim.rs uses")]
#[path = "sim/storage.rs"]
mod storage;
#[path = "sealed/undo.rs"]
mod undo;
