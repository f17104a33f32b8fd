//! The plan as this plugin reads it: of each part what the figures need, by the names of the plan.

use std::collections::BTreeMap;

use jospar_guest_days::number as day;
use jospar_plugin_sdk::{Code, Error, Text, plan as workspace};
use serde_json::Value;

use crate::WORDS;
use crate::read::{Read, field, object};

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Default, Debug, Clone)]
            pub(crate) struct $name { $(pub(crate) $field: $type),* }

            impl Read for $name {
                fn read(value: &Value) -> Result<Self, crate::read::Wrong> {
                    let fields = object(value)?;
                    Ok(Self { $($field: field(fields, stringify!($field))?),* })
                }
            }
        )*
    };
}

macro_rules! parts {
    ($($part:ident: $type:ty),* $(,)?) => {
        /// What was granted of the plan; a part that is not there is empty.
        #[derive(Default)]
        pub(crate) struct Plan {
            $(pub(crate) $part: $type,)*
            /// The parts that nobody granted.
            pub(crate) denied: Vec<&'static str>,
        }

        impl Plan {
            /// Reads these parts and leaves the others empty.
            pub(crate) fn read(wanted: &[&str]) -> Result<Self, Error> {
                Self::from_parts(wanted, workspace::read)
            }

            /// Reads these parts from what gives each by its name.
            pub(crate) fn from_parts(
                wanted: &[&str],
                mut load: impl FnMut(&str) -> Result<Value, Error>,
            ) -> Result<Self, Error> {
                let mut plan = Self::default();
                $(if wanted.contains(&stringify!($part)) {
                    let loaded = load(stringify!($part));
                    plan.$part = part(stringify!($part), loaded, &mut plan.denied)?;
                })*
                Ok(plan)
            }
        }
    };
}

fn part<T: Read>(
    name: &'static str,
    loaded: Result<Value, Error>,
    denied: &mut Vec<&'static str>,
) -> Result<T, Error> {
    match loaded {
        Ok(Value::Null) => Ok(T::default()),
        Ok(value) => T::read(&value).map_err(|wrong| {
            let place = wrong.within(name).place();
            Error::invalid(WORDS.say("form", &[("place", place.into())]))
        }),
        Err(error) if error.code == Code::NotFound => Ok(T::default()),
        Err(error) if error.code == Code::Denied => {
            denied.push(name);
            Ok(T::default())
        }
        Err(error) => Err(error),
    }
}

parts! {
    plan: Head,
    partners: Vec<Partner>,
    needs: Vec<Need>,
    problems: Vec<Problem>,
    evidence: Vec<Evidence>,
    audit: Audit,
    initiatives: Vec<Initiative>,
    kpis: Vec<Kpi>,
    expected_outcomes: Vec<Outcome>,
    corrections: Vec<Correction>,
    marks: Vec<Marks>,
    risks: Vec<Risk>,
    meetings: Vec<Meeting>,
    meeting_rule: MeetingRule,
    professional_development: Vec<Training>,
    info_sharing: Vec<Bulletin>,
    mentoring: Mentoring,
    assistant_cases: Vec<Case>,
    documents: Vec<Paper>,
    antipatterns: Vec<Tradition>,
    ai_runs: Vec<AiRun>,
    comments_threads: Vec<Thread>,
    tickets: Vec<Ticket>,
    resources: Vec<Resource>,
    time_log: Vec<TimeEntry>,
    thanks: Vec<Value>,
    exchange_log: Vec<Exchange>,
    help_requests: Vec<HelpRequest>,
    sponsors: Vec<Sponsor>,
    grants: Vec<Grant>,
    maintenance: Vec<Care>,
    time_grants: Vec<TimeGrant>,
}

