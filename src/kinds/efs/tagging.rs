//! Tags as EFS has them: the same two calls for file systems and access points.

use aws_sdk_efs::types::Tag;

use crate::aws::{AwsError, Cloud, During, tags};
use crate::scope::Tags;

/// Tags for a call of that name.
pub(super) fn to_sdk(operation: &str, tags: &Tags) -> Result<Vec<Tag>, AwsError> {
    tags::to_sdk(tags, |key, value| {
        Tag::builder().key(key).value(value).build()
    })
    .into_iter()
    .collect::<Result<_, _>>()
    .map_err(|error| AwsError::unexpected(operation, error.to_string()))
}

/// The tags of an answer.
pub(super) fn read(found: &[Tag]) -> Tags {
    tags::from_sdk(found, |tag| (Some(tag.key()), Some(tag.value())))
}

/// Sets and removes tags of the resource with that id.
pub(super) async fn retag(
    cloud: &Cloud,
    id: &str,
    set: &Tags,
    remove: &[String],
) -> Result<(), AwsError> {
    if !set.is_empty() {
        cloud
            .efs()
            .tag_resource()
            .resource_id(id)
            .set_tags(Some(to_sdk("efs:TagResource", set)?))
            .send()
            .await
            .during("efs:TagResource")?;
    }
    if !remove.is_empty() {
        cloud
            .efs()
            .untag_resource()
            .resource_id(id)
            .set_tag_keys(Some(remove.to_vec()))
            .send()
            .await
            .during("efs:UntagResource")?;
    }
    Ok(())
}
