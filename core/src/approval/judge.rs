//! Who may approve, and when something is approved: pure functions of claims, the policy log and a rendering's hash.

use super::record::{Claim, What};
use crate::ids::{DeviceId, PersonId, RenderingHash};
use crate::plan::{Kind, Paper, PlanView};
use crate::policy::{Policy, Role};
use crate::time::Timestamp;

/// What becomes of a claim whose signature is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The signer had the right and has it still, if under another key.
    Stands,
    /// The signer had the right and lost it. The claim alone cannot show that it was signed before: it counts where a
    /// change of the signer that stands brought it, and nowhere else.
    Ended,
    /// The signer had no right, or another role.
    NoRight,
    /// It names a policy entry that is not here.
    PolicyMissing,
    /// It belongs to another workspace.
    OtherWorkspace,
}

impl Standing {
    /// The key of the message that tells a person; behind `approval-` the name in answers.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::Stands => "approval-stands",
            Self::Ended => "approval-ended",
            Self::NoRight => "approval-no-right",
            Self::PolicyMissing => "approval-policy-missing",
            Self::OtherWorkspace => "approval-other-workspace",
        }
    }
}

/// A claim's standing and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The standing.
    pub standing: Standing,
    /// The person that the policy says the signer is.
    pub person: Option<PersonId>,
}

/// Judges a claim by the right of its signer at the policy entry that it names, and by what the whole log says.
#[must_use]
pub fn judge(claim: &Claim, policy: &Policy) -> Judged {
    let none = |standing| Judged { standing, person: None };
    if claim.workspace != policy.workspace() {
        return none(Standing::OtherWorkspace);
    }
    let Some(then) = policy.at(&claim.policy_head) else { return none(Standing::PolicyMissing) };
    let Some(member) = then.member(&claim.signer) else { return none(Standing::NoRight) };
    let person = Some(member.person);
    let may = then.may_approve(&claim.signer) && member.role == claim.role && fits(claim);
    if !may {
        return Judged { standing: Standing::NoRight, person };
    }
    let now = policy.now();
    let holds = |key: &DeviceId| now.may_approve(key);
    let standing = match now.keys_of(claim.signer).last().is_some_and(holds) {
        true => Standing::Stands,
        false => Standing::Ended,
    };
    Judged { standing, person }
}

/// Papers are the director's alone to approve.
fn fits(claim: &Claim) -> bool {
    match claim.what.need() {
        Need::Both => true,
        Need::Director => claim.role == Role::Director,
    }
}

/// Whose signatures are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A director's and an informatics teacher's, two persons.
    Both,
    /// A director's.
    Director,
}

impl What {
    /// Whose signatures it needs.
    #[must_use]
    pub const fn need(&self) -> Need {
        match self {
            Self::Document(document) if document.kind() == Kind::Paper.byte() => Need::Director,
            _ => Need::Both,
        }
    }

    /// Whether such a thing can be approved: the plan, or a document that people write and may see on paper.
    #[must_use]
    pub fn can_be_approved(&self) -> bool {
        match self {
            Self::Plan => true,
            Self::Document(document) => {
                Kind::from_byte(document.kind()).is_some_and(Kind::is_exported)
            }
        }
    }
}

/// A claim that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The rendering's hash.
    pub rendering: RenderingHash,
    /// The signer's person.
    pub person: PersonId,
    /// The signer's role.
    pub role: Role,
    /// The signer's clock.
    pub time: Timestamp,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has signed it as it is, and no earlier text was approved.
    NotApproved,
    /// A director has signed it as it is.
    WaitsTeacher,
    /// An informatics teacher has signed it as it is.
    WaitsDirector,
    /// All who are needed have signed it as it is.
    Approved,
    /// An earlier text was approved; this one nobody has signed.
    Differs,
}

impl State {
    /// The key of the message that tells a person; behind `approval-` the name in answers.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::NotApproved => "approval-not-approved",
            Self::WaitsTeacher => "approval-waits-teacher",
            Self::WaitsDirector => "approval-waits-director",
            Self::Approved => "approval-approved",
            Self::Differs => "approval-differs",
        }
    }
}

