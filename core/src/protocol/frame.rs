//! Frames: the messages that two replicas exchange, and their bytes.
//!
//! Never touches a socket; `node::quic` does, and puts a length before each frame. Format: docs/protocol.md, section 5.

use std::collections::BTreeMap;

use super::join::{Join, JoinReply};
use crate::ids::{Digest, DocumentId, Incarnation, PolicyHash, WorkspaceId};
use crate::log::{ByteReader, ByteWriter, DecodeError, Record, VersionVector};
use crate::policy::{POLICY_ENTRIES_MAX, POLICY_ENTRY_BYTES_MAX};
use crate::storage::Position;
use crate::time::Timestamp;

/// The protocol version that this program speaks.
pub const PROTOCOL_VERSION: u64 = 1;
/// The most bytes one frame may have.
pub const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most bytes a frame from a device that the policy does not know may have.
pub const JOIN_BYTES_MAX: usize = 1024;
/// The most documents that one frame may name.
pub const DOCUMENTS_MAX: usize = 100_000;
/// A frame of records that is longer than this travels on the bulk lane.
pub const BULK_FROM_BYTES: usize = 64 * 1024;

const INVITES_MAX: usize = 64;
/// The most devices that one [`Frame::Reached`] may name.
pub const REACHED_DEVICES_MAX: usize = 4_096;

/// The first bytes of a device's id.
pub type DevicePrefix = [u8; 8];
/// So many bytes of changes in packs count as one record where records are counted.
const COUNTED_BYTES: u64 = 16 * 1024;

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The bytes do not follow the format. Close the session.
    #[error("the frame cannot be read: {0}")]
    Malformed(#[from] DecodeError),
    /// A newer peer. Close the session and tell the person to update.
    #[error("frame kind {0} is newer than this program")]
    UnknownKind(u8),
}

/// The first frame of each side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The newest protocol version that the sender speaks.
    pub version: u64,
    /// The workspace that the session is about.
    pub workspace: WorkspaceId,
    /// The digest of the sender's policy log.
    pub policy: Digest,
    /// The digest of all logs of the sender that the receiver may read.
    pub documents: Digest,
    /// The life of the sender's store.
    pub incarnation: Incarnation,
    /// The sender's clock: shown when it is far off, never used to judge changes.
    pub clock: Timestamp,
}

/// Why a session is refused or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// This workspace is not kept here.
    UnknownWorkspace,
    /// The policy does not know the device, and no invite is open.
    UnknownDevice,
    /// The device was shut out.
    Revoked,
    /// No common protocol version: one side must be updated. Also for a hello about another workspace.
    Version,
    /// A frame could not be read or came out of turn.
    Protocol,
    /// A bound was exceeded.
    TooMuch,
    /// The server has no room for this workspace.
    Quota,
    /// The claim or the invite does not hold.
    Invite,
    /// The store of the sender failed.
    Store,
    /// The device connects or sends more often than the server takes from one device.
    Busy,
    /// The document has as many bytes as the server keeps of one.
    DocumentFull,
    /// The server keeps as many workspaces as it may.
    ServerFull,
}

impl RefusalCode {
    /// All codes, each at the place of its byte.
    const ALL: [Self; 12] = [
        Self::UnknownWorkspace,
        Self::UnknownDevice,
        Self::Revoked,
        Self::Version,
        Self::Protocol,
        Self::TooMuch,
        Self::Quota,
        Self::Invite,
        Self::Store,
        Self::Busy,
        Self::DocumentFull,
        Self::ServerFull,
    ];

    /// The byte that stands for the code.
    #[must_use]
    pub fn byte(self) -> u8 {
        Self::ALL.iter().position(|code| *code == self).map_or(0, |index| index as u8)
    }

