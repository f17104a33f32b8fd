//! Two replicas and somebody between them who drops, repeats, reorders, alters and makes up frames.
//!
//! QUIC lets nobody do this who has no key; a peer with one can. Afterwards the two meet alone and must be equal.

use std::collections::VecDeque;

use ed25519_dalek::SigningKey;
use jospar_core::document::Command;
use jospar_core::ids::{DeviceId, DocumentId, Incarnation};
use jospar_core::plan::Kind;
use jospar_core::protocol::SessionId;
use jospar_core::replica::{Effect, Identity, Input, Moment, Replica, Station};
use jospar_core::storage::Storage as _;
use jospar_core::time::Timestamp;
use serde_json::json;

use crate::hostile::school::{School, Who};
use crate::storage::MemoryStorage;

/// How many frames may pass in one meeting before it counts as endless.
const FRAMES_MAX: usize = 2_000;
/// How long a meeting waits for somebody's next time, in milliseconds.
const PATIENCE_MS: i64 = 40_000;

struct End {
    storage: MemoryStorage,
    replica: Replica,
    device: DeviceId,
    open: bool,
    /// Frames on their way to it.
    inbox: VecDeque<Vec<u8>>,
}

struct Meeting {
    ends: [End; 2],
    document: DocumentId,
    now: i64,
    session: u64,
}

impl End {
    fn new(school: &School, key: &SigningKey, number: u8) -> Self {
        let mut storage = MemoryStorage::new(Incarnation([number; 16]));
        for entry in school.policy().ordered() {
            storage.append_policy(entry.hash(), &entry.encode()).expect("stored");
        }
        storage.commit();
        let identity = Identity { key: key.clone(), station: Station::Device };
        let replica = Replica::open(&storage, school.workspace, &identity).expect("opens");
        let device = DeviceId(key.verifying_key().to_bytes());
        Self { storage, replica, device, open: false, inbox: VecDeque::new() }
    }
}

impl Meeting {
    fn new() -> Self {
        let school = School::new();
        let keys = [school.key(Who::Honest), school.key(Who::Hostile)];
        let [a, b] = keys;
        let ends = [End::new(&school, a, 1), End::new(&school, b, 2)];
        let document = school.document_id(Kind::Risks);
        let mut meeting = Self { ends, document, now: 1_790_000_000_000, session: 0 };
        for who in [0, 1] {
            for n in 0..3 {
                meeting.edit(who, n);
            }
        }
        meeting
    }

    fn moment(&mut self) -> Moment {
        self.now += 1;
        let mut random = [0; 32];
        random[..8].copy_from_slice(&self.now.to_le_bytes());
        Moment { now: Timestamp(self.now), random }
    }

    fn edit(&mut self, who: usize, n: usize) {
        let moment = self.moment();
        let id = format!("r{who}{n}");
        let path = "risks".parse().expect("a path");
        let record = json!({"title": {"kk": "қауіп"}});
        let command = Command::Add { path, id, after: None, record };
        let (document, end) = (self.document, &mut self.ends[who]);
        drop(end.replica.apply(&mut end.storage, &moment, document, &[command]));
        self.flush(who);
    }

    fn flush(&mut self, who: usize) {
        let moment = self.moment();
        let end = &mut self.ends[who];
        let output = end.replica.flush(&mut end.storage, &moment).expect("stored");
        end.storage.commit();
        for effect in output.early.into_iter().chain(output.late) {
            match effect {
                Effect::Send { frame, .. } => self.ends[1 - who].inbox.push_back(frame),
                Effect::Close { .. } => self.ends[who].open = false,
                _ => {}
            }
        }
    }

    fn input(&mut self, who: usize, input: Input) {
        let moment = self.moment();
        let end = &mut self.ends[who];
        end.replica.handle(&mut end.storage, &moment, input).expect("stored");
        self.flush(who);
    }

