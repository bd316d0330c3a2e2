//! Whether the tree has the shape of a stack: every error of the schema at its place, in words for a person.

use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::document::{Engine, TagKey, TagValue};
use super::interpolate::Template;
use super::reference::{REFERENCES, Reference, nearest};
use super::schema::{Described, schema, yaml};
use super::source::{Content, Entry, Node, Step};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::units::{self, Unit, UnitEntry, UnitError};

/// The units that belong to the language alone.
const OWN: &[UnitEntry] = &[
    UnitEntry::of::<Engine>(),
    UnitEntry::of::<TagKey>(),
    UnitEntry::of::<TagValue>(),
    UnitEntry::of::<Template>(),
];

/// The unit that the schema knows under `format`.
pub(super) fn unit(format: &str) -> Option<&'static UnitEntry> {
    units::by_format(format).or_else(|| {
        OWN.iter()
            .chain(REFERENCES)
            .find(|unit| unit.format == format)
    })
}

/// The compiled schema; nothing if it could not be compiled, which a test excludes.
fn validator() -> Option<&'static Validator> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    VALIDATOR
        .get_or_init(|| {
            let mut bare = schema().clone();
            strip(&mut bare);
            let mut options = jsonschema::options().should_validate_formats(true);
            for unit in units::UNITS.iter().chain(OWN).chain(REFERENCES) {
                options = options.with_format(unit.format, |text: &str| (unit.check)(text).is_ok());
            }
            options.build(&bare).ok()
        })
        .as_ref()
}

/// Leaves only what decides. The patterns are coarser than the formats and take long to compile.
fn strip(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(fields) => {
            if fields.get("format").is_some_and(Value::is_string) {
                fields.shift_remove("pattern");
            }
            for keyword in ["description", "examples", "default", "title"] {
                if fields
                    .get(keyword)
                    .is_some_and(|value| !value.is_object() || keyword == "default")
                {
                    fields.shift_remove(keyword);
                }
            }
            fields.values_mut().for_each(strip);
        }
        _ => {}
    }
}

/// One thing that does not fit: what to say of it, and what to take away so that the rest can be looked at.
pub(super) struct Misfit {
    /// What to say.
    pub diagnostic: Diagnostic,
    /// The value that does not fit, or the mapping that lacks something.
    pub path: Vec<Step>,
    /// The key that is missing in it.
    pub missing: Option<String>,
}

/// Everything in which the tree differs from the schema.
pub(super) fn misfits(tree: &Node) -> Vec<Misfit> {
    let Some(validator) = validator() else {
        let diagnostic =
            Diagnostic::new(Code::WrongShape, "the schema of stacks is itself malformed");
        return vec![Misfit {
            diagnostic,
            path: Vec::new(),
            missing: None,
        }];
    };
    let value = tree.to_value();
    let mut found = Vec::new();
    for error in validator.iter_errors(&value) {
        describe(tree, &error, &mut found);
    }
    found
}

/// The place that an error means.
struct Place<'a> {
    steps: Vec<Step>,
    node: &'a Node,
    span: Option<Span>,
    described: Option<Described<'static>>,
    name: String,
}

impl<'a> Place<'a> {
    fn of(tree: &'a Node, pointer: &str) -> Self {
        let mut node = tree;
        let mut described = Described::root();
        let mut steps = Vec::new();
        let mut name = String::new();
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let (step, next, schema) = match &node.content {
                Content::List(items) => {
                    let index = part.parse().unwrap_or(usize::MAX);
                    (
                        Step::Index(index),
                        items.get(index),
                        described.and_then(|schema| schema.item()),
                    )
                }
                _ => {
                    let next = node.entry(&part).map(|entry| &entry.value);
                    let schema = described.and_then(|schema| schema.key(&part));
                    (Step::Key(part.clone()), next, schema)
                }
            };
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&part);
            steps.push(step);
            described = schema;
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        let span = tree.locate(&steps);
        Self {
            steps,
            node,
            span,
            described,
            name,
        }
    }

    /// How to speak of it: by its path, or as the stack.
    fn title(&self) -> String {
        if self.name.is_empty() {
            "the stack".to_owned()
        } else {
            format!("`{}`", self.name)
        }
    }
}

