//! Data outlives mistakes.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Asked, lines, planned};
use crate::kinds::fake::{World, resource};
use crate::plan::{Plan, PlanError};
use crate::reference::Address;
use crate::scope::{PROTECTED_TAG, Tags};

fn giving_up<const N: usize>(addresses: [&str; N]) -> Asked {
    Asked {
        delete_data: BTreeSet::from(addresses.map(Address::new)),
        ..Asked::default()
    }
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let addresses = plan.blocked.iter().map(|blocked| blocked.address.as_str());
    addresses.collect()
}

#[test]
fn all_that_holds_data_and_would_go_is_blocked_at_once() {
    let world = World::default();
    let store = world.kind("fake:store").protected().leak();
    let kind = world.kind("fake:thing").leak();
    let mark = Tags::from([(PROTECTED_TAG.to_owned(), "true".to_owned())]);
    let replaced = world.stands(store, "a.replaced", json!({ "shape": 1 }), &mark);
    world.stands(store, "b.removed", json!({}), &mark);
    // Of a kind that holds none, and marked all the same.
    world.stands(kind, "c.marked", json!({}), &mark);
    world.stands(kind, "d.plain", json!({}), &Tags::new());
    // Marked by an earlier version, and taken out of the file.
    world.stands(store, "e.unmarked", json!({}), &Tags::new());
    let wanted = || [resource(store, "a.replaced", json!({ "shape": 2 }))];
    let plan = planned(&world, wanted());
    assert_eq!(
        blocked(&plan),
        ["a.replaced", "b.removed", "c.marked", "e.unmarked"]
    );
    assert_eq!(
        plan.blocked[0].why,
        format!(
            "a.replaced (fake:store {replaced}) holds data and would be replaced: shape: a \
             shape is for good"
        )
    );
    assert!(plan.blocked[1].why.contains("would be removed"));
    let endangered: Vec<_> = plan.steps.iter().filter(|step| step.danger.data).collect();
    assert_eq!(endangered.len(), 4);

    let asked = giving_up(["a.replaced", "c.marked"]);
    let plan = asked.plan(&world, wanted()).unwrap();
    assert_eq!(blocked(&plan), ["b.removed", "e.unmarked"]);

    let asked = giving_up(["a.replaced", "b.removed", "c.marked", "e.unmarked"]);
    let plan = asked.plan(&world, wanted()).unwrap();
    assert_eq!(plan.blocked, []);
    assert_eq!(plan.steps.len(), 6);
}

#[test]
fn a_change_in_place_endangers_no_data() {
    let world = World::default();
    let store = world.kind("fake:store").protected().leak();
    let mark = Tags::from([(PROTECTED_TAG.to_owned(), "true".to_owned())]);
    world.stands(store, "a", json!({ "size": 1 }), &mark);
    let plan = planned(&world, [resource(store, "a", json!({ "size": 2 }))]);
    assert_eq!(lines(&plan), ["update a"]);
    assert_eq!(plan.blocked, []);
    assert!(!plan.steps[0].danger.data);
}

#[test]
fn giving_up_data_that_nothing_removes_is_an_error() {
    let world = World::default();
    let store = world.kind("fake:store").protected().leak();
    let mark = Tags::from([(PROTECTED_TAG.to_owned(), "true".to_owned())]);
    world.stands(store, "a", json!({ "size": 1 }), &mark);
    for (asked, size) in [("a", 1), ("a", 2), ("misspelt", 1)] {
        let error = giving_up([asked])
            .plan(&world, [resource(store, "a", json!({ "size": size }))])
            .unwrap_err();
        assert!(matches!(&error, PlanError::NothingToDelete(of) if of.as_str() == asked));
        assert!(error.to_string().contains(asked));
    }
}
