//! Capabilities: the things a plugin may be allowed, each one named, none implied by another.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::id::{IdError, PluginId};

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $name:literal, $names_people:literal;)*) => {
        /// A part of the plan as `jospar export` writes it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Part { $($(#[$doc])* $part),* }

        impl Part {
            /// All parts, in the order of the export.
            pub const ALL: &[Self] = &[$(Self::$part),*];

            /// The name in the export and in a capability.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$part => $name),* }
            }

            /// Whether people of the school are named there.
            #[must_use]
            pub const fn names_people(self) -> bool {
                match self { $(Self::$part => $names_people),* }
            }
        }
    };
}

parts! {
    /// The head of the plan: title, school, period, goals.
    Plan = "plan", false;
    /// Who plans together, with roles and duties.
    Partners = "partners", true;
    /// What working together brings.
    Benefits = "benefits", false;
    /// What the school needs.
    Needs = "needs", false;
    /// What stands in the way.
    Problems = "problems", false;
    /// What statements rest on.
    Evidence = "evidence", false;
    /// Strengths, weaknesses, opportunities, threats.
    Swot = "swot", false;
    /// The digital audit.
    Audit = "audit", false;
    /// Idea boards.
    DesignThinking = "design_thinking", true;
    /// Initiatives.
    Initiatives = "initiatives", true;
    /// Key figures.
    Kpis = "kpis", true;
    /// What is expected in the end.
    ExpectedOutcomes = "expected_outcomes", false;
    /// Risks.
    Risks = "risks", true;
    /// Meetings with decisions.
    Meetings = "meetings", true;
    /// How often is met.
    MeetingRule = "meeting_rule", false;
    /// Seminars and courses.
    ProfessionalDevelopment = "professional_development", true;
    /// Who is told what, when.
    InfoSharing = "info_sharing", true;
    /// Pilots.
    Pilots = "pilots", true;
    /// Lesson studies, without results of learners.
    LessonStudies = "lesson_studies", true;
    /// Mentoring pairs.
    Mentoring = "mentoring", true;
    /// The map of the school's systems.
    SchoolMap = "school_map", false;
    /// What an assistant is asked for.
    AssistantCases = "assistant_cases", false;
    /// Orders and reports in draft.
    Documents = "documents", true;
    /// Formal and real use, side by side.
    Antipatterns = "antipatterns", false;
    /// Uses of artificial intelligence.
    AiUses = "ai_uses", false;
    /// Surveys: questions and scales, without answers.
    Surveys = "surveys", false;
    /// Comments and replies.
    CommentsThreads = "comments_threads", true;
    /// What was changed because a key figure lagged.
    Corrections = "corrections", true;
    /// Marks of classes, in shares.
    Marks = "marks", false;
    /// The record of runs of AI tools.
    AiRuns = "ai_runs", true;
    /// Faults and their repair.
    Tickets = "tickets", true;
    /// The register of tools.
    Tools = "tools", false;
    /// Teaching resources.
    Resources = "resources", false;
    /// How long tasks took by hand and with AI.
    TimeLog = "time_log", true;
    /// Words of thanks.
    Thanks = "thanks", true;
    /// Knowledge that was passed on.
    ExchangeLog = "exchange_log", true;
    /// Requests for help.
    HelpRequests = "help_requests", true;
    /// Sponsors.
    Sponsors = "sponsors", true;
    /// Grants of money.
    Grants = "grants", false;
    /// Care that devices need.
    Maintenance = "maintenance", false;
    /// Hours that teachers were given.
    TimeGrants = "time_grants", true;
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Part {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        let found = Self::ALL.iter().find(|part| part.name() == text);
        found.copied().ok_or_else(|| CapabilityError::UnknownPart(shown(text)))
    }
}

/// One thing that a plugin may be allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// `read:PART`: to read a part of the plan.
    Read(Part),
    /// `survey:totals`: to read counts of surveys, small groups hidden.
    SurveyTotals,
    /// `survey:rows`: to read answers, one row a person.
    SurveyRows,
    /// `lesson:results`: to read results of learners.
    LessonResults,
    /// `result:PLUGIN`: to read the data that another plugin returned last.
    Result(PluginId),
    /// `store`: to keep a cache on this device.
    Store,
    /// `llm`: to ask a language model.
    Llm,
}

/// Whom what a capability opens is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// The plan's matter, or counts.
    Matter,
    /// Staff and others are named.
    Names,
    /// Answers or results of single persons, or what may have been made of them.
    Persons,
}

impl Capability {
    /// Whom it is about.
    #[must_use]
    pub const fn sensitivity(&self) -> Sensitivity {
        match self {
            Self::Read(part) if part.names_people() => Sensitivity::Names,
            Self::Read(_) | Self::SurveyTotals | Self::Store | Self::Llm => Sensitivity::Matter,
            Self::SurveyRows | Self::LessonResults | Self::Result(_) => Sensitivity::Persons,
        }
    }

