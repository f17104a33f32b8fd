//! What one turn takes in: many small messages, so that they share a commit, and few large ones, so that what came is
//! shown and whoever waits for the loop is heard before all of a long fetch is there.

use std::sync::mpsc::Receiver;

use jospar_core::protocol::announced_bytes;

use super::Message;
use crate::quic::NetEvent;

/// How many messages are taken into one transaction.
const BATCH_MAX: usize = 256;
/// With so many bytes of changes from peers, unpacked, a turn takes in nothing more.
const BATCH_CHANGES_BYTES: u64 = 64 * 1024;

/// The message that came, and what waits behind it, for one turn.
pub(super) fn gather(first: Message, messages: &Receiver<Message>) -> Vec<Message> {
    let mut bytes = weigh(&first);
    let mut batch = vec![first];
    while batch.len() < BATCH_MAX
        && bytes < BATCH_CHANGES_BYTES
        && let Ok(message) = messages.try_recv()
    {
        bytes = bytes.saturating_add(weigh(&message));
        batch.push(message);
    }
    batch
}

/// How many bytes of changes a message brings, as its first bytes say.
fn weigh(message: &Message) -> u64 {
    match message {
        Message::Net(NetEvent::Frame { bytes, .. }) => {
            announced_bytes(bytes).max(bytes.len() as u64)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use jospar_core::protocol::{Frame, SessionId};

    use super::*;
    use crate::quic::{Hold, Lane};

    /// A frame of packs that say to have so many bytes of changes, or of one small envelope.
    fn frame(announced: Option<u16>) -> Message {
        let records = match announced {
            Some(size) => vec![
                1,
                1,
                0x80 | (size & 0x7f) as u8,
                0x80 | (size >> 7 & 0x7f) as u8,
                (size >> 14) as u8,
            ],
            None => vec![1, 0, 7, 7],
        };
        let bytes = Frame::Records { position: 3, records }.encode();
        let (session, lane) = (SessionId(1), Lane::Bulk);
        Message::Net(NetEvent::Frame { session, lane, bytes, hold: Hold::default() })
    }

    fn sizes(messages: impl IntoIterator<Item = Message>) -> Vec<usize> {
        let (sender, receiver) = sync_channel(1_000);
        messages.into_iter().for_each(|message| sender.send(message).expect("there is room"));
        std::iter::from_fn(|| Some(gather(receiver.try_recv().ok()?, &receiver).len())).collect()
    }

    #[test]
    fn f19_large_frames_have_turns_of_their_own_and_small_ones_share_one() {
        assert_eq!(sizes((0..300).map(|_| frame(None))), [256, 44]);
        assert_eq!(sizes((0..3).map(|_| frame(Some(u16::MAX)))), [2, 1]);
        let mixed = [None, Some(60_000), None, Some(60_000), None, None];
        assert_eq!(sizes(mixed.into_iter().map(frame)), [4, 2]);
    }
}
