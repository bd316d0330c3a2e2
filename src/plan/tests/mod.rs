//! What the planner promises, on kinds of no service.

mod data;
mod keyed;
mod known;
mod order;
mod owners;
mod properties;
mod replacement;
mod tags;

use std::collections::BTreeSet;

use super::{Action, Intent, Plan, PlanError, Replacement, Step, plan};
use crate::kinds::fake::{World, resources, scope};
use crate::reference::Address;
use crate::resource::Resource;

/// What a plan is made from, beside what stands in the world.
#[derive(Default)]
struct Asked {
    manifest: Vec<(String, Address, String)>,
    delete_data: BTreeSet<Address>,
}

impl Asked {
    fn plan(
        &self,
        world: &World,
        wanted: impl IntoIterator<Item = Resource>,
    ) -> Result<Plan, PlanError> {
        plan(&Intent {
            scope: &scope(),
            wanted: &resources(wanted),
            observed: &world.observed(),
            manifest: &self.manifest,
            delete_data: &self.delete_data,
        })
    }
}

fn planned(world: &World, wanted: impl IntoIterator<Item = Resource>) -> Plan {
    Asked::default().plan(world, wanted).unwrap()
}

/// A step as `create a`, a half of a replacement as `create a (first)` or `(second)`.
fn words(step: &Step) -> String {
    let verb = match step.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Await => "await",
        Action::Delete => "delete",
    };
    let half = match (step.action, step.replacement) {
        (_, None) => "",
        (Action::Create, Some(Replacement::CreateFirst))
        | (Action::Delete, Some(Replacement::DeleteFirst)) => " (first)",
        _ => " (second)",
    };
    format!("{verb} {}{half}", step.address)
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(words).collect()
}

fn step<'a>(plan: &'a Plan, action: Action, address: &str) -> &'a Step {
    let is = |step: &&Step| step.action == action && step.address.as_str() == address;
    plan.steps
        .iter()
        .find(is)
        .unwrap_or_else(|| panic!("no {action:?} of {address} in {:?}", lines(plan)))
}

/// Whether the step called `later` may start only after the one called `earlier` is done.
fn waits_for(plan: &Plan, later: &str, earlier: &str) -> bool {
    let at = |name: &str| {
        let place = plan.steps.iter().position(|step| words(step) == name);
        place.unwrap_or_else(|| panic!("no {name} in {:?}", lines(plan)))
    };
    let (later, earlier) = (at(later), at(earlier));
    let mut open = vec![later];
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        if seen.insert(at) {
            open.extend(plan.steps[at].needs.iter().copied());
        }
    }
    later != earlier && seen.contains(&earlier)
}