    /// The code that a byte stands for.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    /// The key of the message that tells a person.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::UnknownWorkspace => "error-server-unknown-workspace",
            Self::UnknownDevice => "error-device-unknown",
            Self::Revoked => "error-device-revoked",
            Self::Version => "error-update-needed",
            Self::Protocol | Self::TooMuch => "error-protocol",
            Self::Quota => "error-server-quota",
            Self::Invite => "error-invite-refused",
            Self::Store => "error-peer-store",
            Self::Busy => "error-server-busy",
            Self::DocumentFull => "error-server-document-full",
            Self::ServerFull => "error-server-full",
        }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Who speaks, and a digest of all that is known.
    Hello(Hello),
    /// One envelope, or packs of any number of documents. `position` is the sender's log position after them, or 0
    /// outside log order.
    Records {
        /// The sender's log position.
        position: Position,
        /// The bytes of the envelope or the packs, as [`crate::log::Record::decode`] reads them.
        records: Vec<u8>,
    },
    /// Everything up to `position` was taken in (admitted, parked or refused) and is stored for good.
    Ack {
        /// The position that the peer's [`Frame::Records`] named.
        position: Position,
        /// The digest of all logs of the sender that the receiver may read.
        documents: Digest,
    },
    /// The digest of each document, for finding what differs.
    Documents(BTreeMap<DocumentId, Digest>),
    /// What the sender has of the documents that differ; `reply` asks for the peer's vectors of the same documents.
    Vectors {
        /// Vectors are wanted back.
        reply: bool,
        /// The vectors.
        vectors: BTreeMap<DocumentId, VersionVector>,
    },
    /// The policy entries that the sender has.
    PolicyHave(Vec<PolicyHash>),
    /// Policy entries, each behind the one that it follows.
    Policy(Vec<Vec<u8>>),
    /// A device asks to be let in, or a server is asked to take a workspace.
    Join(Join),
    /// What became of a [`Frame::Join`].
    JoinReply(JoinReply),
    /// The invites that are open, with the time each ends: a director tells a server whom to listen to.
    Invites(Vec<([u8; 16], Timestamp)>),
    /// A server says which other devices have all that it has.
    Reached {
        /// The digest of all logs of the server that the receiver may read.
        documents: Digest,
        /// The devices.
        devices: Vec<DevicePrefix>,
    },
    /// The session is over.
    Refused(RefusalCode),
    /// Not now: `seconds` says when to try again. After [`RefusalCode::Busy`] the session is over; where there is no room
    /// ([`RefusalCode::Quota`], [`RefusalCode::DocumentFull`]) it goes on, and only what needs room is refused.
    Later {
        /// Why.
        code: RefusalCode,
        /// How long to wait.
        seconds: u32,
    },
}

const HELLO: u8 = 1;
const RECORDS: u8 = 2;
const ACK: u8 = 4;
const DOCUMENTS: u8 = 5;
const VECTORS: u8 = 6;
const POLICY_HAVE: u8 = 7;
const POLICY: u8 = 8;
const JOIN: u8 = 9;
const JOIN_REPLY: u8 = 10;
const INVITES: u8 = 11;
const REFUSED: u8 = 12;
const REACHED: u8 = 15;
const LATER: u8 = 16;

