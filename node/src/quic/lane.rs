//! One outgoing lane: a bounded queue in front of a QUIC stream.
//!
//! The sender's thread writes straight into the stream if it has room, which saves a hop to another thread; only what
//! the stream does not take waits here for the session's task.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use quinn::{SendStream, WriteError};

use super::frame;

/// Frames up to here are copied behind their prefix, so that both are one piece.
const COPY_BYTES_MAX: usize = 16 * 1024;
/// Pieces offered to the stream at once.
const PIECES_AT_ONCE: usize = 32;

/// The sending half of a lane; every method holds its lock for the time of one write into memory.
#[derive(Debug, Default)]
pub(super) struct Outgoing(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    /// `None` until the stream is open.
    stream: Option<SendStream>,
    /// Empty unless the stream is full or not open.
    pieces: VecDeque<Bytes>,
    bytes: usize,
    /// The session's task, if it waits for something to do.
    writer: Option<Waker>,
}

/// How much waits in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) frames: usize,
    pub(super) bytes: usize,
}

impl Outgoing {
    /// Sends `frame`, or keeps it until there is room.
    ///
    /// # Errors
    /// What waits already, if the frame would exceed `max`.
    pub(super) fn push(&self, frame: Vec<u8>, max: Waiting) -> Result<(), Waiting> {
        let mut queue = self.lock();
        let bytes = queue.bytes + frame.len();
        let waiting = Waiting { frames: queue.pieces.len(), bytes: queue.bytes };
        if waiting.frames >= max.frames || bytes > max.bytes {
            return Err(waiting);
        }
        let was_empty = queue.pieces.is_empty();
        queue.append(frame);
        if was_empty {
            // An error is the session task's to find: it reads from the same connection.
            let _ = queue.write(&mut Context::from_waker(Waker::noop()));
        }
        if !queue.pieces.is_empty()
            && let Some(writer) = queue.writer.take()
        {
            drop(queue);
            writer.wake();
        }
        Ok(())
    }

    /// Gives the lane its stream.
    pub(super) fn open(&self, stream: SendStream) {
        self.lock().stream = Some(stream);
    }

    /// Is ready as soon as something waits.
    pub(super) fn poll_waiting(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.lock();
        if !queue.pieces.is_empty() {
            return Poll::Ready(());
        }
        queue.writer = Some(context.waker().clone());
        Poll::Pending
    }

    /// Writes what waits as room comes; is ready only when the stream is broken.
    pub(super) fn poll_write(&self, context: &mut Context<'_>) -> Poll<WriteError> {
        let mut queue = self.lock();
        queue.writer = Some(context.waker().clone());
        match queue.write(context) {
            Err(error) => Poll::Ready(error),
            Ok(()) => Poll::Pending,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A queue is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn append(&mut self, frame: Vec<u8>) {
        let (prefix, count) = frame::prefix(frame.len());
        let prefix = prefix.get(..count).unwrap_or_default();
        self.bytes += prefix.len() + frame.len();
        if frame.len() <= COPY_BYTES_MAX {
            self.pieces.push_back(Bytes::from([prefix, &frame].concat()));
        } else {
            self.pieces.push_back(Bytes::copy_from_slice(prefix));
            self.pieces.push_back(Bytes::from(frame));
        }
    }

    /// Writes until nothing waits or the stream is full; `context` is then woken when it has room.
    fn write(&mut self, context: &mut Context<'_>) -> Result<(), WriteError> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while !self.pieces.is_empty() {
            // The ring's first run of pieces; the rest comes with the next turn.
            let run = self.pieces.as_mut_slices().0;
            let count = run.len().min(PIECES_AT_ONCE);
            let (pieces, _) = run.split_at_mut(count);
            let Poll::Ready(written) = pin!(stream.write_chunks(pieces)).poll(context) else {
                return Ok(());
            };
            let written = written?;
            self.bytes -= written.bytes;
            self.pieces.drain(..written.chunks);
        }
        // An idle session keeps nothing for its next burst.
        self.pieces.shrink_to(PIECES_AT_ONCE);
        Ok(())
    }
}
