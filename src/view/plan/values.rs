//! How the values of specifications read, and how two of them differ.

use base64::Engine;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::reference::{Piece, unresolved};
use crate::view::page::{columns, one_line};

/// Unchanged lines shown on either side of a change.
const CONTEXT: usize = 2;
/// Two values longer than this together stand below each other.
const SIDE_BY_SIDE: usize = 56;
/// An element of a list is shown on one line up to here.
const ELEMENT: usize = 68;

/// A JSON pointer as a person writes it: `/rules/0/from~1to` → `rules.0.from/to`.
pub(in crate::view) fn dotted(pointer: &str) -> String {
    let parts: Vec<_> = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    if parts.is_empty() {
        "(all)".to_owned()
    } else {
        parts.join(".")
    }
}

/// A value that is known only after apply: `(after apply: network.vpc.id)`.
fn later(value: &Value) -> Option<String> {
    let text = unresolved(value)?;
    Some(match text.pieces() {
        [Piece::Output(output)] => format!("(after apply: {}.{})", output.address, output.output),
        _ => format!("{text} (after apply)"),
    })
}

/// A value on one line, where it fits one: a scalar, an empty list, a short list of scalars.
pub(in crate::view) fn short(value: &Value) -> Option<String> {
    if let Some(later) = later(value) {
        return Some(one_line(&later));
    }
    match value {
        Value::Null => Some("(none)".to_owned()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Number(number) => Some(match number.as_f64() {
            // AWS has thresholds as floating-point numbers; a person writes 80.
            Some(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
            _ => number.to_string(),
        }),
        Value::String(text) => (!text.contains('\n')).then(|| quoted(text)),
        Value::Array(items) if items.is_empty() => Some("[]".to_owned()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items
                .iter()
                .map(|item| (!item.is_array() && !item.is_object()).then(|| short(item))?)
                .collect();
            let line = format!("[{}]", items?.join(", "));
            (columns(&line) <= SIDE_BY_SIDE / 2).then_some(line)
        }
        Value::Object(map) if map.is_empty() => Some("{}".to_owned()),
        Value::Object(_) => None,
    }
}

/// A string without quotes, unless it would read as something else without them.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.trim() == text
        && !text.starts_with(['"', '[', '{', '('])
        && (!matches!(text, "true" | "false" | "null") && text.parse::<f64>().is_err());
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// How a field changes.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::view) enum Shown {
    /// Both values on a line.
    Line(String, String),
    /// The lines that differ, with some that do not.
    Lines(Vec<(Mark, String)>),
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum Mark {
    Added,
    Removed,
    Same,
    Skipped,
}

impl Mark {
    /// The mark at the head of the line.
    pub(in crate::view) fn sign(self) -> &'static str {
        match self {
            Self::Added => "+ ",
            Self::Removed => "- ",
            Self::Same | Self::Skipped => "  ",
        }
    }
}

/// How `before` became `after`; `path` tells what the text means.
pub(in crate::view) fn difference(path: &str, before: &Value, after: &Value) -> Shown {
    let (before, after) = (meant(path, before), meant(path, after));
    let structured = |value: &Value| value.is_array() || later_free_object(value);
    if !(structured(&before) && structured(&after))
        && let (Some(old), Some(new)) = (short(&before), short(&after))
    {
        if old == new {
            return Shown::Line(before.to_string(), after.to_string());
        }
        if columns(&old) + columns(&new) <= SIDE_BY_SIDE {
            return Shown::Line(old, new);
        }
        return Shown::Lines(vec![(Mark::Removed, old), (Mark::Added, new)]);
    }
    Shown::Lines(diff(&parts(&before), &parts(&after)))
}

/// A map of scalars on one line, where it fits one: `{port: 443, from: 10.0.0.0/16}`.
fn flow(value: &Value) -> Option<String> {
    let map = value.as_object().filter(|_| later_free_object(value))?;
    let fields: Option<Vec<_>> = map
        .iter()
        .map(|(key, item)| Some(format!("{key}: {}", short(item)?)))
        .collect();
    let line = format!("{{{}}}", fields?.join(", "));
    (columns(&line) <= ELEMENT).then_some(line)
}

/// The lines by which a value is compared: a list's elements each begin one. Nothing has no
/// lines, so what is new or gone is shown without the other side.
fn parts(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let scalars = |item: &Value| !item.is_array() && !later_free_object(item);
            let head = if items.iter().all(scalars) { "" } else { "-" };
            for item in items {
                match flow(item) {
                    Some(line) => found.push(line),
                    None => lay_out(item, 0, head, &mut found),
                }
            }
        }
        value => lay_out(value, 0, "", &mut found),
    }
    found
}

fn later_free_object(value: &Value) -> bool {
    value.is_object() && unresolved(value).is_none()
}

