//! The parameter that says which release a colour runs. The file only starts it: its value
//! belongs to `deploy` from then on.

use async_trait::async_trait;
use aws_sdk_ssm::types::{ParameterMetadata, ParameterType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list::parameters;
use super::put;
use crate::aws::{AwsError, Cloud, Secret};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Owner, Progress, Samples, Survey, Tagging,
};
use crate::reference::Text;
use crate::scope::{Scope, Tags};

/// A parameter that holds a release.
pub struct ReleaseParameter;

/// What a release parameter is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The full name, under `/<stack>-<environment>/release/`.
    pub name: String,
    /// The value that it starts with; a plain `String`, never a secret.
    pub value: Text,
}

#[async_trait]
impl Kind for ReleaseParameter {
    type Spec = Spec;

    const TYPE: &'static str = "ssm:release-parameter";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a parameter cannot be renamed"),
        Field::owned("/value", Owner::Deploy),
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
        let is_ours = |one: &ParameterMetadata| {
            one.r#type() == Some(&ParameterType::String)
                && one.name().unwrap_or_default().starts_with(&releases)
        };
        let listed = parameters(cloud, survey.scope, survey.reads, is_ours).await?;
        Ok(listed
            .parameters
            .iter()
            .filter(|one| is_ours(one))
            .filter_map(|one| Some((one, one.name()?)))
            .map(|(one, name)| Found {
                address: survey.made_as(name),
                key: Some(name.to_owned()),
                spec: Spec {
                    name: name.to_owned(),
                    value: listed.values.get(name).map_or("", String::as_str).into(),
                },
                tags: Tags::new(),
                outputs: put::observed(survey.scope, one),
                progress: Progress::Ready(Outputs::new()),
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let releases = put::release_path(making.scope);
        if !spec.name.starts_with(&releases) {
            return Err(AwsError::unexpected(
                "ssm:PutParameter",
                format!("the name {} is not one of this kind", spec.name),
            )
            .hint(format!("begin it with {releases}")));
        }
        let value = Secret::new(spec.value.to_string());
        put::create(making, &spec.name, ParameterType::String, &value).await?;
        Ok(put::known(making.scope, &spec.name))
    }

    /// Nothing in it changes that the file owns.
    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        Ok(())
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        put::delete(making.cloud, found.id()).await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: format!("{}sample", put::release_path(scope)),
            value: "registry.example.com/sample:1".into(),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}
