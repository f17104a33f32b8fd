#![allow(clippy::indexing_slicing, clippy::panic, reason = "tests")]

use super::*;
use crate::ids::{ActorId, ChangeHash, DocumentId, PersonId};
use crate::time::Timestamp;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn device(n: u8) -> DeviceId {
    DeviceId(key(n).verifying_key().to_bytes())
}

fn grant(n: u8, role: Role) -> Body {
    Body::Grant { device: device(n), person: PersonId([n; 16]), role, scope: Scope::default() }
}

fn genesis() -> (WorkspaceId, Vec<u8>) {
    let entry = Entry::genesis(&key(1), PersonId([1; 16]), [7; 16]);
    (WorkspaceId(entry.hash().0), entry.encode())
}

fn next(policy: &Policy, signer: u8, body: Body) -> Entry {
    Entry::sign(&key(signer), policy, body)
}

#[test]
fn a_granted_teacher_may_write_and_a_viewer_may_not() {
    let (workspace, bytes) = genesis();
    let mut policy = Policy::new(workspace, &bytes).expect("genesis");
    for (n, role) in [(2, Role::Teacher), (3, Role::Viewer)] {
        let entry = next(&policy, 1, grant(n, role));
        assert_eq!(policy.insert(&entry.encode()), Ok(true));
    }
    let document = DocumentId([3; 16]);
    assert!(policy.now().may_write(&device(2), &document));
    assert!(!policy.now().may_write(&device(3), &document));
    assert!(policy.now().may_read(&device(3), &document));
    assert!(!policy.now().may_read(&device(4), &document));
}

#[test]
fn t36_an_entry_of_anyone_but_a_director_is_refused() {
    let (workspace, bytes) = genesis();
    let mut policy = Policy::new(workspace, &bytes).expect("genesis");
    let entry = next(&policy, 1, grant(2, Role::Teacher));
    policy.insert(&entry.encode()).expect("joins");
    let forged = next(&policy, 2, grant(5, Role::Director));
    assert_eq!(policy.insert(&forged.encode()), Err(PolicyError::NotDirector));
}

#[test]
fn a_flipped_byte_of_an_entry_is_refused() {
    let (workspace, bytes) = genesis();
    let policy = Policy::new(workspace, &bytes).expect("genesis");
    let entry = next(&policy, 1, grant(2, Role::Teacher)).encode();
    for index in 0..entry.len() {
        let mut changed = entry.clone();
        changed[index] ^= 1;
        assert!(policy.clone().insert(&changed).is_err(), "byte {index}");
    }
}

#[test]
fn a_revoked_device_has_no_rights_and_cannot_be_granted_again() {
    let (workspace, bytes) = genesis();
    let mut policy = Policy::new(workspace, &bytes).expect("genesis");
    for body in [
        grant(2, Role::Teacher),
        Body::Revoke { device: device(2), frontier: Vec::new() },
        grant(2, Role::Teacher),
    ] {
        let entry = next(&policy, 1, body);
        policy.insert(&entry.encode()).expect("joins");
    }
    assert!(policy.now().member(&device(2)).is_none());
    assert!(policy.now().revocation(&device(2)).is_some());
}

/// Two directors who fork the chain offline: what the set says does not depend on the order of arrival.
fn forked() -> (WorkspaceId, Vec<u8>, Vec<Vec<u8>>) {
    let (workspace, bytes) = genesis();
    let mut policy = Policy::new(workspace, &bytes).expect("genesis");
    let second = next(&policy, 1, grant(2, Role::Director)).encode();
    policy.insert(&second).expect("joins");
    let mut left = policy.clone();
    let mut right = policy;
    let mut entries = vec![second];
    for (branch, signer, bodies) in [
        (
            &mut left,
            1,
            [Body::Revoke { device: device(2), frontier: Vec::new() }, grant(3, Role::Teacher)],
        ),
        (&mut right, 2, [grant(4, Role::Teacher), grant(5, Role::Director)]),
    ] {
        for body in bodies {
            let entry = next(branch, signer, body).encode();
            branch.insert(&entry).expect("joins");
            entries.push(entry);
        }
    }
    (workspace, bytes, entries)
}

