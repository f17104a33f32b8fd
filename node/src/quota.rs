//! What a server takes from one device and keeps for one school. Time is an argument; nothing here touches a socket or
//! the store. Which limit is enforced where: docs/operations.md, "Limits".

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::protocol::SessionId;
use jospar_core::replica::Room;
use jospar_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::Usage;

/// Devices whose rates are remembered.
const DEVICES_MAX: usize = 16_384;
/// How long a device that was told to come later may take to close the session itself, in milliseconds.
const PARTING_MS: i64 = 2_000;
/// How often what is old is thrown away, in milliseconds.
const SWEEP_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// The limits of a server; an operator may change each (`server.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Sessions that one device may open in a minute after its burst.
    pub connections_per_minute: u32,
    /// Sessions that one device may open at once.
    pub connections_burst: u32,
    /// Envelopes that one device may send in a second after its burst.
    pub envelopes_per_second: u32,
    /// Envelopes that one device may send at once.
    pub envelopes_burst: u32,
    /// Bytes of frames that one device may send in a day.
    pub device_bytes_per_day: u64,
    /// Bytes of envelopes that one document may have.
    pub document_bytes: u64,
    /// Bytes of envelopes that one school may have.
    pub school_bytes: u64,
    /// Schools on this server.
    pub schools: u32,
    /// Days after which an envelope is dropped that waits for something missing. Its author sends it again.
    pub parked_days: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            connections_per_minute: 10,
            connections_burst: 30,
            envelopes_per_second: 200,
            envelopes_burst: 2_000,
            device_bytes_per_day: 64 * 1024 * 1024,
            document_bytes: 64 * 1024 * 1024,
            school_bytes: 2 * 1024 * 1024 * 1024,
            schools: 1_000,
            parked_days: 7,
        }
    }
}

/// A token bucket. What is asked for is given whole as long as anything is left, so that something larger than the burst
/// still gets through; the debt is waited for.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Timestamp,
}

/// How fast a bucket fills.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: f64,
    per_second: f64,
    /// Whoever found it empty comes back when it holds this much.
    resume: f64,
}

impl Bucket {
    const fn full(rate: Rate, now: Timestamp) -> Self {
        Self { level: rate.burst, at: now }
    }

    fn fill(&mut self, rate: Rate, now: Timestamp) {
        // A clock that went back gives nothing and takes nothing.
        let since = now.0.saturating_sub(self.at.0).max(0);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds between two frames")]
        let gained = since as f64 / 1_000.0 * rate.per_second;
        self.level = (self.level + gained).min(rate.burst);
        self.at = now;
    }

    /// Takes `amount`, or says how many seconds to wait.
    fn take(&mut self, rate: Rate, amount: f64, now: Timestamp) -> Result<(), u32> {
        self.fill(rate, now);
        if self.level > 0.0 {
            self.level -= amount;
            return Ok(());
        }
        let seconds = ((rate.resume - self.level) / rate.per_second).ceil().max(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        Err(seconds.min(SECONDS_PER_DAY) as u32)
    }
}

#[derive(Debug, Clone, Copy)]
struct Device {
    connections: Bucket,
    envelopes: Bucket,
    bytes: Bucket,
}

/// How much a school has, and what follows from it.
#[derive(Debug, Default)]
pub(crate) struct School {
    pub(crate) usage: Usage,
    pub(crate) room: Room,
}

/// Keeps the limits of one server.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) quotas: Quotas,
    devices: HashMap<DeviceId, Device>,
    pub(crate) schools: BTreeMap<WorkspaceId, School>,
    /// Sessions that were told to come later, with the moment at which they are closed.
    parting: BTreeMap<SessionId, Timestamp>,
    /// What they are told once this turn is committed, behind its acknowledgements.
    untold: Vec<(SessionId, u32)>,
    next_sweep: Timestamp,
}

impl Keeper {
    pub(crate) fn new(quotas: Quotas) -> Self {
        Self {
            quotas,
            devices: HashMap::new(),
            schools: BTreeMap::new(),
            parting: BTreeMap::new(),
            untold: Vec::new(),
            next_sweep: Timestamp(0),
        }
    }

    fn rates(&self) -> [Rate; 3] {
        let quotas = &self.quotas;
        let connections = f64::from(quotas.connections_per_minute.max(1)) / 60.0;
        let envelopes = f64::from(quotas.envelopes_per_second.max(1));
        #[expect(clippy::cast_precision_loss, reason = "a limit on bytes")]
        let bytes = quotas.device_bytes_per_day.max(1) as f64;
        let burst = f64::from(quotas.envelopes_burst.max(1));
        [
            Rate {
                burst: f64::from(quotas.connections_burst.max(1)),
                per_second: connections,
                resume: 1.0,
            },
            Rate { burst, per_second: envelopes, resume: burst / 2.0 },
            Rate { burst: bytes, per_second: bytes / SECONDS_PER_DAY, resume: bytes / 24.0 },
        ]
    }

