//! The plugin in Rust that the workloads run: nothing, a text in and out, and work that only computes.

use jospar_plugin_sdk::{Error, Outcome, plan, plugin};

/// Rounds of [`work`].
const ROUNDS: u32 = 3_000_000;

plugin! { "empty" => empty, "echo" => echo, "work" => work }

fn given(data: String) -> Outcome {
    Outcome { report: None, proposals: Vec::new(), data }
}

fn empty() -> Result<Outcome, Error> {
    Ok(given("null".to_owned()))
}

/// What it is given, it gives back.
fn echo() -> Result<Outcome, Error> {
    Ok(given(plan::part("plan")?))
}

/// xorshift32, as the scripts beside it.
fn work() -> Result<Outcome, Error> {
    let mut state = 1_u32;
    for _ in 0..ROUNDS {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
    }
    Ok(given(state.to_string()))
}
