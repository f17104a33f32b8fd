//! Fuzz targets: every decoder and every way in as a plain function of bytes, and a mutator that needs no nightly.
//!
//! A target may refuse its bytes in any way that it has a type for; it fails by a panic. `tests/tests/fuzz.rs` replays
//! `tests/corpus/<target>/` and runs mutations of it; `cargo xtask fuzz` runs them longer.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, reason = "code for tests")]

mod decode;
mod ingest;
pub mod mutate;
mod session;
mod store;

/// A target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, and its corpus's.
    pub name: &'static str,
    /// Runs it.
    pub run: fn(&[u8]),
    /// Inputs that go far, to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: [Target; 14] = [
    Target { name: "frame_decode", run: decode::frame, seeds: decode::frame_seeds },
    Target { name: "presence", run: decode::presence, seeds: decode::presence_seeds },
    Target { name: "picture", run: decode::picture, seeds: decode::picture_seeds },
    Target { name: "envelope_decode", run: decode::envelope, seeds: decode::envelope_seeds },
    Target { name: "pack_decode", run: decode::pack, seeds: decode::pack_seeds },
    Target { name: "change_prescan", run: decode::change, seeds: decode::change_seeds },
    Target { name: "policy_entry", run: decode::policy, seeds: decode::policy_seeds },
    Target { name: "link", run: decode::link, seeds: decode::link_seeds },
    Target { name: "join", run: decode::join, seeds: decode::join_seeds },
    Target { name: "plan_import", run: decode::plan, seeds: decode::plan_seeds },
    Target { name: "ingest_change", run: ingest::change, seeds: ingest::change_seeds },
    Target { name: "bundle_import", run: ingest::bundle, seeds: ingest::bundle_seeds },
    Target { name: "sync_session", run: session::run, seeds: session::seeds },
    Target { name: "store_open", run: store::run, seeds: store::seeds },
];
