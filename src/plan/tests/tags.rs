//! Tags: who has them, and what differs.

use serde_json::json;

use super::{lines, planned, step};
use crate::kinds::fake::{Fake, World, resource, scope};
use crate::plan::Action;
use crate::resource::Resource;
use crate::scope::{ADDRESS_TAG, PROTECTED_TAG, STACK_TAG, Tags};

fn tags<const N: usize>(pairs: [(&str, &str); N]) -> Tags {
    let owned = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    Tags::from(owned)
}

fn tagged(kind: &'static Fake, wanted: Tags) -> Resource {
    Resource {
        tags: wanted,
        ..resource(kind, "a", json!({}))
    }
}

#[test]
fn a_tag_is_set_one_is_changed_and_one_removed_with_what_was_there() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let seen = tags([("kept", "1"), ("moved", "1"), ("by-hand", "1")]);
    world.stands(kind, "a", json!({}), &seen);
    let wanted = tags([("kept", "1"), ("moved", "2"), ("new", "1")]);
    let plan = planned(&world, [tagged(kind, wanted.clone())]);
    let update = step(&plan, Action::Update, "a");
    assert_eq!(update.reason, "differs in tags");
    assert!(update.changes.is_empty());
    assert_eq!(update.tags.set, tags([("moved", "2"), ("new", "1")]));
    assert_eq!(update.tags.remove, ["by-hand"]);
    assert_eq!(update.tags.before, tags([("moved", "1"), ("by-hand", "1")]));
    let mut all = wanted;
    all.extend(scope().own_tags(&"a".into()));
    assert_eq!(update.all_tags, all);
}

#[test]
fn what_is_made_carries_whose_it_is() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let plan = planned(&world, [tagged(kind, tags([("team", "data")]))]);
    let made = step(&plan, Action::Create, "a");
    assert_eq!(
        made.all_tags,
        tags([
            ("team", "data"),
            (STACK_TAG, "codedetect-prod"),
            (ADDRESS_TAG, "a")
        ])
    );
    assert_eq!(made.tags.set, made.all_tags);
}

#[test]
fn the_file_cannot_give_a_thing_to_another_stack() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let stolen = tags([(STACK_TAG, "other"), (ADDRESS_TAG, "elsewhere")]);
    let plan = planned(&world, [tagged(kind, stolen)]);
    let made = step(&plan, Action::Create, "a");
    assert_eq!(made.all_tags, scope().own_tags(&"a".into()));
}

#[test]
fn tags_that_are_not_read_are_not_compared() {
    for keyed in [false, true] {
        let world = World::default();
        let kind = world.kind("fake:thing");
        let kind = match keyed {
            true => kind.keyed().leak(),
            false => kind.write_only().leak(),
        };
        world.stands(kind, "a", json!({ "key": "k" }), &Tags::new());
        let wanted = Resource {
            tags: tags([("new", "1")]),
            ..resource(kind, "a", json!({ "key": "k" }))
        };
        let plan = planned(&world, [wanted]);
        assert!(plan.is_empty(), "{:?}", lines(&plan));
        assert_eq!(plan.unchanged, ["a".into()]);
    }
}

#[test]
fn what_holds_data_is_marked_so_and_marked_again_when_the_mark_was_taken() {
    let world = World::default();
    let kind = world.kind("fake:store").protected().leak();
    let plan = planned(&world, [tagged(kind, Tags::new())]);
    let made = step(&plan, Action::Create, "a");
    assert_eq!(made.all_tags[PROTECTED_TAG], "true");

    world.stands(kind, "a", json!({}), &Tags::new());
    let plan = planned(&world, [tagged(kind, Tags::new())]);
    assert_eq!(
        step(&plan, Action::Update, "a").tags.set,
        tags([(PROTECTED_TAG, "true")])
    );
}
