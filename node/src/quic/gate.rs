//! Who may begin a session: a token bucket per address. Time is an argument; nothing here touches a socket.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::limits::{ADDRESSES_MAX, Limits};

/// Counts the sessions that addresses open.
#[derive(Debug)]
pub(super) struct Gate {
    burst: f64,
    per_second: f64,
    loopback_exempt: bool,
    buckets: HashMap<IpAddr, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Gate {
    /// An empty gate with the rates of `limits`.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            burst: f64::from(limits.address_burst),
            per_second: f64::from(limits.address_per_minute) / 60.0,
            loopback_exempt: limits.loopback_exempt,
            buckets: HashMap::new(),
        }
    }

    /// Whether `address` may open one more session.
    pub(super) fn has_room(&self, address: IpAddr, now: Instant) -> bool {
        let Some(key) = self.key(address) else { return true };
        self.buckets.get(&key).is_none_or(|bucket| self.tokens(bucket, now) >= 1.0)
    }

    /// Counts one session of `address`, which must have proved that it is there: a forged source must not use up the
    /// share of an honest one.
    pub(super) fn count(&mut self, address: IpAddr, now: Instant) {
        let Some(key) = self.key(address) else { return };
        if self.buckets.len() >= ADDRESSES_MAX && !self.buckets.contains_key(&key) {
            self.forget(now);
        }
        let tokens = self.buckets.get(&key).map_or(self.burst, |bucket| self.tokens(bucket, now));
        self.buckets.insert(key, Bucket { tokens: (tokens - 1.0).max(0.0), at: now });
    }

    fn tokens(&self, bucket: &Bucket, now: Instant) -> f64 {
        let since: Duration = now.saturating_duration_since(bucket.at);
        (bucket.tokens + since.as_secs_f64() * self.per_second).min(self.burst)
    }

    /// Drops the buckets that are full again; if all are in use, drops them all rather than grow.
    fn forget(&mut self, now: Instant) {
        let (burst, per_second) = (self.burst, self.per_second);
        self.buckets.retain(|_, bucket| {
            let since = now.saturating_duration_since(bucket.at).as_secs_f64();
            bucket.tokens + since * per_second < burst
        });
        if self.buckets.len() >= ADDRESSES_MAX {
            self.buckets.clear();
        }
    }

    /// One IPv6 network of 64 bits counts as one address. `None` is exempt.
    fn key(&self, address: IpAddr) -> Option<IpAddr> {
        let address = address.to_canonical();
        if self.loopback_exempt && address.is_loopback() {
            return None;
        }
        Some(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::new(&Limits { address_burst: 3, address_per_minute: 10, ..Limits::default() })
    }

    fn take(gate: &mut Gate, address: &str, now: Instant) -> bool {
        let address = address.parse().expect("an address");
        let room = gate.has_room(address, now);
        if room {
            gate.count(address, now);
        }
        room
    }

    #[test]
    fn t03_an_address_gets_its_burst_and_then_its_rate() {
        let (mut gate, start) = (gate(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let taken: Vec<bool> = (0..5).map(|_| take(&mut gate, "192.0.2.1", start)).collect();
        assert_eq!(taken, [true, true, true, false, false]);
        assert!(take(&mut gate, "192.0.2.2", start), "another address has its own");
        assert!(!take(&mut gate, "192.0.2.1", at(5)));
        assert!(take(&mut gate, "192.0.2.1", at(7)));
        assert!(!take(&mut gate, "192.0.2.1", at(8)));
    }

    #[test]
    fn t03_an_ipv6_network_is_one_address() {
        let (mut gate, start) = (gate(), Instant::now());
        for host in 1..=3 {
            assert!(take(&mut gate, &format!("2001:db8::{host}"), start));
        }
        assert!(!take(&mut gate, "2001:db8::4", start));
        assert!(take(&mut gate, "2001:db8:0:1::4", start));
    }

    #[test]
    fn t03_loopback_is_exempt_only_if_the_limits_say_so() {
        let start = Instant::now();
        let mut open = gate();
        assert!((0..100).all(|_| take(&mut open, "127.0.0.1", start)));
        let mut closed = Gate { loopback_exempt: false, ..gate() };
        assert!(!(0..100).all(|_| take(&mut closed, "127.0.0.1", start)));
    }

    #[test]
    fn t03_the_gate_remembers_a_bounded_number_of_addresses() {
        let (mut gate, start) = (gate(), Instant::now());
        for host in 0..3 * ADDRESSES_MAX as u32 {
            gate.count(IpAddr::V4((0x0a00_0000 + host).into()), start);
            assert!(gate.buckets.len() <= ADDRESSES_MAX);
        }
    }
}
