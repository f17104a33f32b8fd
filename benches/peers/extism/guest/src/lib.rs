//! The plugin that Extism runs: gives back what it is given.

use extism_pdk::{FnResult, plugin_fn};

/// One call: a text in, the same text out.
#[plugin_fn]
pub fn run(text: String) -> FnResult<String> {
    Ok(text)
}
