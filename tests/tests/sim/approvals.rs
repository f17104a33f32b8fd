//! Approvals among replicas: forged and moved ones, signers without a right, and signers who lost it.

use jospar_core::admission::Verdict;
use jospar_core::approval::{Approval, Standing, State, Subject, What};
use jospar_core::document::Command;
use jospar_core::ids::{DocumentId, RenderingHash};
use jospar_core::plan::Kind;
use jospar_core::policy::{Role, Scope};
use jospar_core::replica::{ApproveError, Assignment, Held, Moment, Problem, Version};
use jospar_core::storage::Storage as _;
use jospar_core::time::Timestamp;
use serde_json::{Value, json};

use crate::edits::{add, document, set};
use crate::world::{DIRECTOR, In, Trouble, World};

const TEACHER: usize = 2;
const OTHER: usize = 3;

/// A school with one risk, which all devices have.
fn school(seed: u64, roles: &[Role]) -> World {
    let roles: Vec<(Role, Scope)> = roles.iter().map(|role| (*role, Scope::default())).collect();
    let mut world = World::new(seed, &roles, false);
    edit(&mut world, DIRECTOR, Kind::Risks, add("risks", "r1", json!({"likelihood": 2})));
    meet_all(&mut world);
    world
}

/// All devices meet the server.
fn meet_all(world: &mut World) {
    let devices: Vec<usize> = (1..world.members.len()).collect();
    world.meet(&devices);
}

fn edit(world: &mut World, who: usize, kind: Kind, command: Command) {
    let document = document(&world.workspace, kind);
    world.turn(who, vec![In::Edit(document, vec![command])], Trouble::None);
    assert_eq!(world.members[who].fault, None);
}

fn approve(world: &mut World, who: usize) -> Result<Approval, ApproveError> {
    let random = world.random.bytes();
    let member = &mut world.members[who];
    let moment = Moment { now: Timestamp(1_790_000_000_000), random };
    let replica = member.replica.as_mut().unwrap();
    let signed = replica.approve(&mut member.storage, &moment, What::Plan, None);
    world.turn(who, Vec::new(), Trouble::None);
    signed
}

fn version(world: &mut World, who: usize) -> Version {
    let member = &mut world.members[who];
    let replica = member.replica.as_mut().unwrap();
    replica.version(&mut member.storage, What::Plan).unwrap()
}

fn held(world: &mut World, who: usize) -> Vec<Held> {
    let member = &mut world.members[who];
    member.replica.as_mut().unwrap().approvals(&mut member.storage).unwrap()
}

fn state(world: &mut World, who: usize) -> State {
    let (hash, held) = (version(world, who).hash, held(world, who));
    let replica = world.members[who].replica.as_ref().unwrap();
    replica.outcome(What::Plan, &hash, &held).state
}

/// A record as the document of approvals has it.
fn record(approval: &Approval) -> Value {
    let claim = &approval.claim;
    let signed = data_encoding::BASE64URL_NOPAD.encode(&approval.encode());
    json!({"signed": signed, "what": claim.what.to_string(), "role": claim.role.name(),
           "rendering": claim.rendering.to_string(), "signer": claim.signer.to_string(),
           "time": claim.time.0})
}

/// Puts a record into the log as a program would that asks nobody.
fn put(world: &mut World, who: usize, id: &str, record: Value) {
    edit(world, who, Kind::Approvals, add("approvals", id, record));
}

/// Signs whatever it is told to.
fn sign(world: &mut World, who: usize, role: Role, rendering: RenderingHash) -> Approval {
    let version = version(world, who);
    let (what, documents) = (What::Plan, version.documents);
    let subject = Subject { workspace: world.workspace, what, rendering, documents };
    let member = &world.members[who];
    let head = member.replica.as_ref().unwrap().policy().head_for(&member.device);
    let key = &member.identity.key;
    Approval::sign(key, subject, (role, head), Timestamp(1_790_000_000_001))
}

fn name(approval: &Approval) -> String {
    approval.claim.hash().to_string()
}