fn describe(tree: &Node, error: &ValidationError<'_>, found: &mut Vec<Misfit>) {
    let place = Place::of(tree, error.instance_path().as_str());
    let mut push = |diagnostic: Diagnostic, path: Vec<Step>, missing: Option<String>| {
        found.push(Misfit {
            diagnostic,
            path,
            missing,
        })
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            for key in unexpected {
                let mut path = place.steps.clone();
                path.push(Step::Key(key.clone()));
                push(unknown_key(&place, key), path, None);
            }
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default().to_owned();
            push(missing_key(&place, &key), place.steps, Some(key));
        }
        Kind::PropertyNames { error } => {
            let key = yaml(error.instance());
            let format = match error.kind() {
                Kind::Format { format } => format.as_str(),
                _ => "",
            };
            let code = if format == TagKey::FORMAT {
                Code::TagIllegal
            } else {
                Code::IllegalName
            };
            let span = place.node.entry(&key).map(|entry| entry.key_span);
            let diagnostic = match unit(format).map(|unit| (unit, (unit.check)(&key))) {
                Some((unit, Err(error))) => unit_error(code, unit, &error),
                _ => Diagnostic::new(code, format!("`{key}` may not be a key here")),
            };
            let mut path = place.steps;
            path.push(Step::Key(key));
            push(diagnostic.at_option(span), path, None);
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            if let Some(words) = place
                .described
                .map(|schema| schema.words())
                .filter(|words| !words.is_empty())
            {
                push(not_one_of(&place, &words), place.steps, None);
                return;
            }
            // The form that was meant is the one whose outermost type fits.
            let meant = context.iter().find(|errors| {
                !errors.iter().any(|inner| {
                    matches!(inner.kind(), Kind::Type { .. })
                        && inner.instance_path().as_str() == error.instance_path().as_str()
                })
            });
            match meant {
                Some(errors) => errors.iter().for_each(|error| describe(tree, error, found)),
                None => push(wrong_type(&place), place.steps, None),
            }
        }
        Kind::Enum { .. } | Kind::Constant { .. } => {
            let words = place
                .described
                .map(|schema| schema.words())
                .unwrap_or_default();
            push(not_one_of(&place, &words), place.steps, None);
        }
        Kind::Type { .. } => push(wrong_type(&place), place.steps, None),
        Kind::Format { format } => push(wrong_unit(&place, format), place.steps, None),
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. } => {
            let kind = place
                .described
                .map(|schema| schema.kind())
                .unwrap_or_default();
            let message = format!(
                "{} is {}, and must be {kind}",
                place.title(),
                yaml(&place.node.to_value())
            );
            push(
                Diagnostic::new(Code::OutOfRange, message).at_option(place.span),
                place.steps,
                None,
            );
        }
        Kind::MinItems { limit } | Kind::MinProperties { limit } => {
            let message = format!("{} needs at least {limit}", place.title());
            push(
                Diagnostic::new(Code::WrongCount, message).at_option(place.span),
                place.steps,
                None,
            );
        }
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
            let message = format!("{} takes at most {limit}", place.title());
            push(
                Diagnostic::new(Code::WrongCount, message).at_option(place.span),
                place.steps,
                None,
            );
        }
        Kind::MinLength { limit } => {
            let message = format!("{} is shorter than {limit} characters", place.title());
            push(
                Diagnostic::new(Code::WrongUnit, message).at_option(place.span),
                place.steps,
                None,
            );
        }
        Kind::MaxLength { limit } => {
            let message = format!("{} is longer than {limit} characters", place.title());
            push(
                Diagnostic::new(Code::WrongUnit, message).at_option(place.span),
                place.steps,
                None,
            );
        }
        _ => {
            let message = format!("{} does not fit: {error}", place.title());
            push(
                Diagnostic::new(Code::WrongShape, message).at_option(place.span),
                place.steps,
                None,
            );
        }
    }
}

/// Keys of a parameter under which people write its value.
const LITERALS: [&str; 5] = ["value", "literal", "default", "secret", "text"];

