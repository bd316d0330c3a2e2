use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::stack::fields;
use crate::stack::interpolate::Value;
use crate::stack::reference::Section;

pub(super) const CHECK: Check = Check {
    topic: "cycles",
    codes: &[Code::SelfReference],
    run,
};

/// The things of one section, each with those of the same section that it is made of, and where it says so.
type Edges<'a> = BTreeMap<&'a str, Vec<(&'a str, Option<Span>)>>;

/// Only names of buckets, and resources by their fields, are made of other things of the same section, so only they can go round.
fn run(context: &Context<'_>, found: &mut Diagnostics) {
    rounds(
        &buckets(context),
        "the name of bucket",
        "write one of the names out",
        found,
    );
    rounds(
        &resources(context),
        "resource",
        "take one of the references away",
        found,
    );
}

fn buckets<'a>(context: &Context<'a>) -> Edges<'a> {
    let mut edges = Edges::new();
    for (name, bucket) in &context.document.buckets {
        for (value, range) in bucket.name.iter().flat_map(|written| written.values()) {
            if let Value::Of(reference, _) = value
                && reference.section() == Section::Buckets
                && let Some(target) = reference.name()
            {
                let place = context.part(&["buckets", name.as_str(), "name"], range);
                let of = edges.entry(name.as_str()).or_default();
                of.push((target.as_str(), place));
            }
        }
    }
    edges
}

fn resources<'a>(context: &Context<'a>) -> Edges<'a> {
    let mut edges = Edges::new();
    for text in fields::all(context.tree) {
        for (value, range) in text.template.iter().flat_map(|template| template.values()) {
            if let Value::Of(reference, _) = value
                && reference.section() == Section::Resources
                && let Some((target, _)) = reference
                    .name()
                    .and_then(|name| context.document.resources.get_key_value(name))
            {
                let of = edges.entry(text.resource).or_default();
                of.push((target.as_str(), Some(text.part(range))));
            }
        }
    }
    edges
}

/// How many names of a round are shown.
const SHOWN: usize = 8;

/// Reports each way back to where it began, at the reference that leads on from its first name.
fn rounds(edges: &Edges<'_>, what: &str, help: &str, found: &mut Diagnostics) {
    for (way, place) in ways_round(edges) {
        let start = way.first().copied().unwrap_or_default();
        let message = match way.len() {
            1 => format!("{what} `{start}` is made of itself"),
            length => {
                let cut = if length > SHOWN { " → …" } else { "" };
                let shown: Vec<_> = way.into_iter().take(SHOWN).collect();
                format!(
                    "{what} `{start}` is made of itself: {}{cut} → {start}",
                    shown.join(" → ")
                )
            }
        };
        found.push(
            Diagnostic::new(Code::SelfReference, message)
                .at_option(place)
                .help(help),
        );
    }
}

/// Ways that end where they began, one at least through each thing that is part of any: a walk into the depth that meets every
/// reference once, so that no file takes longer than its length.
fn ways_round<'a>(edges: &Edges<'a>) -> Vec<(Vec<&'a str>, Option<Span>)> {
    let of = |name: &str| edges.get(name).map_or(&[][..], Vec::as_slice);
    let mut rounds = Vec::new();
    let mut done = BTreeSet::new();
    for &start in edges.keys() {
        // The way that is being walked, with how many of each thing's references were followed.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_it = BTreeMap::from([(start, 0)]);
        if done.contains(start) {
            continue;
        }
        while let Some((at, followed)) = way.last_mut() {
            let Some(&(next, _)) = of(at).get(*followed) else {
                done.insert(*at);
                on_it.remove(at);
                way.pop();
                continue;
            };
            *followed += 1;
            if let Some(&back) = on_it.get(next) {
                let round = way.get(back..).unwrap_or_default();
                let leads_on = round
                    .first()
                    .and_then(|(name, followed)| of(name).get(followed.saturating_sub(1)));
                let names = round.iter().map(|(name, _)| *name).collect();
                rounds.push((names, leads_on.and_then(|(_, place)| *place)));
            } else if !done.contains(next) {
                on_it.insert(next, way.len());
                way.push((next, 0));
            }
        }
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds_of(pairs: &[(&'static str, &[&'static str])]) -> Vec<String> {
        let edges = pairs
            .iter()
            .map(|(from, to)| (*from, to.iter().map(|name| (*name, None)).collect()))
            .collect();
        ways_round(&edges)
            .into_iter()
            .map(|(way, _)| way.join(" "))
            .collect()
    }

    #[test]
    fn every_round_is_found_and_nothing_that_only_leads_to_one() {
        assert_eq!(rounds_of(&[("a", &["b"]), ("b", &["c"])]), [""; 0]);
        assert_eq!(rounds_of(&[("a", &["a"])]), ["a"]);
        let leads_to_it: &[(_, &[_])] = &[("a", &["b"]), ("b", &["c"]), ("c", &["b"])];
        assert_eq!(rounds_of(leads_to_it), ["b c"]);
        let two: &[(_, &[_])] = &[("a", &["b", "c"]), ("b", &["a"]), ("c", &["a"])];
        assert_eq!(rounds_of(two), ["a b", "a c"]);
    }

    #[test]
    fn a_long_chain_is_walked_once() {
        let names: Vec<String> = (0..100_000).map(|at| format!("n{at:06}")).collect();
        let edges: Edges<'_> = names
            .iter()
            .zip(names.iter().skip(1))
            .map(|(from, to)| (from.as_str(), vec![(to.as_str(), None)]))
            .collect();
        assert_eq!(ways_round(&edges).len(), 0);
    }
}