/// How something stands, and which text of it was approved last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The state.
    pub state: State,
    /// The text that was approved last, by the signers' clocks, and when its last needed signature came.
    pub approved: Option<(RenderingHash, Timestamp)>,
}

/// What the claims that count make of the text with the hash `current`. One person counts once, whatever the number of
/// devices, roles and signatures.
#[must_use]
pub fn outcome(need: Need, current: &RenderingHash, counted: &[Counted]) -> Outcome {
    let mut texts: Vec<RenderingHash> = counted.iter().map(|claim| claim.rendering).collect();
    texts.sort_unstable();
    texts.dedup();
    let whole = |text: &RenderingHash| approved_at(need, text, counted);
    let approved = texts.iter().filter_map(|text| Some((*text, whole(text)?)));
    let approved = approved.max_by_key(|(text, time)| (*time, *text));
    let signed = |role| counted.iter().any(|c| c.rendering == *current && c.role == role);
    let (state, approved) = match whole(current) {
        Some(time) => (State::Approved, Some((*current, time))),
        None if signed(Role::Director) => (State::WaitsTeacher, approved),
        None if signed(Role::Teacher) => (State::WaitsDirector, approved),
        None if approved.is_some() => (State::Differs, approved),
        None => (State::NotApproved, None),
    };
    Outcome { state, approved }
}

/// When a text had all signatures that it needs: the earliest such moment by the signers' clocks.
fn approved_at(need: Need, text: &RenderingHash, counted: &[Counted]) -> Option<Timestamp> {
    let of = |role: Role| counted.iter().filter(move |c| c.rendering == *text && c.role == role);
    let times: Vec<Timestamp> = match need {
        Need::Director => of(Role::Director).map(|claim| claim.time).collect(),
        Need::Both => of(Role::Director)
            .flat_map(|director| of(Role::Teacher).map(move |teacher| (director, teacher)))
            .filter(|(director, teacher)| director.person != teacher.person)
            .map(|(director, teacher)| director.time.max(teacher.time))
            .collect(),
    };
    times.into_iter().min()
}

/// What a plan must not have to be approved, as places in it: an initiative without all three links of its chain, and a
/// problem that no initiative answers (DOMAIN B6, D7).
#[must_use]
pub fn blockers(plan: &PlanView) -> Vec<String> {
    let open = |state: &Option<&'static str>| *state != Some("cancelled");
    let initiatives = plan.initiatives.iter().filter(|initiative| open(&initiative.state));
    let broken = initiatives.filter(|initiative| {
        let chain = &initiative.chain;
        let links = [&chain.strategy.text, &chain.technology.text, &chain.pedagogy.text];
        links.iter().any(|text| text.trim().is_empty())
    });
    let answered = |id: &str, named: &[String]| {
        plan.initiatives.iter().any(|initiative| {
            open(&initiative.state)
                && (named.contains(&initiative.id) || initiative.problems.iter().any(|p| p == id))
        })
    };
    let problems = plan.head.problems.iter();
    let unanswered = problems.filter(|problem| !answered(&problem.id, &problem.initiatives));
    let broken = broken.map(|initiative| format!("initiatives/{}", initiative.id));
    broken.chain(unanswered.map(|problem| format!("problems/{}", problem.id))).collect()
}

