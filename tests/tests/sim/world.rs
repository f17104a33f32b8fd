//! A school in memory: replicas with their stores, and links that carry frames between them.
//!
//! It keeps the node's contract (docs/adr/0002): begin, inputs, flush, a server's early frames, commit, the rest.
//! A link has two lanes each way like a QUIC session: order holds within a lane, and all of it dies with the link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ed25519_dalek::SigningKey;
use jospar_core::document::Command;
use jospar_core::ids::{ChangeHash, DeviceId, DocumentId, Incarnation, WorkspaceId};
use jospar_core::policy::{Body, Role, Scope};
use jospar_core::protocol::{Frame, Place, RefusalCode, SessionId};
use jospar_core::replica::{
    ApplyError, Assignment, Effect, Identity, Input, Moment, Note, Replica, Station,
    found_workspace,
};
use jospar_core::storage::Storage as _;
use jospar_core::time::Timestamp;

use crate::random::Random;
use crate::storage::MemoryStorage;
use crate::trace::{Trace, name_of};

/// How many frames a single history may take before something goes round in a circle.
pub(crate) const ARRIVALS_MAX: usize = 2_000;
/// The server stands first.
pub(crate) const SERVER: usize = 0;
/// The device that founded the workspace.
pub(crate) const DIRECTOR: usize = 1;

/// A replica with its store, running or not.
pub(crate) struct Member {
    pub(crate) identity: Identity,
    pub(crate) device: DeviceId,
    pub(crate) storage: MemoryStorage,
    /// `None` while the process is down.
    pub(crate) replica: Option<Replica>,
    /// How far its clock is from the world's, in milliseconds.
    pub(crate) clock_ms: i64,
    /// What the author was told is saved.
    pub(crate) acknowledged: Vec<(DocumentId, ChangeHash)>,
    pub(crate) notes: Vec<Note>,
    pub(crate) backup: Option<MemoryStorage>,
    /// Why the last call was not carried out.
    pub(crate) fault: Option<String>,
}

/// A session between two members: the dialer's end first.
pub(crate) struct Link {
    pub(crate) ends: [usize; 2],
    /// Frames on their way to each end: control, bulk.
    lanes: [[VecDeque<Vec<u8>>; 2]; 2],
    /// Whether each end still believes in it.
    open: [bool; 2],
    /// The end has been told of the session.
    told: [bool; 2],
    dead: bool,
    /// What the close code says to each end.
    last_word: [Option<RefusalCode>; 2],
}

/// Something that can happen to an end of a link.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arrival {
    Frame { link: u64, end: usize, lane: usize },
    Closed { link: u64, end: usize },
}

/// What a turn takes in.
pub(crate) enum In {
    Replica(Input),
    Edit(DocumentId, Vec<Command>),
    Policy(Body),
    Revoke(DeviceId),
    /// Where the person of one of its pages is.
    Presence(u32, Option<Place>),
    /// Every run of two or more records is packed.
    Compact,
    Assign(DeviceId, Assignment),
}

/// What goes wrong in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// The commit fails: the process goes on without this turn.
    StoreFails,
    /// The commit is said to have failed, and is there all the same.
    CommitUnknown,
    CrashBeforeCommit,
    CrashAfterCommit,
    CrashAfterEffects,
}

pub(crate) struct World {
    pub(crate) workspace: WorkspaceId,
    pub(crate) members: Vec<Member>,
    pub(crate) links: BTreeMap<u64, Link>,
    /// Pairs that cannot reach each other.
    pub(crate) barred: BTreeSet<(usize, usize)>,
    pub(crate) random: Random,
    pub(crate) trace: Trace,
    /// Datagrams on their way, with their link and who sent them.
    pub(crate) datagrams: VecDeque<(u64, usize, Vec<u8>)>,
    /// How many frames arrived.
    pub(crate) delivered: u64,
    /// How many of them were packs.
    pub(crate) packs: u64,
    now: i64,
    link_next: u64,
}

fn key_of(random: &mut Random) -> SigningKey {
    SigningKey::from_bytes(&random.bytes())
}