fn unknown_key(place: &Place<'_>, key: &str) -> Diagnostic {
    let span = place.node.entry(key).map(|entry| entry.key_span);
    if matches!(place.steps.as_slice(), [Step::Key(section), Step::Key(_)] if section == "parameters")
        && LITERALS.contains(&key)
    {
        let value = place.node.entry(key).map(|entry| entry.value.span);
        return literal_parameter(&place.name).at_option(span).hiding(value);
    }
    let known: Vec<_> = place
        .described
        .iter()
        .flat_map(|schema| schema.keys())
        .map(|(key, _)| key)
        .collect();
    let spoken = if place.name.is_empty() {
        "a stack".to_owned()
    } else {
        format!("`{}`", place.name)
    };
    let diagnostic =
        Diagnostic::new(Code::UnknownKey, format!("{spoken} has no key `{key}`")).at_option(span);
    match nearest(key, known.iter().copied()) {
        Some(near) => diagnostic
            .label("unknown key")
            .help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.label("unknown key"),
        None => diagnostic
            .label("unknown key")
            .help(format!("it has {}", known.join(", "))),
    }
}

fn literal_parameter(name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::LiteralParameter,
        format!("`{name}` has its value written in the file"),
    )
    .help("write `{ generate: 48 }`, `{ from_env: NAME }` or `{ prompt: true }`")
}

fn missing_key(place: &Place<'_>, key: &str) -> Diagnostic {
    let title = place.title();
    let diagnostic = Diagnostic::new(Code::MissingKey, format!("{title} lacks the key `{key}`"))
        .at_option(place.span);
    let Some(schema) = place.described.and_then(|schema| schema.key(key)) else {
        return diagnostic;
    };
    let about = schema.description();
    match schema.example() {
        Some(example) => diagnostic.help(format!("add `{key}: {example}`: {about}")),
        None => diagnostic.help(format!("add `{key}:` {about}")),
    }
}

