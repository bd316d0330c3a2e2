//! Which observed resource is which wanted one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::compare;
use super::{Observed, Unclaimed};
use crate::kinds::{AnyFound, Effect, Owner, Progress};
use crate::reference::Address;
use crate::resource::Resource;

/// Observed resources sorted by whose they are.
#[derive(Debug, Default)]
pub struct Matched {
    by_address: BTreeMap<(Address, &'static str), Vec<AnyFound>>,
    by_key: BTreeMap<(&'static str, String), AnyFound>,
    kinds: BTreeMap<&'static str, &'static dyn crate::kinds::AnyKind>,
}

impl std::fmt::Debug for dyn crate::kinds::AnyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.type_name())
    }
}

/// Sorts what was observed by the address its tags tell, or by its natural key.
pub fn match_up(observed: &[Observed]) -> Matched {
    let mut matched = Matched::default();
    for one in observed {
        let name = one.kind.type_name();
        matched.kinds.insert(name, one.kind);
        match (&one.found.key, &one.found.address) {
            (Some(key), _) => {
                matched
                    .by_key
                    .insert((name, key.clone()), one.found.clone());
            }
            (None, Some(address)) => matched
                .by_address
                .entry((address.clone(), name))
                .or_default()
                .push(one.found.clone()),
            (None, None) => {}
        }
    }
    matched
}

impl Matched {
    /// Takes out the observed resource that is `wanted`, whose specification is `resolved` as
    /// far as it can be. Where two carry the same address (a replacement was cut short, or the
    /// answer to a creation was lost and it was sent again), the one that need not be replaced
    /// is it; then rather one that works than one that AWS gave up, one to which more others
    /// refer by `users`, and one in which less differs. The other stays behind, to be removed.
    pub fn take(
        &mut self,
        wanted: &Resource,
        resolved: &Value,
        users: impl Fn(&AnyFound) -> usize,
    ) -> Option<AnyFound> {
        let name = wanted.kind.type_name();
        if let Some(key) = wanted.kind.key(resolved)
            && let Some(found) = self.by_key.remove(&(name, key))
        {
            return Some(found);
        }
        let candidates = self.by_address.get_mut(&(wanted.address.clone(), name))?;
        let rank = |found: &AnyFound| {
            let mut differing = compare(wanted.kind.fields(), &found.spec, resolved);
            differing.retain(|difference| difference.owner == Owner::File);
            let unfit = differing
                .iter()
                .any(|difference| matches!(difference.effect, Effect::Replace(_)));
            let failed = matches!(found.progress, Progress::Failed(_));
            (unfit, failed, Reverse(users(found)), differing.len())
        };
        let best = candidates
            .iter()
            .enumerate()
            .min_by_key(|(_, found)| rank(found))
            .map(|(index, _)| index)?;
        Some(candidates.swap_remove(best))
    }

    /// What nobody took: the stack's own that is no longer wanted, and what only has its
    /// name. `made` tells the address under which an earlier run made what has a key.
    pub fn rest(
        self,
        made: impl Fn(&str, &str) -> Option<Address>,
    ) -> (Vec<(Address, Observed)>, Vec<Unclaimed>) {
        let mut ours = Vec::new();
        let mut unclaimed = Vec::new();
        for ((address, name), found) in self.by_address {
            for found in found {
                if let Some(kind) = self.kinds.get(name) {
                    ours.push((address.clone(), Observed { kind: *kind, found }));
                }
            }
        }
        for ((name, key), found) in self.by_key {
            let Some(kind) = self.kinds.get(name) else {
                continue;
            };
            match found.address.clone().or_else(|| made(name, &key)) {
                Some(address) => ours.push((address, Observed { kind: *kind, found })),
                None => unclaimed.push(Unclaimed {
                    kind: name.to_owned(),
                    key,
                }),
            }
        }
        (ours, unclaimed)
    }
}
