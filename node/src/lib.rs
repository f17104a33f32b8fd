//! jospar-node does: the one place with sockets, SQLite, threads, clock and randomness around `jospar-core`.

pub mod checkup;
pub mod client;
pub mod clock;
pub mod dialer;
mod drafts;
mod engine;
mod entry;
pub mod handle;
pub mod keys;
pub mod lan;
pub mod lease;
pub mod local_socket;
pub mod metrics;
pub mod node;
pub mod quic;
pub mod quota;
pub mod recovery;
mod rings;
pub mod service;
pub mod store;

pub use engine::Claims;
