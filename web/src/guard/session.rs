//! Sessions: links that can be used once, and the cookies they are traded for. All in memory: they end with the program.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use super::Admitted;

/// The most links that wait to be used; an older one is forgotten.
const LINKS_MAX: usize = 8;
/// The most browsers at once; the one that came first is forgotten.
const SESSIONS_MAX: usize = 64;

/// Links and sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Known>);

#[derive(Default)]
struct Known {
    links: VecDeque<String>,
    sessions: VecDeque<String>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} links, {} sessions", self.links.len(), self.sessions.len())
    }
}

/// 256 random bits as hexadecimal.
///
/// # Errors
/// The operating system gave no random bytes.
pub(crate) fn random_hex() -> Result<String, getrandom::Error> {
    let bytes = jospar_node::clock::random::<32>()?;
    let mut text = String::with_capacity(64);
    for byte in bytes {
        // Writing into a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// Compares secrets in a time that does not tell where they differ.
pub(crate) fn equal(said: &str, known: &str) -> bool {
    // A `blake3::Hash` compares in constant time.
    blake3::hash(said.as_bytes()) == blake3::hash(known.as_bytes())
}

/// The token that belongs to a session. Whoever has it cannot tell the cookie.
fn token_of(session: &str) -> String {
    blake3::derive_key("jospar 2026 page token", session.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Sessions {
    fn known<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A new secret for a link that can be used once.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub(crate) fn new_link(&self) -> Result<String, getrandom::Error> {
        let link = random_hex()?;
        self.known(|known| {
            known.links.push_back(link.clone());
            if known.links.len() > LINKS_MAX {
                known.links.pop_front();
            }
        });
        Ok(link)
    }

    /// Trades a link's secret for a session's cookie; `None` if it was used or never made.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub(crate) fn trade(&self, link: &str) -> Result<Option<String>, getrandom::Error> {
        let session = random_hex()?;
        Ok(self.known(|known| {
            let at = known.links.iter().position(|waits| equal(link, waits))?;
            known.links.remove(at);
            known.sessions.push_back(session.clone());
            if known.sessions.len() > SESSIONS_MAX {
                known.sessions.pop_front();
            }
            Some(session)
        }))
    }

    /// The session of a cookie.
    pub(super) fn find(&self, cookie: &str) -> Option<Admitted> {
        let found = self
            .known(|known| known.sessions.iter().find(|session| equal(cookie, session)).cloned())?;
        Some(Admitted { token: token_of(&found) })
    }
}
