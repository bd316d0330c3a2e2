//! What is said about a value that does not fit.

use super::{Place, secrets, unit, within};
use crate::diag::{Code, Diagnostic};
use crate::stack::document::TagValue;
use crate::stack::interpolate::Template;
use crate::stack::reference::{Reference, nearest};
use crate::stack::schema::yaml;
use crate::stack::secret;
use crate::stack::source::{Content, Step};
use crate::units::{Cidr, Duration, Unit, UnitEntry, UnitError};

/// Keys of a parameter under which people write its value.
const LITERALS: [&str; 5] = ["value", "literal", "default", "secret", "text"];

/// The usual sizes of a network and of a subnet, as every example has them.
const NETWORK: u8 = 16;
const SUBNET: u8 = 24;

pub(super) fn unknown_key(place: &Place<'_>, key: &str) -> Diagnostic {
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
    let workload = matches!(place.steps.as_slice(), [Step::Key(section), Step::Key(_)] if section == "workloads");
    if workload && key == "fargate" {
        return Diagnostic::new(Code::UnknownKey, "`fargate` is not supported yet")
            .at_option(span)
            .label("not supported yet")
            .help("run the workload on instances: `blue_green` or `rolling`");
    }
    let diagnostic =
        Diagnostic::new(Code::UnknownKey, format!("{spoken} has no key `{key}`")).at_option(span);
    let near = nearest(key, known.iter().copied());
    let value = place.node.entry(key).map(|entry| entry.value.span);
    let is_secret = secret::is_named_like_one(key) || near.is_some_and(secret::is_named_like_one);
    let diagnostic = diagnostic.hiding(value.filter(|_| is_secret));
    match near {
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

pub(super) fn missing_key(place: &Place<'_>, key: &str) -> Diagnostic {
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

pub(super) fn not_one_of(place: &Place<'_>, words: &[&str]) -> Diagnostic {
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

pub(super) fn wrong_type(place: &Place<'_>) -> Diagnostic {
    let expected = place
        .described
        .map_or_else(|| "something else".to_owned(), |schema| schema.kind());
    let shown = place.written();
    if let Some(diagnostic) = secrets::literal(place) {
        return diagnostic;
    }
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
            Some((unit, Err(error))) => diagnostic.help(remedy(place, unit, &shown, &error)),
            _ => diagnostic.help(format!("write it in quotes: \"{shown}\"")),
        };
    } else if let Some(help) = yes_or_no(place) {
        diagnostic = diagnostic.help(help);
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

/// For a text where true or false is wanted: which of the two was meant.
fn yes_or_no(place: &Place<'_>) -> Option<&'static str> {
    let text = place.node.text()?;
    if place.described?.word("type") != Some("boolean") {
        return None;
    }
    Some(match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" => "write `true`",
        "false" | "no" | "n" | "off" => "write `false`",
        _ => "write `true` or `false`",
    })
}

pub(super) fn wrong_unit(place: &Place<'_>, format: &str) -> Diagnostic {
    let text = place.node.text().unwrap_or_default();
    if let Some(diagnostic) = secrets::literal(place) {
        return diagnostic;
    }
    if format == Template::FORMAT
        && let Err(error) = Template::parse(text)
    {
        return Diagnostic::new(error.code, error.message.clone())
            .at_option(
                place
                    .span
                    .map(|span| within(span, place.node, &error.range)),
            )
            .hiding(secret::stands_in(text).then_some(place.node.span))
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
        Some((unit, Err(error))) => Diagnostic::new(code, error.to_string())
            .help(remedy(place, unit, text, &error))
            .at_option(place.span),
        _ => Diagnostic::new(
            code,
            format!("{} is not of the form `{format}`", place.title()),
        )
        .at_option(place.span),
    }
}

/// What to write instead of `text`. Of a bare number the field says what it counts, of an address how large the range is.
fn remedy(place: &Place<'_>, unit: &UnitEntry, text: &str, error: &UnitError) -> String {
    if unit.format == Duration::FORMAT {
        let usual = place.described.and_then(|schema| schema.usual());
        let in_days = usual.is_some_and(|usual| usual.ends_with('d'));
        if let Some((words, meant)) = Duration::of_bare(text, in_days) {
            return format!("did you mean {words} (`{meant}`)?");
        }
        if in_days && text.bytes().all(|b| b.is_ascii_digit()) {
            return unit_help(unit);
        }
    }
    let in_network = match place.keys().as_slice() {
        ["network", "cidr"] => Some(NETWORK),
        ["network", ..] => Some(SUBNET),
        _ => None,
    };
    if unit.format == Cidr::FORMAT
        && let (Some(prefix), Ok(address)) = (in_network, text.parse())
        && let Some(meant) = Cidr::around(address, prefix)
    {
        return format!("did you mean `{meant}`?");
    }
    match &error.suggestion {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => unit_help(unit),
    }
}

pub(super) fn unit_error(code: Code, unit: &UnitEntry, error: &UnitError) -> Diagnostic {
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
