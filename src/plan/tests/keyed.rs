//! Kinds without tags, known by their natural key.

use serde_json::json;

use super::{Asked, lines, planned, step};
use crate::kinds::fake::{World, id_of, resource};
use crate::plan::{Action, Unclaimed};
use crate::reference::Address;
use crate::scope::Tags;

fn made(address: &str, key: &str) -> Asked {
    Asked {
        manifest: vec![(
            "fake:record".to_owned(),
            Address::new(address),
            key.to_owned(),
        )],
        ..Asked::default()
    }
}

#[test]
fn what_has_the_wanted_key_is_the_wanted_one() {
    let world = World::default();
    let record = world.kind("fake:record").keyed().leak();
    world.stands(
        record,
        "a",
        json!({ "key": "www", "ttl": 60 }),
        &Tags::new(),
    );
    let plan = planned(
        &world,
        [resource(record, "a", json!({ "key": "www", "ttl": 300 }))],
    );
    assert_eq!(lines(&plan), ["update a"]);
    assert_eq!(plan.unclaimed, []);
}

#[test]
fn another_address_in_the_file_makes_it_no_other() {
    let world = World::default();
    let record = world.kind("fake:record").keyed().leak();
    world.stands(record, "a", json!({ "key": "www" }), &Tags::new());
    let plan = made("a", "www")
        .plan(&world, [resource(record, "b", json!({ "key": "www" }))])
        .unwrap();
    assert!(plan.is_empty(), "{:?}", lines(&plan));
}

#[test]
fn what_the_manifest_knows_goes_and_what_only_looks_like_ours_is_left() {
    let world = World::default();
    let record = world.kind("fake:record").keyed().leak();
    world.stands(record, "x", json!({ "key": "ours" }), &Tags::new());
    world.stands(record, "y", json!({ "key": "theirs" }), &Tags::new());
    let plan = made("domain.record", "ours").plan(&world, []).unwrap();
    assert_eq!(lines(&plan), ["delete domain.record"]);
    assert_eq!(plan.steps[0].reason, "the stack file does not ask for it");
    assert_eq!(
        plan.unclaimed,
        [Unclaimed {
            kind: "fake:record".to_owned(),
            key: "theirs".to_owned()
        }]
    );
}

#[test]
fn a_key_of_another_kind_is_another_key() {
    let world = World::default();
    let alias = world.kind("fake:alias").keyed().leak();
    world.stands(alias, "x", json!({ "key": "ours" }), &Tags::new());
    let plan = made("domain.record", "ours").plan(&world, []).unwrap();
    assert!(plan.is_empty());
    assert_eq!(plan.unclaimed.len(), 1);
}

#[test]
fn under_another_key_it_is_made_anew_and_the_old_one_goes() {
    let world = World::default();
    let record = world.kind("fake:record").keyed().leak();
    world.stands(record, "a", json!({ "key": "old" }), &Tags::new());
    let plan = made("a", "old")
        .plan(&world, [resource(record, "a", json!({ "key": "new" }))])
        .unwrap();
    let mut done = lines(&plan);
    done.sort();
    assert_eq!(done, ["create a", "delete a"]);
    let gone = step(&plan, Action::Delete, "a").found.as_ref();
    assert_eq!(gone.unwrap().key.as_deref(), Some("old"));
}

#[test]
fn a_key_that_is_not_known_yet_matches_nothing() {
    let world = World::default();
    let record = world.kind("fake:record").keyed().leak();
    let kind = world.kind("fake:thing").leak();
    world.stands(record, "x", json!({ "key": "www" }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(kind, "base", json!({})),
            resource(record, "a", json!({ "key": id_of("base") })),
        ],
    );
    assert_eq!(lines(&plan), ["create base", "create a"]);
    assert_eq!(plan.unclaimed.len(), 1);
}