    /// One session from its opening to its end; `middle` makes frames of a frame.
    fn meet(&mut self, middle: &mut dyn FnMut(Vec<u8>) -> Vec<Vec<u8>>) {
        self.session += 1;
        let session = SessionId(self.session);
        let devices = self.ends.each_ref().map(|end| end.device);
        for who in [0, 1] {
            self.ends[who].inbox.clear();
            self.ends[who].open = true;
        }
        for who in [0, 1] {
            let (peer, dialed) = (devices[1 - who], who == 0);
            self.input(who, Input::SessionOpened { session, peer, dialed });
        }
        let mut frames = 0;
        while self.ends.iter().all(|end| end.open) && frames < FRAMES_MAX {
            let Some(who) = [0, 1].into_iter().find(|who| !self.ends[*who].inbox.is_empty()) else {
                if !self.pass_time() {
                    break;
                }
                continue;
            };
            let frame = self.ends[who].inbox.pop_front().unwrap_or_default();
            for bytes in middle(frame) {
                frames += 1;
                if self.ends[who].open {
                    self.input(who, Input::FrameReceived { session, bytes });
                }
            }
        }
        assert!(frames < FRAMES_MAX, "the meeting does not end");
        for who in [0, 1] {
            self.input(who, Input::SessionClosed { session });
        }
    }

    /// Goes to the next time that somebody waits for, if that is near. Whose frame was dropped asks again, at last once a
    /// minute and for ever: on a stream that loses nothing the answer is under way.
    fn pass_time(&mut self) -> bool {
        let next = self.ends.iter().filter_map(|end| end.replica.next_timeout()).min();
        let Some(next) = next.filter(|next| next.0 < self.now + PATIENCE_MS) else { return false };
        self.now = self.now.max(next.0);
        for who in [0, 1] {
            self.input(who, Input::Timeout);
        }
        self.ends.iter().any(|end| !end.inbox.is_empty())
    }

    fn seen(&mut self, who: usize) -> String {
        let (document, end) = (self.document, &mut self.ends[who]);
        end.replica.document(&mut end.storage, document).expect("is shown").view().to_string()
    }
}

/// Each byte says what happens to the next frame.
pub(super) fn run(bytes: &[u8]) {
    let mut meeting = Meeting::new();
    let mut script = bytes.iter().copied();
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let mut middle = |mut frame: Vec<u8>| {
        let Some(order) = script.next() else { return vec![frame] };
        match order % 8 {
            0 => Vec::new(),
            1 => vec![frame.clone(), frame],
            2 => {
                kept.push(frame);
                Vec::new()
            }
            3 => {
                let mut all = vec![frame];
                all.append(&mut kept);
                all
            }
            4 => {
                let at = usize::from(script.next().unwrap_or(0)) * 7 % frame.len().max(1);
                if let Some(byte) = frame.get_mut(at) {
                    *byte ^= script.next().unwrap_or(1);
                }
                vec![frame]
            }
            5 => {
                let count = usize::from(script.next().unwrap_or(0) % 64);
                let made_up: Vec<u8> = script.by_ref().take(count).collect();
                vec![made_up, frame]
            }
            _ => vec![frame],
        }
    };
    for _ in 0..2 {
        meeting.meet(&mut middle);
    }
    for who in [0, 1] {
        meeting.edit(who, 9);
    }
    let mut equal = false;
    for _ in 0..4 {
        meeting.meet(&mut |frame| vec![frame]);
        equal = meeting.seen(0) == meeting.seen(1);
        if equal {
            break;
        }
    }
    assert!(equal, "the two are not equal after they met alone");
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    vec![
        vec![7; 40],
        vec![0, 1, 2, 3, 7, 1, 2, 2, 3, 0, 0, 7, 7, 1],
        vec![7, 7, 4, 9, 255, 7, 1, 4, 3, 1, 2, 7, 3],
        vec![7, 7, 5, 3, 2, 1, 0, 7, 5, 4, 12, 2, 16, 5, 60],
        vec![1; 30],
        vec![2, 2, 2, 2, 3, 2, 2, 3],
    ]
}
