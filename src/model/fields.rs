//! The fields of a kind, as its schema has them: explained, and held against what a file says.

use std::collections::BTreeMap;
use std::fmt::Write;

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};

use crate::kinds::{self, AnyKind};
use crate::stack::reference::nearest;
use crate::stack::secret;

/// The name of [`crate::aws::SecretSource`] in the schemas of kinds.
const SOURCE: &str = "SecretSource";

/// Columns of what is explained.
const WIDTH: usize = 80;
/// Spaces before what is said of a field.
const INDENT: usize = 6;

/// The name of a kind in a stack file: `sns.topic` for `sns:topic`.
pub fn name_of(kind: &dyn AnyKind) -> String {
    kind.type_name().replacen(':', ".", 1)
}

/// The kind of that name.
pub fn kind_named(name: &str) -> Option<&'static dyn AnyKind> {
    kinds::by_type(&name.replacen('.', ":", 1))
}

/// The names of all kinds.
pub fn names() -> Vec<String> {
    kinds::ALL.iter().map(|kind| name_of(*kind)).collect()
}

/// The names of all kinds, for a person.
pub fn listed() -> String {
    let names = lines(&names().join(", "), INDENT);
    format!(
        "Kinds, each of which `explain` explains:\n      {}\n",
        names.join("\n      ")
    )
}

/// What a kind is and which fields it has, for a person.
pub fn explain(kind: &dyn AnyKind) -> String {
    let schema = kind.schema();
    let described = |node: &Value, indent| {
        let text = node["description"].as_str().unwrap_or_default();
        lines(
            &text.split_whitespace().collect::<Vec<_>>().join(" "),
            indent,
        )
    };
    let mut text = format!(
        "{}: a kind of resource\n\n{}\n\nFields:\n",
        name_of(kind),
        described(&schema, 0).join("\n")
    );
    let no_fields = Map::new();
    let fields = schema["properties"].as_object().unwrap_or(&no_fields);
    for (field, node) in fields {
        let must = required(&schema).any(|name| name == field);
        let must = if must { " (required)" } else { "" };
        let _ = writeln!(text, "  {field}: {}{must}", form(&schema, node));
        for line in described(node, INDENT) {
            let _ = writeln!(text, "      {line}");
        }
    }
    text
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The text in lines that fit behind so many spaces.
fn lines(text: &str, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if indent + line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What a value may be, in a word or two.
fn form(schema: &Value, node: &Value) -> String {
    if let Some(name) = node["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return form(schema, &schema["$defs"][name]);
    }
    let choices = |keyword: &str| {
        let forms = node[keyword]
            .as_array()?
            .iter()
            .map(|one| form(schema, one));
        let mut forms: Vec<_> = forms.filter(|form| form != "null").collect();
        forms.dedup();
        Some(forms.join(" or "))
    };
    if let Some(choice) = choices("anyOf").or_else(|| choices("oneOf")) {
        return choice;
    }
    if let Some(word) = node["const"].as_str() {
        return word.to_owned();
    }
    if let Some(words) = node["enum"].as_array() {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return words.join(" or ");
    }
    let named = match &node["type"] {
        Value::Array(types) => types
            .iter()
            .filter_map(Value::as_str)
            .find(|one| *one != "null"),
        one => one.as_str(),
    };
    match named {
        Some("string") => "a text".to_owned(),
        Some("integer") => "a whole number".to_owned(),
        Some("number") => "a number".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => format!("a list, each {}", form(schema, &node["items"])),
        Some("object") => match node["properties"].as_object() {
            Some(fields) => {
                let names: Vec<_> = fields.keys().map(String::as_str).collect();
                format!("a mapping of {}", names.join(", "))
            }
            None => "a mapping".to_owned(),
        },
        Some("null") => "null".to_owned(),
        _ => "any value".to_owned(),
    }
}

/// One thing in which fields differ from what their kind takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Where, below the fields: `.health_check.path`, or nothing.
    pub path: String,
    /// What does not fit.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Whether what stands there may be a secret, and is not to be shown.
    pub secret: bool,
}

/// Everything in which fields differ from what the kind takes, as far as its schema says.
pub(crate) fn misfits(kind: &dyn AnyKind, fields: &Value) -> Vec<Misfit> {
    let schema = kind.schema();
    let Ok(validator) = jsonschema::validator_for(&schema) else {
        return Vec::new();
    };
    let name = name_of(kind);
    let mut found = Vec::new();
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for error in validator.iter_errors(fields) {
        let path = error.instance_path().as_str().replace('/', ".");
        let here = path.trim_start_matches('.');
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let inner = at(&schema, error.schema_path().as_str());
                let known: Vec<&str> = inner["properties"]
                    .as_object()
                    .map(|fields| fields.keys().map(String::as_str).collect())
                    .unwrap_or_default();
                found.extend(unexpected.iter().map(|key| Misfit {
                    secret: secret::is_named_like_one(key) || takes_secrets(&schema, &schema),
                    path: format!("{path}.{key}"),
                    message: match here {
                        "" => format!("{name} has no field `{key}`"),
                        _ => format!("`{here}` of {name} has no field `{key}`"),
                    },
                    help: match nearest(key, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("it has {}", known.join(", ")),
                    },
                }));
            }
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                let key = match here {
                    "" => format!("`{key}`"),
                    _ => format!("`{here}.{key}`"),
                };
                missing.entry(path).or_default().push(key);
            }
            _ => {
                let secret = is_secret(&schema, here);
                found.push(Misfit {
                    message: format!(
                        "`{here}` of {name} is {}",
                        form_refused(&schema, &error, secret)
                    ),
                    path,
                    help: format!("`explain {name}` lists its fields"),
                    secret,
                });
            }
        }
    }
    found.extend(missing.into_iter().map(|(path, keys)| Misfit {
        secret: is_secret(&schema, path.trim_start_matches('.')),
        path,
        message: format!("{name} needs {}", keys.join(", ")),
        help: format!("`explain {name}` says what each is"),
    }));
    found
}

