//! Whatever a stack is and whatever becomes of it: after an apply there is nothing to do, and
//! after a destroy nothing is left.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::Rig;
use crate::kinds::fake::{Fake, id_of, resource};
use crate::plan::{Action, Plan};
use crate::resource::Resource;

/// A thing of a random stack, and what becomes of it between the first and the second apply.
#[derive(Clone, Debug)]
struct Thing {
    create_first: bool,
    keyed: bool,
    links: Vec<Index>,
    within: Option<Index>,
    /// Its size and its shape later: the one changes in place, the other not.
    size: u8,
    shape: u8,
    dropped: bool,
    vanished: bool,
}

fn thing() -> impl Strategy<Value = Thing> {
    (
        any::<bool>(),
        prop::bool::weighted(0.2),
        prop::collection::vec(any::<Index>(), 0..3),
        prop::option::of(any::<Index>()),
        (0_u8..2, prop::bool::weighted(0.3)),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(create_first, keyed, links, within, (size, reshaped), dropped, vanished)| Thing {
                create_first,
                keyed,
                links,
                within,
                size,
                shape: u8::from(reshaped),
                dropped,
                vanished,
            },
        )
}

fn name(index: usize) -> String {
    format!("t{index:02}")
}

struct Stack {
    things: Vec<Thing>,
    kinds: [&'static Fake; 3],
}

impl Stack {
    fn of(rig: &Rig, things: Vec<Thing>) -> Self {
        let world = &rig.world;
        Self {
            things,
            kinds: [
                world.kind("fake:last").leak(),
                world.kind("fake:first").create_first().leak(),
                world.kind("fake:keyed").keyed().leak(),
            ],
        }
    }

    fn wanted(&self, later: bool) -> Vec<Resource> {
        let there = |at: &usize| !(later && self.things[*at].dropped);
        let mut wanted = Vec::new();
        for (index, thing) in self.things.iter().enumerate().filter(|(at, _)| there(at)) {
            let before = |at: &Index| (index > 0).then(|| at.index(index)).filter(there);
            let links: BTreeSet<usize> = thing.links.iter().filter_map(before).collect();
            let kind = match (thing.keyed, thing.create_first) {
                (true, _) => 2,
                (false, first) => usize::from(first),
            };
            let spec = json!({
                "key": name(index),
                "size": if later { thing.size } else { 0 },
                "shape": if later { thing.shape } else { 0 },
                "links": links.iter().map(|at| id_of(&name(*at))).collect::<Vec<_>>(),
                "within": thing.within.as_ref().and_then(before).map(|at| id_of(&name(at))),
            });
            wanted.push(resource(self.kinds[kind], &name(index), spec));
        }
        wanted
    }
}

async fn plan(rig: &Rig, wanted: &[Resource]) -> Plan {
    let past = super::past(&rig.store).await.unwrap();
    let manifest = past.manifest.entries();
    let observed = rig.world.observed();
    let plan = rig.plan_of(wanted.iter().cloned(), &observed, &manifest);
    assert_eq!(plan.unclaimed, []);
    let made: Vec<_> = plan
        .steps
        .iter()
        .filter(|step| step.action == Action::Create)
        .map(|step| step.address.clone())
        .collect();
    let once: BTreeSet<_> = made.iter().cloned().collect();
    assert_eq!(made.len(), once.len(), "{made:?}");
    plan
}

async fn apply(rig: &Rig, run: &str, wanted: &[Resource]) {
    let before = plan(rig, wanted).await;
    let outcome = rig.run(run, &before).await;
    assert!(outcome.failed.is_empty(), "{run}: {:?}", outcome.failed);
    assert_eq!(outcome.done, before.steps.len());
    let after = plan(rig, wanted).await;
    assert!(after.is_empty(), "{run}: {:?}", after.steps);
    let mut addresses: Vec<_> = wanted.iter().map(|one| one.address.to_string()).collect();
    addresses.sort();
    assert_eq!(rig.world.addresses(), addresses);
}

fn on_a_runtime(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_applied_is_what_is_wanted_and_what_was_destroyed_is_gone(
        things in prop::collection::vec(thing(), 1..8),
    ) {
        on_a_runtime(async {
            let rig = Rig::default();
            let stack = Stack::of(&rig, things.clone());
            apply(&rig, "1", &stack.wanted(false)).await;
            let gone: Vec<String> = (0..things.len())
                .filter(|at| things[*at].vanished)
                .map(name)
                .collect();
            let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
            rig.world.vanish(&gone);
            // What stays and could be turned may still refer to what cannot wait for that.
            rig.world.lenient(true);
            apply(&rig, "2", &stack.wanted(true)).await;
            rig.world.lenient(false);
            apply(&rig, "3", &[]).await;
        });
    }

    #[test]
    fn a_run_killed_at_any_call_is_completed_by_the_next(
        things in prop::collection::vec(thing(), 1..7),
        hangs in any::<Index>(),
    ) {
        on_a_runtime(async {
            let mut rig = Rig::default();
            let stack = Stack::of(&rig, things.clone());
            let wanted = stack.wanted(false);
            let hangs = name(hangs.index(things.len()));
            rig.world.script("create", &hangs, crate::kinds::fake::Script::Hang);
            let first = plan(&rig, &wanted).await;
            let (outcome, ()) = tokio::join!(rig.killed("1", &first), async {
                tokio::time::sleep(super::SECOND).await;
                rig.stop.hurry.cancel();
            });
            assert_eq!(outcome.unanswered.len(), 1);
            rig.world.relent("create", &hangs);
            rig.stop = super::Stop::default();
            apply(&rig, "2", &wanted).await;
            apply(&rig, "3", &[]).await;
        });
    }
}
