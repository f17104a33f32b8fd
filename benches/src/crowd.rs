//! W4 and W8: many schools on one server process, two devices each.
//!
//! In W4 all connect, then every pair exchanges ten edits: each device types once it has stored what the other typed.
//! In W8 the schools connect one after the other over some minutes, and each types a letter a minute; an edit is durable
//! when its author has the server's word, sent after its commit, that both have the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jospar_core::replica::Station;

use crate::fleet::{Fleet, News};
use crate::measure::{Figures, cpu, ms, percentile_us, resident_kb};
use crate::process::{PATIENCE, Remote};
use crate::school::{Seat, free_address};

const EDITS: usize = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// How long W8 goes on once every school is there.
const STEADY: Duration = Duration::from_secs(120);
/// How long a turn waits for news.
const TURN: Duration = Duration::from_millis(5);

/// A server with schools, and their devices, none of which has dialed.
struct District {
    fleet: Fleet,
    server: Remote,
    empty_kb: f64,
    before_kb: f64,
    _root: tempfile::TempDir,
}

impl District {
    fn new(schools: usize) -> Self {
        let root = crate::scratch();
        let seat = Seat::new(root.path(), "server", Station::Server);
        let address = free_address();
        let empty = Remote::start_district(&seat, address);
        let empty_kb = resident_kb(empty.id());
        empty.stop();
        let fleet = Fleet::found(schools, &seat, address);
        let server = Remote::start_district(&seat, address);
        let before_kb = resident_kb(server.id());
        Self { fleet, server, empty_kb, before_kb, _root: root }
    }

    /// Server memory: of a school that is only stored, and of a connection.
    fn memory(&self, schools: usize) -> Figures {
        let now = resident_kb(self.server.id());
        vec![
            ("server_rss_kb", now),
            ("kb_per_doc", (self.before_kb - self.empty_kb) / schools as f64),
            ("kb_per_conn", (now - self.before_kb) / (2 * schools) as f64),
        ]
    }
}

/// W4 with so many documents.
pub(crate) fn pairs(schools: usize) -> Figures {
    let mut district = District::new(schools);
    let fleet = &mut district.fleet;
    let (start, cpu_start) = (Instant::now(), cpu(district.server.id()));
    for device in 0..2 * schools {
        fleet.dial(device);
    }
    let mut connected = BTreeSet::new();
    while connected.len() < 2 * schools && start.elapsed() < PATIENCE {
        for news in fleet.turn(&[], TURN) {
            match news {
                News::Equal(device) => drop(connected.insert(device)),
                News::Lost(device) => drop(connected.remove(&device)),
                News::Grown(_) => {}
            }
        }
    }
    let (connect, cpu_connect) = (start.elapsed(), cpu(district.server.id()) - cpu_start);
    let mut figures = vec![
        ("docs", schools as f64),
        ("connected", connected.len() as f64),
        ("connect_ms", ms(connect)),
        ("server_cpu_us_per_connect", cpu_connect.as_secs_f64() * 1e6 / (2 * schools) as f64),
    ];
    if connected.len() == 2 * schools {
        figures.extend(exchange(&mut district.fleet, &district.server, schools));
    }
    figures.extend(district.memory(schools));
    figures.push(("failures", district.fleet.failures as f64));
    district.server.stop();
    figures
}

/// Every pair makes its edits in turn; a school's next edit is made by whoever has just stored the last one.
fn exchange(fleet: &mut Fleet, server: &Remote, schools: usize) -> Figures {
    let (start, cpu_start) = (Instant::now(), cpu(server.id()));
    let mut made = vec![0; schools];
    let mut typed_at = vec![Instant::now(); schools];
    let mut times = Vec::with_capacity(schools * EDITS);
    let mut next: Vec<usize> = (0..schools).map(|school| 2 * school).collect();
    while times.len() < schools * EDITS && start.elapsed() < PATIENCE {
        let edits: Vec<usize> = next.drain(..next.len().min(64)).collect();
        for device in &edits {
            made[device / 2] += 1;
            typed_at[device / 2] = Instant::now();
        }
        for news in fleet.turn(&edits, TURN) {
            let News::Grown(device) = news else { continue };
            times.push(typed_at[device / 2].elapsed());
            if made[device / 2] < EDITS {
                next.push(device);
            }
        }
    }
    let (took, cpu_edits) = (start.elapsed(), cpu(server.id()) - cpu_start);
    let count = times.len() as f64;
    vec![
        ("edits", count),
        ("edits_per_s", count / took.as_secs_f64()),
        ("p50_us", percentile_us(&mut times, 500)),
        ("p99_us", percentile_us(&mut times, 990)),
        ("server_cpu_us_per_edit", cpu_edits.as_secs_f64() * 1e6 / count.max(1.0)),
    ]
}

