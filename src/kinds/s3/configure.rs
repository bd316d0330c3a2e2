//! Writing a bucket's configurations, one call each, one after the other: S3 answers two at
//! once on the same bucket with `OperationAborted`.

use std::future::Future;
use std::time::Duration;

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    Tag, Tagging, VersioningConfiguration,
};

use super::bucket::{Encryption, Ownership, PublicAccess, Spec};
use super::lifecycle;
use crate::aws::{self, AwsError, During};
use crate::kinds::iam::policy::Document;
use crate::kinds::{Changes, Making};
use crate::scope::Tags;

/// How long a bucket that was just made, or a principal that its policy names, may be invisible.
const LAG: Duration = Duration::from_secs(60);

/// Writes everything that the creation of a bucket does not.
pub(super) async fn all(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    write(making, spec, |path| match path {
        "/versioned" => spec.versioned,
        "/lifecycle" => !spec.lifecycle.is_empty(),
        "/policy" => spec.policy.is_some(),
        _ => true,
    })
    .await
}

/// Writes what differs.
pub(super) async fn changed(
    making: &Making<'_>,
    spec: &Spec,
    changes: &Changes,
) -> Result<(), AwsError> {
    write(making, spec, |path| changes.touch(path)).await
}

/// The order matters: the public is locked out first, and a policy comes after the blocks
/// which may refuse it.
async fn write(
    making: &Making<'_>,
    spec: &Spec,
    wants: impl Fn(&str) -> bool,
) -> Result<(), AwsError> {
    let name = &spec.name;
    if wants("/public_access") {
        settle(making, || public_access(making, name, spec.public_access)).await?;
    }
    if wants("/ownership") {
        settle(making, || owner(making, name, spec.ownership)).await?;
    }
    if wants("/encryption") {
        settle(making, || encryption(making, name, &spec.encryption)).await?;
    }
    if wants("/versioned") {
        settle(making, || versioning(making, name, spec.versioned)).await?;
    }
    if wants("/lifecycle") {
        settle(making, || rules(making, name, &spec.lifecycle)).await?;
    }
    if wants("/policy") {
        settle(making, || policy(making, name, spec.policy.as_ref())).await?;
    }
    Ok(())
}