fn not_one_of(place: &Place<'_>, words: &[&str]) -> Diagnostic {
    let shown = yaml(&place.node.to_value());
    let message = format!(
        "{} is `{shown}`, and must be one of {}",
        place.title(),
        words.join(", ")
    );
    let diagnostic = Diagnostic::new(Code::NotOneOf, message).at_option(place.span);
    match nearest(&shown, words.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

fn wrong_type(place: &Place<'_>) -> Diagnostic {
    let expected = place
        .described
        .map_or_else(|| "something else".to_owned(), |schema| schema.kind());
    let value = place.node.to_value();
    let shown = yaml(&value);
    let is_parameter = matches!(place.steps.as_slice(), [Step::Key(section), Step::Key(_)] if section == "parameters");
    if is_parameter && !place.node.is_collection() && place.node.content != Content::Null {
        return literal_parameter(&place.name)
            .at_option(place.span)
            .hiding(place.span);
    }
    let given = match &place.node.content {
        Content::Null => "nothing",
        Content::Bool(_) => "true or false",
        Content::Number(_) => "a number",
        Content::Text(_) => "a text",
        Content::List(_) => "a list",
        Content::Mapping(_) => "a mapping",
    };
    let message = match given {
        "nothing" => format!("{} has no value, and must be {expected}", place.title()),
        _ => format!("{} must be {expected}, and is {given}", place.title()),
    };
    let code = if place.steps.is_empty() {
        Code::NotAMapping
    } else {
        Code::WrongType
    };
    let mut diagnostic =
        Diagnostic::new(code, message).at_option(place.span.or(Some(place.node.span.first(1))));
    let scalar = matches!(place.node.content, Content::Bool(_) | Content::Number(_));
    let schema = place
        .described
        .map(|schema| schema.form("string").unwrap_or(schema));
    if let Some(schema) = schema
        .filter(|schema| schema.word("type") == Some("string"))
        .filter(|_| scalar)
    {
        let verdict = schema
            .word("format")
            .and_then(unit)
            .map(|unit| (unit, (unit.check)(&shown)));
        diagnostic = match verdict {
            Some((
                _,
                Err(UnitError {
                    suggestion: Some(meant),
                    ..
                }),
            )) => diagnostic.help(format!("did you mean `{meant}`?")),
            Some((unit, Err(_))) => diagnostic.help(unit_help(unit)),
            _ => diagnostic.help(format!("write it in quotes: \"{shown}\"")),
        };
    } else if place.node.content == Content::Null && expected == "a mapping" {
        diagnostic = diagnostic.help("write `{}` to take every default");
    } else if let Some(example) = place.described.and_then(|schema| schema.example()) {
        diagnostic = diagnostic.help(format!("write it like {example}"));
    } else if let (Some("array"), Content::Text(_)) = (
        place.described.and_then(|schema| schema.word("type")),
        &place.node.content,
    ) {
        diagnostic = diagnostic.help(format!("write `[ {shown} ]`"));
    }
    diagnostic
}

fn wrong_unit(place: &Place<'_>, format: &str) -> Diagnostic {
    let text = place.node.text().unwrap_or_default();
    if format == Template::FORMAT
        && let Err(error) = Template::parse(text)
    {
        return Diagnostic::new(error.code, error.message.clone())
            .at_option(
                place
                    .span
                    .map(|span| within(span, place.node, &error.range)),
            )
            .help(&error.help);
    }
    let code = match format {
        _ if format == TagValue::FORMAT => Code::TagIllegal,
        _ if format == Reference::FORMAT || format.ends_with("-reference") => {
            match text.parse::<Reference>() {
                Ok(_) => Code::WrongReference,
                Err(_) => Code::MalformedReference,
            }
        }
        _ => Code::WrongUnit,
    };
    match unit(format).map(|unit| (unit, (unit.check)(text))) {
        Some((unit, Err(error))) => unit_error(code, unit, &error).at_option(place.span),
        _ => Diagnostic::new(
            code,
            format!("{} is not of the form `{format}`", place.title()),
        )
        .at_option(place.span),
    }
}

fn unit_error(code: Code, unit: &UnitEntry, error: &UnitError) -> Diagnostic {
    let diagnostic = Diagnostic::new(code, error.to_string());
    match &error.suggestion {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help(unit_help(unit)),
    }
}

fn unit_help(unit: &UnitEntry) -> String {
    let written = unit.written.trim_end_matches('.');
    match unit.examples.first() {
        Some(example) => format!("{written}, such as `{example}`"),
        None => written.to_owned(),
    }
}

/// The place of a part of a text. Exact where the text stands in one line as it is, with or without quotes; else all of it.
pub(super) fn within(span: Span, node: &Node, range: &std::ops::Range<usize>) -> Span {
    let Some(text) = node
        .text()
        .filter(|text| text.is_ascii() && !text.contains('\n'))
    else {
        return span;
    };
    let written = span.end.saturating_sub(span.start);
    let quotes = match written.checked_sub(text.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return span,
    };
    span.part(range.start + quotes, range.len())
}

/// The tree without what does not fit, as far as a document can then be read from it. What must be there and is wrong or missing is
/// replaced by an example, so that what stands beside it can still be looked at.
pub(super) fn prune(tree: &Node) -> Option<Node> {
    const ROUNDS: usize = 12;
    let mut tree = tree.clone();
    for _ in 0..ROUNDS {
        let misfits = misfits(&tree);
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
    let place = Place::of(tree, &pointer);
    let Some(schema) = place.described.and_then(|schema| schema.key(key)) else {
        return false;
    };
    if schema.word("format") == Some(units::Cidr::FORMAT) {
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

/// Adds everything in which the tree differs from the schema; whether there was anything.
pub(super) fn check(tree: &Node, found: &mut Diagnostics) -> bool {
    let misfits = misfits(tree);
    let any = !misfits.is_empty();
    found.extend(misfits.into_iter().map(|misfit| misfit.diagnostic));
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_compiles_and_knows_every_format() {
        assert!(validator().is_some());
        fn formats(value: &Value, seen: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    if fields.get("type").is_some_and(|kind| kind == "string")
                        && let Some(format) = fields.get("format").and_then(Value::as_str)
                    {
                        seen.push(format.to_owned());
                    }
                    fields.values().for_each(|value| formats(value, seen));
                }
                Value::Array(items) => items.iter().for_each(|value| formats(value, seen)),
                _ => {}
            }
        }
        let mut seen = Vec::new();
        formats(schema(), &mut seen);
        assert!(seen.len() > 10);
        for format in seen {
            assert!(unit(&format).is_some(), "{format}");
        }
    }
}
