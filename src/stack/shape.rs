//! Whether the tree has the shape of a stack: every error of the schema at its place, in words for a person.

use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use super::document::{Engine, TagKey, TagValue};
use super::interpolate::Template;
use super::reference::REFERENCES;
use super::schema::{schema, yaml};
use super::source::{Node, Step};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::units::{self, Unit, UnitEntry};
use place::Place;
use words::{missing_key, not_one_of, unit_error, unknown_key, wrong_type, wrong_unit};

mod place;
mod prune;
mod secrets;
mod words;

pub(super) use place::Texts;
pub(super) use prune::prune;

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
            // The meta-schema of draft 7 compiles in a fifth of the time of a later one, and no keyword in use differs.
            let mut options = jsonschema::options()
                .with_draft(Draft::Draft7)
                .should_validate_formats(true);
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
            for keyword in ["$schema", "description", "examples", "default", "title"] {
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
pub(super) fn misfits(tree: &Node, texts: Texts<'_>) -> Vec<Misfit> {
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
        describe(tree, texts, &error, &mut found);
    }
    found
}

fn describe(tree: &Node, texts: Texts<'_>, error: &ValidationError<'_>, found: &mut Vec<Misfit>) {
    let place = Place::of(tree, texts, error.instance_path().as_str());
    let mut push = |diagnostic: Diagnostic, path: Vec<Step>, missing: Option<String>| {
        let diagnostic = secrets::hide(tree, &path, diagnostic);
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
                Some(errors) => errors
                    .iter()
                    .for_each(|error| describe(tree, texts, error, found)),
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

/// Adds everything in which the tree differs from the schema; whether there was anything.
pub(super) fn check(tree: &Node, texts: Texts<'_>, found: &mut Diagnostics) -> bool {
    let misfits = misfits(tree, texts);
    let any = !misfits.is_empty();
    found.extend(misfits.into_iter().map(|misfit| misfit.diagnostic));
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draft 7 does not look at what stands beside a reference.
    #[test]
    fn nothing_that_decides_stands_beside_a_reference() {
        fn walk(value: &Value) {
            if let Some(fields) = value.as_object() {
                assert!(fields.len() == 1 || !fields.contains_key("$ref"), "{value}");
                fields.values().for_each(walk);
            }
            value.as_array().into_iter().flatten().for_each(walk);
        }
        let mut bare = schema().clone();
        strip(&mut bare);
        walk(&bare);
    }

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