/// What is due at which moment of W8.
#[derive(Default)]
struct Plan(BTreeMap<Instant, Vec<Due>>);

#[derive(Clone, Copy)]
enum Due {
    Dial(usize),
    Edit(usize),
}

impl Plan {
    fn take(&mut self, now: Instant) -> Vec<Due> {
        let later = self.0.split_off(&now);
        std::mem::replace(&mut self.0, later).into_values().flatten().collect()
    }

    fn add(&mut self, at: Instant, due: Due) {
        self.0.entry(at).or_default().push(due);
    }
}

/// W8: so many schools connect over so many minutes; then two minutes in which nobody new comes.
pub(crate) fn nation(schools: usize, minutes: u32) -> Figures {
    let mut district = District::new(schools);
    let (start, ramp) = (Instant::now(), MINUTE * minutes);
    let end = start + ramp + STEADY;
    let mut plan = Plan::default();
    for school in 0..schools {
        let at = start + ramp.mul_f64(school as f64 / schools as f64);
        plan.add(at, Due::Dial(school));
        plan.add(at + MINUTE, Due::Edit(school));
    }
    let mut typed_at: BTreeMap<usize, Instant> = BTreeMap::new();
    let (mut durable, mut steady, mut made) = (Vec::new(), Vec::new(), 0_u32);
    let (mut late, mut cpu_ramp) = (Duration::ZERO, None);
    let cpu_start = cpu(district.server.id());
    while Instant::now() < end {
        let now = Instant::now();
        if cpu_ramp.is_none() && now >= start + ramp {
            cpu_ramp = Some(cpu(district.server.id()));
        }
        let mut edits = Vec::new();
        for due in plan.take(now) {
            match due {
                Due::Dial(school) => [2 * school, 2 * school + 1].map(|d| district.fleet.dial(d)),
                Due::Edit(school) => {
                    plan.add(now + MINUTE, due);
                    edits.push(2 * school);
                    typed_at.insert(2 * school, now);
                    made += 1;
                    [(), ()]
                }
            };
        }
        for news in district.fleet.turn(&edits, TURN) {
            if let News::Equal(device) = news
                && let Some(at) = typed_at.remove(&device)
            {
                durable.push(at.elapsed());
                if now > start + ramp {
                    steady.push(at.elapsed());
                }
            }
        }
        late = late.max(now.elapsed());
    }
    let cpu_end = cpu(district.server.id());
    let cpu_ramp = cpu_ramp.unwrap_or(cpu_end);
    let percent = |cpu: Duration, time: Duration| 100.0 * cpu.as_secs_f64() / time.as_secs_f64();
    let connected = (0..2 * schools).filter(|device| district.fleet.is_equal(*device)).count();
    let mut figures = vec![
        ("schools", schools as f64),
        ("connected", connected as f64),
        ("edits", f64::from(made)),
        ("durable", durable.len() as f64),
        ("p50_us", percentile_us(&mut durable, 500)),
        ("p99_us", percentile_us(&mut durable, 990)),
        ("steady_p99_us", percentile_us(&mut steady, 990)),
        ("longest_client_turn_ms", ms(late)),
        ("server_cpu_percent_connecting", percent(cpu_ramp - cpu_start, ramp)),
        ("server_cpu_percent_steady", percent(cpu_end - cpu_ramp, STEADY)),
    ];
    figures.extend(district.memory(schools));
    figures.push(("failures", district.fleet.failures as f64));
    district.server.stop();
    figures
}
