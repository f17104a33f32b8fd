//! The sync protocol: frames, and what one session with a peer goes through. Format: docs/protocol.md, section 5.

mod bundle;
mod frame;
mod join;
mod presence;
mod session;
mod supply;

pub use bundle::{BUNDLE_BYTES_MAX, BundleError, BundleWriter, read_bundle};
pub use frame::{
    BULK_FROM_BYTES, DOCUMENTS_MAX, DevicePrefix, FRAME_BYTES_MAX, Frame, FrameError, Hello,
    JOIN_BYTES_MAX, PROTOCOL_VERSION, REACHED_DEVICES_MAX, RefusalCode, announced_bytes,
    count_records,
};
pub use join::{
    ClaimLink, Invite, InviteError, Join, JoinReply, JoinRequest, NAME_BYTES_MAX, invite_id,
};
pub use presence::{
    COMPANY_MAX, Company, PAGE_BYTES_MAX, PLACES_MAX, PRESENCE_BYTES_MAX, PRESENCE_MS, Place,
    Presence, TEXT_PATH_BYTES_MAX,
};
pub use session::{POLICY_ASKS_MAX, Phase, Session, SessionId, WINDOW_BYTES_MAX};
pub use supply::{SUPPLY_FRAME_BYTES_MAX, SUPPLY_FRAME_BYTES_MIN, Supply};
