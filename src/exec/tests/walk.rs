//! The order of steps, what a failure stops, and the waits.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{Rig, SECOND, not_started};
use crate::aws::AwsError;
use crate::event::{Doing, Event};
use crate::kinds::fake::{Script, id_of, resource};
use crate::kinds::{Progress, outputs};
use crate::resource::Resource;
use crate::scope::Tags;

fn refused() -> Script {
    let mut error = AwsError::unexpected("fake:Create", "too many things");
    error.code = "ThingLimitExceeded".to_owned();
    error.request_id = Some("req-1".to_owned());
    Script::Fail(error.hint("ask for more"))
}

#[tokio::test(start_paused = true)]
async fn the_longest_remaining_path_starts_first() {
    let rig = Rig::default();
    let quick = rig.world.kind("fake:quick").leak();
    let slow = rig
        .world
        .kind("fake:slow")
        .waits(60 * SECOND, 600 * SECOND)
        .leak();
    let plan = rig.plan([
        resource(quick, "a", json!({})),
        resource(slow, "b", json!({})),
        resource(quick, "c.of-three", json!({})),
        resource(quick, "d", json!({ "links": [id_of("c.of-three")] })),
        resource(slow, "e", json!({ "links": [id_of("d")] })),
        resource(quick, "z", json!({})),
    ]);
    let outcome = rig.run("1", &plan).await;
    assert_eq!((outcome.done, outcome.failed.len()), (6, 0));
    let started = rig.started();
    assert_eq!(started[..4], ["c.of-three", "b", "a", "z"]);
}

