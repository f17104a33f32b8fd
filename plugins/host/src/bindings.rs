//! What wasmtime makes of `plugins/wit/plugin.wit`: traits for what a guest may call, and the call of the guest.

#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

wasmtime::component::bindgen!({
    world: "script-runner",
    path: "../wit",
    imports: { default: trappable },
});
