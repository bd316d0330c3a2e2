//! Fields that another verb, or AWS, moves.

use serde_json::json;

use super::{lines, planned, step};
use crate::kinds::Owner;
use crate::kinds::fake::{World, resource};
use crate::plan::Action;
use crate::scope::Tags;

fn file() -> serde_json::Value {
    json!({
        "shape": 1, "size": 1, "image": "ami-1", "capacity": 1,
        "weights": { "blue": 100, "green": 0 },
    })
}

fn live() -> serde_json::Value {
    json!({
        "shape": 1, "size": 1, "image": "ami-2", "capacity": 4,
        "weights": { "blue": 0, "green": 100 },
    })
}

#[test]
fn what_others_moved_is_reported_and_is_no_reason_to_act() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    world.stands(kind, "a", live(), &Tags::new());
    let plan = planned(&world, [resource(kind, "a", file())]);
    assert!(plan.is_empty(), "{:?}", lines(&plan));
    assert_eq!(plan.unchanged, ["a".into()]);
    let left: Vec<_> = plan
        .left_alone
        .iter()
        .map(|left| (left.path.as_str(), &left.file, &left.live, left.owner))
        .collect();
    assert_eq!(
        left,
        [
            ("/capacity", &json!(1), &json!(4), Owner::Autoscaling),
            ("/image", &json!("ami-1"), &json!("ami-2"), Owner::Deploy),
            ("/weights/blue", &json!(100), &json!(0), Owner::Switch),
            ("/weights/green", &json!(0), &json!(100), Owner::Switch),
        ]
    );
}

#[test]
fn a_change_beside_them_sends_them_as_they_live() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    world.stands(kind, "a", live(), &Tags::new());
    let mut wanted = file();
    wanted["size"] = json!(2);
    let plan = planned(&world, [resource(kind, "a", wanted)]);
    let update = step(&plan, Action::Update, "a");
    let paths: Vec<_> = update.changes.iter().map(|c| c.path.as_str()).collect();
    assert_eq!(paths, ["/size"]);
    let mut sent = live();
    sent["size"] = json!(2);
    assert_eq!(update.wanted, Some(sent));
    assert_eq!(plan.left_alone.len(), 4);
}

#[test]
fn a_replacement_starts_where_the_old_one_stood() {
    for create_first in [false, true] {
        let world = World::default();
        let kind = world.kind("fake:thing");
        let kind = match create_first {
            true => kind.create_first().leak(),
            false => kind.leak(),
        };
        world.stands(kind, "a", live(), &Tags::new());
        let mut wanted = file();
        wanted["shape"] = json!(2);
        let plan = planned(&world, [resource(kind, "a", wanted)]);
        let mut sent = live();
        sent["shape"] = json!(2);
        assert_eq!(step(&plan, Action::Create, "a").wanted, Some(sent));
    }
}

#[test]
fn a_first_creation_starts_as_the_file_says() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let plan = planned(&world, [resource(kind, "a", file())]);
    assert_eq!(step(&plan, Action::Create, "a").wanted, Some(file()));
    assert_eq!(plan.left_alone, []);
}

#[test]
fn a_value_that_only_one_side_has_is_not_reported_as_left_alone() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    world.stands(kind, "a", json!({ "weights": { "old": 1 } }), &Tags::new());
    let plan = planned(
        &world,
        [resource(kind, "a", json!({ "weights": { "new": 1 } }))],
    );
    assert_eq!(plan.left_alone, []);
}