#[test]
fn t38_forged_altered_and_moved_records_show_and_do_not_count() {
    let mut world = school(1, &[Role::Teacher, Role::Teacher]);
    let honest = approve(&mut world, DIRECTOR).unwrap();
    let hash = version(&mut world, DIRECTOR).hash;
    meet_all(&mut world);
    assert_eq!(state(&mut world, TEACHER), State::WaitsTeacher);
    // The director's signature under a text that the director never saw.
    let mut moved = honest.clone();
    moved.claim.rendering = RenderingHash([7; 32]);
    put(&mut world, TEACHER, &name(&moved), record(&moved));
    // The teacher's own signature under the director's name.
    let mut forged = sign(&mut world, TEACHER, Role::Director, hash);
    forged.claim.signer = world.members[DIRECTOR].device;
    put(&mut world, TEACHER, &name(&forged), record(&forged));
    // A teacher who says to be the director.
    let usurped = sign(&mut world, TEACHER, Role::Director, hash);
    put(&mut world, TEACHER, &name(&usurped), record(&usurped));
    // A right signature with other words beside it, one under another name, and no record at all.
    let own = sign(&mut world, TEACHER, Role::Teacher, hash);
    let mut said = record(&own);
    said["role"] = json!("director");
    put(&mut world, TEACHER, &name(&own), said);
    put(&mut world, TEACHER, "again", record(&honest));
    put(&mut world, TEACHER, "nothing", json!({"signed": "!", "what": "plan"}));
    // A text that is not what the named heads hold.
    let other = sign(&mut world, TEACHER, Role::Teacher, RenderingHash([8; 32]));
    put(&mut world, TEACHER, &name(&other), record(&other));
    meet_all(&mut world);
    for who in [DIRECTOR, TEACHER, OTHER] {
        let held = held(&mut world, who);
        let found = |id: &str| held.iter().find(|held| held.id == id).unwrap();
        let problem = |id: &str| found(id).problem.as_ref().unwrap().message_key();
        assert_eq!(problem(&name(&moved)), "approval-invalid-signature");
        assert_eq!(problem(&name(&forged)), "approval-invalid-signature");
        assert_eq!(problem(&name(&own)), "approval-altered");
        assert_eq!(problem("again"), "approval-altered");
        assert_eq!(problem("nothing"), "approval-unreadable");
        assert_eq!(found(&name(&other)).problem, Some(Problem::OtherContent));
        let standing = |id: &str| found(id).judged.unwrap().standing;
        assert_eq!(standing(&name(&usurped)), Standing::NoRight);
        let counted: Vec<&str> =
            held.iter().filter(|h| h.counted().is_some()).map(|h| h.id.as_str()).collect();
        assert_eq!(counted, [name(&honest)]);
        assert_eq!(state(&mut world, who), State::WaitsTeacher);
    }
    // Somebody who edits the record of another makes it void, and nobody else's.
    approve(&mut world, OTHER).unwrap();
    meet_all(&mut world);
    assert_eq!(state(&mut world, DIRECTOR), State::Approved);
    let path = format!("approvals/{}/role", name(&honest));
    edit(&mut world, TEACHER, Kind::Approvals, set(&path, json!("teacher")));
    meet_all(&mut world);
    assert_eq!(state(&mut world, DIRECTOR), State::WaitsDirector);
}

#[test]
fn t38_only_a_director_and_a_teacher_sign_and_nobody_else_can() {
    let mut world = school(2, &[Role::Teacher, Role::Contributor, Role::Viewer]);
    for who in [OTHER, OTHER + 1] {
        assert_eq!(approve(&mut world, who), Err(ApproveError::NoRight));
    }
    // What a contributor signs all the same, and gets a teacher to carry.
    let hash = version(&mut world, OTHER).hash;
    for role in [Role::Contributor, Role::Teacher, Role::Director] {
        let signed = sign(&mut world, OTHER, role, hash);
        put(&mut world, TEACHER, &name(&signed), record(&signed));
    }
    assert_eq!(state(&mut world, TEACHER), State::NotApproved);
    assert!(held(&mut world, TEACHER).iter().all(|held| held.counted().is_none()));
}