/// What a paper must not have to be signed, as places in the plan: blocks that an AI tool wrote and nobody has accepted.
#[must_use]
pub fn unaccepted(paper: &Paper) -> Vec<String> {
    let waiting = paper.blocks.iter().filter(|block| block.waits_for_acceptance());
    waiting.map(|block| format!("documents/{}/blocks/{}", paper.id, block.id)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::super::record::tests::{key, signed};
    use super::*;
    use crate::ids::{DocumentId, PolicyHash, WorkspaceId};
    use crate::plan::tests::example;
    use crate::policy::{Body, Entry, Scope};

    const NOW: RenderingHash = RenderingHash([1; 32]);
    const BEFORE: RenderingHash = RenderingHash([2; 32]);

    fn counted(rendering: RenderingHash, person: u8, role: Role, time: i64) -> Counted {
        Counted { rendering, person: PersonId([person; 16]), role, time: Timestamp(time) }
    }

    #[test]
    fn both_partners_are_needed_and_the_director_alone_for_a_paper() {
        let check = |need, claims: &[Counted], state, approved| {
            assert_eq!(outcome(need, &NOW, claims), Outcome { state, approved });
        };
        let director = counted(NOW, 1, Role::Director, 10);
        let teacher = counted(NOW, 2, Role::Teacher, 20);
        check(Need::Both, &[], State::NotApproved, None);
        check(Need::Both, &[director], State::WaitsTeacher, None);
        check(Need::Both, &[teacher], State::WaitsDirector, None);
        let whole = Some((NOW, Timestamp(20)));
        check(Need::Both, &[director, teacher], State::Approved, whole);
        check(Need::Both, &[teacher, director], State::Approved, whole);
        check(Need::Director, &[director], State::Approved, Some((NOW, Timestamp(10))));
        check(Need::Director, &[teacher], State::WaitsDirector, None);
    }

    #[test]
    fn t38_one_person_does_not_count_as_two() {
        let twice = [counted(NOW, 1, Role::Director, 1), counted(NOW, 1, Role::Director, 2)];
        assert_eq!(outcome(Need::Both, &NOW, &twice).state, State::WaitsTeacher);
        let both_roles = [counted(NOW, 1, Role::Director, 1), counted(NOW, 1, Role::Teacher, 2)];
        assert_eq!(outcome(Need::Both, &NOW, &both_roles).state, State::WaitsTeacher);
        let teachers = [counted(NOW, 1, Role::Teacher, 1), counted(NOW, 2, Role::Teacher, 2)];
        assert_eq!(outcome(Need::Both, &NOW, &teachers).state, State::WaitsDirector);
        let third = [both_roles[0], both_roles[1], teachers[1]];
        assert_eq!(outcome(Need::Both, &NOW, &third).state, State::Approved);
    }

    #[test]
    fn t38_signatures_of_two_texts_do_not_add_up_and_a_later_text_differs() {
        let split = [counted(NOW, 1, Role::Director, 1), counted(BEFORE, 2, Role::Teacher, 2)];
        let apart = outcome(Need::Both, &NOW, &split);
        assert_eq!(apart, Outcome { state: State::WaitsTeacher, approved: None });
        let before = [counted(BEFORE, 1, Role::Director, 1), counted(BEFORE, 2, Role::Teacher, 2)];
        let approved = Some((BEFORE, Timestamp(2)));
        let expected = Outcome { state: State::Differs, approved };
        assert_eq!(outcome(Need::Both, &NOW, &before), expected);
        let again = [before[0], before[1], counted(NOW, 1, Role::Director, 3)];
        let expected = Outcome { state: State::WaitsTeacher, approved };
        assert_eq!(outcome(Need::Both, &NOW, &again), expected);
    }

    fn school() -> (WorkspaceId, Policy) {
        let genesis = Entry::genesis(&key(1), PersonId([1; 16]), [7; 16]);
        let workspace = WorkspaceId(genesis.hash().0);
        (workspace, Policy::new(workspace, &genesis.encode()).unwrap())
    }

    fn append(policy: &mut Policy, signer: u8, body: Body) {
        let entry = Entry::sign(&key(signer), policy, body);
        policy.insert(&entry.encode()).unwrap();
    }

    fn device(n: u8) -> DeviceId {
        DeviceId(key(n).verifying_key().to_bytes())
    }

    fn grant(n: u8, role: Role) -> Body {
        let (person, scope) = (PersonId([n; 16]), Scope::default());
        Body::Grant { device: device(n), person, role, scope }
    }

    /// A claim of `n` at the policy's head.
    fn claim(policy: &Policy, n: u8, role: Role) -> Claim {
        let mut subject = signed(n, role, policy.workspace());
        subject = super::super::record::Approval::sign(
            &key(n),
            super::super::record::Subject {
                workspace: policy.workspace(),
                what: What::Plan,
                rendering: NOW,
                documents: subject.documents,
            },
            (role, policy.head()),
            Timestamp(1),
        );
        subject.claim
    }

    #[test]
    fn t38_a_signer_without_the_right_does_not_count() {
        let (workspace, mut policy) = school();
        append(&mut policy, 1, grant(2, Role::Teacher));
        append(&mut policy, 1, grant(3, Role::Viewer));
        append(&mut policy, 1, grant(4, Role::Contributor));
        let standing = |claim: &Claim| judge(claim, &policy).standing;
        assert_eq!(standing(&claim(&policy, 1, Role::Director)), Standing::Stands);
        assert_eq!(standing(&claim(&policy, 2, Role::Teacher)), Standing::Stands);
        for (n, role) in [
            (2, Role::Director),
            (3, Role::Viewer),
            (3, Role::Director),
            (4, Role::Contributor),
            (4, Role::Teacher),
            (5, Role::Director),
        ] {
            assert_eq!(standing(&claim(&policy, n, role)), Standing::NoRight, "{n} {role:?}");
        }
        // At an entry before the grant there was no right yet.
        let mut early = claim(&policy, 2, Role::Teacher);
        early.policy_head = PolicyHash(workspace.0);
        assert_eq!(standing(&early), Standing::NoRight);
        let unknown = Claim { policy_head: PolicyHash([1; 32]), ..early };
        assert_eq!(standing(&unknown), Standing::PolicyMissing);
        let other = Claim { workspace: WorkspaceId([1; 32]), ..early };
        assert_eq!(standing(&other), Standing::OtherWorkspace);
        // An order is the director's.
        let order = What::Document(DocumentId::random(Kind::Paper.byte(), [1; 15]));
        let teacher = Claim { what: order, ..claim(&policy, 2, Role::Teacher) };
        assert_eq!(standing(&teacher), Standing::NoRight);
        assert_eq!(
            standing(&Claim { what: order, ..claim(&policy, 1, Role::Director) }),
            Standing::Stands
        );
    }

    #[test]
    fn t38_what_a_signer_loses_later_ends_and_another_key_goes_on() {
        let (_, mut policy) = school();
        append(&mut policy, 1, grant(2, Role::Teacher));
        append(&mut policy, 1, grant(3, Role::Teacher));
        let (second, third) = (claim(&policy, 2, Role::Teacher), claim(&policy, 3, Role::Teacher));
        append(&mut policy, 1, Body::Revoke { device: device(2), frontier: Vec::new() });
        assert_eq!(judge(&second, &policy).standing, Standing::Ended);
        assert_eq!(judge(&second, &policy).person, Some(PersonId([2; 16])));
        let entry = Entry::rotate(&key(3), &key(4), &policy);
        policy.insert(&entry.encode()).unwrap();
        assert_eq!(judge(&third, &policy).standing, Standing::Stands);
        // The old key cannot sign at an entry that no longer knows it.
        assert_eq!(judge(&claim(&policy, 3, Role::Teacher), &policy).standing, Standing::NoRight);
        append(&mut policy, 1, Body::Revoke { device: device(4), frontier: Vec::new() });
        assert_eq!(judge(&third, &policy).standing, Standing::Ended);
    }

    #[test]
    fn a_plan_with_a_broken_chain_or_an_open_problem_is_not_ready() {
        let mut plan = example();
        assert_eq!(blockers(&plan), Vec::<String>::new());
        plan.initiatives[0].chain.pedagogy.text = " ".to_owned();
        let named = format!("initiatives/{}", plan.initiatives[0].id);
        assert_eq!(blockers(&plan), [named]);
        plan.initiatives[0].state = Some("cancelled");
        let problem = plan.head.problems[0].id.clone();
        plan.head.problems[0].initiatives.clear();
        for initiative in &mut plan.initiatives {
            initiative.problems.retain(|id| *id != problem);
        }
        assert!(blockers(&plan).contains(&format!("problems/{problem}")));
    }

    #[test]
    fn t22_what_an_ai_tool_wrote_waits_for_a_person() {
        let mut paper = example().papers[0].clone();
        assert_eq!(unaccepted(&paper), Vec::<String>::new());
        paper.blocks[1].ai = Some(true);
        paper.blocks[1].accepted_by = " ".to_owned();
        let place = format!("documents/{}/blocks/{}", paper.id, paper.blocks[1].id);
        assert_eq!(unaccepted(&paper), [place]);
        paper.blocks[1].accepted_by = "dir".to_owned();
        assert!(unaccepted(&paper).is_empty());
    }
}
