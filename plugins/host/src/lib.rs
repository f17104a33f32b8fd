//! Runs plugins: WebAssembly components on wasmtime, with no authority but what a person granted, under bounds.