/// The part of the schema that a keyword, the last step of its path, stands in.
fn at<'a>(schema: &'a Value, path: &str) -> &'a Value {
    let mut node = schema;
    let (path, _) = path.rsplit_once('/').unwrap_or_default();
    for step in path.split('/').skip(1) {
        let next = match node {
            Value::Array(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
            _ => node.get(step),
        };
        match next {
            Some(next) if next.is_object() || next.is_array() => node = next,
            Some(Value::String(name)) if step == "$ref" => {
                node = &schema["$defs"][name.rsplit('/').next().unwrap_or_default()];
            }
            _ => break,
        }
    }
    node
}

/// Whether a secret may stand at a path below the fields: by its name, or since the field takes the source of one.
fn is_secret(schema: &Value, path: &str) -> bool {
    let field = path.split('.').next().unwrap_or_default();
    path.split('.').any(secret::is_named_like_one)
        || takes_secrets(schema, &schema["properties"][field])
}

/// Whether the schema lets a secret's source stand somewhere in a value.
fn takes_secrets(schema: &Value, node: &Value) -> bool {
    /// Deeper than any field.
    const DEPTH: usize = 16;
    fn looks(schema: &Value, node: &Value, depth: usize) -> bool {
        let deeper = |node| depth > 0 && looks(schema, node, depth - 1);
        match node {
            Value::Object(keywords) => keywords.iter().any(|(keyword, value)| {
                match value.as_str().and_then(|path| path.rsplit('/').next()) {
                    Some(name) if keyword == "$ref" => {
                        name == SOURCE || deeper(&schema["$defs"][name])
                    }
                    _ => keyword != "$defs" && deeper(value),
                }
            }),
            Value::Array(items) => items.iter().any(deeper),
            _ => false,
        }
    }
    looks(schema, node, DEPTH)
}

