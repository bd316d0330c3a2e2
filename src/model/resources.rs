//! Any registered kind by its fields, for what the sections do not say.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::{fields, text};
use crate::diag::Code;
use crate::kinds::{AnyKind, Tagging};
use crate::reference::Address;
use crate::resource::Resource;
use crate::stack::interpolate::Template;
use crate::stack::reference::nearest;

/// The resources of the block.
pub(crate) fn build(draft: &mut Draft<'_>) {
    for (item, wanted) in &draft.document.resources {
        let origin = format!("resources.{item}");
        let Some(kind) = kind_of(draft, &origin, &wanted.kind) else {
            continue;
        };
        let fields = Value::Object(wanted.fields.clone());
        let Some(filled) = fill(draft, &format!("{origin}.fields"), &fields) else {
            continue;
        };
        let spec = match kind.normalise(&filled) {
            Ok(spec) => spec,
            Err(error) => {
                refuse(draft, kind, &origin, &filled, &error.to_string());
                continue;
            }
        };
        let tags = match kind.tagging() {
            Tagging::None => Default::default(),
            _ => draft.tags(item.as_str(), None),
        };
        draft.resources.insert(Resource {
            address: Address::new(&origin),
            kind,
            spec,
            tags,
            after: Default::default(),
            origin,
        });
    }
}

/// Says all that does not fit, each at its place; what the kind says itself where its schema finds nothing.
fn refuse(draft: &mut Draft<'_>, kind: &dyn AnyKind, origin: &str, filled: &Value, error: &str) {
    let misfits = fields::misfits(kind, filled);
    if misfits.is_empty() {
        let name = fields::name_of(kind);
        draft.refuse(
            Code::BadFields,
            &format!("{origin}.fields"),
            format!("this is no {name}: {error}"),
            format!("`explain {name}` lists its fields"),
        );
    }
    for misfit in misfits {
        let place = format!("{origin}.fields{}", misfit.path);
        if misfit.secret {
            draft.refuse_secret(Code::BadFields, &place, misfit.message, misfit.help);
        } else {
            draft.refuse(Code::BadFields, &place, misfit.message, misfit.help);
        }
    }
}

/// The kind of that name: `sns.topic` in the file is `sns:topic`.
fn kind_of(draft: &mut Draft<'_>, origin: &str, name: &str) -> Option<&'static dyn AnyKind> {
    if let Some(kind) = fields::kind_named(name) {
        return Some(kind);
    }
    let known = fields::names();
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the kinds are {}", known.join(", ")),
    };
    draft.refuse(
        Code::UnknownKind,
        &format!("{origin}.kind"),
        format!("there is no kind of resource `{name}`"),
        help,
    );
    None
}

/// The fields with each `${…}` in them as a reference.
fn fill(draft: &mut Draft<'_>, path: &str, value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => match Template::parse(text) {
            Ok(template) => {
                let text = text::of(draft.document, draft.scope, &template);
                serde_json::to_value(text).ok()
            }
            Err(error) => {
                draft.refuse(error.code, path, &error.message, &error.help);
                None
            }
        },
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| fill(draft, &format!("{path}.{index}"), item))
            .collect::<Option<Vec<_>>>()
            .map(Value::Array),
        Value::Object(map) => map
            .iter()
            .map(|(key, item)| Some((key.clone(), fill(draft, &format!("{path}.{key}"), item)?)))
            .collect::<Option<Map<_, _>>>()
            .map(Value::Object),
        plain => Some(plain.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::diag::{SourceText, Style};
    use crate::model::rehearse;
    use crate::model::tests::{built, refused, spec_of};
    use crate::stack::{self, LoadOptions};

    #[test]
    fn a_resource_by_its_fields_may_refer_to_the_sections() {
        let resources = built(json!({
            "alerts": { "email": ["ops@example.com"] },
            "resources": { "pager": { "kind": "sns.subscription", "fields": {
                "topic": "${alerts.arn}", "protocol": "https", "endpoint": "https://pager.example.com/${stack}",
            } } },
        }));
        assert_eq!(
            spec_of(&resources, "resources.pager"),
            json!({
                "topic": { "$text": [["alerts.topic", "arn"]] },
                "protocol": "https",
                "endpoint": "https://pager.example.com/codedetect",
            })
        );
    }

    #[test]
    fn what_no_kind_takes_is_refused_all_at_once() {
        let problems = refused(json!({ "resources": {
            "one": { "kind": "sns.topik" },
            "two": { "kind": "sns.topic", "fields": { "nome": "x" } },
        } }));
        assert!(problems.contains("E1005"), "{problems}");
        assert!(problems.contains("E1006"), "{problems}");
        assert!(problems.contains("nome"), "{problems}");
    }

    #[test]
    fn a_secret_as_a_field_is_hidden_in_all_that_is_said() {
        let text = "stack: demo\nenvironment: prod\nregion: eu-west-1\nresources:\n  \
                    r: { kind: ssm.parameter, fields: { nam: x, value: hunter2 } }\n";
        let source = SourceText::new("stack.yaml", text);
        let stack = stack::load(&source, &LoadOptions::default()).unwrap();
        let found = rehearse(&stack).unwrap_err();
        let said = found.render(&source, Style::default()) + &found.json(&source).to_string();
        assert!(
            said.contains("`value` of ssm.parameter is a plain value"),
            "{said}"
        );
        assert!(!said.contains("hunter2"), "{said}");
    }
}
