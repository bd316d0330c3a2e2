//! The parameter: a secret that only instances read, or a plain value of configuration.
//!
//! A secret is written once, when its parameter is made, and never read back nor compared, so
//! that it can be rotated by hand or by program without `apply` undoing it. It is encrypted
//! with the key `alias/aws/ssm`. The tier is `Intelligent-Tiering`: standard, without charge,
//! up to 4 KB.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ssm::types::{ParameterMetadata, ParameterType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list::parameters;
use super::put;
use crate::aws::{AwsError, Cloud, Secret, SecretSource};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging,
};
use crate::reference::Text;
use crate::scope::{Scope, Tags};

/// A parameter of Parameter Store.
pub struct Parameter;

/// What a parameter is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The full name, under `/<stack>-<environment>/` but not under `release/` there.
    pub name: String,
    /// What it holds.
    pub value: Value,
}

/// What a parameter holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A `SecureString`: where its value comes from when the parameter is made. A later change
    /// of the source changes nothing.
    Secret(SecretSource),
    /// A `String`, which is compared.
    Plain(Text),
}

#[async_trait]
impl Kind for Parameter {
    type Spec = Spec;

    const TYPE: &'static str = "ssm:parameter";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a parameter cannot be renamed"),
        Field::replace(
            "/value/secret",
            "a parameter stays a secret or plain for life",
        ),
    ];
    /// `DescribeParameters` does not return tags.
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(spec.name.clone())
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        put::known(scope, &spec.name)
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let releases = put::release_path(survey.scope);
        let wanted: BTreeMap<&str, &Value> = survey
            .wanted
            .iter()
            .map(|wanted| (wanted.spec.name.as_str(), &wanted.spec.value))
            .collect();
        let is_compared = |one: &ParameterMetadata| is_compared(one, &wanted);
        let listed = parameters(cloud, survey.scope, survey.reads, is_compared).await?;
        Ok(listed
            .parameters
            .iter()
            .filter(|one| !one.name().unwrap_or_default().starts_with(&releases))
            .map(|one| {
                let name = one.name().unwrap_or_default();
                Found {
                    address: survey.made_as(name),
                    key: Some(name.to_owned()),
                    spec: Spec {
                        name: name.to_owned(),
                        value: value(one, wanted.get(name).copied(), &listed.values),
                    },
                    tags: Tags::new(),
                    outputs: put::observed(survey.scope, one),
                    progress: Progress::Ready(Outputs::new()),
                }
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let releases = put::release_path(making.scope);
        let path = making.scope.path();
        if !spec.name.starts_with(&path) || spec.name.starts_with(&releases) {
            return Err(AwsError::unexpected(
                "ssm:PutParameter",
                format!("the name {} is not one of this kind", spec.name),
            )
            .hint(format!(
                "begin it with {path}, by which the stack's parameters are found, but not with \
                 {releases}, where releases are kept"
            )));
        }
        match &spec.value {
            Value::Secret(source) => {
                let secret = making.secrets.obtain(making.address, source)?;
                put::create(making, &spec.name, ParameterType::SecureString, &secret).await?;
            }
            Value::Plain(text) => {
                let text = text.to_string();
                let value = Secret::new(text.clone());
                if put::create(making, &spec.name, ParameterType::String, &value).await? {
                    put::overwrite(making, &spec.name, &text).await?;
                }
            }
        }
        Ok(put::known(making.scope, &spec.name))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        match &spec.value {
            Value::Plain(text) => put::overwrite(making, &spec.name, &text.to_string()).await,
            Value::Secret(_) => Ok(()),
        }
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        put::delete(making.cloud, found.id()).await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: format!("{}sample/plain", scope.path()),
            value: Value::Plain("one".into()),
        };
        let secret = Spec {
            name: format!("{}sample/secret", scope.path()),
            value: Value::Secret(SecretSource::Generate(32)),
        };
        Samples {
            changed: Spec {
                value: Value::Plain("two".into()),
                ..sample.clone()
            },
            sample,
            beside: vec![crate::kinds::Beside::new::<Self>("secret", &secret)],
        }
    }
}

/// Whether its value is compared: a plain one that is wanted plain as well.
fn is_compared(live: &ParameterMetadata, wanted: &BTreeMap<&str, &Value>) -> bool {
    let name = live.name().unwrap_or_default();
    live.r#type() == Some(&ParameterType::String)
        && matches!(wanted.get(name), Some(Value::Plain(_)))
}

/// The value as the plan should see it. What was not read is empty, which differs from nothing
/// that is compared.
fn value(
    live: &ParameterMetadata,
    wanted: Option<&Value>,
    values: &BTreeMap<String, String>,
) -> Value {
    match (live.r#type(), wanted) {
        (Some(ParameterType::SecureString), Some(wanted @ Value::Secret(_))) => wanted.clone(),
        (Some(ParameterType::SecureString), _) => Value::Secret(SecretSource::Prompt),
        _ => {
            let name = live.name().unwrap_or_default();
            Value::Plain(values.get(name).map_or("", String::as_str).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{compare, rule};

    fn live(name: &str, kind: ParameterType) -> ParameterMetadata {
        ParameterMetadata::builder().name(name).r#type(kind).build()
    }

    fn generated() -> Value {
        Value::Secret(SecretSource::Generate(48))
    }

    #[test]
    fn a_secret_that_exists_is_as_wanted_and_is_never_read() {
        let one = live("/a/secret", ParameterType::SecureString);
        let two = live("/a/plain", ParameterType::String);
        let text = Value::Plain("x".into());
        let generated = generated();
        let wanted = BTreeMap::from([("/a/secret", &generated), ("/a/plain", &text)]);
        assert!(is_compared(&two, &wanted));
        assert!(!is_compared(&one, &wanted));
        assert_eq!(value(&one, Some(&generated), &BTreeMap::new()), generated);
    }

    #[test]
    fn a_plain_value_that_is_wanted_secret_is_not_read_and_is_replaced() {
        let one = live("/a/x", ParameterType::String);
        let generated = generated();
        let wanted = BTreeMap::from([("/a/x", &generated)]);
        assert!(!is_compared(&one, &wanted));
        let seen = serde_json::to_value(value(&one, Some(&generated), &BTreeMap::new())).unwrap();
        let wanted = serde_json::to_value(&generated).unwrap();
        let differs = compare(&[], &seen, &wanted);
        assert!(differs.iter().any(|d| d.path == "/secret"), "{differs:?}");
        let (effect, _) = rule(Parameter::FIELDS, "/value/secret");
        assert!(matches!(effect, crate::kinds::Effect::Replace(_)));
    }

    #[test]
    fn the_arn_has_one_slash_before_the_name() {
        let scope = Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop-prod/key";
        assert_eq!(put::known(&scope, "/shop-prod/key")["arn"], arn);
    }
}