    fn device(&mut self, device: DeviceId, now: Timestamp) -> (&mut Device, [Rate; 3]) {
        let rates = self.rates();
        if self.devices.len() >= DEVICES_MAX && !self.devices.contains_key(&device) {
            self.forget_rested(rates, now);
        }
        let [connections, envelopes, bytes] = rates;
        let device = self.devices.entry(device).or_insert(Device {
            connections: Bucket::full(connections, now),
            envelopes: Bucket::full(envelopes, now),
            bytes: Bucket::full(bytes, now),
        });
        (device, rates)
    }

    /// Forgets devices whose buckets are full again; if all are in use, forgets them all rather than grow.
    fn forget_rested(&mut self, rates: [Rate; 3], now: Timestamp) {
        let [connections, envelopes, bytes] = rates;
        self.devices.retain(|_, device| {
            device.connections.fill(connections, now);
            device.envelopes.fill(envelopes, now);
            device.bytes.fill(bytes, now);
            device.connections.level < connections.burst
                || device.envelopes.level < envelopes.burst
                || device.bytes.level < bytes.burst
        });
        if self.devices.len() >= DEVICES_MAX {
            self.devices.clear();
        }
    }

    /// Counts one session that `device` opened; an error says how many seconds it must wait.
    pub(crate) fn take_connection(&mut self, device: DeviceId, now: Timestamp) -> Result<(), u32> {
        let (device, [rate, ..]) = self.device(device, now);
        device.connections.take(rate, 1.0, now)
    }

    /// Counts one frame of `device`; an error says how many seconds it must wait.
    #[expect(clippy::cast_precision_loss, reason = "counts of one frame")]
    pub(crate) fn take_frame(
        &mut self,
        device: DeviceId,
        envelopes: u64,
        bytes: usize,
        now: Timestamp,
    ) -> Result<(), u32> {
        let (device, [_, of_envelopes, of_bytes]) = self.device(device, now);
        if envelopes > 0 {
            device.envelopes.take(of_envelopes, envelopes as f64, now)?;
        }
        device.bytes.take(of_bytes, bytes as f64, now)
    }

    /// What a school with `usage` has room for.
    pub(crate) fn room(&self, usage: &Usage) -> Room {
        let full = |(document, bytes): (&_, &u64)| {
            (*bytes >= self.quotas.document_bytes).then_some(*document)
        };
        Room {
            workspace_full: usage.totals.bytes >= self.quotas.school_bytes,
            documents_full: usage.documents.iter().filter_map(full).collect(),
        }
    }

    /// The session is told to come later once the turn is committed; what it sends until it closes is dropped.
    pub(crate) fn part(&mut self, session: SessionId, seconds: u32, now: Timestamp) {
        self.parting.insert(session, now.after(PARTING_MS));
        self.untold.push((session, seconds));
    }

    /// True for a session that was told to come later.
    pub(crate) fn is_parting(&self, session: SessionId) -> bool {
        self.parting.contains_key(&session)
    }

    /// Forgets a session that is over.
    pub(crate) fn note_closed(&mut self, session: SessionId) {
        self.parting.remove(&session);
    }

    /// The sessions to tell now that they shall come later, with the seconds to wait.
    pub(crate) fn take_untold(&mut self) -> Vec<(SessionId, u32)> {
        std::mem::take(&mut self.untold)
    }

    /// The sessions that did not close themselves in time.
    pub(crate) fn overdue(&self, now: Timestamp) -> Vec<SessionId> {
        let late = self.parting.iter().filter(|(_, close_at)| **close_at <= now);
        late.map(|(session, _)| *session).collect()
    }

    /// When [`Keeper::overdue`] has something next.
    pub(crate) fn next_timeout(&self) -> Option<Timestamp> {
        self.parting.values().min().copied()
    }

    /// After a turn that was undone: what it counted is counted anew, and every session is over. Rates go on.
    pub(crate) fn start_over(&mut self) {
        self.schools.clear();
        self.parting.clear();
        self.untold.clear();
    }

    /// Once an hour: the moment before which parked envelopes are dropped. Counts of schools without room are read anew,
    /// since somebody may have made some.
    pub(crate) fn take_sweep(&mut self, now: Timestamp) -> Option<Timestamp> {
        let put_back = self.next_sweep.0.saturating_sub(now.0) > SWEEP_MS;
        if now < self.next_sweep && !put_back {
            return None;
        }
        self.next_sweep = now.after(SWEEP_MS);
        let full: BTreeSet<WorkspaceId> = self
            .schools
            .iter()
            .filter(|(_, school)| school.room != Room::default())
            .map(|(id, _)| *id)
            .collect();
        self.schools.retain(|id, _| !full.contains(id));
        Some(Timestamp(now.0.saturating_sub(i64::from(self.quotas.parked_days) * DAY_MS)))
    }
}

