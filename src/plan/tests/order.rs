//! What comes before what.

use serde_json::json;

use super::{lines, planned, step, waits_for};
use crate::kinds::Progress;
use crate::kinds::fake::{World, id_of, resource};
use crate::plan::Action;
use crate::scope::Tags;

#[test]
fn a_thing_is_made_after_what_it_refers_to_and_what_it_was_told_to_wait_for() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let mut told = resource(kind, "a", json!({ "links": [id_of("c")] }));
    told.after.insert("d".into());
    let plan = planned(
        &world,
        [
            told,
            resource(kind, "b", json!({})),
            resource(kind, "c", json!({ "links": [id_of("b")] })),
            resource(kind, "d", json!({})),
        ],
    );
    assert_eq!(
        lines(&plan),
        ["create b", "create c", "create d", "create a"]
    );
    let needs = |name| &step(&plan, Action::Create, name).needs;
    assert!(needs("b").is_empty() && needs("d").is_empty());
    assert_eq!(needs("c").iter().copied().collect::<Vec<_>>(), [0]);
    assert_eq!(needs("a").iter().copied().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_refers_goes_before_what_it_refers_to_though_no_file_says_so_any_more() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let net = world.stands(kind, "a.net", json!({}), &Tags::new());
    let lan = world.stands(kind, "b.lan", json!({ "within": net }), &Tags::new());
    world.stands(
        kind,
        "c.box",
        json!({ "deep": [{ "in": lan }] }),
        &Tags::new(),
    );
    let plan = planned(&world, []);
    assert_eq!(
        lines(&plan),
        ["delete c.box", "delete b.lan", "delete a.net"]
    );
    assert!(waits_for(&plan, "delete a.net", "delete b.lan"));
    assert!(waits_for(&plan, "delete b.lan", "delete c.box"));
    assert_eq!(plan.steps[0].reason, "the stack file does not ask for it");
}

#[test]
fn what_stays_is_turned_away_before_what_it_referred_to_goes() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let old = world.stands(kind, "old", json!({}), &Tags::new());
    world.stands(kind, "user", json!({ "links": [old] }), &Tags::new());
    let plan = planned(&world, [resource(kind, "user", json!({ "links": [] }))]);
    assert_eq!(lines(&plan), ["update user", "delete old"]);
    assert!(waits_for(&plan, "delete old", "update user"));
}

#[test]
fn a_shared_word_is_no_reference() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    world.stands(
        kind,
        "a",
        json!({ "name": "same", "note": "" }),
        &Tags::new(),
    );
    let blank = world.stands(kind, "b", json!({ "name": "same" }), &Tags::new());
    world.touch(&blank, |found| {
        found.outputs.insert("hint".to_owned(), String::new());
        found.outputs.insert("called".to_owned(), "same".to_owned());
    });
    let plan = planned(&world, []);
    assert!(plan.steps.iter().all(|step| step.needs.is_empty()));
}

#[test]
fn two_that_refer_to_each_other_are_both_removed_and_all_else_keeps_its_order() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let base = world.stands(kind, "a.base", json!({}), &Tags::new());
    let left = world.stands(kind, "b.left", json!({ "within": base }), &Tags::new());
    let right = world.stands(kind, "c.right", json!({ "links": [left] }), &Tags::new());
    world.touch(&left, |found| found.spec["links"] = json!([right]));
    world.stands(
        kind,
        "d.user",
        json!({ "links": [left, right] }),
        &Tags::new(),
    );
    let plan = planned(&world, []);
    assert_eq!(plan.steps.len(), 4);
    assert!(waits_for(&plan, "delete a.base", "delete b.left"));
    assert!(waits_for(&plan, "delete b.left", "delete d.user"));
    assert!(waits_for(&plan, "delete c.right", "delete d.user"));
}

#[test]
fn what_aws_has_not_finished_is_awaited_and_what_refers_to_it_waits_too() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let id = world.stands(kind, "a", json!({}), &Tags::new());
    world.touch(&id, |found| {
        found.progress = Progress::Pending("provisioning".to_owned());
    });
    let plan = planned(
        &world,
        [
            resource(kind, "a", json!({})),
            resource(kind, "b", json!({ "links": [id_of("a")] })),
        ],
    );
    assert_eq!(lines(&plan), ["await a", "create b"]);
    assert_eq!(
        plan.steps[0].reason,
        "AWS has not finished it: provisioning"
    );
    assert!(waits_for(&plan, "create b", "await a"));
    assert_eq!(plan.summary().wait, 1);
}

#[test]
fn an_order_is_passed_on_by_what_needs_no_step_itself() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let base = world.stands(kind, "a", json!({ "size": 1 }), &Tags::new());
    world.stands(kind, "b", json!({ "links": [base] }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(kind, "a", json!({ "size": 2 })),
            resource(kind, "b", json!({ "links": [id_of("a")] })),
            resource(kind, "c", json!({ "links": [id_of("b")] })),
        ],
    );
    assert_eq!(lines(&plan), ["update a", "create c"]);
    assert!(waits_for(&plan, "create c", "update a"));
}

#[test]
fn what_the_run_rests_on_goes_last_and_nothing_waits_for_it() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let bucket = world.stands(kind, "bucket", json!({}), &Default::default());
    world.stands(
        kind,
        "user",
        json!({ "links": [bucket] }),
        &Default::default(),
    );
    world.stands(kind, "other", json!({}), &Default::default());
    let mut plan = planned(&world, []);
    assert!(plan.put_last(&"bucket".into()));
    assert_eq!(
        lines(&plan).last().map(String::as_str),
        Some("delete bucket")
    );
    assert!(waits_for(&plan, "delete bucket", "delete user"));
    assert!(waits_for(&plan, "delete bucket", "delete other"));
    for (index, step) in plan.steps.iter().enumerate() {
        assert!(
            step.needs.iter().all(|need| *need < index),
            "{:?}",
            plan.steps
        );
    }
    assert!(!plan.put_last(&"nothing".into()));
}
