//! Where secrets stand in a stack, and what is said of one that stands in the file itself: never what it is.

use super::place::{Place, keys};
use crate::diag::{Code, Diagnostic};
use crate::stack::reference::Reference;
use crate::stack::secret;
use crate::stack::source::{Content, Node, Step};

/// Hides what stands at a path where secrets stand.
pub(super) fn hide(tree: &Node, path: &[Step], diagnostic: Diagnostic) -> Diagnostic {
    if diagnostic.hidden.is_some() {
        return diagnostic;
    }
    let Some((_, node)) = tree.find(path).filter(|(_, node)| is_hidden(path, node)) else {
        return diagnostic;
    };
    diagnostic.hiding(Some(node.span))
}

fn is_hidden(path: &[Step], node: &Node) -> bool {
    match keys(path).as_slice() {
        ["parameters", _, "from_env"] => false,
        ["parameters", _, "generate" | "prompt"] => node.text().is_some(),
        ["parameters", _, ..] | ["workloads", _, "secrets", ..] => true,
        ["workloads", _, "environment", name, ..] | ["databases", _, name, ..] => {
            secret::is_named_like_one(name)
        }
        _ => false,
    }
}

/// What to say of a value that stands where a parameter is to be named, and names none.
pub(super) fn literal(place: &Place<'_>) -> Option<Diagnostic> {
    let keys = place.keys();
    let key = match keys.as_slice() {
        ["databases", _, key @ "password"] | ["workloads", _, "secrets", key] => key,
        _ => return None,
    };
    let scalar = !place.node.is_collection() && place.node.content != Content::Null;
    if !scalar
        || place
            .node
            .text()
            .is_some_and(|text| refers(place.tree, text))
    {
        return None;
    }
    let diagnostic = Diagnostic::new(
        Code::LiteralParameter,
        format!("`{}` has its value written in the file", place.name),
    )
    .at_option(place.span)
    .hiding(Some(place.node.span));
    Some(diagnostic.help(format!(
        "add a parameter and write `{key}: parameters.NAME`"
    )))
}

/// Whether a text is meant as a reference, rightly written or not.
fn refers(tree: &Node, text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let known = tree
        .entry("parameters")
        .is_some_and(|parameters| parameters.value.entry(last).is_some());
    known
        || text.starts_with("parameters.")
        || (text.starts_with("${") && text.ends_with('}'))
        || text.parse::<Reference>().is_ok()
}
