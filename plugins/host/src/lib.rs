//! Runs plugins: WebAssembly components on wasmtime, with no authority but what a person granted, under bounds.
//!
//! A guest has no clock, network, files or randomness of its own: it may call the functions of `plugins/wit/plugin.wit`
//! and nothing else, and a component that asks for more is refused before it is compiled (T20). What a function opens is
//! checked against the run's grants in one place, before the [`Environment`] that the caller brings is asked. Every run
//! has a fresh instance, a deadline, and bounds on memory, output, log and store ([`Limits`]). Two runs on the same
//! inputs give the same outcome, byte for byte.
//!
//! Errors are typed, with a message key and its values; the answers that a guest gets in words come from the catalogue.
//! Why it is built this way: docs/adr/0021 and 0025 to 0027; the contract: docs/plugin-api.md.

mod answers;
mod apart;
mod bindings;
mod cache;
mod compile;
mod convert;
mod environment;
mod host;
mod inputs;
mod inspect;
mod limiter;
mod run;
mod serve;
mod state;
mod ticker;
mod words;

pub use apart::{compile_if_asked, this_program};
pub use compile::{CompileError, Priority, Runner};
pub use environment::{Environment, ModelBlock, ModelReply, ModelRequest, StoreUsage};
pub use host::{Host, HostError, Options, Plugin};
pub use inputs::{Cancel, File, FileError, Inputs};
pub use jospar_plugin_api::Limits;
pub use run::{Cost, LogLevel, LogLine, RunError, RunFailed, RunResult};
pub use words::words;
