//! The tables name what the code calls, no more and no less.

use std::collections::BTreeSet;

use super::calls::calls;
use super::names::RENAMED;
use super::{ELSEWHERE, EVERYTHING, Needed, SERVICES, Target, covers, filled, of, of_call, target};
use crate::kinds::ALL;
use crate::scope::Scope;

fn listed() -> impl Iterator<Item = &'static Needed> {
    SERVICES.iter().copied().flatten()
}

#[test]
fn every_kind_has_its_actions_and_nothing_else_has() {
    let kinds: Vec<_> = ALL.iter().map(|kind| kind.type_name()).collect();
    let listed: Vec<_> = listed().map(|needed| needed.kind).collect();
    assert_eq!(listed, kinds);
    for kind in kinds {
        let actions = of(kind).unwrap().actions;
        assert!(!actions.is_empty(), "{kind}");
        assert!(actions.is_sorted_by(|one, next| one < next), "{kind}");
    }
    assert!(of("ec2:unheard-of").is_none());
}

#[test]
fn the_actions_are_those_of_the_calls_that_the_code_makes() {
    let calls = calls();
    assert_eq!(calls.len(), listed().count());
    for (kind, calls) in calls {
        let needed: BTreeSet<_> = calls.iter().flat_map(|call| of_call(call)).collect();
        let listed: BTreeSet<_> = of(&kind)
            .unwrap()
            .actions
            .iter()
            .map(ToString::to_string)
            .collect();
        let missing: Vec<_> = needed.difference(&listed).collect();
        let idle: Vec<_> = listed.difference(&needed).collect();
        assert!(
            missing.is_empty() && idle.is_empty(),
            "{kind}: missing {missing:?}, idle {idle:?}"
        );
    }
}

#[test]
fn every_other_name_is_that_of_a_call() {
    let mut made: BTreeSet<_> = calls().into_iter().flat_map(|(_, calls)| calls).collect();
    made.extend(super::verbs::tests::calls());
    for (call, _) in RENAMED {
        assert!(made.contains(*call), "{call}");
    }
}

#[test]
fn every_exception_is_that_of_an_action_in_use() {
    let mut used: BTreeSet<&str> = listed()
        .flat_map(|needed| needed.actions)
        .copied()
        .collect();
    used.extend(super::verbs::all());
    for (action, _) in ELSEWHERE {
        assert!(used.contains(action), "{action}");
    }
    for pattern in EVERYTHING {
        assert!(
            used.iter().any(|action| covers(pattern, action)),
            "{pattern}"
        );
    }
}

#[test]
fn an_action_is_done_to_what_a_policy_would_name() {
    assert_eq!(target("ec2:DescribeVpcs"), Target::Everything);
    assert_eq!(target("ec2:CreateVpc"), Target::Itself);
    assert_eq!(target("s3:DeleteObjectVersion"), Target::Objects);
    assert_eq!(target("iam:ListInstanceProfilesForRole"), Target::Itself);
    let scope = Scope {
        stack: "shop".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    };
    let Target::Other(role) = target("iam:PassRole") else {
        panic!("a role is handed over")
    };
    assert_eq!(
        filled(role, &scope),
        "arn:aws:iam::123456789012:role/shop-prod/*"
    );
    assert_eq!(
        of("s3:bucket").unwrap().pattern(&scope),
        "arn:aws:s3:::shop-prod-*"
    );
}
