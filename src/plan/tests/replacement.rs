//! A new one for an old one.

use serde_json::{Value, json};

use super::{lines, planned, step, waits_for};
use crate::kinds::fake::{World, id_of, resource};
use crate::kinds::{Effect, Progress};
use crate::plan::{Action, Replacement, Summary};
use crate::scope::Tags;

#[test]
fn the_old_one_goes_first_and_with_it_all_that_cannot_live_without_it() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let net = world.stands(kind, "a", json!({ "shape": 1 }), &Tags::new());
    let lan = world.stands(kind, "b", json!({ "within": net }), &Tags::new());
    world.stands(kind, "c", json!({ "within": lan }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(kind, "a", json!({ "shape": 2 })),
            resource(kind, "b", json!({ "within": id_of("a") })),
            resource(kind, "c", json!({ "within": id_of("b") })),
        ],
    );
    assert_eq!(
        lines(&plan),
        [
            "delete c (first)",
            "delete b (first)",
            "delete a (first)",
            "create a (second)",
            "create b (second)",
            "create c (second)",
        ]
    );
    for (later, earlier) in lines(&plan).windows(2).map(|two| (&two[1], &two[0])) {
        assert!(waits_for(&plan, later, earlier), "{later} after {earlier}");
    }
    assert_eq!(
        step(&plan, Action::Create, "a").reason,
        "shape: a shape is for good"
    );
    assert_eq!(
        step(&plan, Action::Create, "b").reason,
        "within: it cannot be moved"
    );
}

#[test]
fn the_new_one_stands_and_its_users_are_turned_before_the_old_one_goes() {
    let world = World::default();
    let group = world.kind("fake:group").create_first().leak();
    let kind = world.kind("fake:thing").leak();
    let old = world.stands(group, "group", json!({ "shape": 1 }), &Tags::new());
    world.stands(kind, "user", json!({ "links": [old] }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(group, "group", json!({ "shape": 2 })),
            resource(kind, "user", json!({ "links": [id_of("group")] })),
        ],
    );
    assert_eq!(
        lines(&plan),
        [
            "create group (first)",
            "update user",
            "delete group (second)"
        ]
    );
    assert!(waits_for(&plan, "update user", "create group (first)"));
    assert!(waits_for(&plan, "delete group (second)", "update user"));
    assert!(!plan.kept.contains_key(&"group".into()));
}

#[test]
fn a_user_that_must_itself_be_replaced_goes_between() {
    let world = World::default();
    let group = world.kind("fake:group").create_first().leak();
    let kind = world.kind("fake:thing").leak();
    let old = world.stands(group, "group", json!({ "shape": 1 }), &Tags::new());
    world.stands(kind, "user", json!({ "within": old }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(group, "group", json!({ "shape": 2 })),
            resource(kind, "user", json!({ "within": id_of("group") })),
        ],
    );
    assert!(waits_for(
        &plan,
        "delete group (second)",
        "delete user (first)"
    ));
    assert!(waits_for(
        &plan,
        "create user (second)",
        "create group (first)"
    ));
    assert!(waits_for(
        &plan,
        "create user (second)",
        "delete user (first)"
    ));
}

#[test]
fn what_cannot_stand_beside_its_old_self_gives_way_to_what_it_lies_in() {
    let world = World::default();
    let net = world.kind("fake:net").leak();
    let group = world.kind("fake:group").create_first().leak();
    let kind = world.kind("fake:thing").leak();
    let old_net = world.stands(net, "a.net", json!({ "shape": 1 }), &Tags::new());
    let old = world.stands(group, "b.group", json!({ "within": old_net }), &Tags::new());
    world.stands(kind, "c.box", json!({ "within": old }), &Tags::new());
    let leaf = world.stands(kind, "d.leaf", json!({}), &Tags::new());
    world.stands(kind, "e.leftover", json!({ "links": [leaf] }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(net, "a.net", json!({ "shape": 2 })),
            resource(group, "b.group", json!({ "within": id_of("a.net") })),
            resource(kind, "c.box", json!({ "within": id_of("b.group") })),
        ],
    );
    assert!(waits_for(
        &plan,
        "delete a.net (first)",
        "delete b.group (first)"
    ));
    assert!(waits_for(
        &plan,
        "delete b.group (first)",
        "delete c.box (first)"
    ));
    assert!(waits_for(
        &plan,
        "create a.net (second)",
        "delete a.net (first)"
    ));
    assert!(waits_for(
        &plan,
        "create b.group (second)",
        "create a.net (second)"
    ));
    assert!(waits_for(
        &plan,
        "create c.box (second)",
        "create b.group (second)"
    ));
    assert!(waits_for(&plan, "delete d.leaf", "delete e.leftover"));
    for action in [Action::Create, Action::Delete] {
        let half = step(&plan, action, "b.group").replacement;
        assert_eq!(half, Some(Replacement::DeleteFirst));
    }
    assert_eq!(plan.summary().replace, 3);
}

#[test]
fn a_replacement_that_was_cut_short_ends_with_the_new_one_alone() {
    let world = World::default();
    let group = world.kind("fake:group").create_first().leak();
    let kind = world.kind("fake:thing").leak();
    let old = world.stands(group, "group", json!({ "shape": 1 }), &Tags::new());
    let new = world.stands(group, "group", json!({ "shape": 2 }), &Tags::new());
    world.stands(kind, "user", json!({ "links": [old] }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(group, "group", json!({ "shape": 2 })),
            resource(kind, "user", json!({ "links": [id_of("group")] })),
        ],
    );
    assert_eq!(lines(&plan), ["update user", "delete group"]);
    assert!(waits_for(&plan, "delete group", "update user"));
    let gone = step(&plan, Action::Delete, "group");
    assert_eq!(gone.found.as_ref().unwrap().id(), old);
    assert_eq!(gone.reason, "it was replaced by a newer one");
    assert_eq!(plan.kept[&"group".into()]["id"], new);
    let change = &step(&plan, Action::Update, "user").changes[0];
    assert_eq!(change.after, json!([new]));
}