impl World {
    /// A server, a director, and a member for each further role.
    pub(crate) fn new(seed: u64, roles: &[(Role, Scope)], verbose: bool) -> Self {
        let mut random = Random::new(seed);
        let now = 1_790_000_000_000;
        let moment = Moment { now: Timestamp(now), random: random.bytes() };
        let director = key_of(&mut random);
        let (workspace, genesis) = found_workspace(&director, &moment);
        let mut world = Self {
            workspace,
            members: Vec::new(),
            links: BTreeMap::new(),
            barred: BTreeSet::new(),
            random,
            trace: Trace::new(verbose),
            datagrams: VecDeque::new(),
            delivered: 0,
            packs: 0,
            now,
            link_next: 1,
        };
        let server = key_of(&mut world.random);
        world.add(server, Station::Server, &genesis);
        world.add(director, Station::Device, &genesis);
        let body = Body::ServerKey { server: world.members[SERVER].device, address: "s:1".into() };
        world.turn(DIRECTOR, vec![In::Policy(body)], Trouble::None);
        for (role, scope) in roles {
            let key = key_of(&mut world.random);
            let who = world.add(key, Station::Device, &genesis);
            let body = world.role(who, *role, scope.clone());
            world.turn(DIRECTOR, vec![In::Policy(body)], Trouble::None);
        }
        let entries = world.members[DIRECTOR].storage.policy_entries().unwrap();
        for who in 0..world.members.len() {
            let member = &mut world.members[who];
            let replica = member.replica.as_mut().unwrap();
            replica.take_in_policy(&mut member.storage, &entries).unwrap();
            world.turn(who, Vec::new(), Trouble::None);
        }
        world
    }

    fn add(&mut self, key: SigningKey, station: Station, genesis: &[u8]) -> usize {
        let mut storage = MemoryStorage::new(Incarnation(self.random.bytes()));
        let entry = jospar_core::policy::Entry::decode(genesis).unwrap();
        storage.append_policy(entry.hash(), genesis).unwrap();
        storage.commit();
        let device = DeviceId(key.verifying_key().to_bytes());
        let identity = Identity { key, station };
        let replica = Some(Replica::open(&storage, self.workspace, &identity).unwrap());
        self.members.push(Member {
            identity,
            device,
            storage,
            replica,
            clock_ms: 0,
            acknowledged: Vec::new(),
            notes: Vec::new(),
            backup: None,
            fault: None,
        });
        self.members.len() - 1
    }

    /// A device that nobody has let in.
    pub(crate) fn add_stranger(&mut self) -> usize {
        let genesis = self.members[DIRECTOR].storage.policy_entries().unwrap().remove(0);
        let key = key_of(&mut self.random);
        self.add(key, Station::Device, &genesis)
    }

    /// The entry that gives a member a role.
    pub(crate) fn role(&self, who: usize, role: Role, scope: Scope) -> Body {
        let device = self.members[who].device;
        let mut person = [0; 16];
        person[0] = u8::try_from(who).unwrap();
        let person = jospar_core::ids::PersonId(person);
        Body::Grant { device, person, role, scope }
    }

    pub(crate) fn is_up(&self, who: usize) -> bool {
        self.members[who].replica.is_some()
    }

    /// One transaction of a running member.
    pub(crate) fn turn(&mut self, who: usize, inputs: Vec<In>, trouble: Trouble) {
        let now = Timestamp(self.now + self.members[who].clock_ms);
        let moment = Moment { now, random: self.random.bytes() };
        let member = &mut self.members[who];
        let Some(mut replica) = member.replica.take() else { return };
        member.fault = None;
        let mut made = Vec::new();
        for (number, input) in inputs.into_iter().enumerate() {
            let random = moment.bytes(&format!("call {number}"));
            let moment =
                if matches!(input, In::Replica(_)) { moment } else { Moment { random, ..moment } };
            made.extend(take_in(&mut replica, member, &moment, input));
        }
        if replica.next_timeout().is_some_and(|timeout| timeout.is_due(moment.now)) {
            replica.handle(&mut member.storage, &moment, Input::Timeout).unwrap();
        }
        let output = replica.flush(&mut member.storage, &moment).unwrap();
        member.replica = Some(replica);
        self.carry_out(who, output.early);
        match trouble {
            Trouble::CrashBeforeCommit => return self.crash(who),
            Trouble::StoreFails => return self.fail_store(who),
            _ => {}
        }
        let member = &mut self.members[who];
        member.storage.commit();
        if trouble == Trouble::CommitUnknown {
            return self.fail_store(who);
        }
        if !made.is_empty() {
            self.trace.line(|| format!("{} saved {}", name_of(who), made.len()));
        }
        member.acknowledged.extend(made);
        if trouble == Trouble::CrashAfterCommit {
            return self.crash(who);
        }
        self.carry_out(who, output.late);
        if trouble == Trouble::CrashAfterEffects {
            self.crash(who);
        }
    }

