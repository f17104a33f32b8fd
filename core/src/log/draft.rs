//! What a person has begun and not saved, under a key of its own: it may hold answers of people, and lies on a disk.
//!
//! Layout: docs/storage.md, section 2; reasons: docs/adr/0031.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};

use crate::ids::WorkspaceId;

/// What a sealed draft begins with: a magic and the version.
const HEAD: [u8; 5] = *b"jspd\x01";
const NONCE_BYTES: usize = 24;

/// The key of a device's drafts. It lives outside the data folder and ends with the last draft.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DraftKey(pub [u8; 32]);

impl fmt::Debug for DraftKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DraftKey")
    }
}

impl DraftKey {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }

    /// Puts drafts under the key. `random` must be fresh each time.
    ///
    /// Returns `None` for more than the cipher takes, which is beyond any memory.
    #[must_use]
    pub fn seal(
        &self,
        workspace: &WorkspaceId,
        random: [u8; NONCE_BYTES],
        plain: &[u8],
    ) -> Option<Vec<u8>> {
        let nonce = XNonce::from(random);
        let payload = Payload { msg: plain, aad: &bound_to(workspace) };
        let ciphertext = self.cipher().encrypt(&nonce, payload).ok()?;
        Some([&HEAD[..], &random, &ciphertext].concat())
    }

    /// The drafts inside; `None` if they are under another key, of another workspace, or damaged.
    #[must_use]
    pub fn open(&self, workspace: &WorkspaceId, bytes: &[u8]) -> Option<Vec<u8>> {
        let rest = bytes.strip_prefix(&HEAD)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: ciphertext, aad: &bound_to(workspace) };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

fn bound_to(workspace: &WorkspaceId) -> Vec<u8> {
    [&HEAD[..], &workspace.0].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const HERE: WorkspaceId = WorkspaceId([1; 32]);

    #[test]
    fn t33_a_draft_opens_with_its_key_in_its_workspace_and_shows_nothing_without() {
        let (key, plain) = (DraftKey([2; 32]), "жауап: канарейка".as_bytes());
        let sealed = key.seal(&HERE, [3; 24], plain).unwrap();
        assert_eq!(key.open(&HERE, &sealed).unwrap(), plain);
        assert!(!sealed.windows(8).any(|window| window == &plain[..8]));
        assert_eq!(DraftKey([4; 32]).open(&HERE, &sealed), None);
        assert_eq!(key.open(&WorkspaceId([9; 32]), &sealed), None);
        assert_eq!(format!("{key:?}"), "DraftKey");
    }

    #[test]
    fn a_draft_with_any_byte_flipped_or_cut_does_not_open() {
        let key = DraftKey([2; 32]);
        let sealed = key.seal(&HERE, [3; 24], b"abc").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.open(&HERE, &changed), None);
            assert_eq!(key.open(&HERE, &sealed[..place]), None);
        }
    }
}
