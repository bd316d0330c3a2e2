//! The state bucket: the one resource that must stand before there is a lock.

use std::collections::BTreeMap;

use crate::aws::{AwsError, Cloud, During, Patience, Secrets};
use crate::kinds::Making;
use crate::reference::references;
use crate::resource::Resource;
use crate::scope::{PROTECTED_TAG, Scope};
use tokio_util::sync::CancellationToken;

/// Whether the bucket is there and may be read.
pub async fn exists(cloud: &Cloud, bucket: &str) -> Result<bool, AwsError> {
    let head = cloud
        .s3()
        .head_bucket()
        .bucket(bucket)
        .send()
        .await
        .during("s3:HeadBucket");
    match head {
        Ok(_) => Ok(true),
        Err(error) if error.not_found() => Ok(false),
        Err(error) => Err(error.hint(format!(
            "{bucket} keeps the stack's journal and lock; if it is not yours, change the \
             stack's name"
        ))),
    }
}

/// Makes the state bucket ahead of the run that will find and complete it. It is tagged in
/// the same way, so a crash in between orphans nothing.
pub async fn make(
    cloud: &Cloud,
    scope: &Scope,
    bucket: &Resource,
    secrets: &dyn Secrets,
) -> Result<(), AwsError> {
    if let Some(output) = references(&bucket.spec).first() {
        return Err(AwsError::unexpected(
            "s3:bucket",
            format!("the state bucket may not depend on {output}"),
        ));
    }
    let mut tags: BTreeMap<String, String> = bucket.tags.clone();
    tags.extend(scope.own_tags(&bucket.address));
    tags.insert(PROTECTED_TAG.to_owned(), "true".to_owned());
    let stop = CancellationToken::new();
    let making = Making {
        cloud,
        scope,
        address: &bucket.address,
        tags: &tags,
        token: "00000000000000000000000000000000",
        secrets,
        patience: Patience {
            stop: &stop,
            note: &|_| {},
        },
    };
    bucket.kind.create(&making, &bucket.spec).await.map(drop)
}
