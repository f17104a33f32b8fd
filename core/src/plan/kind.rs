//! Kinds: which documents a plan is made of, and what each holds.

use std::sync::OnceLock;

use crate::document::{Field, Schema, genesis_change};
use crate::ids::ChangeHash;
use crate::log::{ChangeHeader, SealedChange};
use crate::plan as p;
use crate::plan::Record;

/// The kind of a document. Its number is the first byte of a `DocumentId` and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The plan's head.
    Plan = 1,
    /// All evidence.
    Evidence = 2,
    /// The SWOT analysis.
    Swot = 3,
    /// The digital audit.
    Audit = 4,
    /// A design-thinking cycle; many.
    DesignCycle = 5,
    /// All initiatives.
    Initiatives = 6,
    /// KPIs and outcomes.
    Kpis = 7,
    /// All risks.
    Risks = 8,
    /// Meetings and decisions.
    Meetings = 9,
    /// Seminars, trainings, conferences.
    ProfessionalDevelopment = 10,
    /// Bulletins.
    InfoSharing = 11,
    /// Pilots.
    Pilots = 12,
    /// A lesson study; many.
    LessonStudy = 13,
    /// Mentoring and coaching.
    Mentoring = 14,
    /// The school map.
    SchoolMap = 15,
    /// What AI is used for.
    Assistant = 16,
    /// An order, report or other paper; many.
    Paper = 17,
    /// Anti-patterns.
    Antipatterns = 18,
    /// A survey; many.
    Survey = 19,
    /// Threads of comments.
    Discussion = 20,
    /// Names of people; never exported.
    People = 21,
    /// Faults, tools, resources, time, thanks, sponsors.
    Support = 22,
    /// The answers to a survey; many, sealed.
    SurveyRows = 23,
    /// One learner's results; many, sealed.
    LearnerResults = 24,
    /// A private reflection; many, sealed for its owner alone.
    Reflection = 25,
    /// What a device says of itself: its seal key, what it has dropped; one for each device.
    DeviceRecord = 26,
    /// Which plugins the school uses, with their settings.
    Plugins = 27,
    /// A package of a plugin; many.
    PluginPackage = 28,
    /// Signed approvals.
    Approvals = 40,
    /// What the district's auditor sees: numbers about the plan, without its text.
    AuditPage = 41,
    /// Years that are over.
    Years = 42,
    /// A photo or another file; one for each content.
    File = 43,
}

impl Kind {
    /// All kinds, by number.
    pub const ALL: [Self; 32] = [
        Self::Plan,
        Self::Evidence,
        Self::Swot,
        Self::Audit,
        Self::DesignCycle,
        Self::Initiatives,
        Self::Kpis,
        Self::Risks,
        Self::Meetings,
        Self::ProfessionalDevelopment,
        Self::InfoSharing,
        Self::Pilots,
        Self::LessonStudy,
        Self::Mentoring,
        Self::SchoolMap,
        Self::Assistant,
        Self::Paper,
        Self::Antipatterns,
        Self::Survey,
        Self::Discussion,
        Self::People,
        Self::Support,
        Self::SurveyRows,
        Self::LearnerResults,
        Self::Reflection,
        Self::DeviceRecord,
        Self::Plugins,
        Self::PluginPackage,
        Self::Approvals,
        Self::AuditPage,
        Self::Years,
        Self::File,
    ];

    /// What a new device is sent before everything else, in this order: what the first page shows. One document each.
    pub const HEADS: [Self; 7] = [
        Self::Plan,
        Self::People,
        Self::Initiatives,
        Self::Kpis,
        Self::Risks,
        Self::Meetings,
        Self::SchoolMap,
    ];

    /// The kind of this number; `None` for one that a newer version may know.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }

    /// The kind's number.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The name in links, settings and message keys (`kind-` and the name with `-` for `_`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Evidence => "evidence",
            Self::Swot => "swot",
            Self::Audit => "audit",
            Self::DesignCycle => "design_cycle",
            Self::Initiatives => "initiatives",
            Self::Kpis => "kpis",
            Self::Risks => "risks",
            Self::Meetings => "meetings",
            Self::ProfessionalDevelopment => "professional_development",
            Self::InfoSharing => "info_sharing",
            Self::Pilots => "pilots",
            Self::LessonStudy => "lesson_study",
            Self::Mentoring => "mentoring",
            Self::SchoolMap => "school_map",
            Self::Assistant => "assistant",
            Self::Paper => "paper",
            Self::Antipatterns => "antipatterns",
            Self::Survey => "survey",
            Self::Discussion => "discussion",
            Self::People => "people",
            Self::Support => "support",
            Self::SurveyRows => "survey_rows",
            Self::LearnerResults => "learner_results",
            Self::Reflection => "reflection",
            Self::DeviceRecord => "device_record",
            Self::Plugins => "plugins",
            Self::PluginPackage => "plugin_package",
            Self::Approvals => "approvals",
            Self::AuditPage => "audit_page",
            Self::Years => "years",
            Self::File => "file",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The key of the kind's name in the message catalogue.
    #[must_use]
    pub fn message_key(self) -> String {
        format!("kind-{}", self.name().replace('_', "-"))
    }

