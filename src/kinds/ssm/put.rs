//! What the two kinds of parameters share: their names, and one way to write.
//!
//! Names under `/<stack>-<environment>/release/` belong to `ssm:release-parameter`, all other
//! names under `/<stack>-<environment>/` to `ssm:parameter`: that is how a list tells them apart.

use aws_sdk_ssm::types::{
    ParameterMetadata, ParameterTier, ParameterType, ResourceTypeForTagging, Tag,
};

use crate::aws::{AwsError, Cloud, During, Secret, tags};
use crate::kinds::{Making, Outputs, outputs};
use crate::scope::Scope;

/// Where the parameters of releases lie.
pub(super) fn release_path(scope: &Scope) -> String {
    format!("{}release/", scope.path())
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
