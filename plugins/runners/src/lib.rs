//! The runners of script plugins: WebAssembly components that run one file in Python or JavaScript.
//!
//! A script needs no toolchain: the runner is the language, made a component of the world `script-runner` of
//! `plugins/wit/plugin.wit`, and it imports nothing but that interface. What stands beside the manifests of this crate
//! is built from the sources in `js` and `python` by `cargo xtask runners`, compressed with zstd, and kept with them;
//! `lock.json` says from which sources and with which tools. How a script is written: docs/plugins.

use std::io::Read as _;

use jospar_plugin_api::RunnerName;

/// Bytes of a runner at most; a damaged file is not to fill the memory.
pub const RUNNER_BYTES_MAX: u64 = 32 << 20;

const JS: &[u8] = include_bytes!("../js/runner.wasm.zst");
const PYTHON: &[u8] = include_bytes!("../python/runner.wasm.zst");

/// A runner that cannot be unpacked: the program itself is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the runner {} cannot be unpacked: {reason}", name.name())]
pub struct RunnerError {
    /// Which.
    pub name: RunnerName,
    /// What was wrong.
    pub reason: String,
}

/// A runner's component, unpacked: 2 MB for JavaScript, 17 MB for Python. Takes some hundredths of a second.
///
/// # Errors
/// [`RunnerError`]: the bytes in this program are not those that were built.
pub fn runner(name: RunnerName) -> Result<Vec<u8>, RunnerError> {
    let wrong = |reason: String| RunnerError { name, reason };
    let decoder = zstd::Decoder::with_buffer(packed(name)).map_err(|e| wrong(e.to_string()))?;
    let mut component = Vec::new();
    let read = decoder.take(RUNNER_BYTES_MAX + 1).read_to_end(&mut component);
    let bytes = read.map_err(|error| wrong(error.to_string()))?;
    if bytes as u64 > RUNNER_BYTES_MAX {
        return Err(wrong(format!("more than {RUNNER_BYTES_MAX} bytes")));
    }
    Ok(component)
}

/// A runner as it is kept: compressed with zstd.
#[must_use]
pub const fn packed(name: RunnerName) -> &'static [u8] {
    match name {
        RunnerName::Js1 => JS,
        RunnerName::Py1 => PYTHON,
    }
}