    /// The fields of the document's root record.
    #[must_use]
    pub const fn schema(self) -> &'static Schema {
        match self {
            Self::Plan => p::Head::SCHEMA,
            Self::Evidence => p::EvidenceList::SCHEMA,
            Self::Swot => p::SwotDocument::SCHEMA,
            Self::Audit => p::AuditDocument::SCHEMA,
            Self::DesignCycle => p::DesignCycle::SCHEMA,
            Self::Initiatives => p::InitiativeList::SCHEMA,
            Self::Kpis => p::KpiDocument::SCHEMA,
            Self::Risks => p::RiskList::SCHEMA,
            Self::Meetings => p::MeetingDocument::SCHEMA,
            Self::ProfessionalDevelopment => p::DevelopmentDocument::SCHEMA,
            Self::InfoSharing => p::BulletinDocument::SCHEMA,
            Self::Pilots => p::PilotList::SCHEMA,
            Self::LessonStudy => p::LessonStudy::SCHEMA,
            Self::Mentoring => p::MentoringDocument::SCHEMA,
            Self::SchoolMap => p::MapDocument::SCHEMA,
            Self::Assistant => p::AssistantDocument::SCHEMA,
            Self::Paper => p::Paper::SCHEMA,
            Self::Antipatterns => p::AntipatternList::SCHEMA,
            Self::Survey => p::Survey::SCHEMA,
            Self::Discussion => p::Discussion::SCHEMA,
            Self::People => p::PeopleList::SCHEMA,
            Self::Support => p::Support::SCHEMA,
            Self::SurveyRows => p::SurveyRows::SCHEMA,
            Self::LearnerResults => p::LearnerResults::SCHEMA,
            Self::Reflection => p::PrivateReflection::SCHEMA,
            Self::DeviceRecord => p::DeviceRecord::SCHEMA,
            Self::Plugins => p::PluginList::SCHEMA,
            Self::PluginPackage => p::PluginPackage::SCHEMA,
            Self::Approvals => p::ApprovalList::SCHEMA,
            Self::AuditPage => p::AuditPageDocument::SCHEMA,
            Self::Years => p::YearList::SCHEMA,
            Self::File => p::File::SCHEMA,
        }
    }

    /// The genesis change that documents of the kind start from.
    #[must_use]
    pub fn genesis(self) -> SealedChange {
        let bytes = genesis_change(self.byte(), self.schema());
        // What this program makes itself parses; a header of zeros would only make every change wait.
        let header = ChangeHeader::parse(&bytes).unwrap_or_else(|_| ChangeHeader::none());
        SealedChange { header, bytes }
    }

    /// The hash of [`Kind::genesis`].
    #[must_use]
    pub fn genesis_hash(self) -> ChangeHash {
        static HASHES: OnceLock<Vec<ChangeHash>> = OnceLock::new();
        let hashes = HASHES
            .get_or_init(|| Self::ALL.iter().map(|kind| kind.genesis().header.hash).collect());
        let place = Self::ALL.iter().position(|kind| *kind == self);
        place.and_then(|place| hashes.get(place)).copied().unwrap_or_default()
    }

    /// For a kind with many documents: the member of a plan that lists them. `None` for the others, whose
    /// root fields are members of the plan themselves.
    #[must_use]
    pub const fn section(self) -> Option<&'static str> {
        match self {
            Self::DesignCycle => Some("design_thinking"),
            Self::LessonStudy => Some("lesson_studies"),
            Self::Paper => Some("documents"),
            Self::Survey => Some("surveys"),
            Self::SurveyRows => Some("survey_rows"),
            Self::LearnerResults => Some("learner_results"),
            Self::Reflection => Some("reflections"),
            Self::DeviceRecord => Some("device_records"),
            Self::PluginPackage => Some("plugin_packages"),
            Self::File => Some("files"),
            _ => None,
        }
    }

    /// True when a workspace may have many documents of this kind.
    #[must_use]
    pub const fn is_many(self) -> bool {
        self.section().is_some()
    }

    /// True when an exported plan holds the kind: names of people, plugins and what is sealed stay in the workspace.
    #[must_use]
    pub const fn is_exported(self) -> bool {
        !matches!(self, Self::People | Self::Plugins) && !self.is_internal() && !self.is_sealed()
    }

    /// True for personal data: only some devices have the keys, and no view or snapshot of it is ever kept.
    #[must_use]
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::SurveyRows | Self::LearnerResults | Self::Reflection)
    }

    /// True for a kind that programs write for each other and people do not edit.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(
            self,
            Self::DeviceRecord
                | Self::PluginPackage
                | Self::Approvals
                | Self::AuditPage
                | Self::Years
                | Self::File
        )
    }

    /// True for a kind whose documents are large and rarely read: no view or snapshot of one is kept beside the log.
    #[must_use]
    pub const fn is_bulky(self) -> bool {
        matches!(self, Self::File)
    }

    /// True for a kind that only directors and teachers write, whatever else a grant names: what it holds is code, changes
    /// what code does on other devices, or says which part of the plan is over.
    #[must_use]
    pub const fn is_for_leaders(self) -> bool {
        matches!(self, Self::Plugins | Self::PluginPackage | Self::Years)
    }

    /// True for the kinds that a version of the plan is made of. Papers are approved one by one; what is said about the
    /// plan is no part of it.
    #[must_use]
    pub const fn is_in_version(self) -> bool {
        self.is_exported() && !matches!(self, Self::Paper | Self::Discussion)
    }
}

