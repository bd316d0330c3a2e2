//! What holds of every plan, for stacks and worlds made at random.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::{lines, planned};
use crate::kinds::Progress;
use crate::kinds::fake::{Fake, World, id_of, resource};
use crate::plan::{Action, Plan};
use crate::resource::Resource;
use crate::scope::Tags;

/// A thing of a random stack.
#[derive(Clone, Debug)]
struct Thing {
    create_first: bool,
    /// Which of the things before it it refers to, and lies within.
    links: Vec<prop::sample::Index>,
    within: Option<prop::sample::Index>,
    /// What stands already: how often, and whether in the wanted shape.
    stands: Vec<bool>,
    wanted: bool,
}

fn thing() -> impl Strategy<Value = Thing> {
    (
        any::<bool>(),
        prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        prop::option::of(any::<prop::sample::Index>()),
        prop::collection::vec(any::<bool>(), 0..3),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(create_first, links, within, stands, wanted)| Thing {
            create_first,
            links,
            within,
            stands,
            wanted,
        })
}

fn name(index: usize) -> String {
    format!("t{index:02}")
}

/// Puts into the world what stands of the things; gives what is wanted of them.
fn build(world: &World, things: &[Thing]) -> Vec<Resource> {
    let kinds: [&'static Fake; 2] = [
        world.kind("fake:last").leak(),
        world.kind("fake:first").create_first().leak(),
    ];
    let mut ids: BTreeMap<usize, String> = BTreeMap::new();
    let mut wanted = Vec::new();
    for (index, thing) in things.iter().enumerate() {
        let kind = kinds[usize::from(thing.create_first)];
        let before = |at: &prop::sample::Index| (index > 0).then(|| at.index(index));
        let links: BTreeSet<usize> = thing.links.iter().filter_map(before).collect();
        let within = thing.within.as_ref().and_then(before);
        for right in &thing.stands {
            let spec = json!({
                "shape": if *right { 1 } else { 0 },
                "links": links.iter().filter_map(|at| ids.get(at)).collect::<Vec<_>>(),
                "within": within.and_then(|at| ids.get(&at)),
            });
            let id = world.stands(kind, &name(index), spec, &Tags::new());
            ids.insert(index, id);
        }
        if thing.wanted {
            let there = |at: &usize| things[*at].wanted;
            let spec = json!({
                "shape": 1,
                "links": links.iter().filter(|at| there(at)).map(|at| id_of(&name(*at)))
                    .collect::<Vec<_>>(),
                "within": within.filter(there).map(|at| id_of(&name(at))),
            });
            wanted.push(resource(kind, &name(index), spec));
        }
    }
    wanted
}

fn holds(plan: &Plan, wanted: &[Resource]) -> Result<(), TestCaseError> {
    let mut made = BTreeSet::new();
    let mut removed = BTreeSet::new();
    let mut place = BTreeMap::new();
    for (index, step) in plan.steps.iter().enumerate() {
        prop_assert!(step.needs.iter().all(|need| *need < index));
        match step.action {
            Action::Delete => {
                let id = step.found.as_ref().unwrap().id().to_owned();
                prop_assert!(removed.insert(id), "removed twice");
            }
            _ => {
                prop_assert!(made.insert(step.address.clone()), "made twice");
                place.insert(step.address.clone(), index);
            }
        }
    }
    for resource in wanted {
        let Some(at) = place.get(&resource.address) else {
            prop_assert!(plan.unchanged.contains(&resource.address));
            continue;
        };
        prop_assert!(!plan.unchanged.contains(&resource.address));
        for need in resource.needs() {
            if let Some(before) = place.get(&need) {
                prop_assert!(plan.steps[*at].needs.contains(before), "{need}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_is_ordered_and_makes_and_removes_each_thing_once(
        things in prop::collection::vec(thing(), 1..9),
    ) {
        let world = World::default();
        let wanted = build(&world, &things);
        let plan = planned(&world, wanted.clone());
        holds(&plan, &wanted)?;
        // Of what stands, one stays at each wanted address, unless it is replaced.
        for observed in world.observed() {
            let id = observed.found.id();
            let gone = plan.steps.iter().any(|step| {
                step.action == Action::Delete && step.found.as_ref().unwrap().id() == id
            });
            let stays = plan.kept.values().any(|outputs| outputs["id"] == id);
            prop_assert!(gone != stays, "{id}: {:?}", lines(&plan));
        }
        prop_assert_eq!(planned(&world, wanted).steps.len(), plan.steps.len());
    }

    #[test]
    fn where_nothing_refers_in_a_circle_what_refers_goes_first(
        things in prop::collection::vec(thing(), 1..9),
    ) {
        let world = World::default();
        build(&world, &things);
        let plan = planned(&world, []);
        prop_assert_eq!(plan.steps.len(), world.observed().len());
        let mut gone: BTreeSet<String> = BTreeSet::new();
        for step in &plan.steps {
            let id = step.found.as_ref().unwrap().id().to_owned();
            for other in world.observed() {
                let text = other.found.spec.to_string();
                let refers = text.contains(&format!("\"{id}\""));
                prop_assert!(!refers || gone.contains(other.found.id()));
            }
            gone.insert(id);
        }
    }

    #[test]
    fn what_aws_works_on_is_only_awaited(count in 1_usize..6, working in any::<prop::sample::Index>()) {
        let world = World::default();
        let kind = world.kind("fake:thing").leak();
        let all: Vec<String> = (0..count).map(name).collect();
        for address in &all {
            let id = world.stands(kind, address, json!({}), &Tags::new());
            if *address == all[working.index(count)] {
                world.touch(&id, |found| found.progress = Progress::Pending("busy".to_owned()));
            }
        }
        let plan = planned(&world, all.iter().map(|address| resource(kind, address, json!({}))));
        prop_assert_eq!(lines(&plan), [format!("await {}", all[working.index(count)])]);
    }
}
