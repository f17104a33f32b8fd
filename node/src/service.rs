//! What the command line and the page may ask of a node: one closed set of requests, answered as JSON.
//!
//! The same requests go over the local socket of a node that is running and to one that a command started for itself.
//! The members of each answer are part of the command line's `--json`: they are added to, not changed.

mod answer;
mod answers;
mod approvals;
mod audit_page;
mod changes;
mod compare;
mod devices;
mod drafts;
mod drop;
mod evidence;
mod fault;
mod files;
mod plan;
mod plugins;
mod presence;
mod proposals;
mod sections;
mod status;
mod trust;
mod years;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use answer::Service;
pub use approvals::{ApprovalRequest, verify_approval_file};
pub use drafts::DraftRequest;
pub use evidence::FileRequest;
pub use fault::{Fault, FaultKind};
pub use plugins::PluginRequest;
pub use presence::CaretAt;
pub use proposals::Edit;
pub use trust::TrustRequest;
pub use years::YearRequest;

/// The first 8 hexadecimal digits of an id: enough to tell schools and devices apart in a log, too little to be the id.
#[must_use]
pub fn short(id: &[u8]) -> String {
    id.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// One request. Paths begin with a part of the plan: `initiatives/in1/due`, `design_thinking/dt1/stage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// What stands at a path (all parts if empty), now or `at` heads. Answer: `{path, place, value, heads, conflicts}`;
    /// for the empty path `{school, parts: [{part, kind, message, items, changed, conflicts}]}`.
    Show {
        /// The path.
        path: String,
        /// The heads, as hexadecimal; empty for now.
        #[serde(default)]
        at: Vec<String>,
    },
    /// Writes a plain value. `value` is JSON; `null` clears. Answer of every edit: `{path, change, saved: true}`,
    /// where `change` is null if nothing had to be changed.
    Set {
        /// The field.
        path: String,
        /// The value.
        value: Value,
    },
    /// Adds an item; without `id` one is made up. Answer: as `set`, with the item's `path` and `id`.
    Add {
        /// The list.
        path: String,
        /// The item's id.
        #[serde(default)]
        id: Option<String>,
        /// Its fields, in the form of `show`.
        #[serde(default)]
        record: Value,
        /// The id of the item that it stands behind.
        #[serde(default)]
        after: Option<String>,
    },
    /// Puts an item behind another (first if `after` is null).
    Move {
        /// The item.
        path: String,
        /// The id of the other item.
        after: Option<String>,
    },
    /// Removes an item, or a short text of a set (`value`).
    Remove {
        /// The item or the set.
        path: String,
        /// The text to take out of a set.
        #[serde(default)]
        value: Option<String>,
    },
    /// Takes a removal back.
    Keep {
        /// The item.
        path: String,
    },
    /// Puts a short text into a set.
    Include {
        /// The set.
        path: String,
        /// The text.
        value: String,
    },
    /// The text at a path. Answer: `{path, text, heads}`.
    Text {
        /// The path.
        path: String,
    },
    /// What a person made of the text that they saw at `base`.
    EditText {
        /// The path.
        path: String,
        /// The heads of the answer to `text`; empty means now.
        #[serde(default)]
        base: Vec<String>,
        /// The new text.
        text: String,
    },
    /// Who has what. Answer: `{workspace, school, device: {id, words, name, role}, folder, documents, changes,
    /// quarantined, dropped: [{document, part, reason, devices, of, missing: [name]}], saved: true, server: null|peer, peers: [{device, words, name, role, kind: "device"|"server",
    /// connected, equal, unacknowledged, known, address, error, traffic: null|{bytes_sent, bytes_received,
    /// round_trips}}], synced, digest, clock_skew_ms, listen, refused: null|{device, message}, later: null|{device,
    /// message, wait_ms}}`; a client adds `node: "running"|"own"`. No document is loaded: `quarantined` counts what was
    /// found when documents were opened. `equal` and `unacknowledged` are exact for connected peers; for others they are
    /// what was last heard of them, from themselves or through the server.
    Status,
    /// What is shown, as one hash over the heads of all documents; loads them all. Answer: `{heads}`.
    Heads,
    /// Dials everybody now. Answer: `{}`; ask `status` until `synced`.
    Sync,
    /// Who changed what, newest first. Answer: `{entries: [{change, document, part, paths, who, device, time_ms,
    /// own, note}], more}`; `note` is what had a part in the change beside its author, such as a plugin.
    History {
        /// A path; empty for everything.
        path: String,
        /// The most entries.
        limit: usize,
    },
    /// What is different between two moments, nothing that is sealed. Answer: `{path, from_ms, to_ms, differences: [{path,
    /// kind, what: "added"|"removed"|"changed"|"moved", before, after, words: null|[["kept"|"deleted"|"inserted", text]]}],
    /// more}`; `kind` is the document's, `words` tells a text's change by the word, `more` counts what is not listed.
    Compare {
        /// A path; empty for everything.
        path: String,
        /// The older moment, milliseconds since 1970. What was written by then counts, by the authors' clocks.
        from_ms: i64,
        /// The newer moment; now if absent.
        #[serde(default)]
        to_ms: Option<i64>,
    },
    /// What waits for a decision. Answer: `{conflicts: [{path, kind: "values", candidates: [{value, who, device,
    /// time_ms}]} | {path, kind: "removed_edited", removed: {who, time_ms}, edited: [{who, time_ms}]}]}`.
    Conflicts,
    /// Decides: for values the number of the candidate from 1, for a removed item `"keep"` or `"remove"`.
    Resolve {
        /// The conflict's path.
        path: String,
        /// The decision.
        choice: Value,
    },
    /// Takes this device's last changes back, newest first. Answer: `{undone: [{change, paths, by}], saved: true}`.
    Undo {
        /// How many.
        count: usize,
    },
    /// Brings a part of the plan back to what it was at a change. Answer: as `set`.
    RestoreTo {
        /// The change from `history`, as hexadecimal.
        change: String,
    },
    /// Holds the plan against its rules. Answer: `{as_of, findings: [{rule, heading, message, subject, values}]}`;
    /// `heading` and `message` are keys of the catalogue.
    Lint {
        /// The day, `YYYY-MM-DD`; today if absent.
        #[serde(default)]
        as_of: Option<String>,
    },
    /// Takes a plan in as JSON. Answer: `{documents, items, changes, notices: [{kind: "unknown"|"missing"|"wrong_type",
    /// path}], more}`.
    Import {
        /// The JSON text.
        json: String,
    },
    /// The whole plan as JSON. Answer: `{plan}`.
    Export,
    /// Writes a workspace file. Answer: `{path, bytes, envelopes}`.
    Bundle {
        /// The file to write; an absolute path.
        path: String,
    },
    /// Takes a workspace file or a join request in. Answer: `{envelopes, new, duplicates, pending, refused, policy}` or
    /// `{request: {device, words, name}}`.
    TakeBundle {
        /// The file; an absolute path.
        path: String,
    },
    /// Opens an invite. Answer: `{link, role, expires_ms, address}`.
    Invite {
        /// The role's name.
        role: String,
        /// Where this device can be dialed, if the school has no server: `host:port`.
        #[serde(default)]
        address: Option<String>,
    },
    /// Who belongs to the workspace and who waits. Answer: `{devices: [{device, words, name, role, this, connected}],
    /// waiting: [{device, words, name, role}], revoked: [{device, words, name, role}], servers: [{device, words,
    /// address, connected}]}`.
    Devices,
    /// Lets a waiting device in. `device` is its id, the start of it, or its words.
    Confirm {
        /// The device.
        device: String,
        /// The role, if it is to be another than the invite's.
        #[serde(default)]
        role: Option<String>,
        /// For contributors and auditors: names of the kinds they may write or read.
        #[serde(default)]
        kinds: Vec<String>,
    },
    /// Sends a waiting device away.
    Decline {
        /// The device.
        device: String,
    },
    /// Shuts a device out.
    Revoke {
        /// The device.
        device: String,
    },
    /// What is in the log, is not shown and waits for a decision, by author and document. Answer: `{groups: [{number,
    /// change, document, part, who, device, own, count, time_ms, paths, reason, adoptable}], changes: [{document, part,
    /// change, seq, who, device, reason}]}`; `change` names a group, `adoptable` says that it can be written again.
    Quarantine,
    /// Drops a document for good on every device and server. Answer: `{document, part, reason, devices, of, saved: true}`;
    /// `status` tells which devices have followed.
    Drop {
        /// The document: its path, or its id in hexadecimal.
        document: String,
        /// Why. It stays in the policy log and should name nobody.
        reason: String,
    },
    /// About roles, keys, recovery, and what was set aside.
    Trust(TrustRequest),
    /// About approvals.
    Approval(ApprovalRequest),
    /// About what was begun on this device and is not saved.
    Draft(DraftRequest),
    /// About photos and files of evidence.
    File(FileRequest),
    /// About plugins, and edits that belong together.
    Plugin(PluginRequest),
    /// About years: the past ones, and beginning the next.
    Years(YearRequest),
    /// The district auditor's one page, without text of the plan and without persons. Answer: `{school, title, as_of,
    /// made_ms, published, state, message, approved_ms, signatures: [{role, time_ms, state, message}], sections: [{part,
    /// message, documents, items, changed_ms}], lints: [{rule, heading, count}], findings}`. A device that reads the plan
    /// makes it anew; an auditor's device shows the one that was published last (`published`).
    AuditorPage {
        /// Puts it into the log for the auditor; signing an approval does so, too.
        #[serde(default)]
        publish: bool,
    },
    /// Writes a checked copy of the store, while the node goes on. Answer: `{path, bytes, documents, changes}`.
    Backup {
        /// The folder or file to write; an absolute path.
        path: String,
    },
    /// Checks everything, while the node goes on. Answer: `{workspaces, documents, envelopes, changes, bytes, online,
    /// problems: [text], checks: [{check, level: "ok"|"warning"|"problem", message, values}]}`; `message` is a key of the
    /// catalogue.
    Doctor,
    /// How a server stands. Answer: `{workspaces, online, schools: [{school, documents, changes, bytes, full, online,
    /// seen_ms}]}`; `school` is the first 8 digits of its id.
    Measure,
    /// Starts a workspace here: a school and its director. Answer: `{workspace, device, words}`.
    Init {
        /// The school's name.
        school: String,
        /// The director's name.
        name: String,
    },
    /// Asks to be let in with an invite link. Answer: `{words, address}`; ask `entry` until it is done.
    Join {
        /// The link.
        link: String,
        /// The name of the person.
        name: String,
    },
    /// Writes a file that asks a director to let this device in. Answer: `{path, device, words}`.
    JoinFile {
        /// The file to write; an absolute path.
        path: String,
        /// The name of the person.
        name: String,
    },
    /// Puts the workspace on a server with the link that its console printed. Answer: `{address}`; ask `entry`.
    Claim {
        /// The link.
        link: String,
    },
    /// How the way in stands. Answer: `{state: "none"|"connecting"|"waiting"|"done"|"refused", words?, message?,
    /// workspace?}`; `words` are this device's, `message` is a key of the catalogue.
    Entry,
    /// Where a person of this device is: said again every few seconds, and shown to others for some more. Nothing of it is
    /// stored. Answer: `{}`.
    Here {
        /// Which of the device's open pages.
        slot: u32,
        /// The page's address, from `/` on; absent when the page is left.
        #[serde(default)]
        page: Option<String>,
        /// The text that has the focus.
        #[serde(default)]
        caret: Option<CaretAt>,
    },
    /// Who is here. Answer: `{people: [{device, slot, own, name, page, caret: null|{path, at}}]}`; `at` counts UTF-16 units
    /// of the text as it stands, `page` is empty where others need not know it, `own` is this device.
    Company,
    /// What has happened since the answer `since`: waits for it, at most 20 seconds. Without `since` it answers at once.
    /// Answer: `{seq, all, changed: [kind|"devices"|"entry"|"presence"]}`; ask again with `seq`. `all` says that more happened than
    /// is listed.
    Changes {
        /// The `seq` of the answer before.
        #[serde(default)]
        since: Option<u64>,
    },
    /// Stops a running node.
    Stop,
}