records! {
    /// The plan's own head.
    Head { period: Period, change_dimensions: Vec<Titled> }
    Period { start: Date, end: Date }
    Titled { id: String, title: Text }
    Partner { id: String, title: Text, roles: Vec<Titled> }
    Need { id: String, title: Text, kpis: Vec<String> }
    Problem {
        id: String,
        title: Text,
        evidence: Vec<String>,
        needs: Vec<String>,
        initiatives: Vec<String>,
    }
    Evidence { id: String }
    Audit { areas: Vec<Area> }
    Area { id: String, title: Text, indicators: Vec<Indicator> }
    Indicator { level: Option<f64>, target: Option<f64> }
    Initiative {
        id: String,
        title: Text,
        chain: Chain,
        problems: Vec<String>,
        kpis: Vec<String>,
        owners: Vec<String>,
        due: Date,
        state: Option<String>,
        change_dims: Vec<String>,
        raci: BTreeMap<String, String>,
        acknowledged: BTreeMap<String, Value>,
        evidence: Vec<String>,
        budget_kzt: Option<f64>,
        spent_kzt: Option<f64>,
        hours: Option<f64>,
        hours_spent: Option<f64>,
        advice: Vec<Advice>,
    }
    Chain { strategy: Link, technology: Link, pedagogy: Link }
    Link { text: Option<String> }
    Advice { author: Option<String>, text: Option<String> }
    Kpi {
        id: String,
        title: Text,
        unit: Option<String>,
        baseline: Option<f64>,
        target: Option<f64>,
        actual: Option<f64>,
        direction: Option<String>,
        measured: Date,
        next_due: Date,
        weight: Option<f64>,
        measurements: Vec<Measured>,
    }
    Measured { date: Date, value: Option<f64> }
    Outcome { id: String, title: Text, kpis: Vec<String> }
    Marks {
        class: Option<String>,
        subject: Option<String>,
        term: Option<String>,
        n: Option<f64>,
        quality: Option<f64>,
        success: Option<f64>,
    }
    Correction { kpi: Option<String>, date: Date }
    Risk {
        id: String,
        title: Text,
        likelihood: Option<f64>,
        impact: Option<f64>,
        residual: Residual,
        mitigations: Vec<Mitigation>,
    }
    Residual { likelihood: Option<f64>, impact: Option<f64> }
    Mitigation { id: String, owner: Option<String>, state: Option<String>, due: Date }
    Meeting { id: String, date: Date, decisions: Vec<Decision> }
    Decision {
        id: String,
        evidence: Vec<String>,
        initiative: Option<String>,
        owner: Option<String>,
        due: Date,
        state: Option<String>,
    }
    MeetingRule { every_days: Option<f64> }
    Training {
        id: String,
        date: Date,
        hours: Option<f64>,
        attended: Option<f64>,
        audit_area: Option<String>,
        attendance: Vec<String>,
        before: Option<f64>,
        after: Option<f64>,
    }
    Bulletin { id: String, audience: Option<String>, every_days: Option<f64>, last_sent: Date }
    Mentoring { mentor: Option<String>, hours: Option<f64>, pairs: Vec<Pair> }
    Pair {
        id: String,
        mentee: Option<String>,
        goals: Vec<Goal>,
        log: Vec<Session>,
        confidence: Vec<Rating>,
        fear: Vec<Rating>,
    }
    Goal { kind: Option<String>, done: Option<bool>, artefact: Option<String> }
    Session { minutes: Option<f64> }
    Rating { date: Date, value: Option<f64> }
    Case {
        id: String,
        title: Text,
        minutes_by_hand: Option<f64>,
        minutes_with_ai: Option<f64>,
        criteria: Vec<Criterion>,
        options: Vec<CaseOption>,
    }
    Criterion { id: String, title: Text, weight: Option<f64> }
    CaseOption { id: String, title: Text, scores: BTreeMap<String, f64> }
    Paper {
        id: String,
        ai_assisted: Option<bool>,
        ai_label: Text,
        state: Option<String>,
        date: Date,
        blocks: Vec<Block>,
        approvals: Vec<Approval>,
    }
    Block { ai: Option<bool>, ai_run: Option<String>, accepted_by: Option<String> }
    Approval { date: Date }
    Tradition {
        id: String,
        measure: Measure,
        state: Option<String>,
        hours_month: Option<f64>,
        people: Option<f64>,
    }
    Measure { kpi: Option<String> }
    AiRun { id: String, reviewer: Option<String> }
    Thread {
        on: Option<String>,
        author: Option<String>,
        replies: Vec<Reply>,
    }
    Reply { author: Option<String> }
    Ticket { id: String, device: Option<String>, opened: Date, closed: Date, state: Option<String> }
    Resource { id: String, uses: Option<f64> }
    TimeEntry {
        date: Date,
        task: Option<String>,
        minutes_by_hand: Option<f64>,
        minutes_with_ai: Option<f64>,
    }
    Exchange { from: Option<String>, to: Option<String> }
    HelpRequest { id: String, opened: Date, answered: Date, closed: Date }
    Sponsor { state: Option<String> }
    Grant { id: String, deadline: Date, amount_kzt: Option<f64>, state: Option<String> }
    Care { id: String, device: Option<String>, next: Date, done: Date }
    TimeGrant {
        id: String,
        teacher: Option<String>,
        hours: Option<f64>,
        load_before: Option<f64>,
        load_after: Option<f64>,
    }
}

