//! Tags as IAM has them.

use aws_sdk_iam::types::Tag;

use crate::aws::{AwsError, tags};
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
