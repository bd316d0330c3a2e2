//! Secrets: parameters of which the stack knows the source and never the value.

use super::draft::{Draft, Place};
use super::names::under_path;
use crate::aws::SecretSource;
use crate::kinds::ssm::parameter::{self, Parameter, Value};
use crate::stack::document::ParameterSource;

/// One SecureString for each parameter of the file.
pub(crate) fn build(draft: &mut Draft<'_>) {
    for (name, wanted) in &draft.document.parameters {
        let Some(source) = wanted.source() else {
            continue;
        };
        let spec = parameter::Spec {
            name: under_path(draft.scope, name.as_str()),
            value: Value::Secret(match source {
                ParameterSource::Generate(length) => SecretSource::Generate(length),
                ParameterSource::FromEnv(variable) => {
                    SecretSource::FromEnv(variable.as_str().to_owned())
                }
                ParameterSource::Prompt => SecretSource::Prompt,
            }),
        };
        let place = format!("parameters.{name}");
        let called = spec.name.clone();
        draft.add::<Parameter>(Place::new(&place, &place, called), &spec);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, spec_of};

    #[test]
    fn the_source_of_a_secret_is_known_and_its_value_is_not() {
        let resources = built(json!({ "parameters": {
            "generated": { "generate": 48 },
            "given": { "from_env": "TOKEN" },
        } }));
        assert_eq!(
            spec_of(&resources, "parameters.generated"),
            json!({ "name": "/codedetect-prod/generated", "value": { "secret": { "generate": 48 } } })
        );
        assert_eq!(
            spec_of(&resources, "parameters.given")["value"],
            json!({ "secret": { "from_env": "TOKEN" } })
        );
    }
}
