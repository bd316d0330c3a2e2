//! What the two kinds of parameters share: one list under the stack's path, one way to write.
//!
//! Names under `/<stack>-<environment>/release/` belong to `ssm:release-parameter`, all other
//! names under `/<stack>-<environment>/` to `ssm:parameter`: that is how a list tells them apart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_ssm::types::{
    ParameterMetadata, ParameterStringFilter, ParameterTier, ParameterType, ResourceTypeForTagging,
    Tag,
};
use futures::future::try_join_all;

use crate::aws::{AwsError, Cloud, During, Reads, Secret, tags};
use crate::kinds::{Making, Outputs, outputs};
use crate::scope::Scope;

/// `GetParameters` takes at most ten names.
const BATCH: usize = 10;

/// Where the parameters of releases lie.
pub(super) fn release_path(scope: &Scope) -> String {
    format!("{}release/", scope.path())
}

/// All parameters under the stack's path, without their values.
pub(super) async fn all(
    cloud: &Cloud,
    scope: &Scope,
    reads: &Reads,
) -> Result<Arc<Vec<ParameterMetadata>>, AwsError> {
    let operation = "ssm:DescribeParameters";
    reads
        .once("ssm:parameters", async {
            let filter = ParameterStringFilter::builder()
                .key("Name")
                .option("BeginsWith")
                .values(scope.path())
                .build()
                .map_err(|error| AwsError::unexpected(operation, error.to_string()))?;
            let pages: Vec<_> = cloud
                .ssm()
                .describe_parameters()
                .parameter_filters(filter)
                .max_results(50)
                .into_paginator()
                .send()
                .try_collect()
                .await
                .during(operation)?;
            Ok(pages
                .into_iter()
                .flat_map(|page| page.parameters.unwrap_or_default())
                .collect())
        })
        .await
}

/// The values of plain parameters, by name. Never asked for a secret, and would not decrypt it.
pub(super) async fn values(
    cloud: &Cloud,
    names: &BTreeSet<&str>,
) -> Result<BTreeMap<String, String>, AwsError> {
    let names: Vec<&str> = names.iter().copied().collect();
    let batches = names.chunks(BATCH).map(|batch| async move {
        cloud
            .ssm()
            .get_parameters()
            .set_names(Some(batch.iter().map(|name| (*name).to_owned()).collect()))
            .with_decryption(false)
            .send()
            .await
            .during("ssm:GetParameters")
    });
    Ok(try_join_all(batches)
        .await?
        .into_iter()
        .flat_map(|answer| answer.parameters.unwrap_or_default())
        .filter_map(|parameter| Some((parameter.name?, parameter.value?)))
        .collect())
}

/// What others may refer to.
pub(super) fn known(scope: &Scope, name: &str) -> Outputs {
    let separator = if name.starts_with('/') { "" } else { "/" };
    let arn = scope.arn("ssm", &format!("parameter{separator}{name}"));
    outputs([("id", name), ("name", name), ("arn", &arn)])
}

/// The same with the version that AWS counts.
pub(super) fn observed(scope: &Scope, metadata: &ParameterMetadata) -> Outputs {
    let mut known = known(scope, metadata.name().unwrap_or_default());
    known.insert("version".to_owned(), metadata.version().to_string());
    known
}

/// Writes a new parameter. Whether one of that name stood there already, which an earlier,
/// interrupted run made, for nobody else makes parameters under the stack's path; its value is
/// left as it is.
pub(super) async fn create(
    making: &Making<'_>,
    name: &str,
    kind: ParameterType,
    value: &Secret,
) -> Result<bool, AwsError> {
    let operation = "ssm:PutParameter";
    let sdk_tags: Vec<Tag> = tags::to_sdk(making.tags, |key, value| {
        Tag::builder().key(key).value(value).build()
    })
    .into_iter()
    .collect::<Result<_, _>>()
    .map_err(|error| AwsError::unexpected(operation, error.to_string()))?;
    let made = making
        .cloud
        .ssm()
        .put_parameter()
        .name(name)
        .r#type(kind)
        .tier(ParameterTier::IntelligentTiering)
        .value(value.expose())
        .set_tags(Some(sdk_tags.clone()))
        .send()
        .await
        .during(operation)
        .map_err(|error| value.scrub(error));
    match made {
        Err(error) if error.already_exists() => {
            making
                .cloud
                .ssm()
                .add_tags_to_resource()
                .resource_type(ResourceTypeForTagging::Parameter)
                .resource_id(name)
                .set_tags(Some(sdk_tags))
                .send()
                .await
                .during("ssm:AddTagsToResource")?;
            Ok(true)
        }
        other => other.map(|_| false),
    }
}

/// Writes a new value over a plain one.
pub(super) async fn overwrite(
    making: &Making<'_>,
    name: &str,
    value: &str,
) -> Result<(), AwsError> {
    making
        .cloud
        .ssm()
        .put_parameter()
        .name(name)
        .r#type(ParameterType::String)
        .tier(ParameterTier::IntelligentTiering)
        .value(value)
        .overwrite(true)
        .send()
        .await
        .during("ssm:PutParameter")
        .map(drop)
}

/// Removes a parameter.
pub(super) async fn delete(cloud: &Cloud, name: &str) -> Result<(), AwsError> {
    let gone = cloud
        .ssm()
        .delete_parameter()
        .name(name)
        .send()
        .await
        .during("ssm:DeleteParameter");
    match gone {
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}
