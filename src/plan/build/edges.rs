//! What must be done before what, and the steps in that order.

use std::collections::BTreeSet;

use super::Draft;
use super::today::{Today, User};
use crate::graph::Graph;
use crate::plan::{Action, Plan, Replacement, Step};
use crate::reference::Address;

impl Draft<'_> {
    /// Puts the edges in. What was to be made before its old self goes cannot be, where the new
    /// one waits for something that goes only after that old self: a group that would be made
    /// in a network which itself must be removed before it is made anew. Such a thing is removed
    /// first as well.
    pub(super) fn connect(&mut self, graph: &Graph) {
        loop {
            let needs = self.edges(graph);
            let stuck = self.deleting.iter().copied().find_map(|gone| {
                let step = &self.steps[gone];
                let made = *self.changing.get(&step.address)?;
                (step.replacement == Some(Replacement::CreateFirst)
                    && reaches(&|at| &needs[at], made, gone))
                .then_some([gone, made])
            });
            let Some(halves) = stuck else {
                for (step, needs) in self.steps.iter_mut().zip(needs) {
                    step.needs = needs;
                }
                return;
            };
            for half in halves {
                self.steps[half].replacement = Some(Replacement::DeleteFirst);
            }
        }
    }

    /// A thing is made after what it refers to, and removed after everything that refers to it
    /// today has been removed or turned elsewhere.
    fn edges(&self, graph: &Graph) -> Vec<BTreeSet<usize>> {
        let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.steps.len()];
        for (address, index) in &self.changing {
            for need in self.standing(graph, address) {
                needs[*index].insert(need);
            }
        }
        let today = Today::of(&self.steps, &self.deleting, &self.live);
        for index in &self.deleting {
            let step = &self.steps[*index];
            for user in today.users_of(step) {
                let gone = self
                    .deleting
                    .iter()
                    .find(|other| **other != *index && self.is(**other, user));
                if let Some(gone) = gone {
                    needs[*index].insert(*gone);
                }
                if step.replacement != Some(Replacement::DeleteFirst)
                    && let Some(turned) = self.changing.get(&user.address)
                    && self.steps[*turned].action == Action::Update
                {
                    needs[*index].insert(*turned);
                }
            }
            match step.replacement {
                Some(Replacement::DeleteFirst) => {
                    if let Some(made) = self.changing.get(&step.address) {
                        needs[*made].insert(*index);
                    }
                }
                Some(Replacement::CreateFirst) => {
                    if let Some(made) = self.changing.get(&step.address) {
                        needs[*index].insert(*made);
                    }
                }
                None => {}
            }
        }
        needs
    }

    fn is(&self, index: usize, user: &User) -> bool {
        let step = &self.steps[index];
        step.address == user.address
            && step
                .found
                .as_ref()
                .is_some_and(|found| found.id() == user.id)
    }

    /// The steps after which everything that `address` needs stands. What needs no step
    /// passes on what it needs itself.
    fn standing(&self, graph: &Graph, address: &Address) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Address> = graph.needs(address).collect();
        while let Some(need) = open.pop() {
            if !seen.insert(need) {
                continue;
            }
            match self.changing.get(need) {
                Some(step) => {
                    found.insert(*step);
                }
                None => open.extend(graph.needs(need)),
            }
        }
        found
    }

    /// The plan, its steps in an order in which each comes after all that it needs.
    pub(super) fn finish(self) -> Plan {
        let Self {
            mut plan,
            mut steps,
            ..
        } = self;
        let mut place = vec![None; steps.len()];
        let mut order = Vec::with_capacity(steps.len());
        while order.len() < steps.len() {
            let before = order.len();
            for (index, step) in steps.iter().enumerate() {
                if place[index].is_none() && step.needs.iter().all(|need| place[*need].is_some()) {
                    place[index] = Some(order.len());
                    order.push(index);
                }
            }
            if order.len() == before {
                let open = |index: usize| place[index].is_none();
                break_circle(&mut steps, &open);
            }
        }
        let mut ordered: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
        for old in order {
            if let Some(mut step) = ordered[old].take() {
                step.needs = step.needs.iter().filter_map(|need| place[*need]).collect();
                plan.steps.push(step);
            }
        }
        plan
    }
}

/// Whether `from` comes after `to`, directly or through others.
fn reaches<'a>(needs: &impl Fn(usize) -> &'a BTreeSet<usize>, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = needs(from).iter().copied().collect();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(needs(at));
        }
    }
    false
}

/// Two things that refer to each other today can go neither before nor after one another, nor
/// can one be turned away from another that must go before it is turned. One is removed as if
/// it were free, rather one of the second sort, and AWS may refuse that: better than to plan
/// nothing. All else keeps its order.
fn break_circle(steps: &mut [Step], open: &impl Fn(usize) -> bool) {
    let needs = |at: usize| &steps[at].needs;
    let removed = |at: usize| steps[at].action == Action::Delete;
    let circle = |at: usize, soft: bool| {
        let back = needs(at).iter().copied().filter(|need| {
            (*need == at || reaches(&needs, *need, at)) && !(soft && removed(*need))
        });
        let back: BTreeSet<usize> = back.collect();
        (removed(at) && open(at) && !back.is_empty()).then_some((at, back))
    };
    let first = (0..steps.len())
        .find_map(|at| circle(at, true))
        .or_else(|| (0..steps.len()).find_map(|at| circle(at, false)));
    if let Some((at, back)) = first {
        steps[at].needs.retain(|need| !back.contains(need));
    }
}
