//! One seeded history: edits, sessions, losses and crashes, then healing, then what must hold.

use jospar_core::plan::Kind;
use jospar_core::policy::{Body, Role, Scope};
use jospar_core::replica::Assignment;

use crate::check;
use crate::edits::edit;
use crate::random::Random;
use crate::world::{DIRECTOR, In, SERVER, Trouble, World};

/// The device whose role changes.
const TEACHER: usize = 2;
const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// How many times everyone may have to dial after all is healed.
pub(crate) const ROUNDS_MAX: usize = 3;
/// How many arrivals one history may take to become quiet.
const ARRIVALS_MAX: usize = 3_000;

/// What a history came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) trace: u64,
    /// How often everyone dialed until all was equal.
    pub(crate) rounds: usize,
    /// How many frames arrived.
    pub(crate) frames: u64,
    /// How many of them were packs.
    pub(crate) packs: u64,
    /// How many edits were acknowledged.
    pub(crate) edits: usize,
}

/// Runs the history of `seed`.
pub(crate) fn run(seed: u64, verbose: bool) -> Outcome {
    let mut choices = Random::new(seed ^ 0x6a6f_7370_6172);
    let scope = Scope { kinds: vec![Kind::Risks.byte()], documents: Vec::new() };
    let mut roles = vec![(Role::Teacher, Scope::default())];
    if choices.percent(60) {
        roles.push((Role::Teacher, Scope::default()));
    }
    if choices.percent(25) {
        roles.push((Role::Auditor, scope));
    }
    let mut history =
        History { world: World::new(seed, &roles, verbose), choices, restored: false };
    let steps = 15 + history.choices.below(46);
    for _ in 0..steps {
        history.step();
        history.world.trace.line(|| "-".to_owned());
        check::cursors(&history.world);
    }
    let rounds = history.heal();
    check::end(&mut history.world, history.restored);
    Outcome {
        trace: history.world.trace.hash(),
        rounds,
        frames: history.world.delivered,
        packs: history.world.packs,
        edits: history.world.members.iter().map(|member| member.acknowledged.len()).sum(),
    }
}

struct History {
    world: World,
    choices: Random,
    /// A device lost what only it had.
    restored: bool,
}

impl History {
    fn member(&mut self) -> usize {
        self.choices.below(self.world.members.len())
    }

    fn device(&mut self) -> usize {
        1 + self.choices.below(self.world.members.len() - 1)
    }

    fn trouble(&mut self) -> Trouble {
        if !self.choices.percent(4) {
            return Trouble::None;
        }
        *self.choices.pick(&[
            Trouble::StoreFails,
            Trouble::CommitUnknown,
            Trouble::CrashBeforeCommit,
            Trouble::CrashAfterCommit,
            Trouble::CrashAfterEffects,
        ])
    }

    fn step(&mut self) {
        match self.choices.below(100) {
            0..=27 => self.edit(),
            28..=62 => self.deliver(),
            63..=76 => self.dial(),
            77..=79 => self.cut(),
            80 => self.repeat(),
            81..=85 => {
                let wait = *self.choices.pick(&[20, 300, 600, 5_000, 20_000]);
                self.world.pass(wait);
            }
            86..=87 => {
                let (who, years) = (self.member(), self.choices.below(21) as i64 - 10);
                self.world.members[who].clock_ms = years * YEAR_MS;
            }
            88..=89 => self.bar(),
            90..=91 => {
                let who = self.member();
                if self.choices.percent(50) { self.world.crash(who) } else { self.world.stop(who) }
            }
            92..=94 => {
                let who = self.member();
                self.world.start(who);
            }
            95..=96 => self.back_up_or_restore(),
            97 => {
                let (who, trouble) = (self.member(), self.trouble());
                self.world.turn(who, vec![In::Compact], trouble);
            }
            _ => self.policy(),
        }
    }

    fn edit(&mut self) {
        let who = self.device();
        let mut inputs = Vec::new();
        for _ in 0..1 + self.choices.below(3) {
            let (document, commands) = edit(&mut self.choices, &self.world.workspace, who);
            inputs.push(In::Edit(document, commands));
        }
        let trouble = self.trouble();
        self.world.turn(who, inputs, trouble);
    }