proptest! {
    #[test]
    fn f18_the_verdict_does_not_depend_on_the_order_of_arrival(
        order in Just((0..5_usize).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let (workspace, bytes, entries) = forked();
        let mut policy = Policy::new(workspace, &bytes).expect("genesis");
        while policy.hashes().count() < 6 {
            for index in &order {
                drop(policy.insert(&entries[*index]));
            }
        }
        prop_assert!(policy.now().member(&device(2)).is_none());
        prop_assert!(policy.now().member(&device(3)).is_some());
        prop_assert!(policy.now().member(&device(4)).is_none());
        prop_assert!(policy.now().member(&device(5)).is_none());
    }
}

fn revoke(n: u8) -> Body {
    Body::Revoke { device: device(n), frontier: Vec::new() }
}

fn assign(n: u8, role: Role, frontier: Vec<FrontierPoint>) -> Body {
    let (person, scope) = (PersonId([n; 16]), Scope::default());
    Body::Assign { device: device(n), person, role, scope, not_after: None, frontier }
}

fn sheet_body(n: u8) -> Body {
    Body::RecoveryKey { sheet: device(n), voids: Vec::new() }
}

/// A log under construction: branches of it are clones.
#[derive(Clone)]
struct Branch(Policy);

impl Branch {
    fn start(bodies: &[Body]) -> Self {
        let (workspace, bytes) = genesis();
        let mut branch = Self(Policy::new(workspace, &bytes).expect("genesis"));
        for body in bodies {
            branch.add(1, body.clone());
        }
        branch
    }

    fn add(&mut self, signer: u8, body: Body) -> Entry {
        let entry = next(&self.0, signer, body);
        self.take(entry)
    }

    fn take(&mut self, entry: Entry) -> Entry {
        assert_eq!(self.0.insert(&entry.encode()), Ok(true), "{:?}", entry.body);
        entry
    }

    fn rotate(&mut self, old: u8, new: u8) -> Entry {
        let entry = Entry::rotate(&key(old), &key(new), &self.0);
        self.take(entry)
    }

    fn recover(&mut self, signer: u8, sheet: u8, person: u8) -> Entry {
        let entry = Entry::recover(&key(signer), &key(sheet), PersonId([person; 16]), &self.0);
        self.take(entry)
    }
}

type Verdict = (Rights, PolicyHash, Digest, BTreeMap<PolicyHash, Dropped>);

/// Takes entries in, in this order, and what waited for one again, as sync does.
fn in_order(base: &Policy, entries: &[Entry], order: &[usize]) -> Verdict {
    let mut policy = base.clone();
    let mut waiting: Vec<usize> = order.to_vec();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|index| {
            let joined = policy.join(entries[*index].clone());
            policy.evaluate();
            matches!(joined, Err(PolicyError::Missing(_)))
        });
        assert!(waiting.len() < before, "nothing more joins");
    }
    (policy.now, policy.head, policy.digest, policy.dropped)
}

/// Every order of arrival gives one verdict; the verdict comes back.
fn in_all_orders(base: &Branch, entries: &[Entry]) -> Verdict {
    assert!(entries.len() <= 7, "7! orders are enough");
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let expected = in_order(&base.0, entries, &order);
    let mut counters = vec![0; order.len()];
    let mut place = 0;
    while place < order.len() {
        if counters[place] < place {
            order.swap(if place % 2 == 0 { 0 } else { counters[place] }, place);
            assert_eq!(in_order(&base.0, entries, &order), expected, "{order:?}");
            counters[place] += 1;
            place = 0;
        } else {
            counters[place] = 0;
            place += 1;
        }
    }
    expected
}

#[test]
fn t36_directors_who_shut_each_other_out_offline_end_alike_in_every_order() {
    let base = Branch::start(&[grant(2, Role::Director)]);
    let (mut left, mut right) = (base.clone(), base.clone());
    let entries = [
        left.add(1, revoke(2)),
        left.add(1, grant(3, Role::Teacher)),
        left.add(1, assign(3, Role::Viewer, Vec::new())),
        right.add(2, revoke(1)),
        right.add(2, grant(4, Role::Director)),
        right.add(2, grant(5, Role::Teacher)),
    ];
    let (now, _, _, dropped) = in_all_orders(&base, &entries);
    assert_ne!(now.is_director(&device(1)), now.is_director(&device(2)), "one of the two stays");
    let stays_left = now.is_director(&device(1));
    assert_eq!(now.member(&device(3)).is_some(), stays_left);
    assert_eq!(now.member(&device(4)).is_some(), !stays_left);
    assert_eq!(dropped.len(), 3, "the other's entries: {dropped:?}");
    assert!(dropped.values().all(|reason| *reason == Dropped::NotDirector));
}

