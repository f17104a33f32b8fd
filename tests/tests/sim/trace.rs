//! What happened, as lines: hashed always, printed when one history is replayed.

use jospar_core::protocol::Frame;

/// The lines of one history.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: u64,
    verbose: bool,
}

pub(crate) fn name_of(who: usize) -> String {
    match who {
        0 => "server".to_owned(),
        1 => "director".to_owned(),
        who => format!("member {who}"),
    }
}

impl Trace {
    pub(crate) fn new(verbose: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, verbose }
    }

    /// The same for two histories exactly when all their lines and frames were the same.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn line(&mut self, text: impl FnOnce() -> String) {
        let text = text();
        self.mix(text.as_bytes());
        self.print(&text);
    }

    /// A frame that leaves.
    pub(crate) fn frame(&mut self, who: usize, link: u64, frame: &[u8], bulk: bool) {
        self.mix(frame);
        if self.verbose {
            let lane = if bulk { "bulk" } else { "control" };
            self.print(&format!("  {} link {link} {lane}: {}", name_of(who), describe(frame)));
        }
    }

    fn mix(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    #[allow(clippy::print_stdout, reason = "a person replays one history")]
    fn print(&self, text: &str) {
        if self.verbose {
            println!("{text}");
        }
    }
}

fn describe(frame: &[u8]) -> String {
    match Frame::decode(frame) {
        Ok(Frame::Records { position, records }) => {
            let kind = if records.get(1) == Some(&0) { "an envelope" } else { "packs" };
            format!("{kind} up to {position}, {} bytes", frame.len())
        }
        Ok(Frame::Policy(entries)) => format!("{} policy entries", entries.len()),
        Ok(Frame::PolicyHave(hashes)) => format!("has {} policy entries", hashes.len()),
        Ok(Frame::Vectors { reply, vectors }) => {
            format!("vectors of {} documents, reply {reply}", vectors.len())
        }
        Ok(Frame::Documents(documents)) => format!("digests of {} documents", documents.len()),
        Ok(Frame::Hello(hello)) => {
            format!("hello {:?}, life {:?}", hello.documents, hello.incarnation)
        }
        Ok(frame) => format!("{frame:?}"),
        Err(error) => format!("{error}"),
    }
}
