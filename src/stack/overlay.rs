//! What differs from the file: the overlay of an environment, and the values of `--set`.

use super::reference::nearest;
use super::source::{Content, Entry, Node, Step, parse, steps};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceText, Span};

/// The key of which `--env` says the value.
const ENVIRONMENT: &str = "environment";

/// The keys at the outermost level that no overlay may change.
const FIXED: [&str; 3] = [ENVIRONMENT, "environments", "stack"];

/// The names of the overlays in a file.
pub(super) fn names(root: &Node) -> Vec<String> {
    let overlays = root
        .entry("environments")
        .and_then(|entry| entry.value.entries());
    overlays
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.key.clone())
        .collect()
}

/// Merges the overlay `name` into the file: mappings are merged, lists and values replaced, `null` removes. A name without an
/// overlay is right only if it is the file's own.
pub(super) fn take(root: &mut Node, name: &str, found: &mut Diagnostics) {
    let own = own(root) == Some(name);
    let overlays = root.entry("environments").cloned();
    let overlay = overlays
        .as_ref()
        .and_then(|entry| entry.value.entry(name))
        .cloned();
    let Some(overlay) = overlay else {
        if !own {
            let known = names(root);
            let help = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "the file has no `environments:`".to_owned(),
                None => format!("it has {}", known.join(", ")),
            };
            let message = format!("the file has no environment `{name}`");
            let place = overlays.map(|entry| entry.key_span);
            found.push(
                Diagnostic::new(Code::UnknownEnvironment, message)
                    .at_option(place)
                    .help(help),
            );
        }
        return;
    };
    let Content::Mapping(mut entries) = overlay.value.content else {
        // The check of shapes says that an overlay is a mapping.
        return;
    };
    entries.retain(|entry| {
        let fixed = FIXED.contains(&entry.key.as_str());
        if fixed {
            let message = format!("an overlay may not change `{}`", entry.key);
            found.push(
                Diagnostic::new(Code::FixedKey, message)
                    .at(entry.key_span)
                    .help("remove the key"),
            );
        }
        !fixed
    });
    let name_of = Entry {
        key: ENVIRONMENT.to_owned(),
        key_span: overlay.key_span,
        value: Node {
            span: overlay.key_span,
            content: Content::Text(name.to_owned()),
        },
    };
    if let Content::Mapping(base) = &mut root.content {
        merge(base, entries);
        merge(base, vec![name_of]);
    }
}

fn merge(base: &mut Vec<Entry>, overlay: Vec<Entry>) {
    for entry in overlay {
        let at = base.iter().position(|known| known.key == entry.key);
        match (
            at.and_then(|at| base.get_mut(at).map(|known| (at, known))),
            entry,
        ) {
            (
                Some((at, _)),
                Entry {
                    value:
                        Node {
                            content: Content::Null,
                            ..
                        },
                    ..
                },
            ) => {
                base.remove(at);
            }
            (
                None,
                Entry {
                    value:
                        Node {
                            content: Content::Null,
                            ..
                        },
                    ..
                },
            ) => {}
            (Some((_, known)), entry) => merge_value(known, entry),
            (None, entry) => base.push(without_nulls(entry)),
        }
    }
}

fn merge_value(known: &mut Entry, entry: Entry) {
    match (&mut known.value.content, entry.value) {
        (
            Content::Mapping(base),
            Node {
                content: Content::Mapping(overlay),
                ..
            },
        ) => merge(base, overlay),
        (_, value) => {
            let entry = without_nulls(Entry { value, ..entry });
            known.key_span = entry.key_span;
            known.value = entry.value;
        }
    }
}

/// In a mapping that the file does not have there is nothing to remove.
fn without_nulls(mut entry: Entry) -> Entry {
    if let Content::Mapping(entries) = entry.value.content {
        let kept = entries
            .into_iter()
            .filter(|entry| entry.value.content != Content::Null)
            .map(without_nulls);
        entry.value.content = Content::Mapping(kept.collect());
    }
    entry
}

/// The file's own environment.
pub(super) fn own(root: &Node) -> Option<&str> {
    root.entry(ENVIRONMENT)?.value.text()
}

/// Whether a `--set` names the environment.
pub(super) fn sets_environment(text: &str) -> bool {
    let path = text.split_once('=').map(|(path, _)| path);
    path == Some(ENVIRONMENT)
}

