//! Tags as EC2 has them: the same two calls and filter for every type.

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};

use crate::aws::{AwsError, Cloud, During, tags};
use crate::scope::{STACK_TAG, Scope, Tags};

/// The filter that finds what belongs to the stack.
pub(super) fn of_stack(scope: &Scope) -> Filter {
    Filter::builder()
        .name(format!("tag:{STACK_TAG}"))
        .values(scope.prefix())
        .build()
}

/// The tags of a create call.
pub(super) fn specification(kind: ResourceType, tags: &Tags) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(tags::to_sdk(tags, tag)))
        .build()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// The tags of an answer.
pub(super) fn read(found: &[Tag]) -> Tags {
    tags::from_sdk(found, |tag| (tag.key(), tag.value()))
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
            .ec2()
            .create_tags()
            .resources(id)
            .set_tags(Some(tags::to_sdk(set, tag)))
            .send()
            .await
            .during("ec2:CreateTags")?;
    }
    if !remove.is_empty() {
        let gone = remove.iter().map(|key| Tag::builder().key(key).build());
        cloud
            .ec2()
            .delete_tags()
            .resources(id)
            .set_tags(Some(gone.collect()))
            .send()
            .await
            .during("ec2:DeleteTags")?;
    }
    Ok(())
}
