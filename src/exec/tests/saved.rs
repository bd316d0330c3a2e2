//! A plan in a file: read back as it was, or refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::exec::saved::{MadeFrom, Saved, SavedError};
use crate::kinds::fake::{World, id_of, resource, resources, scope};
use crate::kinds::{self, AnyKind};
use crate::plan::Snapshot;
use crate::reference::Address;
use crate::resource::{Resource, Resources};
use crate::scope::Tags;

const FILE: &str = "stack: codedetect\n";

fn topic(address: &str, spec: Value) -> Resource {
    Resource {
        address: Address::new(address),
        kind: kinds::by_type("sns:topic").unwrap(),
        spec,
        tags: Tags::from([("team".to_owned(), "data".to_owned())]),
        after: BTreeSet::from([Address::new("alerts.other")]),
        origin: "alerts".to_owned(),
    }
}

fn saved(resources: &Resources, observed: Snapshot) -> Saved {
    Saved::of(MadeFrom {
        file: "stack.yaml",
        text: FILE,
        environment: Some("prod"),
        sets: &["region=eu-west-1".to_owned()],
        scope: &scope(),
        endpoint: None,
        resources,
        observed,
        delete_data: &BTreeSet::from([Address::new("files.shared")]),
    })
}

fn back(saved: &Saved) -> Saved {
    Saved::read("p.plan", &serde_json::to_vec(saved).unwrap()).unwrap()
}

#[test]
fn a_plan_comes_back_as_it_was_made() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    world.stands(kind, "a", json!({ "size": 1 }), &Tags::new());
    let wanted = resources([
        topic(
            "alerts.topic",
            json!({ "name": "x", "key": id_of("alerts.other") }),
        ),
        topic("alerts.other", json!({ "name": "y" })),
    ]);
    let before = saved(&wanted, Snapshot::of(&world.observed()));
    let after = back(&before);
    assert_eq!(
        serde_json::to_value(&after).unwrap(),
        serde_json::to_value(&before).unwrap()
    );
    assert_eq!(after.observed.fingerprint(), after.observed_hash);
    let again = after.resources().unwrap();
    assert_eq!(again.len(), 2);
    for (again, was) in again.iter().zip(wanted.iter()) {
        assert_eq!(again.address, was.address);
        assert_eq!(again.kind.type_name(), was.kind.type_name());
        assert_eq!(again.spec, was.spec);
        assert_eq!(again.tags, was.tags);
        assert_eq!(again.after, was.after);
        assert_eq!(again.origin, was.origin);
    }
    after.check_file(FILE).unwrap();
    after.check_world(&Snapshot::of(&world.observed())).unwrap();
}

#[test]
fn another_file_is_refused() {
    let plan = back(&saved(&Resources::default(), Snapshot::default()));
    let error = plan.check_file("stack: codedetect\n\n").unwrap_err();
    assert!(matches!(error, SavedError::FileMoved(_)));
    assert_eq!(
        error.to_string(),
        "stack.yaml has changed since the plan was made; plan again"
    );
}

#[test]
fn another_world_is_refused_with_what_moved() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let id = world.stands(kind, "a", json!({ "size": 1 }), &Tags::new());
    let plan = back(&saved(
        &Resources::default(),
        Snapshot::of(&world.observed()),
    ));
    world.touch(&id, |found| found.spec["size"] = json!(2));
    let error = plan
        .check_world(&Snapshot::of(&world.observed()))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "AWS has changed since the plan was made:\n  \
             a (fake:thing {id}) /spec/size was 1 and is 2"
        )
    );
}

#[test]
fn a_resource_that_aws_gave_up_since_the_plan_is_not_replaced_unseen() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    let id = world.stands(kind, "a", json!({ "size": 1 }), &Tags::new());
    let pending = |found: &mut kinds::AnyFound| {
        found.progress = kinds::Progress::Pending("creating".to_owned());
    };
    let failed = |found: &mut kinds::AnyFound| {
        found.progress = kinds::Progress::Failed("no capacity".to_owned());
    };
    let plan = || {
        let observed = Snapshot::of(&world.observed());
        back(&saved(&Resources::default(), observed))
    };
    let moved = |plan: &Saved| {
        let now = Snapshot::of(&world.observed());
        plan.check_world(&now)
            .map_err(|error| error.to_string().lines().last().map(str::to_owned))
    };
    let before = plan();
    world.touch(&id, pending);
    assert_eq!(moved(&before), Ok(()), "it is still the same one");
    world.touch(&id, failed);
    let said = format!("  a (fake:thing {id}) has failed: AWS gave it up");
    assert_eq!(moved(&before), Err(Some(said)));

    let before = plan();
    assert_eq!(moved(&before), Ok(()), "its replacement was in the plan");
    world.touch(&id, pending);
    let said = format!("  a (fake:thing {id}) had failed and has not any more");
    assert_eq!(moved(&before), Err(Some(said)));
}

#[test]
fn what_is_no_plan_of_this_version_is_refused() {
    let refused = |bytes: &[u8]| {
        let error = Saved::read("p.plan", bytes).unwrap_err();
        assert!(matches!(error, SavedError::Unreadable(..)));
        error.to_string()
    };
    for bytes in ["", "stack: codedetect", "{}", "[]", "\u{0}"] {
        let said = refused(bytes.as_bytes());
        assert!(
            said.starts_with("p.plan is not a plan that this version can read: "),
            "{said}"
        );
    }
    let plan = saved(&Resources::default(), Snapshot::default());
    let mut later = serde_json::to_value(plan).unwrap();
    later["codedetect_plan"] = json!(2);
    let said = refused(later.to_string().as_bytes());
    assert!(said.ends_with("its version is 2, not 1"), "{said}");
}

#[test]
fn a_kind_that_this_version_does_not_have_is_refused() {
    let world = World::default();
    let kind = world.kind("fake:thing").leak();
    assert_eq!(kind.type_name(), "fake:thing");
    let wanted = resources([resource(kind, "a", json!({}))]);
    let error = back(&saved(&wanted, Snapshot::default()))
        .resources()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the plan wants a fake:thing, which this version does not know"
    );
}