#[tokio::test(start_paused = true)]
async fn steps_run_side_by_side_and_not_all_at_once() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    let all: Vec<String> = (0..30).map(|at| format!("t{at:02}")).collect();
    for address in &all {
        rig.world
            .script("create", address, Script::Take(10 * SECOND));
    }
    let plan = rig.plan(all.iter().map(|address| resource(kind, address, json!({}))));
    let began = Instant::now();
    let outcome = rig.run("1", &plan).await;
    assert_eq!(outcome.done, 30);
    assert!(began.elapsed() >= 20 * SECOND && began.elapsed() < 21 * SECOND);
    let (mut running, mut most) = (0_usize, 0);
    for event in rig.events.events() {
        match event {
            Event::StepStarted { .. } => running += 1,
            Event::StepDone { .. } => running -= 1,
            _ => {}
        }
        most = most.max(running);
    }
    assert_eq!(most, 24);
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_only_what_needs_it_and_is_the_only_thing_reported() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    rig.world.script("create", "a", refused());
    rig.world.script("create", "p", refused());
    let on = |address: &str, needs: &[&str]| -> Resource {
        let links: Vec<_> = needs.iter().map(|need| id_of(need)).collect();
        resource(kind, address, json!({ "links": links }))
    };
    let plan = rig.plan([
        on("a", &[]),
        on("b", &["a"]),
        on("c", &["b"]),
        on("d", &["c", "p"]),
        on("p", &[]),
        on("x", &[]),
        on("y", &["x"]),
    ]);
    let outcome = rig.run("1", &plan).await;
    assert_eq!(outcome.done, 2);
    assert_eq!(rig.world.addresses(), ["x", "y"]);
    let mut roots: Vec<_> = outcome.failed.iter().map(|f| f.address.as_str()).collect();
    roots.sort_unstable();
    assert_eq!(roots, ["a", "p"]);
    assert_eq!(
        not_started(&outcome),
        ["b because a", "c because a", "d because a, p"]
    );
    let failed = rig
        .events
        .events()
        .into_iter()
        .find_map(|event| match event {
            Event::StepFailed {
                error, hint, doing, ..
            } => Some((error, hint, doing)),
            _ => None,
        });
    assert_eq!(
        failed,
        Some((
            "fake:Create: ThingLimitExceeded: too many things (request req-1)".to_owned(),
            Some("ask for more".to_owned()),
            Doing::Create
        ))
    );
    rig.world.relent("create", "a");
    rig.world.relent("create", "p");
    let again = rig.plan([on("a", &[]), on("x", &[]), on("y", &["x"])]);
    assert_eq!(rig.run("2", &again).await.done, 1);
    assert_eq!(rig.world.addresses(), ["a", "x", "y"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_just_made_is_filled_in_where_it_is_referred_to() {
    let rig = Rig::default();
    let kind = rig
        .world
        .kind("fake:thing")
        .waits(SECOND, 60 * SECOND)
        .leak();
    rig.world.answer(
        "a",
        [
            Progress::Pending("creating".to_owned()),
            Progress::Ready(outputs([("dns", "a.example.com")])),
        ],
    );
    let plan = rig.plan([
        resource(kind, "a", json!({})),
        resource(
            kind,
            "b",
            json!({ "links": [id_of("a")], "of": crate::kinds::fake::output_of("a", "dns") }),
        ),
    ]);
    let outcome = rig.run("1", &plan).await;
    assert_eq!(outcome.failed.len(), 0);
    let a = &outcome.outputs[&"a".into()];
    assert_eq!(a["dns"], "a.example.com");
    let sent = &rig.world.calls()[1].spec;
    assert_eq!(*sent, json!({ "links": [a["id"]], "of": "a.example.com" }));
}

#[tokio::test(start_paused = true)]
async fn tags_alone_are_written_without_an_update() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    let by_hand = Tags::from([("by".to_owned(), "hand".to_owned())]);
    rig.world.stands(kind, "a", json!({ "size": 1 }), &by_hand);
    rig.world.stands(kind, "b", json!({ "size": 1 }), &by_hand);
    let wanted = || {
        [
            resource(kind, "a", json!({ "size": 1 })),
            resource(kind, "b", json!({ "size": 2 })),
        ]
    };
    let plan = rig.plan(wanted());
    rig.run("1", &plan).await;
    let mut said = rig.world.said();
    said.sort();
    assert_eq!(said, ["retag a", "retag b", "update b"]);
    assert!(rig.plan(wanted()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_goes_at_an_address_does_not_take_the_outputs_of_what_stays() {
    let rig = Rig::default();
    let group = rig.world.kind("fake:group").create_first().leak();
    let kind = rig.world.kind("fake:thing").leak();
    rig.world
        .stands(group, "g", json!({ "shape": 1 }), &Tags::new());
    let new = rig
        .world
        .stands(group, "g", json!({ "shape": 2 }), &Tags::new());
    // `late` starts after the older `g` is gone, and needs the id of the newer.
    rig.world
        .script("create", "early", Script::Take(60 * SECOND));
    let plan = rig.plan([
        resource(group, "g", json!({ "shape": 2 })),
        resource(kind, "early", json!({})),
        resource(
            kind,
            "late",
            json!({ "links": [id_of("early"), id_of("g")] }),
        ),
    ]);
    let outcome = rig.run("1", &plan).await;
    assert_eq!(outcome.failed.len(), 0, "{:?}", outcome.failed);
    assert_eq!(outcome.outputs[&"g".into()]["id"], new);
    assert_eq!(rig.world.addresses(), ["early", "g", "late"]);
}

#[tokio::test(start_paused = true)]
async fn a_replacement_leaves_the_new_ones_outputs() {
    for first in [false, true] {
        let rig = Rig::default();
        let kind = rig.world.kind("fake:thing");
        let kind = match first {
            true => kind.create_first().leak(),
            false => kind.leak(),
        };
        let old = rig
            .world
            .stands(kind, "a", json!({ "shape": 1 }), &Tags::new());
        let plan = rig.plan([resource(kind, "a", json!({ "shape": 2 }))]);
        let outcome = rig.run("1", &plan).await;
        assert_eq!(outcome.done, 2);
        assert_ne!(outcome.outputs[&"a".into()]["id"], old);
        assert_eq!(rig.world.addresses(), ["a"]);
        let verbs: Vec<_> = rig.world.calls().iter().map(|call| call.verb).collect();
        let order = ["delete", "create"];
        assert_eq!(verbs, if first { ["create", "delete"] } else { order });
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_wait_with_awss_last_answer() {
    let rig = Rig::default();
    let kind = rig
        .world
        .kind("fake:thing")
        .waits(SECOND, 60 * SECOND)
        .leak();
    let busy = (0..1000).map(|at| Progress::Pending(format!("state {}", at.min(9))));
    rig.world.answer("a", busy);
    let plan = rig.plan([resource(kind, "a", json!({}))]);
    let began = Instant::now();
    let outcome = rig.run("1", &plan).await;
    assert!(began.elapsed() >= 60 * SECOND && began.elapsed() < 63 * SECOND);
    let error = &outcome.failed[0].error;
    assert_eq!(
        error.message,
        "waited 60 s for the thing to be usable; AWS's last answer: state 9"
    );
    assert!(
        error
            .hint
            .as_deref()
            .unwrap()
            .contains("next apply goes on")
    );
    let said = rig
        .events
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::StepWaiting { what, .. } => Some(what),
            _ => None,
        });
    let said: Vec<_> = said.collect();
    assert_eq!(said.len(), 10, "a state is said once: {said:?}");
    assert_eq!(said[0], "the thing to be usable: state 0");
}

#[tokio::test(start_paused = true)]
async fn a_state_without_return_ends_the_wait_at_once() {
    let rig = Rig::default();
    let kind = rig
        .world
        .kind("fake:thing")
        .waits(SECOND, 600 * SECOND)
        .leak();
    rig.world.answer(
        "a",
        [
            Progress::Pending("creating".to_owned()),
            Progress::Failed("no capacity in eu-west-1a".to_owned()),
        ],
    );
    let plan = rig.plan([resource(kind, "a", json!({}))]);
    let began = Instant::now();
    let outcome = rig.run("1", &plan).await;
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!(rig.world.polls("a"), 2);
    assert_eq!(outcome.failed[0].error.message, "no capacity in eu-west-1a");
    assert_eq!(
        outcome.failed[0].error.hint.as_deref(),
        Some("AWS gave up; waited for the thing to be usable")
    );
}

#[tokio::test(start_paused = true)]
async fn what_refers_to_a_thing_goes_on_only_when_that_is_gone() {
    let rig = Rig::default();
    let kind = rig
        .world
        .kind("fake:thing")
        .waits(SECOND, 600 * SECOND)
        .leak();
    let base = rig.world.stands(kind, "base", json!({}), &Tags::new());
    rig.world
        .stands(kind, "user", json!({ "links": [base] }), &Tags::new());
    rig.world.answer(
        "user",
        [
            Progress::Ready(outputs([])),
            Progress::Pending("deleting".to_owned()),
        ],
    );
    let outcome = rig.run("1", &rig.plan([])).await;
    assert_eq!((outcome.done, outcome.failed.len()), (2, 0));
    assert_eq!(rig.world.polls("user"), 3);
    assert_eq!(rig.world.said(), ["delete user", "delete base"]);
    assert!(rig.world.addresses().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_began_is_awaited_and_not_made_again() {
    let rig = Rig::default();
    let kind = rig
        .world
        .kind("fake:thing")
        .waits(SECOND, 600 * SECOND)
        .leak();
    let id = rig.world.stands(kind, "a", json!({}), &Tags::new());
    let busy = Progress::Pending("creating".to_owned());
    rig.world.touch(&id, |found| found.progress = busy.clone());
    rig.world.answer("a", [busy]);
    let plan = rig.plan([
        resource(kind, "a", json!({})),
        resource(kind, "b", json!({ "links": [id_of("a")] })),
    ]);
    let outcome = rig.run("1", &plan).await;
    assert_eq!(outcome.done, 2);
    assert_eq!(rig.world.said(), ["create b"]);
    assert_eq!(rig.world.polls("a"), 2);
    assert_eq!(outcome.outputs[&"a".into()]["id"], id);
}
