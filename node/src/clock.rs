//! Now, and random bytes: what `core` must be given.

use std::time::{SystemTime, UNIX_EPOCH};

use jospar_core::replica::Moment;
use jospar_core::time::Timestamp;

/// The system's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Fresh bytes from the operating system.
///
/// # Errors
/// The operating system has none to give; nothing can be signed or named then.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Now, with fresh random bytes.
///
/// # Errors
/// As [`random`].
pub fn moment() -> Result<Moment, getrandom::Error> {
    Ok(Moment { now: now(), random: random()? })
}
