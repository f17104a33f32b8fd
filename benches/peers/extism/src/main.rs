//! Extism on the call that docs/benchmarks.md describes: a text in, the same text out, a fresh instance each time.
//!
//! `extism-peer GUEST SMALL LARGE` runs the guest so many times with 1 kB and with 1 MB and prints one line of JSON.

use std::time::{Duration, Instant};

use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};

const KB: usize = 1_000;
const MB: usize = 1_000_000;

fn compiled(guest: &str) -> Result<CompiledPlugin, extism::Error> {
    // The limits that jospar's host has, as far as Extism has them.
    let guest = Wasm::data(std::fs::read(guest)?);
    let manifest = Manifest::new([guest]).with_timeout(Duration::from_secs(10));
    let manifest = manifest.with_memory_max(1_024);
    // Its cache of compiled code would make the second compilation no compilation.
    PluginBuilder::new(manifest).with_wasi(false).with_cache_disabled().compile()
}

/// Median microseconds of a run.
fn median_us(compiled: &CompiledPlugin, bytes: usize, times: usize) -> Result<f64, extism::Error> {
    let text = format!("\"{}\"", "a".repeat(bytes.saturating_sub(2)));
    let mut taken = Vec::with_capacity(times);
    for time in 0..times + times / 10 {
        let start = Instant::now();
        let mut plugin = Plugin::new_from_compiled(compiled)?;
        let answer: String = plugin.call("run", &text)?;
        drop(plugin);
        let took = start.elapsed();
        assert_eq!(answer.len(), text.len(), "all of it came back");
        if time >= times / 10 {
            taken.push(took);
        }
    }
    taken.sort_unstable();
    Ok(taken[taken.len() / 2].as_secs_f64() * 1e6)
}

fn main() -> Result<(), extism::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [guest, small, large] = arguments.as_slice() else {
        return Err(extism::Error::msg("extism-peer GUEST SMALL LARGE"));
    };
    let start = Instant::now();
    let compiled = compiled(guest)?;
    let compile_ms = start.elapsed().as_secs_f64() * 1e3;
    let figures = serde_json::json!({
        "compile_ms": compile_ms,
        "run_1kb_us": median_us(&compiled, KB, small.parse()?)?,
        "run_1mb_us": median_us(&compiled, MB, large.parse()?)?,
    });
    println!("{figures}");
    Ok(())
}
