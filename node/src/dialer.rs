//! Whom to dial, and when again: one entry for each server, for each device found on the local network, and for an
//! address from a link. Waits double from half a second to a minute, with a random part, so that a school whose line
//! comes back does not dial all at once.

use std::collections::BTreeMap;

use jospar_core::ids::DeviceId;
use jospar_core::protocol::SessionId;
use jospar_core::time::Timestamp;

use crate::quic::DialId;

const WAIT_MS_MIN: i64 = 500;
const WAIT_MS_MAX: i64 = 60_000;
/// The most addresses of the local network that wait to be dialed; each is dialed once for each time it is announced.
const FOUND_MAX: usize = 64;

/// Where a peer may be reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A peer that must answer with this key.
    Pinned(DeviceId, String),
    /// An address found on the local network: whoever answers must be a member.
    Found(String),
}

#[derive(Debug)]
struct Attempt {
    wait_ms: i64,
    next: Timestamp,
    /// The peer asked not to be dialed before.
    not_before: Timestamp,
    dial: Option<DialId>,
    session: Option<SessionId>,
    error: Option<String>,
}

/// All targets with how their dialing stands.
#[derive(Debug, Default)]
pub struct Dialer {
    attempts: BTreeMap<Target, Attempt>,
}

impl Dialer {
    /// Sets the pinned targets; sessions of targets that stay are kept.
    pub fn set_pinned(&mut self, targets: &[(DeviceId, String)], now: Timestamp) {
        let wanted = |target: &Target| match target {
            Target::Pinned(device, address) => {
                targets.iter().any(|(d, a)| d == device && a == address)
            }
            Target::Found(_) => true,
        };
        self.attempts.retain(|target, _| wanted(target));
        for (device, address) in targets {
            self.add(Target::Pinned(*device, address.clone()), now);
        }
    }

    /// Adds a target to dial at once; one that is known is left as it is.
    pub fn add(&mut self, target: Target, now: Timestamp) {
        let found = |target: &Target| matches!(target, Target::Found(_));
        let many = self.attempts.keys().filter(|target| found(target)).count() >= FOUND_MAX;
        if many && found(&target) {
            return;
        }
        self.attempts.entry(target).or_insert(Attempt {
            wait_ms: WAIT_MS_MIN,
            next: now,
            not_before: Timestamp(0),
            dial: None,
            session: None,
            error: None,
        });
    }

    /// Takes a target out.
    pub fn remove(&mut self, target: &Target) {
        self.attempts.remove(target);
    }

    /// Makes every target without a session due at once: the network has changed, or a person asks.
    pub fn hurry(&mut self, now: Timestamp) {
        for attempt in self.attempts.values_mut() {
            // A long pause may be over for a reason that only a person knows.
            let short = attempt.not_before.0.saturating_sub(now.0) <= WAIT_MS_MAX;
            attempt.next = if short { now.max(attempt.not_before) } else { now };
            attempt.wait_ms = WAIT_MS_MIN;
        }
    }

    /// Notes that a peer does not want to be dialed for a time.
    pub fn hold(&mut self, peer: DeviceId, until: Timestamp) {
        let of_peer =
            |target: &Target| matches!(target, Target::Pinned(device, _) if *device == peer);
        for (_, attempt) in self.attempts.iter_mut().filter(|(target, _)| of_peer(target)) {
            attempt.not_before = until;
            attempt.next = attempt.next.max(until);
        }
    }

    /// Forgets which dials are under way: what became of them was lost.
    pub fn forget_dials(&mut self, now: Timestamp) {
        for attempt in self.attempts.values_mut() {
            attempt.dial = None;
            attempt.session = None;
            attempt.next = now.after(attempt.wait_ms);
        }
    }

    /// The targets to dial now.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Vec<Target> {
        let due = |attempt: &Attempt| {
            attempt.dial.is_none() && attempt.session.is_none() && attempt.next.is_due(now)
        };
        let targets = self.attempts.iter().filter(|(_, attempt)| due(attempt));
        targets.map(|(target, _)| target.clone()).collect()
    }

    /// When the next target is due.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        let waiting = self.attempts.values().filter(|a| a.dial.is_none() && a.session.is_none());
        waiting.map(|attempt| attempt.next).min()
    }

    /// Notes that a dial was begun.
    pub fn note_dialing(&mut self, target: &Target, dial: DialId) {
        if let Some(attempt) = self.attempts.get_mut(target) {
            attempt.dial = Some(dial);
        }
    }

    /// Notes that a dial became a session.
    pub fn note_opened(&mut self, dial: DialId, session: SessionId) {
        if let Some(attempt) = self.by_dial(dial) {
            attempt.dial = None;
            attempt.session = Some(session);
        }
    }

    /// Notes that the session's peer said hello: its next wait starts small again.
    pub fn note_greeted(&mut self, session: SessionId) {
        let greeted = self.attempts.values_mut().find(|a| a.session == Some(session));
        if let Some(attempt) = greeted {
            attempt.wait_ms = WAIT_MS_MIN;
            attempt.error = None;
        }
    }

    /// Notes that a dial failed; `jitter` is a random byte.
    pub fn note_failed(&mut self, dial: DialId, error: String, now: Timestamp, jitter: u8) {
        if let Some(attempt) = self.by_dial(dial) {
            attempt.dial = None;
            attempt.error = Some(error);
            attempt.wait(now, jitter);
        }
        // Whoever was found there is announced again when it is back.
        let gone = |target: &Target, attempt: &Attempt| {
            matches!(target, Target::Found(_))
                && attempt.dial.is_none()
                && attempt.session.is_none()
        };
        self.attempts.retain(|target, attempt| !gone(target, attempt) || attempt.next <= now);
    }

    /// Notes that a target could not even be dialed, for its name could not be resolved.
    pub fn note_unresolved(&mut self, target: &Target, error: String, now: Timestamp, jitter: u8) {
        if let Some(attempt) = self.attempts.get_mut(target) {
            attempt.dial = None;
            attempt.error = Some(error);
            attempt.wait(now, jitter);
        }
    }

    /// Notes that a session ended.
    pub fn note_closed(&mut self, session: SessionId, now: Timestamp, jitter: u8) {
        let found = self.attempts.iter_mut().find(|(_, a)| a.session == Some(session));
        let Some((target, attempt)) = found else { return };
        attempt.session = None;
        attempt.wait(now, jitter);
        if let Target::Found(_) = target {
            let target = target.clone();
            self.remove(&target);
        }
    }

    /// Each target with the message key of its last error.
    pub fn errors(&self) -> impl Iterator<Item = (&Target, &str)> {
        self.attempts.iter().filter_map(|(target, a)| Some((target, a.error.as_deref()?)))
    }

    fn by_dial(&mut self, dial: DialId) -> Option<&mut Attempt> {
        self.attempts.values_mut().find(|attempt| attempt.dial == Some(dial))
    }
}