    /// Whether it opens answers or results of single persons.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.sensitivity() == Sensitivity::Persons
    }

    /// The key of the sentence that says what it allows; its value is `what`, a part's or a plugin's name.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Read(_) => "plugin-capability-read",
            Self::SurveyTotals => "plugin-capability-survey-totals",
            Self::SurveyRows => "plugin-capability-survey-rows",
            Self::LessonResults => "plugin-capability-lesson-results",
            Self::Result(_) => "plugin-capability-result",
            Self::Store => "plugin-capability-store",
            Self::Llm => "plugin-capability-llm",
        }
    }
}

/// The capabilities that open personal data beside `llm`: together they could carry it to the model's operator. Empty
/// where there is no such pair. Asked for apart, with a warning of its own (T21).
#[must_use]
pub fn personal_beside_llm(capabilities: &BTreeSet<Capability>) -> Vec<&Capability> {
    if !capabilities.contains(&Capability::Llm) {
        return Vec::new();
    }
    capabilities.iter().filter(|capability| capability.is_personal()).collect()
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(part) => write!(f, "read:{part}"),
            Self::SurveyTotals => f.write_str("survey:totals"),
            Self::SurveyRows => f.write_str("survey:rows"),
            Self::LessonResults => f.write_str("lesson:results"),
            Self::Result(plugin) => write!(f, "result:{plugin}"),
            Self::Store => f.write_str("store"),
            Self::Llm => f.write_str("llm"),
        }
    }
}

/// Why a text is no capability.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapabilityError {
    /// `read:` with something that is no part of the plan.
    #[error("the plan has no part {0:?}")]
    UnknownPart(String),
    /// `result:` with something that is no plugin's id.
    #[error("{0:?} is no plugin's id: {1}")]
    BadPlugin(String, IdError),
    /// Anything else.
    #[error("there is no capability {0:?}")]
    Unknown(String),
}

impl CapabilityError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::UnknownPart(_) | Self::Unknown(_) => "plugin-capability-unknown",
            Self::BadPlugin(..) => "plugin-id-invalid",
        }
    }

    /// The message's values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        crate::values(match self {
            Self::UnknownPart(part) => json!({"name": format!("read:{part}")}),
            Self::Unknown(name) => json!({"name": name}),
            Self::BadPlugin(id, _) => json!({"id": id}),
        })
    }
}

impl FromStr for Capability {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        Ok(match text.split_once(':') {
            Some(("read", part)) => Self::Read(part.parse()?),
            Some(("result", plugin)) => Self::Result(
                plugin.parse().map_err(|error| CapabilityError::BadPlugin(shown(plugin), error))?,
            ),
            Some(("survey", "totals")) => Self::SurveyTotals,
            Some(("survey", "rows")) => Self::SurveyRows,
            Some(("lesson", "results")) => Self::LessonResults,
            None if text == "store" => Self::Store,
            None if text == "llm" => Self::Llm,
            _ => return Err(CapabilityError::Unknown(shown(text))),
        })
    }
}

/// The beginning of a text that a stranger wrote, for a message.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

impl Serialize for Capability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Capability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_capability_is_read_back_from_what_it_shows() {
        let mut all: Vec<Capability> = Part::ALL.iter().copied().map(Capability::Read).collect();
        all.extend(
            ["survey:totals", "survey:rows", "lesson:results", "store", "llm", "result:kz.a.b"]
                .map(|text| text.parse().unwrap()),
        );
        assert_eq!(all.len(), 41 + 6);
        for capability in &all {
            assert_eq!(capability.to_string().parse(), Ok(capability.clone()));
        }
    }

    #[test]
    fn what_is_no_capability_is_named() {
        for text in [
            "",
            "read",
            "read:",
            "read:history_example",
            "read:Plan",
            "llm:",
            "LLM",
            "store ",
            "survey:all",
        ] {
            let error = text.parse::<Capability>().unwrap_err();
            assert!(!error.to_string().is_empty(), "{text}");
        }
        assert!(matches!("result:A".parse::<Capability>(), Err(CapabilityError::BadPlugin(..))));
        assert!("x".repeat(10_000).parse::<Capability>().unwrap_err().to_string().len() < 200);
    }

    #[test]
    fn personal_data_beside_a_language_model_is_told() {
        let set = |names: &[&str]| {
            names.iter().map(|name| name.parse().unwrap()).collect::<BTreeSet<_>>()
        };
        assert_eq!(personal_beside_llm(&set(&["survey:rows", "lesson:results", "store"])).len(), 0);
        assert_eq!(personal_beside_llm(&set(&["llm", "survey:totals", "read:swot"])).len(), 0);
        for name in ["survey:rows", "lesson:results", "result:survey"] {
            assert_eq!(personal_beside_llm(&set(&["llm", name])).len(), 1, "{name}");
        }
    }
}
