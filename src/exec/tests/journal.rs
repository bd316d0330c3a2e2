//! What was meant is durable before it is done, and outlives the run.

use serde_json::json;
use tokio::time::sleep;

use super::{Rig, SECOND, not_started};
use crate::aws::AwsError;
use crate::event::Event;
use crate::exec::journal::{End, history, past};
use crate::exec::store::Store;
use crate::kinds::fake::{Script, id_of, resource};
use crate::reference::Address;

fn known(kind: &str, address: &str, key: &str) -> (String, Address, String) {
    (kind.to_owned(), Address::new(address), key.to_owned())
}

fn refused() -> Script {
    Script::Fail(AwsError::unexpected("fake:Create", "no"))
}

#[tokio::test(start_paused = true)]
async fn no_call_is_sent_whose_intent_is_not_written() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    rig.store
        .refuse(|_, text| text.contains("\"address\":\"a\""));
    let plan = rig.plan([
        resource(kind, "a", json!({})),
        resource(kind, "b", json!({ "links": [id_of("a")] })),
        resource(kind, "c", json!({})),
    ]);
    let outcome = rig.killed("1", &plan).await;
    assert_eq!(rig.world.said(), ["create c"]);
    let error = &outcome.failed[0].error;
    assert_eq!(error.operation, "journal");
    assert!(error.message.contains("the disk is full"), "{error}");
    assert_eq!(not_started(&outcome), ["b because a"]);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_written_is_told_and_undoes_nothing() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    rig.store
        .refuse(|_, text| text.contains("\"outcome\":\"done\""));
    let plan = rig.plan([resource(kind, "a", json!({}))]);
    let outcome = rig.killed("1", &plan).await;
    assert_eq!((outcome.done, outcome.failed.len()), (1, 0));
    let told = rig.events.events().into_iter().any(|event| match event {
        Event::Note { text, .. } => text.starts_with("the outcome could not be journalled"),
        _ => false,
    });
    assert!(told);
    assert_eq!(past(&rig.store).await.unwrap().open.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_what_is_under_way_changes_nothing_and_is_not_journalled() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    let id = rig.world.stands(kind, "a", json!({}), &Default::default());
    rig.world.touch(&id, |found| {
        found.progress = crate::kinds::Progress::Pending("creating".to_owned());
    });
    let plan = rig.plan([resource(kind, "a", json!({}))]);
    assert_eq!(rig.killed("1", &plan).await.done, 1);
    assert_eq!(rig.store.keys(), ["runs/1/run.json"]);
}

#[tokio::test(start_paused = true)]
async fn the_manifest_keeps_what_may_stand_and_drops_what_is_gone() {
    let mut rig = Rig::default();
    let record = rig.world.kind("fake:record").keyed().leak();
    let wanted = ["done", "failed", "hung"]
        .map(|key| resource(record, &format!("r.{key}"), json!({ "key": key })));
    rig.world.script("create", "r.failed", refused());
    rig.world.script("create", "r.hung", Script::Hang);
    let plan = rig.plan(wanted);
    let (_, ()) = tokio::join!(rig.killed("1", &plan), async {
        sleep(SECOND).await;
        rig.stop.hurry.cancel();
    });
    let all = [
        known("fake:record", "r.done", "done"),
        known("fake:record", "r.failed", "failed"),
        known("fake:record", "r.hung", "hung"),
    ];
    let manifest = past(&rig.store).await.unwrap().manifest.entries();
    assert_eq!(manifest, all);
    // Nothing is wanted any more: what stands is known as ours by the manifest alone.
    rig.stop = super::Stop::default();
    rig.world.relent("create", "r.hung");
    rig.world.script("delete", "r.hung", refused());
    let plan = rig.plan_of([], &rig.world.observed(), &manifest);
    assert_eq!(plan.unclaimed, []);
    let outcome = rig.run("2", &plan).await;
    assert_eq!((outcome.done, outcome.failed.len()), (1, 1));
    let left = past(&rig.store).await.unwrap();
    assert_eq!(left.manifest.entries(), all[1..]);
    assert!(left.killed.is_empty() && left.open.is_empty());
    assert_eq!(
        rig.store.keys(),
        ["manifest.json", "runs/1.json", "runs/2.json"]
    );
}

#[tokio::test(start_paused = true)]
async fn history_tells_every_run_the_killed_ones_too() {
    let mut rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    let plan = rig.plan([resource(kind, "a", json!({}))]);
    rig.run("2026-01-01-a", &plan).await;
    rig.world.script("create", "b", Script::Hang);
    let plan = rig.plan([
        resource(kind, "a", json!({})),
        resource(kind, "b", json!({})),
    ]);
    let (_, ()) = tokio::join!(rig.killed("2026-01-02-b", &plan), async {
        sleep(SECOND).await;
        rig.stop.hurry.cancel();
    });
    let runs = history(&rig.store).await.unwrap();
    let ends: Vec<_> = runs
        .iter()
        .map(|run| (run.run.as_str(), run.ended.is_some()))
        .collect();
    assert_eq!(ends, [("2026-01-02-b", false), ("2026-01-01-a", true)]);
    assert_eq!(runs[1].entries[0].outcome, Some(End::Done));

    rig.stop = super::Stop::default();
    rig.run("2026-01-03-c", &rig.plan([])).await;
    let runs = history(&rig.store).await.unwrap();
    let steps: Vec<_> = runs
        .iter()
        .map(|run| (run.run.as_str(), run.by.as_str(), run.entries.len()))
        .collect();
    assert_eq!(
        steps,
        [
            ("2026-01-03-c", "ops@example", 2),
            ("2026-01-02-b", "ops@example", 1),
            ("2026-01-01-a", "ops@example", 1),
        ]
    );
    assert_eq!(runs[1].entries[0].outcome, None);
    assert_eq!(runs[1].ended, None);
}

#[tokio::test]
async fn a_failed_step_is_kept_with_awss_words() {
    let rig = Rig::default();
    let kind = rig.world.kind("fake:thing").leak();
    rig.world.script("create", "a", refused());
    let plan = rig.plan([resource(kind, "a", json!({}))]);
    rig.run("1", &plan).await;
    let runs = history(&rig.store).await.unwrap();
    let outcome = runs[0].entries[0].outcome.clone();
    assert_eq!(outcome, Some(End::Failed("fake:Create: no".to_owned())));
}

#[tokio::test]
async fn a_step_cut_short_in_writing_is_passed_over_and_a_damaged_manifest_is_not() {
    let rig = Rig::default();
    rig.store.put("runs/1/run.json", b"{}").await.unwrap();
    rig.store.put("runs/1/0000.json", b"{\"addr").await.unwrap();
    let left = past(&rig.store).await.unwrap();
    assert_eq!(left.killed, ["1"]);
    assert!(left.open.is_empty());
    rig.store.put("manifest.json", b"{\"made").await.unwrap();
    let error = past(&rig.store).await.unwrap_err().to_string();
    assert!(error.starts_with("reading memory:/manifest.json: it is damaged"));
    assert!(error.contains("adopt"), "{error}");
}