    fn carry_out(&mut self, who: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { session, frame, bulk } => self.send(who, session.0, frame, bulk),
                Effect::Close { session, code } => self.close(who, session.0, code),
                Effect::Noted(note) => {
                    self.trace.line(|| format!("{} notes {note:?}", name_of(who)));
                    self.members[who].notes.push(note);
                }
                Effect::Datagram { session, bytes } => {
                    self.datagrams.push_back((session.0, who, bytes));
                }
                Effect::Published(_)
                | Effect::PresenceChanged
                | Effect::PolicyChanged
                | Effect::Forgotten(_)
                | Effect::JoinRequested(_) => {}
            }
        }
    }

    fn send(&mut self, who: usize, link: u64, frame: Vec<u8>, bulk: bool) {
        self.trace.frame(who, link, &frame, bulk);
        let Some(found) = self.links.get_mut(&link) else { return };
        let from = usize::from(found.ends[1] == who);
        if !found.dead && found.open[from] {
            found.lanes[1 - from][usize::from(bulk)].push_back(frame);
        }
    }

    fn close(&mut self, who: usize, link: u64, code: Option<RefusalCode>) {
        let Some(found) = self.links.get_mut(&link) else { return };
        let end = usize::from(found.ends[1] == who);
        found.open[end] = false;
        found.last_word[1 - end] = code;
        self.cut(link);
    }

    /// The link dies: of what is on its way only the first part of each lane arrives.
    pub(crate) fn cut(&mut self, link: u64) {
        let Some(found) = self.links.get_mut(&link) else { return };
        self.trace.line(|| format!("link {link} is cut"));
        if !found.dead {
            found.dead = true;
            for lane in found.lanes.iter_mut().flatten() {
                let keep = self.random.below(lane.len() + 1);
                lane.truncate(keep);
            }
        }
        self.forget_closed(link);
    }

    /// The link dies, and nothing that is on its way arrives.
    pub(crate) fn cut_at_once(&mut self, link: u64) {
        if let Some(found) = self.links.get_mut(&link) {
            found.lanes.iter_mut().flatten().for_each(VecDeque::clear);
        }
        self.cut(link);
    }

    fn forget_closed(&mut self, link: u64) {
        if self.links.get(&link).is_some_and(|found| found.open == [false; 2]) {
            self.links.remove(&link);
        }
    }

    /// Opens a session unless it cannot be reached or the dialer has one with it.
    pub(crate) fn dial(&mut self, from: usize, to: usize) -> bool {
        let has = |link: &&Link| link.ends == [from, to] && link.open[0];
        let barred = self.barred.contains(&(from.min(to), from.max(to)));
        if barred || !self.is_up(from) || !self.is_up(to) || self.links.values().any(|l| has(&l)) {
            return false;
        }
        let id = self.link_next;
        self.link_next += 1;
        let link = Link {
            ends: [from, to],
            lanes: Default::default(),
            open: [true; 2],
            told: [true, false],
            dead: false,
            last_word: [None; 2],
        };
        self.links.insert(id, link);
        self.trace.line(|| format!("{} dials {}: link {id}", name_of(from), name_of(to)));
        let peer = self.members[to].device;
        let opened = Input::SessionOpened { session: SessionId(id), peer, dialed: true };
        self.turn(from, vec![In::Replica(opened)], Trouble::None);
        true
    }

    /// These members meet the server, until nothing is left to say.
    pub(crate) fn meet(&mut self, members: &[usize]) {
        for member in members {
            self.dial(*member, SERVER);
        }
        self.settle(ARRIVALS_MAX);
        for _ in 0..3 {
            self.pass(1_000);
            self.settle(ARRIVALS_MAX);
        }
    }

    /// Everybody parts.
    pub(crate) fn part(&mut self) {
        for link in self.links.keys().copied().collect::<Vec<_>>() {
            self.cut(link);
        }
        self.settle(ARRIVALS_MAX);
    }

    /// All that could happen next on the links.
    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for (id, link) in &self.links {
            for end in 0..2 {
                if !link.open[end] || !self.is_up(link.ends[end]) {
                    continue;
                }
                let lanes = &link.lanes[end];
                // An accepted session's bulk lane is read once the session is live.
                let replica = self.members[link.ends[end]].replica.as_ref();
                let live = replica.is_some_and(|replica| replica.is_live(SessionId(*id)));
                for (lane, frames) in lanes.iter().enumerate() {
                    if !frames.is_empty() && (lane == 0 || live || end == 0) {
                        arrivals.push(Arrival::Frame { link: *id, end, lane });
                    }
                }
                if link.dead && lanes[0].is_empty() && (lanes[1].is_empty() || !live) {
                    arrivals.push(Arrival::Closed { link: *id, end });
                }
            }
        }
        arrivals
    }

    /// Who an arrival happens to.
    pub(crate) fn whose(&self, arrival: Arrival) -> usize {
        let (Arrival::Frame { link, end, .. } | Arrival::Closed { link, end }) = arrival;
        self.links[&link].ends[end]
    }

    /// Takes an arrival off its link: who it happens to, and what that is told.
    pub(crate) fn take(&mut self, arrival: Arrival) -> Option<(usize, Vec<In>)> {
        let (Arrival::Frame { link: id, end, .. } | Arrival::Closed { link: id, end }) = arrival;
        let link = self.links.get_mut(&id)?;
        let (who, peer) = (link.ends[end], link.ends[1 - end]);
        let session = SessionId(id);
        let mut inputs = Vec::new();
        match arrival {
            Arrival::Frame { lane, .. } => {
                let bytes = link.lanes[end][lane].pop_front()?;
                if !link.told[end] {
                    link.told[end] = true;
                    let peer = self.members[peer].device;
                    inputs.push(In::Replica(Input::SessionOpened { session, peer, dialed: false }));
                }
                let packs = |records: &[u8]| records.get(1) == Some(&1);
                self.packs += u64::from(
                    matches!(Frame::decode(&bytes), Ok(Frame::Records { records, .. }) if packs(&records)),
                );
                inputs.push(In::Replica(Input::FrameReceived { session, bytes }));
                self.delivered += 1;
            }
            Arrival::Closed { .. } => {
                link.open[end] = false;
                if let Some(code) = link.last_word[end].filter(|_| link.told[end]) {
                    let bytes = Frame::Refused(code).encode();
                    inputs.push(In::Replica(Input::FrameReceived { session, bytes }));
                }
                inputs.push(In::Replica(Input::SessionClosed { session }));
                self.forget_closed(id);
            }
        }
        self.trace.line(|| format!("{} takes {arrival:?}", name_of(who)));
        Some((who, inputs))
    }

    /// The process ends without closing its store: the next start is another life.
    pub(crate) fn crash(&mut self, who: usize) {
        self.trace.line(|| format!("{} crashes", name_of(who)));
        self.end(who);
        let incarnation = Incarnation(self.random.bytes());
        self.members[who].storage.begin_life(incarnation);
    }

    /// The process ends in an orderly way.
    pub(crate) fn stop(&mut self, who: usize) {
        self.trace.line(|| format!("{} stops", name_of(who)));
        self.end(who);
    }

    fn end(&mut self, who: usize) {
        self.members[who].replica = None;
        self.members[who].storage.undo();
        self.drop_links(who);
    }

    fn drop_links(&mut self, who: usize) {
        let of: Vec<u64> =
            self.links.iter().filter(|(_, l)| l.ends.contains(&who)).map(|(id, _)| *id).collect();
        for id in of {
            if let Some(link) = self.links.get_mut(&id) {
                link.open[usize::from(link.ends[1] == who)] = false;
            }
            self.cut(id);
        }
    }

    /// The turn is undone, memory is read anew, and every session ends.
    fn fail_store(&mut self, who: usize) {
        self.trace.line(|| format!("{}: the store fails", name_of(who)));
        self.end(who);
        self.start(who);
    }

    pub(crate) fn start(&mut self, who: usize) {
        let member = &mut self.members[who];
        if member.replica.is_none() {
            self.trace.line(|| format!("{} starts", name_of(who)));
            let replica = Replica::open(&member.storage, self.workspace, &member.identity);
            member.replica = Some(replica.unwrap());
        }
    }

    /// The frame that would arrive next on a lane will arrive once more.
    pub(crate) fn repeat(&mut self, arrival: Arrival) {
        let Arrival::Frame { link, end, lane } = arrival else { return };
        let Some(found) = self.links.get_mut(&link) else { return };
        let lane = &mut found.lanes[end][lane];
        if let Some(frame) = lane.front().cloned() {
            self.trace.line(|| format!("{arrival:?} comes twice"));
            lane.push_front(frame);
        }
    }

    /// A copy of one device's data folder, without its key, takes the place of another's.
    pub(crate) fn copy_folder(&mut self, from: usize, to: usize) {
        let copy = self.members[from].storage.clone();
        let kept = self.members[to].backup.replace(copy);
        self.restore(to);
        self.members[to].backup = kept;
    }

    /// Puts an older copy of the store in place. What only this member had is lost, and its author has to live with it.
    pub(crate) fn restore(&mut self, who: usize) -> bool {
        let Some(backup) = self.members[who].backup.clone() else { return false };
        self.end(who);
        self.trace.line(|| format!("{} is restored from a backup", name_of(who)));
        self.members[who].storage = backup;
        let incarnation = Incarnation(self.random.bytes());
        self.members[who].storage.begin_life(incarnation);
        let logs: Vec<MemoryStorage> = self.members.iter().map(|m| m.storage.clone()).collect();
        for member in &mut self.members {
            member.acknowledged.retain(|(document, hash)| {
                logs.iter().any(|log| log.find_change(*document, *hash).unwrap().is_some())
            });
        }
        self.start(who);
        true
    }

    /// Lets time pass and gives everyone a turn who asked for one.
    pub(crate) fn pass(&mut self, milliseconds: i64) {
        self.now += milliseconds;
        self.wake();
    }

    /// Gives everyone a turn whose time has come. Returns whether anybody had one.
    pub(crate) fn wake(&mut self) -> bool {
        let mut woken = false;
        for who in 0..self.members.len() {
            let now = Timestamp(self.now + self.members[who].clock_ms);
            let next = self.members[who].replica.as_ref().and_then(Replica::next_timeout);
            if next.is_some_and(|next| next.is_due(now)) {
                self.trace.line(|| format!("{}: its time has come", name_of(who)));
                self.turn(who, Vec::new(), Trouble::None);
                woken = true;
            }
        }
        woken
    }

    /// Delivers until nothing is on its way and nobody has more to send, one frame a turn. Returns how many arrivals there were.
    pub(crate) fn settle(&mut self, arrivals_max: usize) -> usize {
        for count in 0..arrivals_max {
            let arrivals = self.arrivals();
            if arrivals.is_empty() {
                if self.wake() {
                    continue;
                }
                return count;
            }
            let arrival = *self.random.pick(&arrivals);
            if let Some((who, inputs)) = self.take(arrival) {
                self.turn(who, inputs, Trouble::None);
            }
        }
        panic!("still not quiet after {arrivals_max} arrivals");
    }
}

/// Hands one input over; returns what an edit made.
fn take_in(
    replica: &mut Replica,
    member: &mut Member,
    moment: &Moment,
    input: In,
) -> Option<(DocumentId, ChangeHash)> {
    let storage = &mut member.storage;
    match input {
        In::Replica(input) => replica.handle(storage, moment, input).unwrap(),
        In::Presence(slot, place) => replica.say_presence(moment, slot, place),
        In::Policy(body) => replica.append_policy(storage, body).unwrap(),
        In::Compact => drop(replica.compact(storage, 2).unwrap()),
        In::Assign(device, assignment) => replica.assign(storage, device, assignment).unwrap(),
        In::Revoke(device) => replica.revoke(storage, device).unwrap(),
        In::Edit(document, commands) => match replica.apply(storage, moment, document, &commands) {
            Ok(applied) => return applied.change.map(|hash| (document, hash)),
            Err(error @ (ApplyError::NoRight(_) | ApplyError::Command(_))) => {
                member.fault = Some(error.to_string());
            }
            Err(error) => panic!("{commands:?}: {error}"),
        },
    }
    None
}