fn diff(before: &[String], after: &[String]) -> Vec<(Mark, String)> {
    let old: Vec<&str> = before.iter().map(String::as_str).collect();
    let new: Vec<&str> = after.iter().map(String::as_str).collect();
    let diff = TextDiff::from_slices(&old, &new);
    let mut shown = Vec::new();
    let mut next = 0;
    for group in diff.grouped_ops(CONTEXT) {
        if group.first().is_some_and(|op| op.new_range().start > next) {
            shown.push((Mark::Skipped, "…".to_owned()));
        }
        for op in &group {
            next = op.new_range().end;
            for change in diff.iter_changes(op) {
                let mark = match change.tag() {
                    ChangeTag::Delete => Mark::Removed,
                    ChangeTag::Insert => Mark::Added,
                    ChangeTag::Equal => Mark::Same,
                };
                shown.push((mark, change.value().to_owned()));
            }
        }
    }
    if next < new.len() && !shown.is_empty() {
        shown.push((Mark::Skipped, "…".to_owned()));
    }
    shown
}

/// A text that stands for something else as what it stands for: a JSON document, or a boot
/// script in base64.
fn meant(path: &str, value: &Value) -> Value {
    let Value::String(text) = value else {
        return value.clone();
    };
    if text.starts_with(['{', '['])
        && let Ok(document) = serde_json::from_str(text)
    {
        return document;
    }
    if path.ends_with("user_data")
        && let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text)
        && let Ok(script) = String::from_utf8(bytes)
    {
        return Value::String(script);
    }
    value.clone()
}

/// A value as lines, in the manner of YAML: one a scalar, nested ones indented.
pub(in crate::view) fn lines(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    lay_out(value, 0, "", &mut found);
    found
}

/// `head` stands before the first line: `key:` or `-`.
fn lay_out(value: &Value, indent: usize, head: &str, found: &mut Vec<String>) {
    let blanks = " ".repeat(indent);
    let start = if head.is_empty() {
        String::new()
    } else {
        format!("{head} ")
    };
    if let Some(line) = short(value) {
        found.push(format!("{blanks}{start}{line}"));
        return;
    }
    match value {
        Value::String(text) => {
            let inner = if head.is_empty() {
                indent
            } else {
                found.push(format!("{blanks}{head} |"));
                indent + 2
            };
            let blanks = " ".repeat(inner);
            found.extend(text.lines().map(|line| format!("{blanks}{line}")));
        }
        Value::Array(items) => {
            let inner = nested(head, indent, found);
            for item in items {
                lay_out(item, inner, "-", found);
            }
        }
        Value::Object(map) if head == "-" => {
            // The first key stands beside the dash.
            let first = found.len();
            for (key, item) in map {
                lay_out(item, indent + 2, &format!("{key}:"), found);
            }
            if let Some(line) = found.get_mut(first) {
                line.replace_range(indent..=indent, "-");
            }
        }
        Value::Object(map) => {
            let inner = nested(head, indent, found);
            for (key, item) in map {
                lay_out(item, inner, &format!("{key}:"), found);
            }
        }
        _ => {}
    }
}

fn nested(head: &str, indent: usize, found: &mut Vec<String>) -> usize {
    if head.is_empty() {
        return indent;
    }
    found.push(format!("{}{head}", " ".repeat(indent)));
    indent + 2
}

/// Names of fields that tell a resource apart, the most telling first.
const TELLING: &[&str] = &[
    "cidr",
    "zone",
    "port",
    "protocol",
    "engine",
    "engine_version",
    "class",
    "instance_class",
    "instance_type",
    "image",
    "min",
    "max",
    "min_size",
    "max_size",
    "storage",
    "storage_gb",
    "domain",
    "domain_name",
    "metric",
    "metric_name",
    "threshold",
    "endpoint",
    "path",
    "scheme",
    "type",
    "record_type",
    "retention_days",
    "service",
    "region",
    "name",
];
/// Names of lists whose length tells something of what has no such field.
const COUNTED: &[&str] = &[
    "ingress", "egress", "routes", "rules", "subnets", "policies",
];
/// How many of them are shown.
const TOLD: usize = 3;
/// A value longer than this tells nothing at a glance.
const GLANCE: usize = 44;