impl Frame {
    /// Writes the frame, without a length before it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        match self {
            Self::Hello(hello) => {
                writer.byte(HELLO).number(hello.version).raw(&hello.workspace.0);
                writer.raw(&hello.policy.0).raw(&hello.documents.0).raw(&hello.incarnation.0);
                writer.raw(&hello.clock.0.to_le_bytes());
            }
            Self::Records { position, records } => {
                writer.byte(RECORDS).number(*position).raw(records);
            }
            Self::Ack { position, documents } => {
                writer.byte(ACK).number(*position).raw(&documents.0);
            }
            Self::Documents(documents) => {
                writer.byte(DOCUMENTS).number(documents.len() as u64);
                for (document, digest) in documents {
                    writer.raw(&document.0).raw(&digest.0);
                }
            }
            Self::Vectors { reply, vectors } => {
                writer.byte(VECTORS).byte(u8::from(*reply)).number(vectors.len() as u64);
                for (document, vector) in vectors {
                    writer.raw(&document.0);
                    vector.encode(&mut writer);
                }
            }
            Self::PolicyHave(hashes) => {
                writer.byte(POLICY_HAVE).number(hashes.len() as u64);
                for hash in hashes {
                    writer.raw(&hash.0);
                }
            }
            Self::Policy(entries) => {
                writer.byte(POLICY).number(entries.len() as u64);
                for entry in entries {
                    writer.bytes(entry);
                }
            }
            Self::Join(join) => {
                join.encode(writer.byte(JOIN));
            }
            Self::JoinReply(reply) => {
                reply.encode(writer.byte(JOIN_REPLY));
            }
            Self::Invites(invites) => {
                writer.byte(INVITES).number(invites.len() as u64);
                for (id, ends) in invites {
                    writer.raw(id).raw(&ends.0.to_le_bytes());
                }
            }
            Self::Reached { documents, devices } => {
                writer.byte(REACHED).raw(&documents.0).number(devices.len() as u64);
                for device in devices {
                    writer.raw(device);
                }
            }
            Self::Refused(code) => {
                writer.byte(REFUSED).byte(code.byte());
            }
            Self::Later { code, seconds } => {
                writer.byte(LATER).byte(code.byte()).number(u64::from(*seconds));
            }
        }
        writer.finish()
    }

    /// Reads one whole frame.
    ///
    /// # Errors
    /// [`FrameError`]: close the session.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > FRAME_BYTES_MAX {
            let (found, max) = (bytes.len() as u64, FRAME_BYTES_MAX as u64);
            return Err(DecodeError::TooLarge { what: "frame", found, max }.into());
        }
        let mut reader = ByteReader::new(bytes);
        let kind = reader.byte("frame kind")?;
        let frame = Self::decode_body(kind, &mut reader)?;
        reader.end()?;
        Ok(frame)
    }

    fn decode_reached(reader: &mut ByteReader<'_>) -> Result<Self, FrameError> {
        let documents = Digest(reader.array("digest")?);
        let mut devices = Vec::new();
        for _ in 0..reader.count(REACHED_DEVICES_MAX, "devices")? {
            devices.push(reader.array("device")?);
        }
        Ok(Self::Reached { documents, devices })
    }

    fn decode_body(kind: u8, reader: &mut ByteReader<'_>) -> Result<Self, FrameError> {
        Ok(match kind {
            HELLO => Self::Hello(decode_hello(reader)?),
            RECORDS => {
                let position = reader.number("position")?;
                let records = reader.take(reader.rest().len(), "records")?.to_vec();
                Self::Records { position, records }
            }
            ACK => Self::Ack {
                position: reader.number("position")?,
                documents: Digest(reader.array("digest")?),
            },
            DOCUMENTS => {
                let mut documents = BTreeMap::new();
                for _ in 0..reader.count(DOCUMENTS_MAX, "documents")? {
                    let document = DocumentId(reader.array("document")?);
                    documents.insert(document, Digest(reader.array("digest")?));
                }
                Self::Documents(documents)
            }
            VECTORS => {
                let reply = decode_flag(reader)?;
                let mut vectors = BTreeMap::new();
                for _ in 0..reader.count(DOCUMENTS_MAX, "documents")? {
                    let document = DocumentId(reader.array("document")?);
                    vectors.insert(document, VersionVector::decode(reader)?);
                }
                Self::Vectors { reply, vectors }
            }
            POLICY_HAVE => {
                let mut hashes = Vec::new();
                for _ in 0..reader.count(POLICY_ENTRIES_MAX, "policy entries")? {
                    hashes.push(PolicyHash(reader.array("policy entry")?));
                }
                Self::PolicyHave(hashes)
            }
            POLICY => {
                let mut entries = Vec::new();
                for _ in 0..reader.count(POLICY_ENTRIES_MAX, "policy entries")? {
                    entries.push(reader.bytes(POLICY_ENTRY_BYTES_MAX, "policy entry")?.to_vec());
                }
                Self::Policy(entries)
            }
            JOIN => Self::Join(Join::decode(reader)?),
            JOIN_REPLY => Self::JoinReply(JoinReply::decode(reader)?),
            INVITES => {
                let mut invites = Vec::new();
                for _ in 0..reader.count(INVITES_MAX, "invites")? {
                    let id = reader.array("invite")?;
                    invites.push((id, decode_time(reader)?));
                }
                Self::Invites(invites)
            }
            REACHED => Self::decode_reached(reader)?,
            REFUSED => Self::Refused(decode_code(reader)?),
            LATER => decode_later(reader)?,
            kind => return Err(FrameError::UnknownKind(kind)),
        })
    }
}

/// For how many records the bytes of a frame of records count, at the cost of reading its first bytes: one, and one more
/// for every `COUNTED_BYTES` of changes in its packs; 0 for every other frame.
#[must_use]
pub fn count_records(bytes: &[u8]) -> u64 {
    records_of(bytes).map_or(0, |records| 1 + Record::announced_bytes(records) / COUNTED_BYTES)
}

/// How many bytes of changes the packs in a frame say that they have, read from its first bytes; 0 for every other frame
/// and for an envelope.
#[must_use]
pub fn announced_bytes(bytes: &[u8]) -> u64 {
    records_of(bytes).map_or(0, Record::announced_bytes)
}

/// The records in the bytes of a frame of records.
fn records_of(bytes: &[u8]) -> Option<&[u8]> {
    let mut reader = ByteReader::new(bytes);
    if reader.byte("kind").ok()? != RECORDS {
        return None;
    }
    reader.number("position").ok()?;
    Some(reader.rest())
}