    /// Some arrivals, those of one member in one turn if they come together.
    fn deliver(&mut self) {
        for _ in 0..1 + self.choices.below(6) {
            let mut inputs = Vec::new();
            let mut whose = None;
            for _ in 0..1 + self.choices.below(3) {
                let mut arrivals = self.world.arrivals();
                arrivals
                    .retain(|arrival| whose.is_none_or(|who| self.world.whose(*arrival) == who));
                if arrivals.is_empty() {
                    break;
                }
                let arrival = *self.choices.pick(&arrivals);
                if let Some((who, taken)) = self.world.take(arrival) {
                    whose = Some(who);
                    inputs.extend(taken);
                }
            }
            let Some(who) = whose else { return };
            let trouble = self.trouble();
            self.world.turn(who, inputs, trouble);
        }
    }

    fn dial(&mut self) {
        let from = self.device();
        let to = if self.choices.percent(80) { SERVER } else { self.device() };
        if from != to {
            self.world.dial(from, to);
        }
    }

    fn cut(&mut self) {
        let links: Vec<u64> = self.world.links.keys().copied().collect();
        if !links.is_empty() {
            let link = *self.choices.pick(&links);
            self.world.cut(link);
        }
    }

    /// Puts two out of each other's reach, or all in reach again.
    fn bar(&mut self) {
        let (a, b) = (self.member(), self.member());
        if a == b {
            self.world.barred.clear();
            return;
        }
        self.world.barred.insert((a.min(b), a.max(b)));
        let between: Vec<u64> = self
            .world
            .links
            .iter()
            .filter(|(_, link)| link.ends == [a, b] || link.ends == [b, a])
            .map(|(id, _)| *id)
            .collect();
        for link in between {
            self.world.cut(link);
        }
    }

    /// A frame that is on its way comes twice.
    fn repeat(&mut self) {
        let arrivals = self.world.arrivals();
        if !arrivals.is_empty() {
            let arrival = *self.choices.pick(&arrivals);
            self.world.repeat(arrival);
        }
    }

    /// Somebody puts a copy of one device's data folder in the place of another's, or of the device's own as it is.
    fn copy_folder(&mut self) {
        let (from, to) = (self.device(), self.device());
        let reads_all = |who| who <= TEACHER;
        if reads_all(from) && reads_all(to) {
            self.world.copy_folder(from, to);
            self.restored |= from != to;
        }
    }

    fn back_up_or_restore(&mut self) {
        if self.choices.percent(15) {
            return self.copy_folder();
        }
        let who = if self.choices.percent(60) { SERVER } else { self.device() };
        if self.world.members[who].backup.is_none() || self.choices.percent(40) {
            let copy = self.world.members[who].storage.clone();
            self.world.members[who].backup = Some(copy);
        } else if self.world.restore(who) {
            self.restored |= who != SERVER;
        }
    }

    /// Entries that change what envelopes name, and what the first teacher may write.
    fn policy(&mut self) {
        let server = self.world.members[SERVER].device;
        let (number, trouble) = (self.choices.below(1000), self.trouble());
        let kinds = vec![Kind::Risks.byte(), Kind::Plan.byte()];
        let teacher = self.world.members[TEACHER].device;
        let assign = |role, scope| In::Assign(teacher, Assignment { role, scope, not_after: None });
        let input = match self.choices.below(4) {
            0 => assign(Role::Teacher, Scope::default()),
            1 => assign(Role::Contributor, Scope { kinds, documents: Vec::new() }),
            _ => In::Policy(Body::ServerKey { server, address: format!("s:{number}") }),
        };
        self.world.turn(DIRECTOR, vec![input], trouble);
    }

    /// Everybody comes back, and everybody dials until all have the same. Returns how often that took.
    fn heal(&mut self) -> usize {
        self.world.barred.clear();
        for who in 0..self.world.members.len() {
            self.world.start(who);
        }
        for round in 1..=ROUNDS_MAX {
            self.world.trace.line(|| format!("round {round}"));
            for link in self.world.links.keys().copied().collect::<Vec<_>>() {
                self.world.cut(link);
            }
            self.world.settle(ARRIVALS_MAX);
            for device in DIRECTOR..self.world.members.len() {
                assert!(self.world.dial(device, SERVER), "member {device} cannot dial");
            }
            self.world.settle(ARRIVALS_MAX);
            for _ in 0..4 {
                if check::is_equal(&self.world) {
                    return round;
                }
                // A comparison is due half a second after digests were found to differ.
                self.world.pass(600);
                self.world.settle(ARRIVALS_MAX);
            }
        }
        panic!("not equal after {ROUNDS_MAX} rounds: {}", check::differences(&self.world));
    }
}
