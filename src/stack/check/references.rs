use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::stack::fields;
use crate::stack::interpolate::{Template, Value};
use crate::stack::reference::{Reference, Section, nearest};
use crate::stack::source::Node;

pub(super) const CHECK: Check = Check {
    topic: "references",
    codes: &[Code::UnknownReference, Code::DisabledReference],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let document = context.document;
    for (name, workload) in &document.workloads {
        let path = |key| ["workloads", name.as_str(), key];
        for (key, target) in &workload.mounts {
            let [section, name, field] = path("mounts");
            resolve(
                context,
                &target.reference(),
                context.at(&[section, name, field, key.as_str()]),
                found,
            );
        }
        for (key, target) in &workload.secrets {
            let [section, name, field] = path("secrets");
            resolve(
                context,
                &target.reference(),
                context.at(&[section, name, field, key.as_str()]),
                found,
            );
        }
        for (index, target) in workload.access.iter().enumerate() {
            resolve(
                context,
                &target.reference(),
                context.item(&path("access"), index),
                found,
            );
        }
        for (key, text) in &workload.environment {
            let [section, name, field] = path("environment");
            template(context, text, &[section, name, field, key.as_str()], found);
        }
    }
    for (name, bucket) in &document.buckets {
        if let Some(text) = &bucket.name {
            template(context, text, &["buckets", name.as_str(), "name"], found);
        }
    }
    for (name, database) in document
        .databases
        .iter()
        .filter(|(_, database)| database.enabled)
    {
        if let Some(target) = &database.password {
            resolve(
                context,
                &target.reference(),
                context.at(&["databases", name.as_str(), "password"]),
                found,
            );
        }
    }
    for text in fields::all(context.tree) {
        match &text.template {
            Ok(template) => {
                for (value, range) in template.values() {
                    if let Value::Of(reference, _) = value {
                        resolve(context, reference, Some(text.part(range)), found);
                    }
                }
            }
            Err(error) => found.push(
                Diagnostic::new(error.code, &error.message)
                    .at(text.part(&error.range))
                    .hiding(text.secret())
                    .help(&error.help),
            ),
        }
    }
}

fn template(context: &Context<'_>, text: &Template, path: &[&str], found: &mut Diagnostics) {
    for (value, range) in text.values() {
        if let Value::Of(reference, _) = value {
            resolve(context, reference, context.part(path, range), found);
        }
    }
}

fn resolve(
    context: &Context<'_>,
    reference: &Reference,
    place: Option<Span>,
    found: &mut Diagnostics,
) {
    let document = context.document;
    let key = reference.section().key();
    // What is written and malformed is reported as that, not as missing.
    let section = context.written.entry(key).map(|entry| &entry.value);
    let known = match reference.name() {
        Some(name) => section.is_some_and(|things| things.entry(name.as_str()).is_some()),
        None => section.is_some(),
    };
    if known {
        if reference.section() == Section::Databases
            && let Some(name) = reference.name()
            && document
                .databases
                .get(name)
                .is_some_and(|database| !database.enabled)
        {
            found.push(
                Diagnostic::new(
                    Code::DisabledReference,
                    format!("`{reference}` is turned off"),
                )
                .at_option(place)
                .also(
                    context.at(&["databases", name.as_str(), "enabled"]),
                    "turned off here",
                )
                .help("turn it on, or take the reference away"),
            );
        }
        return;
    }
    let names: Vec<&str> = section.map(keys).unwrap_or_default();
    let diagnostic = Diagnostic::new(
        Code::UnknownReference,
        format!("the stack has no `{reference}`"),
    )
    .at_option(place);
    let near = reference
        .name()
        .and_then(|name| nearest(name.as_str(), names.iter().copied()));
    found.push(match (near, reference.name()) {
        (Some(near), _) => diagnostic.help(format!("did you mean `{key}.{near}`?")),
        (None, Some(name)) => diagnostic.help(format!("add `{name}:` under `{key}:`")),
        (None, None) => diagnostic.help(format!("add `{key}:`")),
    });
}

fn keys(node: &Node) -> Vec<&str> {
    node.entries()
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.key.as_str())
        .collect()
}