/// Sets one value, as `--set path=value` on the command line asks. `source` is the number of its text, `environment` what `--env`
/// names.
pub(super) fn set(
    root: &mut Node,
    text: &SourceText,
    source: u16,
    environment: Option<&str>,
    found: &mut Diagnostics,
) {
    let whole = Span {
        source,
        start: 0,
        end: text.text.len(),
        line: 1,
        column: 1,
    };
    let bad = |message: String| Diagnostic::new(Code::BadSet, message).at(whole);
    let Some((path, value)) = text.text.split_once('=') else {
        found.push(bad("`--set` has no equals sign".to_owned()).help("write `--set path=value`"));
        return;
    };
    let path_span = whole.first(path.len());
    if path.is_empty()
        || path.split('.').any(str::is_empty)
        || path.chars().any(char::is_whitespace)
    {
        let message = format!("`{path}` is not a path of keys with dots between them");
        found.push(
            Diagnostic::new(Code::BadSet, message)
                .at(path_span)
                .help("write `--set workloads.analyzer.port=8080`"),
        );
        return;
    }
    let mut node = match value.trim() {
        "" => Node {
            span: whole,
            content: Content::Null,
        },
        _ => match parse(value, source, found) {
            Ok(node) => node,
            Err(diagnostic) => {
                found.push(bad(format!(
                    "the value of `--set {path}` is not YAML: {}",
                    diagnostic.message
                )));
                return;
            }
        },
    };
    let columns = path.chars().count() + 1;
    shift(&mut node, path.len() + 1, columns);
    let steps = steps(root, path);
    if matches!(steps.first(), Some(Step::Key(key)) if key == "environments") {
        found.push(
            bad("`--set` changes the stack, not its overlays".to_owned())
                .help("take the overlay with `--env`"),
        );
        return;
    }
    if let Some(name) = environment.filter(|_| sets_environment(&text.text)) {
        let message = format!("`--set` may not change `{ENVIRONMENT}` beside `--env {name}`");
        found.push(
            Diagnostic::new(Code::FixedKey, message)
                .at(path_span)
                .help("leave one of them out"),
        );
        return;
    }
    if steps.len() > 32 {
        found.push(bad("the path has more than 32 keys".to_owned()));
        return;
    }
    if let Err(message) = put(root, &steps, node, path_span) {
        found.push(Diagnostic::new(Code::BadSet, message).at(path_span));
    }
}

fn put(here: &mut Node, steps: &[Step], value: Node, path: Span) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *here = value;
        return Ok(());
    };
    match (step, &mut here.content) {
        (Step::Key(key), Content::Mapping(entries)) => {
            let known = entries.iter().position(|entry| entry.key == *key);
            if rest.is_empty() && value.content == Content::Null {
                known.map(|at| entries.remove(at));
                return Ok(());
            }
            let at = known.unwrap_or_else(|| {
                entries.push(Entry {
                    key: key.clone(),
                    key_span: path,
                    value: Node::empty_mapping(path),
                });
                entries.len() - 1
            });
            match entries.get_mut(at) {
                Some(entry) => {
                    if rest.is_empty() {
                        entry.key_span = path;
                    }
                    put(&mut entry.value, rest, value, path)
                }
                None => Ok(()),
            }
        }
        (Step::Index(index), Content::List(items)) => match items.get_mut(*index) {
            Some(item) => put(item, rest, value, path),
            None => Err(format!("the list has no item {index}")),
        },
        (Step::Key(key), _) => Err(format!("there is no mapping in which `{key}` could be set")),
        (Step::Index(index), _) => Err(format!("there is no list that has an item {index}")),
    }
}

/// Moves the places of a value that was read on its own to where it stands in its text.
fn shift(node: &mut Node, bytes: usize, columns: usize) {
    let moved = |span: &mut Span| {
        span.start += bytes;
        span.end += bytes;
        if span.line == 1 {
            span.column += columns;
        }
    };
    moved(&mut node.span);
    match &mut node.content {
        Content::List(items) => items
            .iter_mut()
            .for_each(|item| shift(item, bytes, columns)),
        Content::Mapping(entries) => {
            for entry in entries {
                moved(&mut entry.key_span);
                shift(&mut entry.value, bytes, columns);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
