//! Tags as RDS has them: by ARN, the same two calls for every type.

use aws_sdk_rds::types::Tag;

use crate::aws::{AwsError, Cloud, During, tags};
use crate::scope::Tags;

/// The tags of a create call.
pub(super) fn to_sdk(tags: &Tags) -> Vec<Tag> {
    tags::to_sdk(tags, |key, value| {
        Tag::builder().key(key).value(value).build()
    })
}

/// The tags of an answer.
pub(super) fn read(found: &[Tag]) -> Tags {
    tags::from_sdk(found, |tag| (tag.key(), tag.value()))
}

/// Sets and removes tags of the resource with that ARN.
pub(super) async fn retag(
    cloud: &Cloud,
    arn: &str,
    set: &Tags,
    remove: &[String],
) -> Result<(), AwsError> {
    if !set.is_empty() {
        cloud
            .rds()
            .add_tags_to_resource()
            .resource_name(arn)
            .set_tags(Some(to_sdk(set)))
            .send()
            .await
            .during("rds:AddTagsToResource")?;
    }
    if !remove.is_empty() {
        cloud
            .rds()
            .remove_tags_from_resource()
            .resource_name(arn)
            .set_tag_keys(Some(remove.to_vec()))
            .send()
            .await
            .during("rds:RemoveTagsFromResource")?;
    }
    Ok(())
}
