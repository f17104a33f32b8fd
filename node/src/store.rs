//! The store: `jospar_core::storage::Storage` on SQLite.
