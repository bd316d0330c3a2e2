//! What is known before apply, and what moved since a snapshot.

use serde_json::json;

use super::{lines, planned, step};
use crate::graph::GraphError;
use crate::kinds::fake::{World, id_of, output_of, resource};
use crate::plan::{Action, Moved, PlanError, Snapshot};
use crate::reference::unresolved;
use crate::scope::Tags;

#[test]
fn what_a_name_foretells_is_known_in_a_first_plan_and_the_rest_is_counted() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let plan = planned(
        &world,
        [
            resource(kind, "a", json!({ "name": "bucket" })),
            resource(
                kind,
                "b",
                json!({
                    "policy": { "allow": [output_of("a", "arn"), id_of("a")] },
                    "links": id_of("a"),
                }),
            ),
        ],
    );
    let sent = step(&plan, Action::Create, "b").wanted.as_ref().unwrap();
    assert_eq!(sent["policy"]["allow"][0], "arn:aws:fake:::bucket");
    assert_eq!(
        plan.unknown_after(),
        [
            ("b".into(), "/policy/allow/1".to_owned()),
            ("b".into(), "/links".to_owned()),
        ]
    );
}

#[test]
fn of_what_stands_everything_is_known() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let id = world.stands(kind, "a", json!({}), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(kind, "a", json!({})),
            resource(kind, "b", json!({ "links": id_of("a") })),
        ],
    );
    assert_eq!(plan.unknown_after(), []);
    let sent = step(&plan, Action::Create, "b").wanted.as_ref().unwrap();
    assert_eq!(sent["links"], json!(id));
}

#[test]
fn a_reference_to_what_is_replaced_is_a_change_to_something_unknown() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let id = world.stands(kind, "a", json!({ "shape": 1, "name": "n" }), &Tags::new());
    let arn = "arn:aws:fake:::n";
    world.stands(kind, "b", json!({ "links": id, "arn": arn }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(kind, "a", json!({ "shape": 2, "name": "n" })),
            resource(
                kind,
                "b",
                json!({ "links": id_of("a"), "arn": output_of("a", "arn") }),
            ),
        ],
    );
    let update = step(&plan, Action::Update, "b");
    assert_eq!(update.reason, "differs in links");
    assert_eq!(update.changes[0].before, json!(id));
    let after = unresolved(&update.changes[0].after).unwrap();
    assert_eq!(after.to_string(), "${a.id}");
    assert_eq!(plan.unknown_after(), [("b".into(), "/links".to_owned())]);
}

#[test]
fn a_reference_to_nothing_and_a_circle_have_no_plan() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let refused = |all: Vec<_>| super::Asked::default().plan(&world, all).unwrap_err();
    let missing = refused(vec![resource(kind, "a", json!({ "links": id_of("b") }))]);
    assert!(matches!(
        missing,
        PlanError::Graph(GraphError::Missing { .. })
    ));
    assert_eq!(
        missing.to_string(),
        "a refers to b, which is not in the stack"
    );
    let circle = refused(vec![resource(kind, "a", json!({ "links": id_of("a") }))]);
    assert_eq!(circle.to_string(), "these need each other: a → a");
    let unfit = refused(vec![resource(kind, "a", json!("no object"))]);
    assert!(unfit.to_string().starts_with("a: "), "{unfit}");
}

#[test]
fn a_snapshot_tells_field_by_field_what_moved() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let kept = world.stands(
        kind,
        "a",
        json!({ "size": 1, "in": { "x": 1 } }),
        &Tags::new(),
    );
    let gone = world.stands(kind, "b", json!({}), &Tags::new());
    let before = Snapshot::of(&world.observed());
    assert_eq!(before.moved(&Snapshot::of(&world.observed())), []);
    assert_eq!(
        before.fingerprint(),
        Snapshot::of(&world.observed()).fingerprint()
    );

    world.touch(&kept, |found| {
        found.spec["size"] = json!(2);
        found.spec["in"]["x"] = json!(3);
        found.tags.insert("by".to_owned(), "hand".to_owned());
    });
    world.vanish(&["b"]);
    let new = world.stands(kind, "c", json!({}), &Tags::new());
    let now = Snapshot::of(&world.observed());
    assert_ne!(before.fingerprint(), now.fingerprint());
    let moved = |what: String, how: &str| Moved {
        what,
        how: how.to_owned(),
    };
    let a = format!("a (fake:thing {kept})");
    assert_eq!(
        before.moved(&now),
        [
            moved(a.clone(), "/spec/in/x was 1 and is 3"),
            moved(a.clone(), "/spec/size was 1 and is 2"),
            moved(a, "/tags/by was null and is \"hand\""),
            moved(format!("b (fake:thing {gone})"), "is gone"),
            moved(format!("c (fake:thing {new})"), "is new"),
        ]
    );
    let kept: Snapshot = serde_json::from_slice(&serde_json::to_vec(&before).unwrap()).unwrap();
    assert_eq!(kept.moved(&now), before.moved(&now));
    assert_eq!(kept.fingerprint(), before.fingerprint());
}

#[test]
fn the_order_of_keys_moves_nothing() {
    let snapshot = |spec: serde_json::Value| {
        let world = World::default();
        let kind = world.kind("fake:thing").leak();
        world.stands(kind, "a", spec, &Tags::new());
        Snapshot::of(&world.observed())
    };
    let one = snapshot(json!({ "x": 1, "y": { "p": 1, "q": 2 } }));
    let other = snapshot(json!({ "y": { "q": 2, "p": 1 }, "x": 1 }));
    assert_eq!(one.moved(&other), []);
}

#[test]
fn nothing_wanted_and_nothing_there_is_an_empty_plan() {
    let plan = planned(&World::default(), []);
    assert!(plan.is_empty() && lines(&plan).is_empty());
    assert_eq!(plan.summary(), crate::plan::Summary::default());
}