#[test]
fn t36_what_a_revoked_director_granted_meanwhile_is_dropped_in_every_order() {
    let base = Branch::start(&[grant(2, Role::Director)]);
    let (mut left, mut right) = (base.clone(), base.clone());
    let entries = [
        left.add(1, grant(3, Role::Teacher)),
        left.add(1, revoke(2)),
        right.add(2, grant(4, Role::Director)),
        right.add(4, grant(5, Role::Teacher)),
        right.add(4, revoke(3)),
        right.add(2, Body::ServerKey { server: device(9), address: "s:1".into() }),
    ];
    let (now, ..) = in_all_orders(&base, &entries);
    assert!(now.member(&device(2)).is_none());
    // Number 2 let 4 in before it was shut out, and 4 is a director in its own right since.
    assert!(now.is_director(&device(4)) && now.member(&device(5)).is_some());
    assert!(now.member(&device(3)).is_none(), "4 shut it out");
}

#[test]
fn f18_an_exchanged_key_and_its_revocation_end_alike_in_every_order() {
    let base = Branch::start(&[grant(2, Role::Teacher), grant(3, Role::Director)]);
    let (mut left, mut right) = (base.clone(), base.clone());
    let entries = [
        left.rotate(2, 12),
        left.add(12, revoke(2)),
        left.rotate(12, 22),
        right.add(3, grant(6, Role::Viewer)),
        right.add(1, Body::ServerKey { server: device(9), address: "s:1".into() }),
        right.add(1, Body::ServerKey { server: device(9), address: "s:2".into() }),
        right.add(3, revoke(2)),
    ];
    let (now, _, _, dropped) = in_all_orders(&base, &entries);
    for n in [2, 12, 22] {
        assert!(now.member(&device(n)).is_none(), "{n} is the device that was shut out");
        assert!(now.revocation(&device(n)).is_some());
    }
    assert_eq!(dropped.len(), 0);
    let (mut left, mut right) = (base.clone(), base.clone());
    let entries = [left.rotate(2, 12), left.add(12, revoke(2)), right.add(1, revoke(2))];
    let (now, _, _, dropped) = in_all_orders(&base, &entries);
    assert!(now.member(&device(2)).is_none() && now.member(&device(12)).is_none());
    let reasons: Vec<Dropped> = dropped.into_values().collect();
    assert!(reasons.contains(&Dropped::NotMember), "{reasons:?}");
}

#[test]
fn f18_recovery_and_revocation_end_alike_in_every_order() {
    let base = Branch::start(&[grant(2, Role::Teacher), sheet_body(50)]);
    let (mut left, mut right) = (base.clone(), base.clone());
    let entries = [
        left.recover(7, 50, 1),
        left.add(7, revoke(1)),
        left.add(7, grant(8, Role::Viewer)),
        right.add(1, grant(3, Role::Director)),
        right.add(1, revoke(2)),
        right.add(3, grant(4, Role::Teacher)),
    ];
    let (now, ..) = in_all_orders(&base, &entries);
    assert!(now.is_director(&device(7)) && now.revocation(&device(1)).is_some());
    assert!(now.is_director(&device(3)), "let in at the number of the recovery");
    assert_eq!(now.sheets().count(), 0, "a sheet is used once");
    assert_eq!(now.recovered().count(), 1);
    // The sheet used twice at once, and a director who is still there shuts the winner out.
    let (mut left, mut right) = (base.clone(), base.clone());
    let entries = [
        left.recover(7, 50, 1),
        left.add(7, grant(8, Role::Viewer)),
        left.add(1, revoke(7)),
        right.recover(6, 50, 1),
        right.add(6, grant(5, Role::Viewer)),
    ];
    let (now, _, _, dropped) = in_all_orders(&base, &entries);
    let became = [6, 7].iter().filter(|n| now.is_director(&device(**n))).count();
    assert!(became <= 1 && now.revocation(&device(7)).is_some());
    assert!(dropped.values().any(|reason| *reason == Dropped::Sheet), "{dropped:?}");
}

