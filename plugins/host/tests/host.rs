//! The host against guests written as text: what they may do, what they are refused, and where they are stopped.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "host/bounds.rs"]
mod bounds;
#[path = "host/code.rs"]
mod code;
#[path = "host/guest.rs"]
mod guest;
#[path = "host/imports.rs"]
mod imports;
#[path = "host/outputs.rs"]
mod outputs;
#[path = "host/service.rs"]
mod service;
