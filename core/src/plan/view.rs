//! The whole plan as typed values, and the finding of things in it by id or path.

use serde_json::Value;

use crate::plan::*;

/// All documents of a plan, seen together.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs, reason = "the fields are named after the kinds")]
pub struct PlanView {
    pub head: Head,
    pub evidence: Vec<Evidence>,
    pub swot: Swot,
    pub audit: Audit,
    pub design_cycles: Vec<DesignCycle>,
    pub initiatives: Vec<Initiative>,
    pub kpis: Vec<Kpi>,
    pub outcomes: Vec<Outcome>,
    pub marks: Vec<Marks>,
    pub corrections: Vec<Correction>,
    pub risks: Vec<Risk>,
    pub meetings: Vec<Meeting>,
    pub meeting_rule: MeetingRule,
    pub development: Vec<DevelopmentEvent>,
    pub bulletins: Vec<Bulletin>,
    pub pilots: Vec<Pilot>,
    pub lesson_studies: Vec<LessonStudy>,
    pub mentoring: Mentoring,
    pub school_map: SchoolMap,
    pub assistant: AssistantDocument,
    pub papers: Vec<Paper>,
    pub antipatterns: Vec<Antipattern>,
    pub surveys: Vec<Survey>,
    pub threads: Vec<Thread>,
    pub people: Vec<Person>,
    pub support: Support,
    /// The exported form of each document, for finding things by id or path.
    documents: Vec<(Kind, Value)>,
}

impl PlanView {
    /// Reads the views of a plan's documents, in any order. Documents of a kind with many stand by their `order`, then
    /// by id. Never fails: what cannot be read is empty.
    #[must_use]
    pub fn from_documents(documents: &[(Kind, Value)]) -> Self {
        let mut plan = Self::default();
        let seen = |(kind, _): &(Kind, &Value)| !kind.is_sealed() && !kind.is_internal();
        for (kind, view) in in_order(documents).into_iter().filter(seen) {
            plan.read(kind, view);
            plan.documents.push((kind, view.clone()));
        }
        plan
    }

    fn read(&mut self, kind: Kind, view: &Value) {
        match kind {
            Kind::Plan => self.head = Head::from_view(view),
            Kind::Evidence => self.evidence = EvidenceList::from_view(view).evidence,
            Kind::Swot => self.swot = SwotDocument::from_view(view).swot,
            Kind::Audit => self.audit = AuditDocument::from_view(view).audit,
            Kind::DesignCycle => self.design_cycles.push(DesignCycle::from_view(view)),
            Kind::Initiatives => self.initiatives = InitiativeList::from_view(view).initiatives,
            Kind::Kpis => {
                let document = KpiDocument::from_view(view);
                self.kpis = document.kpis;
                self.outcomes = document.expected_outcomes;
                self.marks = document.marks;
                self.corrections = document.corrections;
            }
            Kind::Risks => self.risks = RiskList::from_view(view).risks,
            Kind::Meetings => {
                let document = MeetingDocument::from_view(view);
                self.meetings = document.meetings;
                self.meeting_rule = document.meeting_rule;
            }
            Kind::ProfessionalDevelopment => {
                self.development = DevelopmentDocument::from_view(view).professional_development;
            }
            Kind::InfoSharing => self.bulletins = BulletinDocument::from_view(view).info_sharing,
            Kind::Pilots => self.pilots = PilotList::from_view(view).pilots,
            Kind::LessonStudy => self.lesson_studies.push(LessonStudy::from_view(view)),
            Kind::Mentoring => self.mentoring = MentoringDocument::from_view(view).mentoring,
            Kind::SchoolMap => self.school_map = MapDocument::from_view(view).school_map,
            Kind::Assistant => self.assistant = AssistantDocument::from_view(view),
            Kind::Paper => self.papers.push(Paper::from_view(view)),
            Kind::Antipatterns => {
                self.antipatterns = AntipatternList::from_view(view).antipatterns;
            }
            Kind::Survey => self.surveys.push(Survey::from_view(view)),
            Kind::Discussion => self.threads = Discussion::from_view(view).comments_threads,
            Kind::People => self.people = PeopleList::from_view(view).people,
            Kind::Support => self.support = Support::from_view(view),
            // Personal data and what programs write for each other is no part of what rules and plugins look at.
            Kind::SurveyRows
            | Kind::LearnerResults
            | Kind::Reflection
            | Kind::DeviceRecord
            | Kind::Plugins
            | Kind::PluginPackage
            | Kind::Approvals
            | Kind::AuditPage
            | Kind::Years
            | Kind::File => {}
        }
    }

    /// The initiative of this id.
    #[must_use]
    pub fn initiative(&self, id: &str) -> Option<&Initiative> {
        self.initiatives.iter().find(|initiative| initiative.id == id)
    }

    /// The KPI of this id.
    #[must_use]
    pub fn kpi(&self, id: &str) -> Option<&Kpi> {
        self.kpis.iter().find(|kpi| kpi.id == id)
    }

    /// The evidence of these ids; ids that nothing has are left out.
    pub fn evidence_of<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = &'a Evidence> {
        self.evidence.iter().filter(|evidence| ids.contains(&evidence.id))
    }

    /// What stands at a path of the whole plan: member names and item ids, `kpis/k1/actual`.
    #[must_use]
    pub fn find_path(&self, path: &str) -> Option<&Value> {
        let mut segments = path.split('/');
        let first = segments.next()?;
        let mut value = self.documents.iter().find_map(|(kind, view)| match kind.section() {
            None => view.get(first),
            Some(section) if section == first => {
                let id = path.split('/').nth(1)?;
                (view.get("id")?.as_str()? == id).then_some(view)
            }
            Some(_) => None,
        })?;
        if self.documents.iter().any(|(kind, _)| kind.section() == Some(first)) {
            segments.next();
        }
        for segment in segments {
            value = match value {
                Value::Array(items) => items
                    .iter()
                    .find(|item| item.get("id").and_then(Value::as_str) == Some(segment))?,
                other => other.get(segment)?,
            };
        }
        Some(value)
    }

    /// The item of this id, wherever it stands.
    #[must_use]
    pub fn find_item(&self, id: &str) -> Option<&Value> {
        self.documents.iter().find_map(|(_, view)| find_item(view, id))
    }
}

fn find_item<'a>(value: &'a Value, id: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => {
            if members.get("id").and_then(Value::as_str) == Some(id) {
                return Some(value);
            }
            members.values().find_map(|inner| find_item(inner, id))
        }
        Value::Array(items) => items.iter().find_map(|inner| find_item(inner, id)),
        _ => None,
    }
}

/// Documents by kind; those of a kind with many by `order`, then by id.
pub(crate) fn in_order(documents: &[(Kind, Value)]) -> Vec<(Kind, &Value)> {
    let place = |view: &Value| view.get("order").and_then(Value::as_f64).unwrap_or(f64::INFINITY);
    let id = |view: &Value| view.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut sorted: Vec<(Kind, &Value)> = documents.iter().map(|(k, v)| (*k, v)).collect();
    sorted.sort_by(|(a_kind, a), (b_kind, b)| {
        let by_place = || place(a).total_cmp(&place(b)).then_with(|| id(a).cmp(&id(b)));
        a_kind.cmp(b_kind).then_with(by_place)
    });
    sorted
}