#[test]
fn t36_a_sheet_holds_once_and_only_with_its_key() {
    let mut branch = Branch::start(&[sheet_body(50)]);
    let refused = |branch: &mut Branch, entry: Entry| branch.0.insert(&entry.encode()).err();
    let person = PersonId([1; 16]);
    let other = Entry::recover(&key(7), &key(51), person, &branch.0);
    assert_eq!(refused(&mut branch, other), Some(PolicyError::Sheet));
    // A server has the whole log, and not the key.
    let proof = [7; 64];
    let forged =
        Entry::sign(&key(9), &branch.0, Body::Recover { person, sheet: device(50), proof });
    assert_eq!(refused(&mut branch, forged), Some(PolicyError::Signature));
    let stolen = Entry::recover(&key(7), &key(50), person, &branch.0);
    let Body::Recover { proof, .. } = stolen.body else { panic!("a recovery") };
    let moved = Entry::sign(&key(8), &branch.0, Body::Recover { person, sheet: device(50), proof });
    assert_eq!(refused(&mut branch, moved), Some(PolicyError::Signature));
    branch.recover(7, 50, 1);
    let again = Entry::recover(&key(8), &key(50), person, &branch.0);
    assert_eq!(refused(&mut branch, again), Some(PolicyError::Sheet));
    let voided = Body::RecoveryKey { sheet: device(53), voids: vec![device(52)] };
    branch.add(7, sheet_body(52));
    branch.add(7, voided);
    let void = Entry::recover(&key(8), &key(52), person, &branch.0);
    assert_eq!(refused(&mut branch, void), Some(PolicyError::Sheet));
}

fn point(document: DocumentId, actor: u8, seq: u64) -> FrontierPoint {
    FrontierPoint { document, actor: ActorId([actor; 16]), seq }
}

#[test]
fn t08_a_lower_role_carries_a_frontier_and_a_higher_one_forgives() {
    let (risks, swot) = (DocumentId([1; 16]), DocumentId([2; 16]));
    let mut branch = Branch::start(&[grant(2, Role::Teacher)]);
    let stands = |branch: &Branch, document: DocumentId, seq: u64| {
        branch.0.now().stands(&device(2), &document, &ActorId([5; 16]), seq)
    };
    assert!(stands(&branch, risks, 99));
    let scope = Scope { kinds: vec![1], documents: Vec::new() };
    let (person, role) = (PersonId([2; 16]), Role::Contributor);
    let frontier = vec![point(swot, 5, 3), point(risks, 5, 4)];
    let body = Body::Assign { device: device(2), person, role, scope, not_after: None, frontier };
    branch.add(1, body);
    assert!(stands(&branch, risks, 99), "still open to the device");
    assert!(stands(&branch, swot, 3) && !stands(&branch, swot, 4));
    branch.add(1, assign(2, Role::Teacher, Vec::new()));
    assert!(stands(&branch, swot, 4));
    branch.add(1, assign(2, Role::Viewer, vec![point(swot, 5, 8), point(risks, 5, 9)]));
    assert!(stands(&branch, swot, 8) && !stands(&branch, swot, 9) && stands(&branch, risks, 9));
    // Shutting out what could not write any more gives nothing back.
    branch.add(
        1,
        Body::Revoke { device: device(2), frontier: vec![point(swot, 5, 20), point(risks, 5, 7)] },
    );
    assert!(stands(&branch, swot, 8) && !stands(&branch, swot, 9));
    assert!(stands(&branch, risks, 7) && !stands(&branch, risks, 8));
    assert!(!branch.0.now().stands(&device(77), &risks, &ActorId([5; 16]), 1), "nobody let it in");
}

