//! Hostile bytes: an attacker's program with a member's key, and the school that has to stand it.
//!
//! [`chunk`] writes automerge changes by hand, [`attack`] makes senseless ones from an honest [`history`], [`school`] takes
//! them in as a device would, and [`run`] counts what became of them. X1 to X13 and T13 to T16 of docs/threats.md.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "code for tests")]

pub mod attack;
pub mod chunk;
pub mod history;
pub mod run;
pub mod school;
