use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::interpolate::{Piece, Template, Value};
use crate::stack::reference::{AccessRef, Section};
use crate::stack::secret;

pub(super) const CHECK: Check = Check {
    topic: "secrets",
    codes: &[
        Code::LiteralVariable,
        Code::ParameterSource,
        Code::VariableTwice,
        Code::UnusedParameter,
    ],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    for (name, parameter) in &context.document.parameters {
        let path = ["parameters", name.as_str()];
        if parameter.source().is_none() {
            let given = [
                parameter.generate.is_some(),
                parameter.from_env.is_some(),
                parameter.prompt.is_some(),
            ];
            let message = match given.iter().filter(|given| **given).count() {
                0 => format!("`parameters.{name}` does not say where its value comes from"),
                1 => format!("`parameters.{name}` has `prompt: false`, and so no source"),
                _ => format!("`parameters.{name}` says more than one source"),
            };
            found.push(
                Diagnostic::new(Code::ParameterSource, message)
                    .at_option(context.key(&path))
                    .help(
                        "write one of `{ generate: 48 }`, `{ from_env: NAME }`, `{ prompt: true }`",
                    ),
            );
        }
        if !is_used(context, name.as_str()) {
            found.push(
                Diagnostic::new(
                    Code::UnusedParameter,
                    format!("nothing uses `parameters.{name}`"),
                )
                .at_option(context.key(&path))
                .help("name it under `secrets:` of a workload or as a database's `password:`"),
            );
        }
    }
    for (name, workload) in &context.document.workloads {
        for (variable, text) in &workload.environment {
            let path = ["workloads", name.as_str(), "environment", variable.as_str()];
            if let Some(reason) = literal_secret(variable.as_str(), text) {
                let value = context.at(&path);
                let diagnostic = Diagnostic::new(
                    Code::LiteralVariable,
                    format!("`{variable}` {reason}"),
                )
                .at_option(context.key(&path))
                .help(format!(
                    "add a parameter and write `{variable}: parameters.NAME` under `secrets:`"
                ));
                found.push(diagnostic.hiding(value));
            }
            if workload.secrets.contains_key(variable) {
                found.push(
                    Diagnostic::new(
                        Code::VariableTwice,
                        format!("`{variable}` is given as a secret too"),
                    )
                    .at_option(context.key(&path))
                    // What stands in the place of a secret is likely to be one.
                    .hiding(context.at(&path))
                    .also(
                        context.key(&["workloads", name.as_str(), "secrets", variable.as_str()]),
                        "the secret",
                    )
                    .help("remove one of them"),
                );
            }
        }
    }
}

fn is_used(context: &Context<'_>, name: &str) -> bool {
    let document = context.document;
    let names = |text: &Template| {
        text.values().any(|(value, _)| match value {
            Value::Of(reference, _) => {
                reference.section() == Section::Parameters
                    && reference.name().is_some_and(|n| n.as_str() == name)
            }
            _ => false,
        })
    };
    let by_workload = document.workloads.values().any(|workload| {
        workload.secrets.values().any(|secret| secret.name().as_str() == name)
            || workload.access.iter().any(|access| matches!(access, AccessRef::Parameter(parameter) if parameter.as_str() == name))
            || workload.environment.values().any(names)
    });
    let by_database = document
        .databases
        .values()
        .filter_map(|database| database.password.as_ref());
    let by_resource = format!("parameters.{name}.");
    by_workload
        || by_database
            .into_iter()
            .any(|password| password.name().as_str() == name)
        || document
            .resources
            .values()
            .flat_map(|resource| resource.fields.values())
            .any(|value| value.to_string().contains(&by_resource))
}

/// Why a variable's value is a secret that stands in the file.
fn literal_secret(variable: &str, text: &Template) -> Option<&'static str> {
    let literal: String = text
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Value(..) => "",
        })
        .collect();
    if literal.is_empty() {
        return None;
    }
    if secret::is_named_like_one(variable) && text.literal().is_some() {
        return Some("is named like a secret, and its value stands in the file");
    }
    if secret::has_password(&literal) {
        return Some("has a password in its address");
    }
    secret::has_access_key(&literal).then_some("holds the id of an AWS access key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_name_or_value() {
        let verdict = |name: &str, text: &str| {
            literal_secret(name, &Template::parse(text).unwrap()).is_some()
        };
        for (name, text) in [
            ("SECRET_KEY", "abc"),
            ("db_password", "x"),
            ("API_TOKEN", "t"),
            ("DATABASE_URL", "postgres://me:pw@${databases.main.host}/x"),
            ("URL", "https://me:pw@example.com"),
            ("X", "AKIAIOSFODNN7EXAMPLE"),
        ] {
            assert!(verdict(name, text), "{name}={text}");
        }
        for (name, text) in [
            ("SECRET_KEY_FILE", "/run/key"),
            ("PUBLIC_KEY", "ssh-rsa"),
            ("KEYBOARD", "qwerty"),
            ("DATABASE_URL", "sqlite:///mnt/efs/x.db"),
            ("URL", "https://example.com/a:b@c"),
            ("TOKEN", "${parameters.token.name}"),
            ("PASSWORD", ""),
        ] {
            assert!(!verdict(name, text), "{name}={text}");
        }
    }
}