#[test]
fn of_two_at_one_address_the_one_that_works_is_kept() {
    for broken in [0, 1] {
        let world = World::default();
        let kind = world.kind("fake:thing").leak();
        let ids = [1, 2].map(|_| world.stands(kind, "a", json!({}), &Tags::new()));
        world.touch(&ids[broken], |found| {
            found.progress = Progress::Failed("no capacity".to_owned());
        });
        let plan = planned(&world, [resource(kind, "a", json!({}))]);
        assert_eq!(lines(&plan), ["delete a"]);
        assert_eq!(plan.steps[0].found.as_ref().unwrap().id(), ids[broken]);
        assert_eq!(plan.unchanged, ["a".into()]);
    }
}

#[test]
fn of_two_networks_at_one_address_the_one_in_which_the_stack_stands_is_kept() {
    for lived_in in [0, 1] {
        let world = World::default();
        let net = world.kind("fake:net").leak();
        let subnet = world.kind("fake:subnet").leak();
        let ids = [1, 2].map(|_| world.stands(net, "vpc", json!({}), &Tags::new()));
        let inside = json!({ "within": ids[lived_in] });
        for address in ["subnet.a", "subnet.b"] {
            world.stands(subnet, address, inside.clone(), &Tags::new());
        }
        let wanted = json!({ "within": id_of("vpc") });
        let plan = planned(
            &world,
            [
                resource(net, "vpc", json!({})),
                resource(subnet, "subnet.a", wanted.clone()),
                resource(subnet, "subnet.b", wanted),
            ],
        );
        assert_eq!(lines(&plan), ["delete vpc"]);
        assert_eq!(plan.kept[&"vpc".into()]["id"], ids[lived_in]);
    }
}

#[test]
fn of_two_gateways_at_one_address_the_one_that_routes_lead_to_is_kept_or_else_the_attached_one() {
    for (attached, routed) in [(0, None), (1, None), (0, Some(1)), (1, Some(0))] {
        let world = World::default();
        let kind = world.kind("fake:thing").leak();
        let net = world.stands(kind, "vpc", json!({}), &Tags::new());
        let ids = [0, 1].map(|at| {
            let vpc = if at == attached { net.as_str() } else { "" };
            world.stands(kind, "gateway", json!({ "vpc": vpc }), &Tags::new())
        });
        let mut wanted = vec![
            resource(kind, "vpc", json!({})),
            resource(kind, "gateway", json!({ "vpc": id_of("vpc") })),
        ];
        if let Some(routed) = routed {
            let leads_to = |gateway: Value| json!({ "routes": [{ "gateway": gateway }] });
            world.stands(kind, "routes", leads_to(json!(ids[routed])), &Tags::new());
            wanted.push(resource(kind, "routes", leads_to(id_of("gateway"))));
        }
        let plan = planned(&world, wanted);
        let kept = &ids[routed.unwrap_or(attached)];
        assert_eq!(&plan.kept[&"gateway".into()]["id"], kept);
        assert!(lines(&plan).contains(&"delete gateway".to_owned()));
    }
}

#[test]
fn what_aws_gave_up_is_replaced_though_nothing_differs() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let id = world.stands(kind, "a", json!({ "size": 1 }), &Tags::new());
    world.touch(&id, |found| {
        found.progress = Progress::Failed("no capacity".to_owned());
    });
    let plan = planned(&world, [resource(kind, "a", json!({ "size": 1 }))]);
    assert_eq!(lines(&plan), ["delete a (first)", "create a (second)"]);
    let made = step(&plan, Action::Create, "a");
    assert_eq!(made.reason, "AWS gave it up: no capacity");
    assert_eq!(made.changes, []);
}

#[test]
fn what_a_change_does_is_told_with_its_reason() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    world.stands(kind, "a", json!({ "engine": 1, "size": 1 }), &Tags::new());
    let plan = planned(
        &world,
        [resource(kind, "a", json!({ "engine": 2, "size": 2 }))],
    );
    let update = step(&plan, Action::Update, "a");
    assert_eq!(update.reason, "differs in engine, size");
    assert_eq!(update.danger.interrupts, ["it restarts"]);
    assert_eq!(update.changes[0].effect, Effect::Interrupts("it restarts"));
    assert_eq!(update.changes[0].why, Some("it restarts"));
    assert_eq!(update.changes[1].why, None);
}

#[test]
fn the_two_halves_count_as_one_replacement() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let group = world.kind("fake:group").create_first().leak();
    for (address, spec) in [
        ("same", json!({})),
        ("other", json!({ "size": 1 })),
        ("new-shape", json!({ "shape": 1 })),
        ("gone", json!({})),
    ] {
        world.stands(kind, address, spec, &Tags::new());
    }
    world.stands(group, "group", json!({ "shape": 1 }), &Tags::new());
    let plan = planned(
        &world,
        [
            resource(kind, "same", json!({})),
            resource(kind, "other", json!({ "size": 2 })),
            resource(kind, "new-shape", json!({ "shape": 2 })),
            resource(group, "group", json!({ "shape": 2 })),
            resource(kind, "new", json!({})),
        ],
    );
    assert_eq!(
        plan.summary(),
        Summary {
            create: 1,
            update: 1,
            replace: 2,
            delete: 1,
            wait: 0,
            unchanged: 1,
        }
    );
    assert!(!plan.is_empty());
}
