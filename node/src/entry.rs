//! Ways in: a device that was invited asks a workspace's peer to be let in; a director puts a workspace on a server.
//!
//! One at a time, dialed again until it is answered. Frames: docs/protocol.md, section 6.

use ed25519_dalek::SigningKey;
use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::policy::Policy;
use jospar_core::protocol::{ClaimLink, Frame, Invite, Join, JoinReply, RefusalCode};

use crate::dialer::Target;

/// A way in that is under way.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// This device wants to join.
    Join { invite: Box<Invite>, name: String },
    /// This director wants the workspace on a server.
    Claim { link: Box<ClaimLink>, workspace: WorkspaceId, genesis: Vec<u8> },
}

/// What the peer's answer means.
#[derive(Debug)]
pub(crate) enum EntryStep {
    Waiting,
    Refused(RefusalCode),
    Granted(WorkspaceId, Vec<Vec<u8>>),
    Claimed { workspace: WorkspaceId, server: DeviceId, address: String },
}

impl Entry {
    pub(crate) fn contact(&self) -> DeviceId {
        match self {
            Self::Join { invite, .. } => invite.contact,
            Self::Claim { link, .. } => link.server,
        }
    }

    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Join { invite, .. } => Target::Pinned(invite.contact, invite.address.clone()),
            Self::Claim { link, .. } => Target::Pinned(link.server, link.address.clone()),
        }
    }

    pub(crate) fn first_frame(&self, key: &SigningKey) -> Frame {
        Frame::Join(match self {
            Self::Join { invite, name } => Join::Request(invite.request(key, name)),
            Self::Claim { link, workspace, genesis } => {
                Join::Claim { workspace: *workspace, secret: link.secret, genesis: genesis.clone() }
            }
        })
    }

    pub(crate) fn on_frame(&self, bytes: &[u8], device: DeviceId) -> EntryStep {
        let reply = match Frame::decode(bytes) {
            Ok(Frame::JoinReply(reply)) => reply,
            // A session of a device that waits ends after a while: it is dialed again.
            Ok(Frame::Refused(RefusalCode::UnknownDevice)) if matches!(self, Self::Join { .. }) => {
                return EntryStep::Waiting;
            }
            Ok(Frame::Refused(code) | Frame::Later { code, .. }) => {
                return EntryStep::Refused(code);
            }
            _ => return EntryStep::Refused(RefusalCode::Protocol),
        };
        match (self, reply) {
            (_, JoinReply::Waiting) => EntryStep::Waiting,
            (_, JoinReply::Refused(code)) => EntryStep::Refused(code),
            (Self::Join { invite, .. }, JoinReply::Granted(entries)) => {
                let policy = Policy::from_entries(invite.workspace, &entries);
                let member = policy.is_ok_and(|(policy, _)| policy.now().member(&device).is_some());
                if member {
                    EntryStep::Granted(invite.workspace, entries)
                } else {
                    EntryStep::Refused(RefusalCode::Invite)
                }
            }
            (Self::Claim { link, workspace, .. }, JoinReply::Granted(_)) => EntryStep::Claimed {
                workspace: *workspace,
                server: link.server,
                address: link.address.clone(),
            },
        }
    }
}