impl Attempt {
    fn wait(&mut self, now: Timestamp, jitter: u8) {
        let random = self.wait_ms * i64::from(jitter) / 512;
        self.next = now.after(self.wait_ms / 2 + random).max(self.not_before);
        self.wait_ms = (self.wait_ms * 2).min(WAIT_MS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_shrink_after_a_greeting() {
        let target = Target::Pinned(DeviceId([1; 32]), "127.0.0.1:1".into());
        let mut dialer = Dialer::default();
        dialer.add(target.clone(), Timestamp(0));
        let mut now = Timestamp(0);
        for n in 0..12 {
            assert_eq!(dialer.due(now), vec![target.clone()]);
            dialer.note_dialing(&target, DialId(n));
            assert!(dialer.due(now).is_empty());
            dialer.note_failed(DialId(n), "no answer".into(), now, 255);
            let next = dialer.next_timeout().expect("waits");
            assert!(next.0 - now.0 <= WAIT_MS_MAX && next > now);
            now = next;
        }
        dialer.note_dialing(&target, DialId(99));
        dialer.note_opened(DialId(99), SessionId(1));
        dialer.note_greeted(SessionId(1));
        assert_eq!(dialer.next_timeout(), None);
        dialer.note_closed(SessionId(1), now, 0);
        assert_eq!(dialer.next_timeout(), Some(now.after(WAIT_MS_MIN / 2)));
    }

    #[test]
    fn f19_a_peer_that_asked_for_a_pause_gets_it() {
        let target = Target::Pinned(DeviceId([1; 32]), "127.0.0.1:1".into());
        let mut dialer = Dialer::default();
        dialer.add(target.clone(), Timestamp(0));
        dialer.note_dialing(&target, DialId(1));
        dialer.note_opened(DialId(1), SessionId(1));
        dialer.hold(DeviceId([1; 32]), Timestamp(20_000));
        dialer.note_closed(SessionId(1), Timestamp(10), 0);
        assert_eq!(dialer.next_timeout(), Some(Timestamp(20_000)));
        dialer.hurry(Timestamp(11));
        assert_eq!(dialer.next_timeout(), Some(Timestamp(20_000)), "a person cannot cut it short");
        dialer.hold(DeviceId([1; 32]), Timestamp(3_600_000));
        dialer.hurry(Timestamp(12));
        assert_eq!(dialer.due(Timestamp(12)), vec![target], "unless it is long");
    }

    #[test]
    fn addresses_of_the_local_network_are_bounded_and_dialed_once() {
        let mut dialer = Dialer::default();
        for n in 0..1_000 {
            dialer.add(Target::Found(format!("192.0.2.1:{n}")), Timestamp(0));
        }
        let due = dialer.due(Timestamp(0));
        assert_eq!(due.len(), FOUND_MAX);
        for (n, target) in due.iter().enumerate() {
            dialer.note_dialing(target, DialId(n as u64));
            dialer.note_failed(
                DialId(n as u64),
                "error-server-unreachable".into(),
                Timestamp(1),
                7,
            );
        }
        assert_eq!(dialer.next_timeout(), None);
    }

    #[test]
    fn f07_a_clock_that_was_put_back_does_not_put_a_dial_off() {
        let target = Target::Pinned(DeviceId([1; 32]), "127.0.0.1:1".into());
        let (mut dialer, now) = (Dialer::default(), Timestamp(1_790_000_000_000));
        dialer.add(target.clone(), now);
        dialer.note_dialing(&target, DialId(1));
        dialer.note_failed(DialId(1), "no answer".into(), now, 255);
        assert!(dialer.due(now).is_empty());
        assert_eq!(dialer.due(Timestamp(now.0 - 315_360_000_000)), [target]);
    }

    #[test]
    fn a_server_that_left_the_policy_is_dialed_no_more() {
        let mut dialer = Dialer::default();
        dialer.set_pinned(&[(DeviceId([1; 32]), "a:1".into())], Timestamp(0));
        dialer.set_pinned(&[(DeviceId([2; 32]), "b:1".into())], Timestamp(0));
        let due = dialer.due(Timestamp(0));
        assert_eq!(due, vec![Target::Pinned(DeviceId([2; 32]), "b:1".into())]);
    }
}