/// The two or three fields that tell a new resource apart: `10.0.1.0/24, zone eu-west-1a`.
/// The stack's own `region` tells nothing.
pub(in crate::view) fn telling(spec: &Value, region: &str) -> String {
    let Some(map) = spec.as_object() else {
        return String::new();
    };
    let mut told: Vec<String> = TELLING
        .iter()
        .filter_map(|name| map.get(*name).map(|value| (*name, value)))
        .filter(|(_, value)| {
            unresolved(value).is_none() && (value.is_string() || value.is_number())
        })
        .filter_map(|(name, value)| Some((name, short(value)?)))
        .filter(|(name, text)| !(*name == "region" && text == region))
        .filter(|(_, text)| text != "\"\"" && columns(text) <= GLANCE)
        .take(TOLD)
        .map(|(name, text)| {
            if matches!(name, "cidr" | "zone" | "name" | "image" | "domain_name") {
                text
            } else {
                format!("{} {text}", name.replace('_', " "))
            }
        })
        .collect();
    if told.is_empty() {
        told.extend(COUNTED.iter().filter_map(|name| {
            let n = match map.get(*name)? {
                Value::Array(items) => items.len(),
                Value::Object(map) => map.len(),
                _ => 0,
            };
            (n > 0).then(|| format!("{name} {n}"))
        }));
        told.truncate(TOLD);
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{Address, Text};
    use serde_json::json;

    fn shown(path: &str, before: &Value, after: &Value) -> String {
        match difference(path, before, after) {
            Shown::Line(before, after) => format!("{before} → {after}"),
            Shown::Lines(lines) => lines
                .iter()
                .map(|(mark, line)| format!("{}{line}\n", mark.sign()))
                .collect(),
        }
    }

    #[test]
    fn pointers_read_as_paths() {
        assert_eq!(dotted("/rules/0/from~1to~0x"), "rules.0.from/to~x");
        assert_eq!(dotted(""), "(all)");
    }

    #[test]
    fn scalars_stand_beside_each_other_and_strings_that_look_like_numbers_are_quoted() {
        assert_eq!(shown("/x", &json!(60), &json!(120)), "60 → 120");
        assert_eq!(shown("/x", &json!("60"), &json!(60)), "\"60\" → 60");
        assert_eq!(shown("/x", &json!(null), &json!("")), "(none) → \"\"");
        assert_eq!(shown("/x", &json!([]), &json!("a b")), "[] → a b");
        assert_eq!(shown("/x", &json!(80.0), &json!(75.5)), "80 → 75.5");
        assert_eq!(shown("/x", &json!(80.0), &json!(80)), "80.0 → 80");
    }

    #[test]
    fn what_is_known_only_later_names_where_it_comes_from() {
        let vpc = Address::new("network.vpc");
        let id = serde_json::to_value(Text::output(&vpc, "id")).unwrap();
        assert_eq!(
            shown("/vpc", &json!("vpc-1"), &id),
            "vpc-1 → (after apply: network.vpc.id)"
        );
        let arn = serde_json::to_value(Text::literal("x/").then(Text::output(&vpc, "id"))).unwrap();
        assert_eq!(short(&arn).unwrap(), "x/${network.vpc.id} (after apply)");
    }

    #[test]
    fn lists_differ_by_their_elements() {
        assert_eq!(
            shown("/x", &json!(["a", "b", "c"]), &json!(["a", "c", "d"])),
            "  a\n- b\n  c\n+ d\n"
        );
        let rule = |port: u16| json!({"port": port, "from": "0.0.0.0/0", "protocol": "tcp"});
        assert_eq!(
            shown(
                "/rules",
                &json!([rule(80), rule(443)]),
                &json!([rule(80), rule(8443)])
            ),
            "  {port: 80, from: 0.0.0.0/0, protocol: tcp}\n\
             - {port: 443, from: 0.0.0.0/0, protocol: tcp}\n\
             + {port: 8443, from: 0.0.0.0/0, protocol: tcp}\n"
        );
    }

    #[test]
    fn a_policy_in_a_string_differs_by_its_structure() {
        let policy = |action: &str| {
            let document = json!({"Statement": [{"Effect": "Allow", "Action": action}]});
            Value::String(document.to_string())
        };
        assert_eq!(
            shown("/policy", &policy("s3:GetObject"), &policy("s3:PutObject")),
            "  Statement:\n    - Effect: Allow\n-     Action: s3:GetObject\n+     Action: s3:PutObject\n"
        );
    }

    #[test]
    fn user_data_differs_line_by_line_in_clear_and_in_base64() {
        let script = |n: u8| format!("#!/bin/sh\none\ntwo\nthree\nport={n}\n");
        let encoded =
            |n| Value::String(base64::engine::general_purpose::STANDARD.encode(script(n)));
        let expected = "  …\n  two\n  three\n- port=1\n+ port=2\n";
        assert_eq!(
            shown("/user_data", &script(1).into(), &script(2).into()),
            expected
        );
        assert_eq!(shown("/user_data", &encoded(1), &encoded(2)), expected);
    }

    #[test]
    fn a_resource_is_told_apart_by_few_fields() {
        let spec = json!({"zone": "eu-west-1a", "public": true, "cidr": "10.0.1.0/24", "name": "n", "port": 80});
        assert_eq!(
            telling(&spec, "eu-west-1"),
            "10.0.1.0/24, eu-west-1a, port 80"
        );
        let later = json!({"cidr": {"$text": [["a", "id"]]}, "ingress": [1, 2], "egress": {}});
        assert_eq!(telling(&later, "eu-west-1"), "ingress 2");
        let abroad = json!({"region": "us-east-1"});
        assert_eq!(telling(&abroad, "eu-west-1"), "region us-east-1");
        assert_eq!(telling(&abroad, "us-east-1"), "");
    }
}
