//! Asked to stop, and told to hurry.

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{Rig, SECOND, not_started};
use crate::event::Event;
use crate::exec::journal::{history, past};
use crate::kinds::Progress;
use crate::kinds::fake::{Script, id_of, resource};
use crate::plan::Plan;
use crate::resource::Resource;

fn two(rig: &Rig) -> [Resource; 2] {
    let kind = rig.world.kind("fake:thing");
    let kind = kind.waits(SECOND, 600 * SECOND).leak();
    [
        resource(kind, "a", json!({})),
        resource(kind, "b", json!({ "links": [id_of("a")] })),
    ]
}

#[tokio::test(start_paused = true)]
async fn the_running_call_is_heard_out_and_no_other_starts() {
    let rig = Rig::default();
    rig.world.script("create", "a", Script::Take(20 * SECOND));
    let plan = rig.plan(two(&rig));
    let began = Instant::now();
    let (outcome, ()) = tokio::join!(rig.run("1", &plan), async {
        sleep(SECOND).await;
        rig.stop.asked.cancel();
    });
    assert!(began.elapsed() >= 20 * SECOND);
    assert_eq!(rig.world.said(), ["create a"]);
    assert_eq!(rig.world.addresses(), ["a"]);
    assert_eq!((outcome.done, outcome.failed.len()), (1, 0));
    assert_eq!(not_started(&outcome), ["b because "]);
    assert!(outcome.unanswered.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_abandoned_and_the_next_run_goes_on_with_it() {
    let rig = Rig::default();
    let busy = || Progress::Pending("creating".to_owned());
    rig.world.answer("a", (0..100).map(|_| busy()));
    let plan = rig.plan(two(&rig));
    let began = Instant::now();
    let (outcome, ()) = tokio::join!(rig.run("1", &plan), async {
        sleep(5 * SECOND).await;
        rig.stop.asked.cancel();
    });
    assert_eq!(began.elapsed(), 5 * SECOND);
    assert_eq!(outcome.abandoned, ["a".into()]);
    assert_eq!((outcome.done, outcome.failed.len()), (0, 0));
    assert_eq!(not_started(&outcome), ["b because "]);
    let told = rig.events.events().into_iter().any(|event| match event {
        Event::Note { text, .. } => text.contains("the next apply goes on waiting"),
        _ => false,
    });
    assert!(told);
    assert!(rig.store.text("runs/1.json").contains("\"abandoned\""));
    assert!(past(&rig.store).await.unwrap().open.is_empty());
}

#[tokio::test(start_paused = true)]
async fn asked_before_the_first_step_nothing_is_done() {
    let rig = Rig::default();
    rig.stop.asked.cancel();
    let outcome = rig.run("1", &rig.plan(two(&rig))).await;
    assert!(rig.world.calls().is_empty());
    assert_eq!(not_started(&outcome), ["a because ", "b because "]);
}

#[tokio::test(start_paused = true)]
async fn in_a_hurry_a_hanging_call_is_left_with_its_intent_open() {
    let rig = Rig::default();
    rig.world.script("create", "a", Script::Hang);
    let plan = rig.plan(two(&rig));
    let began = Instant::now();
    let (outcome, ()) = tokio::join!(rig.killed("1", &plan), async {
        sleep(SECOND).await;
        rig.stop.asked.cancel();
        sleep(6 * SECOND).await;
        rig.stop.hurry.cancel();
    });
    assert_eq!(began.elapsed(), 7 * SECOND);
    assert_eq!(outcome.unanswered, ["a".into()]);
    assert_eq!(not_started(&outcome), ["b because "]);
    let left = past(&rig.store).await.unwrap();
    assert_eq!(left.killed, ["1"]);
    assert_eq!(left.open.len(), 1);
    assert_eq!(left.open[0].address, "a".into());
    assert_eq!(left.open[0].token, rig.world.calls()[0].token);
}

#[tokio::test(start_paused = true)]
async fn an_open_intent_is_taken_up_with_the_same_token_and_nothing_is_made_twice() {
    let mut rig = Rig::default();
    rig.world.script("create", "a", Script::Hang);
    let wanted = two(&rig);
    let plan = rig.plan(wanted.clone());
    let (_, ()) = tokio::join!(rig.killed("1", &plan), async {
        sleep(SECOND).await;
        rig.stop.hurry.cancel();
    });
    rig.stop = super::Stop::default();
    rig.world.relent("create", "a");
    // It was made, and AWS does not list it yet.
    assert_eq!(rig.world.addresses(), ["a"]);
    let blind = rig.plan_of(wanted.clone(), &[], &[]);
    let outcome = rig.run("2", &blind).await;
    assert_eq!((outcome.done, outcome.failed.len()), (2, 0));
    let tokens: Vec<_> = rig.world.calls().into_iter().map(|c| c.token).collect();
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[1], tokens[2]);
    assert!(tokens.iter().all(|token| token.len() == 32));
    assert_eq!(rig.world.addresses(), ["a", "b"]);
    assert!(past(&rig.store).await.unwrap().killed.is_empty());
    assert!(rig.plan(wanted).is_empty());
}

/// A run whose creation of `a` takes effect and is never answered, until it is told to hurry.
async fn hurried(rig: &mut Rig, run: &str, plan: &Plan) {
    rig.world.script("create", "a", Script::Hang);
    let (outcome, ()) = tokio::join!(rig.run(run, plan), async {
        sleep(SECOND).await;
        rig.stop.hurry.cancel();
    });
    assert_eq!(outcome.unanswered, ["a".into()]);
    rig.stop = super::Stop::default();
    rig.world.relent("create", "a");
}

#[tokio::test(start_paused = true)]
async fn a_hurried_run_that_came_to_its_end_is_taken_up_with_the_same_token() {
    let mut rig = Rig::default();
    let wanted = two(&rig);
    // AWS does not list yet what was made.
    let blind = rig.plan_of(wanted.clone(), &[], &[]);
    hurried(&mut rig, "1", &blind).await;
    hurried(&mut rig, "2", &blind).await;
    let runs = history(&rig.store).await.unwrap();
    let told: Vec<_> = runs
        .iter()
        .map(|run| (run.run.as_str(), &run.ended))
        .collect();
    let ended = Some("2026-01-01T00:01:00Z".to_owned());
    assert_eq!(told, [("2", &ended), ("1", &ended)]);
    assert_eq!(runs[0].entries[0].outcome, None);

    let outcome = rig.run("3", &blind).await;
    assert_eq!((outcome.done, outcome.failed.len()), (2, 0));
    let calls = rig.world.calls().into_iter();
    let tokens: Vec<_> = calls
        .filter(|c| c.address == "a".into())
        .map(|c| c.token)
        .collect();
    assert_eq!(tokens.len(), 3);
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    assert_eq!(rig.world.addresses(), ["a", "b"]);
    assert_eq!(
        rig.store.keys(),
        ["manifest.json", "runs/1.json", "runs/2.json", "runs/3.json"]
    );
    let first = &history(&rig.store).await.unwrap()[2];
    assert_eq!((&first.ended, first.entries.len()), (&ended, 1));
}

#[tokio::test(start_paused = true)]
async fn what_a_later_hurried_run_finished_is_not_repeated_with_its_old_token() {
    let mut rig = Rig::default();
    let wanted = two(&rig);
    let blind = rig.plan_of(wanted.clone(), &[], &[]);
    hurried(&mut rig, "1", &blind).await;
    // The second run finishes `a` and hurries away from `b`.
    rig.world.script("create", "b", Script::Hang);
    let (_, ()) = tokio::join!(rig.run("2", &blind), async {
        sleep(SECOND).await;
        rig.stop.hurry.cancel();
    });
    let left = past(&rig.store).await.unwrap();
    assert_eq!(left.killed, ["1", "2"]);
    let open: Vec<_> = left
        .open
        .iter()
        .map(|entry| entry.address.as_str())
        .collect();
    assert_eq!(open, ["b"]);
}

#[tokio::test(start_paused = true)]
async fn another_specification_is_another_call() {
    let mut rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    rig.world.script("create", "a", Script::Hang);
    let plan = rig.plan([resource(kind, "a", json!({ "size": 1 }))]);
    let (_, ()) = tokio::join!(rig.killed("1", &plan), async {
        sleep(SECOND).await;
        rig.stop.hurry.cancel();
    });
    rig.stop = super::Stop::default();
    rig.world.relent("create", "a");
    let plan = rig.plan_of([resource(kind, "a", json!({ "size": 2 }))], &[], &[]);
    rig.run("2", &plan).await;
    let calls = rig.world.calls();
    assert_ne!(calls[0].token, calls[1].token);
}