async fn settle<F, Fut>(making: &Making<'_>, call: F) -> Result<(), AwsError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), AwsError>>,
{
    making
        .patience
        .settle("S3 to show the bucket", LAG, lags, call)
        .await
}

fn lags(error: &AwsError) -> bool {
    error.is("NoSuchBucket")
        || error.is("OperationAborted")
        || (error.is("MalformedPolicy") && error.message.contains("nvalid principal"))
}

fn built<T, E: std::fmt::Display>(operation: &str, built: Result<T, E>) -> Result<T, AwsError> {
    built.map_err(|error| AwsError::unexpected(operation, error.to_string()))
}

/// Tags in S3's form, for a call of that name.
pub(super) fn sdk_tags(operation: &str, tags: &Tags) -> Result<Vec<Tag>, AwsError> {
    let tags = aws::tags::to_sdk(tags, |key, value| {
        Tag::builder().key(key).value(value).build()
    });
    built(operation, tags.into_iter().collect())
}

/// Writes all tags of a bucket.
pub(super) async fn tags(making: &Making<'_>, name: &str) -> Result<(), AwsError> {
    let operation = "s3:PutBucketTagging";
    let set = sdk_tags(operation, making.tags)?;
    let tagging = built(operation, Tagging::builder().set_tag_set(Some(set)).build())?;
    settle(making, || async {
        making
            .cloud
            .s3()
            .put_bucket_tagging()
            .bucket(name)
            .tagging(tagging.clone())
            .send()
            .await
            .during(operation)
            .map(drop)
    })
    .await
}

async fn public_access(
    making: &Making<'_>,
    name: &str,
    wanted: PublicAccess,
) -> Result<(), AwsError> {
    making
        .cloud
        .s3()
        .put_public_access_block()
        .bucket(name)
        .public_access_block_configuration(
            PublicAccessBlockConfiguration::builder()
                .block_public_acls(wanted.block_acls)
                .ignore_public_acls(wanted.ignore_acls)
                .block_public_policy(wanted.block_policies)
                .restrict_public_buckets(wanted.restrict_buckets)
                .build(),
        )
        .send()
        .await
        .during("s3:PutPublicAccessBlock")
        .map(drop)
}

/// Ownership in S3's form.
pub(super) fn ownership(wanted: Ownership) -> ObjectOwnership {
    match wanted {
        Ownership::BucketOwnerEnforced => ObjectOwnership::BucketOwnerEnforced,
        Ownership::BucketOwnerPreferred => ObjectOwnership::BucketOwnerPreferred,
        Ownership::ObjectWriter => ObjectOwnership::ObjectWriter,
    }
}

async fn owner(making: &Making<'_>, name: &str, wanted: Ownership) -> Result<(), AwsError> {
    let operation = "s3:PutBucketOwnershipControls";
    let rule = OwnershipControlsRule::builder()
        .object_ownership(ownership(wanted))
        .build();
    let controls = OwnershipControls::builder().rules(built(operation, rule)?);
    making
        .cloud
        .s3()
        .put_bucket_ownership_controls()
        .bucket(name)
        .ownership_controls(built(operation, controls.build())?)
        .send()
        .await
        .during(operation)
        .map(drop)
}

async fn encryption(making: &Making<'_>, name: &str, wanted: &Encryption) -> Result<(), AwsError> {
    let operation = "s3:PutBucketEncryption";
    let (algorithm, key, bucket_key) = match wanted {
        Encryption::Aes256 => (ServerSideEncryption::Aes256, None, false),
        Encryption::Kms { key, bucket_key } => (
            ServerSideEncryption::AwsKms,
            key.as_ref().map(ToString::to_string),
            *bucket_key,
        ),
        Encryption::Other(algorithm) => {
            return Err(AwsError::unexpected(
                operation,
                format!("the encryption {algorithm} is not one that this program sets up"),
            )
            .hint("use aes256 or kms"));
        }
    };
    let by_default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(algorithm)
        .set_kms_master_key_id(key)
        .build();
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(built(operation, by_default)?)
        .bucket_key_enabled(bucket_key)
        .build();
    let configuration = ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build();
    making
        .cloud
        .s3()
        .put_bucket_encryption()
        .bucket(name)
        .server_side_encryption_configuration(built(operation, configuration)?)
        .send()
        .await
        .during(operation)
        .map(drop)
}

async fn versioning(making: &Making<'_>, name: &str, on: bool) -> Result<(), AwsError> {
    let status = if on {
        BucketVersioningStatus::Enabled
    } else {
        BucketVersioningStatus::Suspended
    };
    making
        .cloud
        .s3()
        .put_bucket_versioning()
        .bucket(name)
        .versioning_configuration(VersioningConfiguration::builder().status(status).build())
        .send()
        .await
        .during("s3:PutBucketVersioning")
        .map(drop)
}

async fn rules(making: &Making<'_>, name: &str, wanted: &lifecycle::Rules) -> Result<(), AwsError> {
    let s3 = making.cloud.s3();
    if wanted.is_empty() {
        return s3
            .delete_bucket_lifecycle()
            .bucket(name)
            .send()
            .await
            .during("s3:DeleteBucketLifecycle")
            .map(drop);
    }
    let operation = "s3:PutBucketLifecycleConfiguration";
    let configuration = BucketLifecycleConfiguration::builder()
        .set_rules(Some(lifecycle::to_sdk(wanted)?))
        .build();
    s3.put_bucket_lifecycle_configuration()
        .bucket(name)
        .lifecycle_configuration(built(operation, configuration)?)
        .send()
        .await
        .during(operation)
        .map(drop)
}

async fn policy(
    making: &Making<'_>,
    name: &str,
    wanted: Option<&Document>,
) -> Result<(), AwsError> {
    let s3 = making.cloud.s3();
    match wanted {
        Some(document) => s3
            .put_bucket_policy()
            .bucket(name)
            .policy(document.json())
            .send()
            .await
            .during("s3:PutBucketPolicy")
            .map(drop),
        None => s3
            .delete_bucket_policy()
            .bucket(name)
            .send()
            .await
            .during("s3:DeleteBucketPolicy")
            .map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_waited_for() {
        let error = |code: &str, message: &str| {
            let mut error = AwsError::unexpected("s3:PutBucketPolicy", message);
            error.code = code.to_owned();
            error
        };
        assert!(lags(&error("NoSuchBucket", "")));
        assert!(lags(&error("OperationAborted", "")));
        assert!(lags(&error(
            "MalformedPolicy",
            "Invalid principal in policy"
        )));
        assert!(!lags(&error("MalformedPolicy", "Invalid policy syntax")));
        assert!(!lags(&error("AccessDenied", "")));
    }
}