#[cfg(test)]
mod tests {
    use jospar_core::ids::DocumentId;

    use super::*;

    const DEVICE: DeviceId = DeviceId([1; 32]);

    fn at(seconds: i64) -> Timestamp {
        Timestamp(1_800_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn f19_a_device_gets_its_burst_and_then_its_rate_and_hears_how_long_to_wait() {
        let mut keeper = Keeper::new(Quotas::default());
        for _ in 0..30 {
            assert_eq!(keeper.take_connection(DEVICE, at(0)), Ok(()));
        }
        assert_eq!(keeper.take_connection(DEVICE, at(0)), Err(6));
        assert_eq!(keeper.take_connection(DeviceId([2; 32]), at(0)), Ok(()));
        assert_eq!(
            keeper.take_connection(DEVICE, at(6)),
            Ok(()),
            "it waited as long as it was told"
        );
        assert!(keeper.take_connection(DEVICE, at(6)).is_err());
    }

    #[test]
    fn f19_more_than_a_burst_gets_through_and_is_paid_for_afterwards() {
        let mut keeper = Keeper::new(Quotas::default());
        assert_eq!(keeper.take_frame(DEVICE, 5_000, 1_000, at(0)), Ok(()));
        let wait = keeper.take_frame(DEVICE, 1, 100, at(0)).expect_err("in debt");
        assert_eq!(wait, 20, "3,000 of debt and half a burst at 200 a second");
        assert!(keeper.take_frame(DEVICE, 1, 100, at(14)).is_err());
        assert_eq!(keeper.take_frame(DEVICE, 900, 100, at(i64::from(wait))), Ok(()));
        assert_eq!(keeper.take_frame(DEVICE, 0, 100, at(14)), Ok(()), "other frames still pass");
    }

    #[test]
    fn t05_a_device_has_so_many_bytes_a_day() {
        let mut keeper = Keeper::new(Quotas::default());
        let mebibyte = 1024 * 1024;
        let taken = (0..200).take_while(|_| keeper.take_frame(DEVICE, 1, mebibyte, at(0)).is_ok());
        assert_eq!(taken.count(), 64);
        let wait = keeper.take_frame(DEVICE, 1, mebibyte, at(0)).expect_err("the day's share");
        assert_eq!(wait, 3_600);
        assert_eq!(keeper.take_frame(DEVICE, 1, mebibyte, at(3_600)), Ok(()));
    }

    #[test]
    fn t05_the_number_of_devices_remembered_is_bounded() {
        let mut keeper = Keeper::new(Quotas::default());
        for number in 0..3 * DEVICES_MAX as u64 {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_le_bytes());
            assert_eq!(keeper.take_connection(DeviceId(id), at(0)), Ok(()));
            assert!(keeper.devices.len() <= DEVICES_MAX);
        }
    }

    #[test]
    fn a_clock_that_jumps_back_neither_gives_nor_takes() {
        let mut keeper = Keeper::new(Quotas::default());
        for _ in 0..30 {
            assert_eq!(keeper.take_connection(DEVICE, at(1_000)), Ok(()));
        }
        assert!(keeper.take_connection(DEVICE, at(0)).is_err());
        assert_eq!(keeper.take_connection(DEVICE, at(6)), Ok(()));
    }

    #[test]
    fn t15_what_is_full_is_named_and_counted_anew_after_an_hour() {
        let quotas = Quotas { document_bytes: 100, school_bytes: 150, ..Quotas::default() };
        let mut keeper = Keeper::new(quotas);
        let (first, second) = (DocumentId([1; 16]), DocumentId([2; 16]));
        let mut usage = Usage::default();
        usage.documents.insert(first, 100);
        usage.documents.insert(second, 49);
        usage.totals.bytes = 149;
        let room = keeper.room(&usage);
        assert_eq!((room.workspace_full, room.documents_full.len()), (false, 1));
        usage.totals.bytes = 150;
        assert!(keeper.room(&usage).workspace_full);
        let id = WorkspaceId([3; 32]);
        keeper.schools.insert(id, School { room: keeper.room(&usage), usage });
        keeper.schools.insert(WorkspaceId([4; 32]), School::default());
        keeper.part(SessionId(1), 5, at(0));
        assert!(keeper.is_parting(SessionId(1)) && keeper.overdue(at(1)).is_empty());
        assert_eq!(keeper.overdue(at(2)), [SessionId(1)]);
        let before = keeper.take_sweep(at(0)).expect("the first sweep");
        assert_eq!(before, at(-7 * 86_400));
        assert!(!keeper.schools.contains_key(&id) && keeper.schools.len() == 1);
        assert_eq!(keeper.take_sweep(at(60)), None);
        assert!(keeper.take_sweep(at(3_601)).is_some());
        keeper.start_over();
        assert!(keeper.schools.is_empty() && !keeper.is_parting(SessionId(1)));
    }
}