/// The key of a field's name in the message catalogue: `field-` and the name with `-` for `_`. Fields of one name in
/// different records share a key.
#[must_use]
pub fn field_message_key(field: &Field) -> String {
    format!("field-{}", field.name.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::document::Shape;

    fn visit(schema: &'static Schema, seen: &mut BTreeMap<&'static str, *const Schema>) {
        if let Some(other) = seen.insert(schema.name, schema) {
            assert_eq!(other, std::ptr::from_ref(schema), "two schemas named {}", schema.name);
            return;
        }
        let mut names = BTreeSet::new();
        for field in schema.fields {
            assert!(names.insert(field.name), "{}/{} twice", schema.name, field.name);
            if let Shape::Record(inner) | Shape::Items(inner) = field.shape {
                visit(inner, seen);
            }
        }
    }

    #[test]
    fn every_schema_has_unique_field_names_and_a_unique_name() {
        let mut seen = BTreeMap::new();
        for kind in Kind::ALL {
            visit(kind.schema(), &mut seen);
        }
        assert!(seen.len() > 60);
    }

    /// Two versions whose genesis changes differ cannot read each other's documents: a new field that has a container
    /// (a text, a record, items, a set, a map) may not become part of a root record that has been released.
    #[test]
    fn f14_the_genesis_changes_stay_what_they_are() {
        let mut hasher = blake3::Hasher::new();
        for kind in &Kind::ALL[..22] {
            hasher.update(&kind.genesis_hash().0);
        }
        let hash = hasher.finalize().to_hex();
        assert_eq!(&hash.as_str()[..16], "aeda269cc2a0c359");
        let mut hasher = blake3::Hasher::new();
        for kind in &Kind::ALL[22..26] {
            hasher.update(&kind.genesis_hash().0);
        }
        let hash = hasher.finalize().to_hex();
        assert_eq!(&hash.as_str()[..16], "44cfa0817b5e191a");
        let plugins = Kind::Plugins.genesis_hash().to_string();
        let package = Kind::PluginPackage.genesis_hash().to_string();
        assert_eq!((&plugins[..16], &package[..16]), ("ab2d38d4c63aeb4d", "c42d0d22cd9fa5dd"));
        let approvals = Kind::Approvals.genesis_hash().to_string();
        let page = Kind::AuditPage.genesis_hash().to_string();
        assert_eq!((&approvals[..16], &page[..16]), ("b368ab8222e94b0b", "92ce191701c2bfa6"));
        let years = Kind::Years.genesis_hash().to_string();
        assert_eq!(&years[..16], "1a5c30a87ebb9b4b");
        assert_eq!(&Kind::File.genesis_hash().to_string()[..16], "fb18150e71f064a6");
    }

    #[test]
    fn a_version_of_the_plan_leaves_out_people_papers_talk_and_what_programs_write() {
        let left_out: Vec<Kind> =
            Kind::ALL.into_iter().filter(|kind| !kind.is_in_version()).collect();
        let expected = [
            Kind::Paper,
            Kind::Discussion,
            Kind::People,
            Kind::SurveyRows,
            Kind::LearnerResults,
            Kind::Reflection,
            Kind::DeviceRecord,
            Kind::Plugins,
            Kind::PluginPackage,
            Kind::Approvals,
            Kind::AuditPage,
            Kind::Years,
            Kind::File,
        ];
        assert_eq!(left_out, expected);
    }

    #[test]
    fn every_kind_has_its_own_byte_and_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_byte(kind.byte()), Some(kind));
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        let bytes: BTreeSet<u8> = Kind::ALL.into_iter().map(Kind::byte).collect();
        assert_eq!(bytes.len(), Kind::ALL.len());
        assert_eq!(Kind::from_byte(0), None);
    }

    #[test]
    fn the_heads_of_a_plan_are_open_documents_and_the_plan_is_the_first() {
        assert_eq!(Kind::HEADS[0], Kind::Plan);
        assert!(Kind::HEADS.iter().all(|kind| !kind.is_many() && !kind.is_sealed()));
    }

    #[test]
    fn no_member_of_a_plan_belongs_to_two_kinds() {
        let mut seen = BTreeSet::new();
        for kind in Kind::ALL {
            let fields = kind.schema().fields.iter().map(|f| f.name).filter(|n| *n != p::EXTRA);
            let members: Vec<_> = kind.section().map_or_else(|| fields.collect(), |s| vec![s]);
            for member in members {
                assert!(seen.insert(member), "{member} twice");
            }
        }
    }
}
