use super::{Place, Texts, misfits};
use crate::diag::Span;
use crate::stack::source::{Content, Entry, Node, Step};
use crate::units::{Cidr, Unit};
use serde_json::Value;

/// The tree without what does not fit, as far as a document can then be read from it. What must be there and is wrong or missing is
/// replaced by an example, so that what stands beside it can still be looked at.
pub(in crate::stack) fn prune(tree: &Node) -> Option<Node> {
    const ROUNDS: usize = 12;
    let mut tree = tree.clone();
    for _ in 0..ROUNDS {
        let misfits = misfits(&tree, Texts::default());
        if misfits.is_empty() {
            return Some(tree);
        }
        // From the back, so that the indices of lists stay right.
        let mut paths: Vec<_> = misfits
            .into_iter()
            .map(|misfit| (misfit.path, misfit.missing))
            .collect();
        paths.sort_by(|(one, _), (other, _)| order(other, one));
        paths.dedup();
        for (path, missing) in paths {
            match (path.as_slice(), missing) {
                ([], Some(key)) => replace(&mut tree, &key)?,
                ([], None) => return None,
                (path, Some(key)) if insert(&mut tree, path, &key) => {}
                (path, _) => remove(&mut tree, path),
            }
        }
    }
    None
}

fn order(one: &[Step], other: &[Step]) -> std::cmp::Ordering {
    let rank = |step: &Step| match step {
        Step::Key(key) => (0, key.clone()),
        Step::Index(index) => (*index, String::new()),
    };
    one.iter().map(rank).cmp(other.iter().map(rank))
}

/// Puts an example where a key is missing. Not for address ranges, which mean something only among each other.
fn insert(tree: &mut Node, path: &[Step], key: &str) -> bool {
    let steps = path.iter().map(|step| match step {
        Step::Key(key) => key.replace('~', "~0").replace('/', "~1"),
        Step::Index(index) => index.to_string(),
    });
    let pointer: String = steps.map(|step| format!("/{step}")).collect();
    let place = Place::of(tree, Texts::default(), &pointer);
    let Some(schema) = place.described.and_then(|schema| schema.key(key)) else {
        return false;
    };
    if schema.word("format") == Some(Cidr::FORMAT) {
        return false;
    }
    let content = match schema
        .node
        .get("examples")
        .and_then(|examples| examples.get(0))
    {
        Some(Value::String(text)) => Content::Text(text.clone()),
        Some(Value::Number(number)) => Content::Number(number.clone()),
        _ => return false,
    };
    let span = place.span.unwrap_or_default();
    let entry = Entry {
        key: key.to_owned(),
        key_span: span,
        value: Node { span, content },
    };
    match find(tree, path).map(|node| &mut node.content) {
        Some(Content::Mapping(entries)) => {
            entries.retain(|known| known.key != key);
            entries.push(entry);
            true
        }
        _ => false,
    }
}

fn find<'a>(tree: &'a mut Node, path: &[Step]) -> Option<&'a mut Node> {
    let mut node = tree;
    for step in path {
        node = match (step, &mut node.content) {
            (Step::Key(key), Content::Mapping(entries)) => {
                &mut entries.iter_mut().find(|entry| entry.key == *key)?.value
            }
            (Step::Index(index), Content::List(items)) => items.get_mut(*index)?,
            _ => return None,
        };
    }
    Some(node)
}

fn replace(tree: &mut Node, key: &str) -> Option<()> {
    let text = match key {
        "stack" => "stack",
        "environment" => "prod",
        "region" => "eu-west-1",
        _ => return None,
    };
    let Content::Mapping(entries) = &mut tree.content else {
        return None;
    };
    let value = Node {
        span: Span::default(),
        content: Content::Text(text.to_owned()),
    };
    entries.retain(|entry| entry.key != key);
    entries.push(Entry {
        key: key.to_owned(),
        key_span: Span::default(),
        value,
    });
    Some(())
}

fn remove(tree: &mut Node, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    match (step, &mut tree.content) {
        (Step::Key(key), Content::Mapping(entries)) => {
            if rest.is_empty() {
                entries.retain(|entry| entry.key != *key);
            } else if let Some(entry) = entries.iter_mut().find(|entry| entry.key == *key) {
                remove(&mut entry.value, rest);
            }
        }
        (Step::Index(index), Content::List(items)) => {
            if rest.is_empty() && *index < items.len() {
                items.remove(*index);
            } else if let Some(item) = items.get_mut(*index) {
                remove(item, rest);
            }
        }
        _ => {}
    }
}