#[test]
fn t08_an_exchanged_key_keeps_person_role_and_work_and_is_shut_out_behind_its_frontier() {
    let risks = DocumentId([1; 16]);
    let mut branch = Branch::start(&[grant(2, Role::Teacher)]);
    branch.rotate(2, 12);
    let now = branch.0.now();
    let member = now.member(&device(12)).expect("a member");
    assert_eq!((member.person, member.role), (PersonId([2; 16]), Role::Teacher));
    assert!(!now.is_known(&device(2)));
    assert!(now.stands(&device(2), &risks, &ActorId([5; 16]), 9), "nobody said how much it was");
    let retire = Body::Revoke { device: device(2), frontier: vec![point(risks, 5, 4)] };
    branch.add(12, retire.clone());
    let now = branch.0.now();
    assert!(now.stands(&device(2), &risks, &ActorId([5; 16]), 4));
    assert!(!now.stands(&device(2), &risks, &ActorId([5; 16]), 5));
    assert!(now.member(&device(12)).is_some());
    let again = next(&branch.0, 12, retire);
    assert_eq!(branch.0.insert(&again.encode()), Err(PolicyError::NotDirector), "said once");
    // A role given to the old key is one of the device.
    branch.add(1, assign(2, Role::Viewer, Vec::new()));
    assert_eq!(branch.0.now().member(&device(12)).map(|m| m.role), Some(Role::Viewer));
    let mut forged = Entry::rotate(&key(12), &key(13), &branch.0);
    if let Body::Rotate { new, .. } = &mut forged.body {
        *new = device(14);
    }
    let forged = next(&branch.0, 12, forged.body);
    assert_eq!(branch.0.insert(&forged.encode()), Err(PolicyError::Signature));
}

/// T10: five roles, eight actions.
#[test]
fn t10_each_role_may_do_what_it_may_and_nothing_else() {
    let head = DocumentId([1; 16]);
    let survey = DocumentId([2; 16]);
    let listed = DocumentId([3; 16]);
    let of_listed_kind = DocumentId::random(4, [9; 15]);
    let unlisted = DocumentId([5; 16]);
    let scope = Scope { kinds: vec![4], documents: vec![listed, head] };
    let table = [
        (Role::Director, [true, true, true, true, true, true, true, true]),
        (Role::Teacher, [true, true, true, true, true, false, true, false]),
        (Role::Contributor, [true, true, true, true, false, false, false, false]),
        (Role::Viewer, [true, true, false, false, false, false, false, false]),
        (Role::Auditor, [true, false, false, false, false, false, false, false]),
    ];
    for (number, (role, expected)) in table.into_iter().enumerate() {
        let n = 10 + number as u8;
        let (device_id, person) = (device(n), PersonId([n; 16]));
        let scope = scope.clone();
        let body = Body::Grant { device: device_id, person, role, scope };
        let branch = Branch::start(&[grant(2, Role::Teacher), body]);
        let now = branch.0.now();
        let signs = |body: Body| branch.clone().0.insert(&next(&branch.0, n, body).encode());
        let may = [
            now.may_read(&device_id, &head),
            now.may_read(&device_id, &survey),
            now.may_write(&device_id, &listed),
            now.may_write(&device_id, &of_listed_kind),
            now.may_write(&device_id, &unlisted),
            signs(grant(40, Role::Viewer)) == Ok(true),
            now.may_approve(&device_id),
            signs(revoke(2)) == Ok(true),
        ];
        assert_eq!(may, expected, "{role:?}");
    }
}

#[test]
fn an_end_is_for_serving_and_not_for_changes() {
    let mut branch = Branch::start(&[grant(2, Role::Teacher)]);
    let (person, role, scope) = (PersonId([3; 16]), Role::Auditor, Scope::default());
    let not_after = Some(Timestamp(1_000));
    let frontier = Vec::new();
    branch.add(1, Body::Assign { device: device(3), person, role, scope, not_after, frontier });
    let now = branch.0.now();
    let ended = |at| now.has_ended(&device(3), Timestamp(at));
    assert!(!ended(1_000) && !ended(1_000 + ROLE_SLACK_MS) && ended(1_001 + ROLE_SLACK_MS));
    assert!(!now.has_ended(&device(2), Timestamp(i64::MAX)));
    assert!(now.member(&device(3)).is_some(), "the log itself has no clock");
}