/// A day as the plan writes it, and as a number where the calendar has it.
#[derive(Default, Debug, Clone)]
pub(crate) struct Date(String);

impl Read for Date {
    fn read(value: &Value) -> Result<Self, crate::read::Wrong> {
        String::read(value).map(Self)
    }
}

impl Date {
    /// Days since 1970-01-01.
    pub(crate) fn day(&self) -> Option<f64> {
        day(&self.0)
    }

    /// `YYYY-MM-DD`; empty where there is no day.
    pub(crate) fn text(&self) -> Text {
        Text::same(self.0.as_str())
    }
}

impl Initiative {
    /// False for one that was cancelled: it counts nowhere.
    pub(crate) fn counts(&self) -> bool {
        self.state.as_deref() != Some("cancelled")
    }

    /// True while there is something left to do.
    pub(crate) fn is_live(&self) -> bool {
        !matches!(self.state.as_deref(), Some("done" | "cancelled"))
    }
}

impl Mitigation {
    pub(crate) fn is_live(&self) -> bool {
        !matches!(self.state.as_deref(), Some("done" | "cancelled"))
    }
}

impl Decision {
    pub(crate) fn is_live(&self) -> bool {
        !matches!(self.state.as_deref(), Some("done" | "cancelled"))
    }
}

/// True when there is something to read in it.
pub(crate) fn filled(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

impl Plan {
    /// Initiatives that were not cancelled.
    pub(crate) fn initiatives(&self) -> impl Iterator<Item = &Initiative> {
        self.initiatives.iter().filter(|initiative| initiative.counts())
    }

    pub(crate) fn kpi(&self, id: &str) -> Option<&Kpi> {
        self.kpis.iter().find(|kpi| kpi.id == id)
    }

    /// A partner by their title, a group of the school by its name, anybody else as written; empty for nobody.
    pub(crate) fn person(&self, id: Option<&str>) -> Text {
        let Some(id) = id else { return Text::default() };
        let partner = self.partners.iter().find(|partner| partner.id == id);
        match (partner.map(|partner| &partner.title), id) {
            (Some(title), _) if !title.is_empty() => title.clone(),
            (None, "teachers" | "students" | "parents" | "administration") => {
                WORDS.word(&format!("group-{}", id))
            }
            _ => Text::same(id),
        }
    }

    /// Several persons, separated by commas.
    pub(crate) fn persons<'a>(&self, ids: impl IntoIterator<Item = &'a String>) -> Text {
        let names: Vec<Text> = ids.into_iter().map(|id| self.person(Some(id))).collect();
        Text::joined(&names, ", ")
    }

    /// True when the initiative and the problem name each other, from either side.
    pub(crate) fn is_linked(problem: &Problem, initiative: &Initiative) -> bool {
        problem.initiatives.contains(&initiative.id) || initiative.problems.contains(&problem.id)
    }

    /// The ids among these that stand for evidence of the plan. Where the evidence is not granted, each id counts.
    pub(crate) fn evidence_count(&self, ids: &[String]) -> usize {
        if self.denied.contains(&"evidence") {
            return ids.len();
        }
        let known = |id: &&String| self.evidence.iter().any(|evidence| evidence.id == **id);
        ids.iter().filter(known).count()
    }

    /// The first day of the plan.
    pub(crate) fn start(&self) -> Option<f64> {
        self.plan.period.start.day()
    }
}
