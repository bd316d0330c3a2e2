//! Emptying a bucket: a versioned one is empty only when every version and every delete marker
//! is gone.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::Making;

/// `DeleteObjects` takes at most a thousand.
const BATCH: usize = 1000;

/// Removes all versions and delete markers, a page at a time and always the first one, until
/// there is none: so what is written meanwhile goes as well.
pub(super) async fn empty(making: &Making<'_>, bucket: &str) -> Result<(), AwsError> {
    let mut removed = 0_usize;
    loop {
        let page = making
            .cloud
            .s3()
            .list_object_versions()
            .bucket(bucket)
            .send()
            .await
            .during("s3:ListObjectVersions")?;
        let versions = page
            .versions()
            .iter()
            .map(|version| (version.key(), version.version_id()));
        let markers = page
            .delete_markers()
            .iter()
            .map(|marker| (marker.key(), marker.version_id()));
        let objects = versions
            .chain(markers)
            .map(|(key, version)| {
                ObjectIdentifier::builder()
                    .key(key.unwrap_or_default())
                    .set_version_id(version.map(str::to_owned))
                    .build()
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| AwsError::unexpected("s3:DeleteObjects", error.to_string()))?;
        if objects.is_empty() {
            return Ok(());
        }
        for batch in objects.chunks(BATCH) {
            if making.patience.stop.is_cancelled() {
                return Err(AwsError::unexpected(
                    "s3:DeleteObjects",
                    format!("interrupted after {removed} versions were removed from {bucket}"),
                )
                .hint("the next apply goes on"));
            }
            delete(making.cloud, bucket, batch).await?;
            removed += batch.len();
            (making.patience.note)(&format!("{removed} versions removed from {bucket}"));
        }
    }
}

async fn delete(cloud: &Cloud, bucket: &str, batch: &[ObjectIdentifier]) -> Result<(), AwsError> {
    let operation = "s3:DeleteObjects";
    let request = Delete::builder()
        .set_objects(Some(batch.to_vec()))
        .quiet(true)
        .build()
        .map_err(|error| AwsError::unexpected(operation, error.to_string()))?;
    let answer = cloud
        .s3()
        .delete_objects()
        .bucket(bucket)
        .delete(request)
        .send()
        .await
        .during(operation)?;
    let kept = answer.errors();
    match kept.first() {
        None => Ok(()),
        Some(first) => {
            let mut error = AwsError::unexpected(
                operation,
                format!(
                    "{} of {} objects stay, the first one {}: {}",
                    kept.len(),
                    batch.len(),
                    first.key().unwrap_or_default(),
                    first.message().unwrap_or_default()
                ),
            );
            error.code = first.code().unwrap_or_default().to_owned();
            Err(error.hint(
                "a retention or legal hold of the object, or a policy of the bucket, forbids it",
            ))
        }
    }
}
