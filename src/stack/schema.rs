//! The JSON Schema of a stack file, made from the types that read it, and the documentation that is in it.

use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::document::Document;
use super::reference::nearest;
use crate::diag::Code;

/// The schema, for editors and for the check of shapes.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let schema = SchemaSettings::draft2020_12()
            .into_generator()
            .into_root_schema_for::<Document>();
        let mut schema = schema.to_value();
        simplify(&mut schema);
        schema
    })
}

/// `Option<T>` is "may be left out", never "may be null": an error about the one would otherwise be an error about both. A default
/// that is null says nothing.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Object(fields) => {
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_mut_slice() {
                    let only = only.take();
                    fields.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = fields.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                if let [only] = choices.as_mut_slice() {
                    let only = only.take();
                    fields.shift_remove("anyOf");
                    if let Value::Object(only) = only {
                        for (key, value) in only {
                            fields.entry(key).or_insert(value);
                        }
                    }
                }
            }
            if fields.get("default").is_some_and(Value::is_null) {
                fields.shift_remove("default");
            }
            if fields.get("pattern").is_some_and(|pattern| pattern == "") {
                fields.shift_remove("pattern");
            }
            fields.values_mut().for_each(simplify);
        }
        _ => {}
    }
}

/// What the schema says about one place in a stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described<'a> {
    /// The schema itself, references followed.
    pub node: &'a Map<String, Value>,
    /// What stands where it is used, beside the reference: the comment on the field, the default.
    pub used: &'a Map<String, Value>,
}

impl<'a> Described<'a> {
    /// The whole stack.
    pub(super) fn root() -> Option<Described<'static>> {
        let node = schema().as_object()?;
        Some(Described { node, used: node })
    }

    fn of(schema: &'a Value) -> Option<Self> {
        let used = schema.as_object()?;
        let mut node = used;
        while let Some(target) = node.get("$ref").and_then(Value::as_str) {
            let name = target.strip_prefix("#/$defs/")?;
            node = self::schema().get("$defs")?.get(name)?.as_object()?;
        }
        Some(Self { node, used })
    }

    /// What a key leads to: its own schema, or that of any name.
    pub(super) fn key(&self, key: &str) -> Option<Self> {
        let own = |node: &'a Map<String, Value>| node.get("properties")?.get(key);
        let found = own(self.node).or_else(|| self.branches().find_map(own));
        match found {
            Some(schema) => Self::of(schema),
            None => self.any_key(),
        }
    }

    /// What stands under any name, in a mapping of things by name.
    pub(super) fn any_key(&self) -> Option<Self> {
        self.node
            .get("additionalProperties")
            .filter(|schema| schema.is_object())
            .and_then(Self::of)
    }

    /// The items of a list.
    pub(super) fn item(&self) -> Option<Self> {
        self.node.get("items").and_then(Self::of)
    }

    /// The forms of a value that has several.
    fn branches(&self) -> impl Iterator<Item = &'a Map<String, Value>> + use<'a> {
        let forms = self.node.get("anyOf").and_then(Value::as_array);
        forms
            .into_iter()
            .flatten()
            .filter_map(|form| Self::of(form).map(|form| form.node))
    }

    /// The form of a value that has several, by its JSON type.
    pub(super) fn form(&self, kind: &str) -> Option<Self> {
        self.branches()
            .find(|node| node.get("type").is_some_and(|name| name == kind))
            .map(|node| Self { node, used: node })
    }

    /// The known keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'a str, Described<'a>)> {
        let own = std::iter::once(self.node).chain(self.branches());
        let properties = own
            .filter_map(|node| node.get("properties")?.as_object())
            .flatten();
        properties.filter_map(|(key, schema)| Some((key.as_str(), Self::of(schema)?)))
    }

    /// Whether a key must be given.
    fn requires(&self, key: &str) -> bool {
        self.node
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|keys| keys.iter().any(|name| name == key))
    }

    /// The words of which one must be taken.
    pub(super) fn words(&self) -> Vec<&'a str> {
        let consts = self
            .node
            .get("oneOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let consts = consts.filter_map(|choice| choice.get("const")?.as_str());
        let listed = self
            .node
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        consts.chain(listed).collect()
    }

    /// A keyword whose value is a text.
    pub(super) fn word(&self, keyword: &str) -> Option<&'a str> {
        self.node.get(keyword).and_then(Value::as_str)
    }

    /// The comment where it is used, or that of the type.
    pub(super) fn description(&self) -> &'a str {
        let text = self
            .used
            .get("description")
            .or_else(|| self.node.get("description"));
        text.and_then(Value::as_str).unwrap_or_default()
    }

    /// A value that is right.
    pub(super) fn example(&self) -> Option<String> {
        let example = self
            .used
            .get("examples")
            .or_else(|| self.node.get("examples"))?
            .as_array()?
            .first()?;
        Some(yaml(example))
    }

    /// A value as it is usually written here: an example of its own, else the default, else an example of the type.
    pub(super) fn usual(&self) -> Option<String> {
        let own = self.used.get("examples").and_then(|all| all.get(0));
        match own.or_else(|| self.used.get("default")) {
            Some(value) => Some(yaml(value)),
            None => self.example(),
        }
    }

    /// What it is, in a word or two: for `explain` and for messages about a wrong type.
    pub(super) fn kind(&self) -> String {
        if !self.words().is_empty() {
            return format!("one of {}", self.words().join(", "));
        }
        if let Some(unit) = self.word("format").and_then(super::shape::unit) {
            return unit.what.to_owned();
        }
        let forms: Vec<_> = self
            .branches()
            .map(|node| Self { node, used: node }.kind())
            .collect();
        if !forms.is_empty() {
            return forms.join(" or ");
        }
        match self.word("type") {
            Some("object") => "a mapping".to_owned(),
            Some("array") => match self.item() {
                Some(item) => format!("a list, each {}", item.kind()),
                None => "a list".to_owned(),
            },
            Some("boolean") => "true or false".to_owned(),
            Some(number @ ("integer" | "number")) => {
                let number = if number == "integer" {
                    "a whole number"
                } else {
                    "a number"
                };
                let bound = |keyword: &str| self.node.get(keyword).map(yaml);
                match (bound("minimum"), bound("maximum")) {
                    (Some(least), Some(most)) => format!("{number} from {least} to {most}"),
                    (Some(least), None) => format!("{number} from {least} on"),
                    _ => number.to_owned(),
                }
            }
            Some("string") => "a text".to_owned(),
            _ => "any value".to_owned(),
        }
    }
}

