//! jospar-node does: the one place with sockets, SQLite, threads, clock and randomness around `jospar-core`.

pub mod keys;
pub mod lan;
pub mod lease;
pub mod quic;
pub mod store;
