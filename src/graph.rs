//! Which resource needs which: order, and what cannot be ordered.

use std::collections::{BTreeMap, BTreeSet};

use crate::reference::Address;
use crate::resource::Resources;

/// Why resources have no order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// A reference to nothing.
    #[error("{from} refers to {to}, which is not in the stack")]
    Missing {
        /// Who refers.
        from: Address,
        /// To what.
        to: Address,
    },
    /// Resources that need each other.
    #[error("these need each other: {}", show(.0))]
    Cycle(Vec<Address>),
}

fn show(cycle: &[Address]) -> String {
    let mut names: Vec<_> = cycle.iter().map(Address::as_str).collect();
    names.extend(names.first().copied());
    names.join(" → ")
}

/// The needs of each resource.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    needs: BTreeMap<Address, BTreeSet<Address>>,
}

impl Graph {
    /// The graph of what a stack wants.
    pub fn of(resources: &Resources) -> Result<Self, GraphError> {
        let mut needs = BTreeMap::new();
        for resource in resources.iter() {
            let wanted = resource.needs();
            if let Some(to) = wanted.iter().find(|to| resources.get(to).is_none()) {
                return Err(GraphError::Missing {
                    from: resource.address.clone(),
                    to: to.clone(),
                });
            }
            needs.insert(resource.address.clone(), wanted);
        }
        Ok(Self { needs })
    }

    /// What the resource needs directly.
    pub fn needs(&self, address: &Address) -> impl Iterator<Item = &Address> {
        self.needs.get(address).into_iter().flatten()
    }

    /// Every pair of a resource and one that it needs.
    pub fn edges(&self) -> impl Iterator<Item = (&Address, &Address)> {
        self.needs
            .iter()
            .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
    }

    /// The resources so that each comes after all that it needs; equals in order of address.
    pub fn order(&self) -> Result<Vec<Address>, GraphError> {
        let mut missing: BTreeMap<&Address, usize> = BTreeMap::new();
        let mut needed_by: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
        for (address, needs) in &self.needs {
            missing.insert(address, needs.len());
            for need in needs {
                needed_by.entry(need).or_default().push(address);
            }
        }
        let mut ready: BTreeSet<&Address> = missing
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(address, _)| *address)
            .collect();
        let mut order = Vec::with_capacity(self.needs.len());
        while let Some(address) = ready.pop_first() {
            order.push(address.clone());
            for dependent in needed_by.get(address).into_iter().flatten() {
                if let Some(count) = missing.get_mut(*dependent) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(dependent);
                    }
                }
            }
        }
        if order.len() == self.needs.len() {
            Ok(order)
        } else {
            let done: BTreeSet<&Address> = order.iter().collect();
            Err(GraphError::Cycle(self.cycle(&done)))
        }
    }

    /// A cycle among what is not `done`: following any need of it must come round.
    fn cycle(&self, done: &BTreeSet<&Address>) -> Vec<Address> {
        let mut path: Vec<&Address> = Vec::new();
        let mut at = self.needs.keys().find(|address| !done.contains(address));
        while let Some(address) = at {
            if let Some(start) = path.iter().position(|seen| *seen == address) {
                return path[start..].iter().map(|a| (*a).clone()).collect();
            }
            path.push(address);
            at = self.needs(address).find(|need| !done.contains(need));
        }
        path.into_iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        Graph {
            needs: edges
                .iter()
                .map(|(from, to)| (Address::new(from), to.iter().map(Address::new).collect()))
                .collect(),
        }
    }

    #[test]
    fn what_is_needed_comes_first() {
        let order = graph(&[("a", &["c"]), ("b", &[]), ("c", &["b"])])
            .order()
            .unwrap();
        let names: Vec<_> = order.iter().map(Address::as_str).collect();
        assert_eq!(names, ["b", "c", "a"]);
    }

    #[test]
    fn a_cycle_is_named_from_end_to_end() {
        let error = graph(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])])
            .order()
            .unwrap_err();
        assert_eq!(error.to_string(), "these need each other: b → c → b");
    }
}