/// What was written, and what may be.
fn form_refused(
    schema: &Value,
    error: &jsonschema::ValidationError<'_>,
    is_secret: bool,
) -> String {
    let written = match error.instance().as_ref() {
        Value::Object(_) => "a mapping".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        _ if is_secret => "a plain value".to_owned(),
        plain => format!(
            "`{}`",
            plain
                .as_str()
                .map_or_else(|| plain.to_string(), str::to_owned)
        ),
    };
    match form(schema, at(schema, error.schema_path().as_str())).as_str() {
        "any value" => format!("{written}, which it does not take"),
        form => format!("{written}, and must be {form}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_explains_each_of_its_fields() {
        for kind in kinds::ALL {
            let text = explain(*kind);
            let schema = kind.schema();
            for field in schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|one| one.0)
            {
                assert!(text.contains(&format!("\n  {field}: ")), "{text}");
            }
            // A dashboard's body is a document of its own.
            let open = text.matches("any value").count();
            assert_eq!(
                open,
                usize::from(name_of(*kind) == "cloudwatch.dashboard"),
                "{text}"
            );
            let (about, fields) = text.split_once("Fields:").unwrap();
            let said = fields.lines().filter(|line| line.starts_with("      "));
            assert!(
                about.lines().chain(said).all(|line| line.len() <= WIDTH),
                "{text}"
            );
            // A link of rustdoc leads nowhere on a terminal.
            assert!(!text.contains("[`"), "{text}");
            assert!(!schema.to_string().contains("[`"), "{schema:#}");
        }
    }

    #[test]
    fn all_that_does_not_fit_is_found_at_its_place() {
        let kind = kind_named("elbv2.target-group").unwrap();
        let fields = json!({
            "nam": "web", "vpc": "vpc-1", "target_type": "instance", "port": "eighty", "protocol": "SPDY",
            "health_check": { "path": "/", "interval": 30, "timeout": 5, "healthy": 2, "unhealthy": 2, "codes": "200" },
            "deregistration_delay": 30, "slow_start": 0, "stickiness": { "enabled": false, "seconds": 1 },
            "algorithm": "round_robin",
        });
        let found = misfits(kind, &fields);
        let messages: Vec<(&str, &str)> = found
            .iter()
            .map(|misfit| (misfit.path.as_str(), misfit.message.as_str()))
            .collect();
        for wanted in [
            (".nam", "elbv2.target-group has no field `nam`"),
            ("", "elbv2.target-group needs `name`"),
            (
                ".port",
                "`port` of elbv2.target-group is `eighty`, and must be a whole number",
            ),
            (
                ".protocol",
                "`protocol` of elbv2.target-group is `SPDY`, and must be HTTP or HTTPS",
            ),
            (
                ".health_check.codes",
                "`health_check` of elbv2.target-group has no field `codes`",
            ),
            (
                ".health_check",
                "elbv2.target-group needs `health_check.matcher`",
            ),
        ] {
            assert!(messages.contains(&wanted), "{wanted:?} in {messages:#?}");
        }
        assert_eq!(found.len(), 6, "{messages:#?}");
        assert_eq!(
            found.iter().find(|one| one.path == ".nam").unwrap().help,
            "did you mean `name`?"
        );
    }

    #[test]
    fn a_secret_written_as_a_field_is_not_repeated() {
        let kind = kind_named("ssm.parameter").unwrap();
        for fields in [
            json!({ "name": "x", "value": "hunter2" }),
            json!({ "name": "x", "value": { "secret": "hunter2" } }),
            json!({ "name": "x", "vale": "hunter2" }),
        ] {
            let found = misfits(kind, &fields);
            assert!(found.iter().any(|one| one.secret), "{fields}: {found:?}");
            let said = format!("{found:?}");
            assert!(!said.contains("hunter2"), "{said}");
        }
        let kind = kind_named("sns.topic").unwrap();
        let found = misfits(kind, &json!({ "name": 5, "region": "eu-west-1" }));
        assert_eq!(found.len(), 1);
        assert!(
            found
                .iter()
                .all(|one| !one.secret && one.message.contains("`5`")),
            "{found:?}"
        );
    }
}
