use std::collections::BTreeMap;

use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::interpolate::Value;
use crate::stack::reference::Section;

pub(super) const CHECK: Check = Check {
    topic: "cycles",
    codes: &[Code::SelfReference],
    run,
};

/// Only the names of buckets are made of other things of the same section, so only they can go round.
fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let mut edges: BTreeMap<&str, Vec<(&str, &std::ops::Range<usize>)>> = BTreeMap::new();
    for (name, bucket) in &context.document.buckets {
        for (value, range) in bucket.name.iter().flat_map(|written| written.values()) {
            if let Value::Of(reference, _) = value
                && reference.section() == Section::Buckets
                && let Some(target) = reference.name()
            {
                edges
                    .entry(name.as_str())
                    .or_default()
                    .push((target.as_str(), range));
            }
        }
    }
    for (&start, targets) in &edges {
        for (target, range) in targets {
            if let Some(way) = way(&edges, target, start) {
                let message = if way.len() == 1 {
                    format!("the name of bucket `{start}` is made of itself")
                } else {
                    format!(
                        "the name of bucket `{start}` is made of itself: {start} → {}",
                        way.join(" → ")
                    )
                };
                found.push(
                    Diagnostic::new(Code::SelfReference, message)
                        .at_option(context.part(&["buckets", start, "name"], range))
                        .help("write one of the names out"),
                );
            }
        }
    }
}

/// The names from `from` to `to`, both included.
fn way<'a>(
    edges: &BTreeMap<&'a str, Vec<(&'a str, &std::ops::Range<usize>)>>,
    from: &'a str,
    to: &str,
) -> Option<Vec<&'a str>> {
    let mut seen = vec![from];
    let mut open = vec![vec![from]];
    while let Some(path) = open.pop() {
        let last = path.last().copied()?;
        if last == to {
            return Some(path);
        }
        for (next, _) in edges.get(last).into_iter().flatten() {
            if !seen.contains(next) {
                seen.push(next);
                open.push(path.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}