#[test]
fn t38_what_was_signed_before_a_right_ended_stands_and_nothing_after() {
    let mut world = school(3, &[Role::Teacher, Role::Teacher]);
    approve(&mut world, DIRECTOR).unwrap();
    approve(&mut world, TEACHER).unwrap();
    meet_all(&mut world);
    assert_eq!(state(&mut world, OTHER), State::Approved);
    // The teacher's laptop is lost; what the director has of its work stands.
    world.part();
    let lost = world.members[TEACHER].device;
    world.turn(DIRECTOR, vec![In::Revoke(lost)], Trouble::None);
    edit(&mut world, DIRECTOR, Kind::Risks, set("risks/r1/likelihood", json!(5)));
    meet_all(&mut world);
    world.part();
    let plan = version(&mut world, DIRECTOR);
    // Whoever has it signs the new text, at the entry that the laptop knows.
    let thief = {
        let (what, documents) = (What::Plan, plan.documents.clone());
        let subject = Subject { workspace: world.workspace, what, rendering: plan.hash, documents };
        let granted = held(&mut world, DIRECTOR)
            .into_iter()
            .filter_map(|held| held.approval)
            .find(|approval| approval.claim.signer == lost)
            .unwrap();
        let right = (Role::Teacher, granted.claim.policy_head);
        let key = &world.members[TEACHER].identity.key;
        Approval::sign(key, subject, right, Timestamp(1_790_000_000_000))
    };
    // A friend among the teachers carries it into the log.
    put(&mut world, OTHER, &name(&thief), record(&thief));
    approve(&mut world, DIRECTOR).unwrap();
    meet_all(&mut world);
    for who in [DIRECTOR, OTHER] {
        assert_eq!(state(&mut world, who), State::WaitsTeacher);
        let held = held(&mut world, who);
        let found = |id: &str| held.iter().find(|held| held.id == id).unwrap();
        let stolen = found(&name(&thief));
        assert_eq!(stolen.judged.unwrap().standing, Standing::Ended);
        assert!(stolen.counted().is_none() && !stolen.carried);
        let before = held.iter().filter(|h| h.counted().is_some_and(|c| c.rendering != plan.hash));
        assert_eq!(before.count(), 2, "both signatures of the earlier text still count");
    }
    // The honest text of before is approved again as soon as it is there.
    edit(&mut world, DIRECTOR, Kind::Risks, set("risks/r1/likelihood", json!(2)));
    assert_eq!(state(&mut world, DIRECTOR), State::Approved);
}

/// A device that was shut out and does not know it signs, and a stick carries that into the school.
#[test]
fn t38_what_a_device_signs_after_it_was_shut_out_does_not_even_show() {
    let mut world = school(6, &[Role::Teacher]);
    world.part();
    let lost = world.members[TEACHER].device;
    world.turn(DIRECTOR, vec![In::Revoke(lost)], Trouble::None);
    approve(&mut world, DIRECTOR).unwrap();
    approve(&mut world, TEACHER).unwrap();
    assert_eq!(state(&mut world, TEACHER), State::WaitsDirector);
    let approvals = document(&world.workspace, Kind::Approvals);
    let carried = world.members[TEACHER].storage.document_records(approvals, 0, 1 << 20).unwrap();
    assert_eq!(carried.len(), 1);
    let director = &mut world.members[DIRECTOR];
    let replica = director.replica.as_mut().unwrap();
    for stored in carried {
        let bytes = stored.record.encode();
        let judged = replica.take_in(&mut director.storage, None, &bytes).unwrap();
        let all = judged.iter().all(|judged| matches!(judged.verdict, Verdict::Admitted(_)));
        assert!(all && !judged.is_empty(), "{judged:?}");
    }
    assert_eq!(held(&mut world, DIRECTOR).len(), 1);
    assert_eq!(state(&mut world, DIRECTOR), State::WaitsTeacher);
}

#[test]
fn t38_a_person_who_was_both_is_one_person() {
    let mut world = school(4, &[Role::Director, Role::Teacher]);
    approve(&mut world, TEACHER).unwrap();
    let device = world.members[TEACHER].device;
    let assignment = Assignment { role: Role::Teacher, scope: Scope::default(), not_after: None };
    meet_all(&mut world);
    world.turn(DIRECTOR, vec![In::Assign(device, assignment)], Trouble::None);
    meet_all(&mut world);
    let signed = approve(&mut world, TEACHER).unwrap();
    assert_eq!(signed.claim.role, Role::Teacher);
    meet_all(&mut world);
    assert_eq!(state(&mut world, DIRECTOR), State::WaitsTeacher);
    approve(&mut world, OTHER).unwrap();
    meet_all(&mut world);
    assert_eq!(state(&mut world, DIRECTOR), State::Approved);
}

#[test]
fn t38_a_version_is_the_same_on_every_device_and_names_what_was_changed() {
    let mut world = school(5, &[Role::Teacher, Role::Viewer]);
    let before = version(&mut world, DIRECTOR);
    for who in [TEACHER, OTHER] {
        assert_eq!(version(&mut world, who), before);
    }
    edit(&mut world, TEACHER, Kind::Kpis, add("kpis", "k1", json!({"unit": "%"})));
    meet_all(&mut world);
    let now = version(&mut world, DIRECTOR);
    let kpis: DocumentId = document(&world.workspace, Kind::Kpis);
    assert_eq!(now.changed_since(&before), [kpis]);
    assert_eq!(before.changed_since(&now), [kpis]);
    assert_eq!(now.changed_since(&now), []);
    assert_eq!(version(&mut world, OTHER), now);
}