/// A JSON value in YAML's flow style, as a person would write it.
pub(super) fn yaml(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(yaml).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{key}: {}", yaml(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

/// The documentation of a section or field by its path (`network`, `workloads.port`, `workloads.analyzer.port`: the name of a thing
/// may be left out), or of a code (`E0101`). For the empty path the list of sections.
pub fn explain(path: &str) -> Option<String> {
    if let Some(code) = Code::by_id(path) {
        return Some(format!(
            "{code}: {}\n\n{}\n",
            code.title(),
            code.explanation()
        ));
    }
    let mut here = Described::root()?;
    let mut required = false;
    for key in path.split('.').filter(|key| !key.is_empty()) {
        required = here.requires(key);
        here = match here.any_key() {
            Some(any) => any
                .keys()
                .find(|(name, _)| *name == key)
                .map_or(any, |(_, schema)| {
                    required = any.requires(key);
                    schema
                }),
            None => here
                .key(key)
                .or_else(|| here.item().and_then(|item| item.key(key)))?,
        };
    }
    let mut text = String::new();
    let title = if path.is_empty() {
        "The stack file"
    } else {
        path
    };
    text.push_str(&format!("{title}: {}{}\n\n", here.kind(), must(required)));
    for line in wrapped(here.description(), 76) {
        text.push_str(&format!("{line}\n"));
    }
    if let Some(default) = here
        .used
        .get("default")
        .filter(|default| !is_empty(default))
    {
        text.push_str(&format!("\nDefault: {}\n", yaml(default)));
    }
    if let Some(example) = here.example() {
        text.push_str(&format!("\nExample: {example}\n"));
    }
    let choices = here
        .node
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let choices: Vec<_> = choices
        .filter_map(|choice| {
            Some((
                choice.get("const")?.as_str()?,
                choice.get("description")?.as_str()?,
            ))
        })
        .collect();
    list(
        &mut text,
        "Choices",
        &choices
            .iter()
            .map(|(word, about)| ((*word).to_owned(), (*about).to_owned()))
            .collect::<Vec<_>>(),
    );
    let inner = here.any_key().or_else(|| here.item()).unwrap_or(here);
    let keys: Vec<_> = inner
        .keys()
        .map(|(key, schema)| {
            let default = schema
                .used
                .get("default")
                .filter(|default| !is_empty(default));
            let default = default
                .map(|default| format!(" Default: {}.", yaml(default)))
                .unwrap_or_default();
            let title = format!("{key}: {}{}", schema.kind(), must(inner.requires(key)));
            (title, format!("{}{default}", schema.description()))
        })
        .collect();
    let heading = if here.any_key().is_some() {
        "Keys of each"
    } else {
        "Keys"
    };
    list(&mut text, heading, &keys);
    if let Some(block) = section_of(super::starter::WHOLE, path) {
        text.push_str(&format!("\nFor example:\n{block}\n"));
    }
    Some(text)
}

/// The lines of a section at the outermost level of a stack file.
fn section_of(text: &str, section: &str) -> Option<String> {
    let begins = |line: &str| {
        line.strip_prefix(section)
            .is_some_and(|rest| rest.starts_with(':'))
    };
    let mut lines = text
        .lines()
        .skip_while(|line| section.is_empty() || !begins(line));
    let first = lines.next()?;
    let inner = lines.take_while(|line| line.starts_with(' '));
    Some(
        std::iter::once(first)
            .chain(inner)
            .map(|line| format!("  {line}"))
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

fn must(required: bool) -> &'static str {
    if required { " (required)" } else { "" }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn list(text: &mut String, heading: &str, entries: &[(String, String)]) {
    if entries.is_empty() {
        return;
    }
    text.push_str(&format!("\n{heading}:\n"));
    for (name, about) in entries {
        text.push_str(&format!("  {name}\n"));
        for line in wrapped(about, 72) {
            text.push_str(&format!("      {line}\n"));
        }
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The path that was probably meant by one that `explain` does not know.
pub fn explain_nearest(path: &str) -> Option<&'static str> {
    nearest(path, Described::root()?.keys().map(|(key, _)| key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
        match value {
            Value::Object(fields) => {
                visit(path, fields);
                fields
                    .iter()
                    .for_each(|(key, value)| walk(value, &format!("{path}/{key}"), visit));
            }
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, value)| walk(value, &format!("{path}/{index}"), visit)),
            _ => {}
        }
    }

    #[test]
    fn nothing_may_be_null() {
        walk(schema(), "", &mut |path, fields| {
            let kind = fields
                .get("type")
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(!kind.contains("null"), "{path}");
            assert!(
                fields
                    .get("default")
                    .is_none_or(|default| !default.is_null()),
                "{path}"
            );
        });
    }

    #[test]
    fn every_key_is_documented() {
        let mut count = 0;
        walk(schema(), "", &mut |path, fields| {
            for (key, value) in fields
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                count += 1;
                let described = Described::of(value)
                    .map(|described| described.description().len())
                    .unwrap_or(0);
                assert!(described > 10, "{path}/{key} says nothing");
            }
        });
        assert!(count > 80, "{count}");
    }

    #[test]
    fn explains_sections_fields_and_codes() {
        let network = explain("network").unwrap();
        assert!(
            network.contains("cidr: an IPv4 range (required)")
                && network.contains("nat: true or false\n")
                && network.contains("Default: false.")
                && network.contains("  private: { a:"),
            "{network}"
        );
        for path in ["workloads.port", "workloads.analyzer.port"] {
            let port = explain(path).unwrap();
            assert!(
                port.contains("(required)")
                    && port.contains("from 1 to 65535")
                    && port.contains("Example: 5000"),
                "{port}"
            );
        }
        assert!(
            explain("files.shared.throughput")
                .unwrap()
                .contains("bursting")
        );
        assert!(explain("network.tags.private").is_some());
        assert!(explain("").unwrap().contains("workloads"));
        assert!(explain("e0101").unwrap().contains("unknown key"));
        assert_eq!(
            (explain("netwrok"), explain_nearest("netwrok")),
            (None, Some("network"))
        );
        assert_eq!(explain("network.cidr.deeper"), None);
    }
}
