//! What differs from the file: the overlay of an environment, and the values of `--set`.

use super::reference::nearest;
use super::source::{Content, Entry, Node, Step, parse, steps};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceText, Span};

/// The keys at the outermost level that no overlay may change.
const FIXED: [&str; 3] = ["environment", "environments", "stack"];

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
    let own = root
        .entry("environment")
        .and_then(|entry| entry.value.text())
        == Some(name);
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
        key: "environment".to_owned(),
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

/// Sets one value, as `--set path=value` on the command line asks. `source` is the number of its text.
pub(super) fn set(root: &mut Node, text: &SourceText, source: u16, found: &mut Diagnostics) {
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
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const FILE: &str = "
stack: demo
environment: prod
alerts: { email: [ a@example.com, b@example.com ], billing: [ 10 ] }
mounts: { /mnt/v1.2: files.shared }
environments:
  staging:
    alerts: { email: [ c@example.com ], billing: null, extra: { x: 1, y: null } }
    gone: null
";

    fn merged(change: impl FnOnce(&mut Node, &mut Diagnostics)) -> (Value, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut root = parse(FILE, 0, &mut found).unwrap();
        change(&mut root, &mut found);
        (root.to_value(), found)
    }

    #[test]
    fn an_overlay_merges_mappings_replaces_the_rest_and_removes() {
        let (value, found) = merged(|root, found| take(root, "staging", found));
        assert!(found.is_empty(), "{found}");
        assert_eq!(
            value["alerts"],
            json!({ "email": ["c@example.com"], "extra": { "x": 1 } })
        );
        assert_eq!(
            (&value["environment"], value.get("gone")),
            (&json!("staging"), None)
        );
    }

    #[test]
    fn places_point_into_the_overlay() {
        let mut found = Diagnostics::new();
        let mut root = parse(FILE, 0, &mut found).unwrap();
        take(&mut root, "staging", &mut found);
        let place = root.locate(&steps(&root, "alerts.email.0")).unwrap();
        assert_eq!(
            (&FILE[place.start..place.end], place.line),
            ("c@example.com", 8)
        );
    }

    #[test]
    fn unknown_environments_are_refused_with_the_nearest() {
        let (_, found) = merged(|root, found| take(root, "stagin", found));
        let item = found.iter().next().unwrap();
        assert_eq!(
            (item.code, item.help.as_deref()),
            (Code::UnknownEnvironment, Some("did you mean `staging`?"))
        );
        assert!(merged(|root, found| take(root, "prod", found)).1.is_empty());
    }

    #[test]
    fn set_changes_adds_and_removes() {
        let text = |text: &str| SourceText::new("--set", text);
        for (set_text, path, expected) in [
            ("stack=other", "/stack", json!("other")),
            ("alerts.billing=[1, 2]", "/alerts/billing", json!([1, 2])),
            ("alerts.email.1=x", "/alerts/email/1", json!("x")),
            ("new.deep.key={a: 5%}", "/new/deep/key/a", json!("5%")),
            ("mounts./mnt/v1.2=y", "/mounts/~1mnt~1v1.2", json!("y")),
            ("stack=a=b", "/stack", json!("a=b")),
        ] {
            let (value, found) = merged(|root, found| set(root, &text(set_text), 1, found));
            assert!(found.is_empty(), "{set_text}: {found}");
            assert_eq!(value.pointer(path), Some(&expected), "{set_text}");
        }
        let (value, _) = merged(|root, found| set(root, &text("alerts.billing="), 1, found));
        assert_eq!(value.pointer("/alerts/billing"), None);
        for wrong in [
            "",
            "stack",
            "=x",
            "a..b=1",
            "a b=1",
            "alerts.email.7=x",
            "stack.deep=1",
            "environments.staging=1",
            "a=[1",
        ] {
            let (_, found) = merged(|root, found| set(root, &text(wrong), 1, found));
            assert_eq!(
                found.iter().next().map(|item| item.code),
                Some(Code::BadSet),
                "{wrong}"
            );
        }
    }

    #[test]
    fn places_of_a_set_lie_in_its_text() {
        let mut found = Diagnostics::new();
        let mut root = parse(FILE, 0, &mut found).unwrap();
        set(
            &mut root,
            &SourceText::new("--set", "alerts.billing=[10, 20]"),
            2,
            &mut found,
        );
        let place = root.locate(&steps(&root, "alerts.billing.1")).unwrap();
        assert_eq!(
            (place.source, place.start, place.end, place.column),
            (2, 20, 22, 21)
        );
    }
}