fn decode_hello(reader: &mut ByteReader<'_>) -> Result<Hello, DecodeError> {
    Ok(Hello {
        version: reader.number("version")?,
        workspace: WorkspaceId(reader.array("workspace")?),
        policy: Digest(reader.array("policy digest")?),
        documents: Digest(reader.array("documents digest")?),
        incarnation: Incarnation(reader.array("incarnation")?),
        clock: decode_time(reader)?,
    })
}

pub(super) fn decode_time(reader: &mut ByteReader<'_>) -> Result<Timestamp, DecodeError> {
    reader.array("time").map(|bytes| Timestamp(i64::from_le_bytes(bytes)))
}

fn decode_later(reader: &mut ByteReader<'_>) -> Result<Frame, DecodeError> {
    let code = decode_code(reader)?;
    let seconds = u32::try_from(reader.number("seconds")?);
    seconds
        .map(|seconds| Frame::Later { code, seconds })
        .map_err(|_| DecodeError::Invalid { what: "seconds" })
}

fn decode_code(reader: &mut ByteReader<'_>) -> Result<RefusalCode, DecodeError> {
    RefusalCode::from_byte(reader.byte("code")?).ok_or(DecodeError::Invalid { what: "code" })
}

fn decode_flag(reader: &mut ByteReader<'_>) -> Result<bool, DecodeError> {
    match reader.byte("flag")? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(DecodeError::Invalid { what: "flag" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames() -> Vec<Frame> {
        let digest = Digest([3; 16]);
        vec![
            Frame::Hello(Hello {
                version: 1,
                workspace: WorkspaceId([1; 32]),
                policy: digest,
                documents: digest,
                incarnation: Incarnation([4; 16]),
                clock: Timestamp(1_800_000_000_000),
            }),
            Frame::Records { position: 7, records: vec![1, 2, 3] },
            Frame::Ack { position: 300, documents: digest },
            Frame::Documents(BTreeMap::from([(DocumentId([1; 16]), digest)])),
            Frame::Vectors {
                reply: true,
                vectors: BTreeMap::from([(DocumentId([1; 16]), VersionVector::default())]),
            },
            Frame::PolicyHave(vec![PolicyHash([1; 32])]),
            Frame::Policy(vec![vec![1, 2, 3]]),
            Frame::JoinReply(JoinReply::Waiting),
            Frame::Invites(vec![([2; 16], Timestamp(5))]),
            Frame::Refused(RefusalCode::Quota),
            Frame::Reached { documents: digest, devices: vec![[3; 8], [4; 8]] },
            Frame::Later { code: RefusalCode::Busy, seconds: 300 },
        ]
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        for frame in frames() {
            assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
        }
    }

    #[test]
    fn t15_records_are_counted_without_unpacking_the_frame() {
        let packs = |size: u64| {
            let mut writer = ByteWriter::new();
            writer.byte(1).byte(1).number(size).raw(&[9; 40]);
            Frame::Records { position: 300, records: writer.finish() }.encode()
        };
        assert_eq!(count_records(&packs(100)), 1);
        assert_eq!(count_records(&packs(COUNTED_BYTES * 5 + 1)), 6);
        assert_eq!(count_records(&packs(u64::MAX)), 1 + u64::MAX / COUNTED_BYTES);
        let envelope = Frame::Records { position: 1, records: vec![1, 0, 255, 255, 255] };
        assert_eq!(count_records(&envelope.encode()), 1);
        assert_eq!(count_records(&Frame::Refused(RefusalCode::Busy).encode()), 0);
        assert_eq!(count_records(&[RECORDS]), 0);
        assert_eq!((announced_bytes(&packs(100)), announced_bytes(&[RECORDS])), (100, 0));
    }

    #[test]
    fn a_hello_has_less_than_a_hundred_bytes() {
        assert!(frames()[0].encode().len() < 100);
    }

    #[test]
    fn f09_a_frame_cut_anywhere_is_refused() {
        // Records have no length of their own: the log refuses them when they are cut.
        for frame in frames().into_iter().filter(|f| !matches!(f, Frame::Records { .. })) {
            let bytes = frame.encode();
            for length in 0..bytes.len() {
                assert!(Frame::decode(&bytes[..length]).is_err(), "{frame:?} cut at {length}");
            }
        }
    }

    proptest! {
        #[test]
        fn t05_random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Frame::decode(&bytes);
        }

        #[test]
        fn t05_altered_frames_never_panic(which in 0..11_usize, at: usize, value: u8) {
            let mut bytes = frames()[which].encode();
            let index = at % bytes.len();
            bytes[index] = value;
            let _ = Frame::decode(&bytes);
        }
    }
}