#[test]
fn entries_of_every_kind_come_back_from_their_bytes_and_stay_below_the_bound() {
    let branch = Branch::start(&[]);
    let changes = vec![ChangeHash([3; 32]); SETTLED_MAX];
    let frontier = vec![point(DocumentId([1; 16]), 5, u64::MAX); FRONTIER_MAX];
    let scope = Scope {
        kinds: vec![1; GRANT_ITEMS_MAX],
        documents: vec![DocumentId([1; 16]); GRANT_ITEMS_MAX],
    };
    let (person, not_after) = (PersonId([3; 16]), Some(Timestamp(-5)));
    let bodies = [
        Body::Assign { device: device(2), person, role: Role::Viewer, scope, not_after, frontier },
        Body::RecoveryKey { sheet: device(50), voids: vec![device(51); SHEETS_MAX] },
        Body::Settle { document: DocumentId([1; 16]), adopted: true, changes },
        Body::Later { kind: 250, bytes: vec![1, 2, 3] },
    ];
    for body in bodies {
        let entry = next(&branch.0, 1, body);
        let bytes = entry.encode();
        assert!(bytes.len() <= POLICY_ENTRY_BYTES_MAX, "{}", bytes.len());
        assert_eq!(Entry::decode(&bytes), Ok(entry));
    }
    for entry in [
        Entry::rotate(&key(1), &key(2), &branch.0),
        Entry::recover(&key(2), &key(50), person, &branch.0),
    ] {
        assert!(entry.encode().len() < 400, "fits into a join frame with others before it");
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }
}

/// One step of a random history: who signs what, on which of three branches.
fn step() -> impl Strategy<Value = (usize, u8, u8, u8)> {
    (0..3_usize, 1..5_u8, 0..8_u8, 1..7_u8)
}

/// Branches that grow on their own and now and then take each other's entries in.
fn random_log(steps: &[(usize, u8, u8, u8)]) -> (Branch, Vec<Entry>) {
    let base = Branch::start(&[
        grant(2, Role::Director),
        grant(3, Role::Director),
        grant(4, Role::Teacher),
        sheet_body(50),
    ]);
    let mut branches = [base.clone(), base.clone(), base.clone()];
    let mut entries: Vec<Entry> = Vec::new();
    for (which, signer, what, target) in steps {
        let branch = &mut branches[*which];
        let entry = match what {
            0 | 1 => next(&branch.0, *signer, revoke(*target)),
            2 => next(&branch.0, *signer, grant(*target, Role::Director)),
            3 => next(&branch.0, *signer, assign(*target, Role::Viewer, Vec::new())),
            4 => Entry::rotate(&key(*signer), &key(*target + 10), &branch.0),
            5 => Entry::recover(&key(*target + 10), &key(50), PersonId([1; 16]), &branch.0),
            6 => next(&branch.0, *signer, sheet_body(50 + *target)),
            _ => {
                for entry in &entries {
                    drop(branch.0.insert(&entry.encode()));
                }
                continue;
            }
        };
        if branch.0.insert(&entry.encode()) == Ok(true) {
            entries.push(entry);
        }
    }
    (base, entries)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn f18_random_sets_of_entries_say_the_same_in_random_orders(
        steps in proptest::collection::vec(step(), 4..16), seed: u64
    ) {
        let (base, entries) = random_log(&steps);
        let straight: Vec<usize> = (0..entries.len()).collect();
        let expected = in_order(&base.0, &entries, &straight);
        let mut order = straight;
        let mut random = seed | 1;
        for _ in 0..6 {
            for place in (1..order.len()).rev() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                order.swap(place, (random >> 33) as usize % (place + 1));
            }
            prop_assert_eq!(&in_order(&base.0, &entries, &order), &expected);
        }
        let bytes: Vec<Vec<u8>> = base.0.ordered().into_iter().chain(&entries)
            .map(Entry::encode).collect();
        let (read, left_out) = Policy::from_entries(base.0.workspace(), &bytes).expect("reads");
        prop_assert_eq!(left_out, 0);
        prop_assert_eq!((read.now, read.head, read.digest, read.dropped), expected);
    }
}
