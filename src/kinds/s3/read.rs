//! Reading a bucket: each configuration has a call of its own, so they run side by side.

use aws_sdk_s3::types::{
    BucketVersioningStatus, ObjectOwnership, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionRule,
};
use futures::try_join;

use super::bucket::{Encryption, Ownership, PublicAccess, Spec};
use super::lifecycle::{self, Rules};
use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::iam::policy::Document;
use crate::scope::Tags;

/// A bucket as S3 has it.
pub(super) struct Live {
    pub(super) spec: Spec,
    pub(super) tags: Tags,
}

/// Everything about a bucket; nothing if it went away meanwhile.
pub(super) async fn read(cloud: &Cloud, name: &str) -> Result<Option<Live>, AwsError> {
    let all = try_join!(
        tags(cloud, name),
        versioned(cloud, name),
        encryption(cloud, name),
        public_access(cloud, name),
        ownership(cloud, name),
        rules(cloud, name),
        policy(cloud, name),
    );
    let (tags, versioned, encryption, public_access, ownership, lifecycle, policy) = match all {
        Err(error) if error.is("NoSuchBucket") => return Ok(None),
        other => other?,
    };
    Ok(Some(Live {
        spec: Spec {
            name: name.to_owned(),
            versioned,
            encryption,
            public_access,
            ownership,
            lifecycle,
            policy,
        },
        tags,
    }))
}

/// The answer, or nothing where S3 says by this code that there is no such configuration.
fn absent_by<T>(code: &str, answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.is(code) => Ok(None),
        other => other.map(Some),
    }
}

/// The tags of a bucket.
pub(super) async fn tags(cloud: &Cloud, name: &str) -> Result<Tags, AwsError> {
    let answer = cloud
        .s3()
        .get_bucket_tagging()
        .bucket(name)
        .send()
        .await
        .during("s3:GetBucketTagging");
    Ok(
        absent_by("NoSuchTagSet", answer)?.map_or_else(Tags::new, |answer| {
            tags::from_sdk(answer.tag_set(), |tag| (Some(tag.key()), Some(tag.value())))
        }),
    )
}

async fn versioned(cloud: &Cloud, name: &str) -> Result<bool, AwsError> {
    let answer = cloud
        .s3()
        .get_bucket_versioning()
        .bucket(name)
        .send()
        .await
        .during("s3:GetBucketVersioning")?;
    Ok(answer.status() == Some(&BucketVersioningStatus::Enabled))
}

async fn encryption(cloud: &Cloud, name: &str) -> Result<Encryption, AwsError> {
    let answer = cloud
        .s3()
        .get_bucket_encryption()
        .bucket(name)
        .send()
        .await
        .during("s3:GetBucketEncryption");
    let code = "ServerSideEncryptionConfigurationNotFoundError";
    let answer = absent_by(code, answer)?;
    Ok(answer
        .as_ref()
        .and_then(|answer| answer.server_side_encryption_configuration())
        .and_then(|configuration| configuration.rules().first())
        .map_or_else(|| Encryption::Other("none".to_owned()), encryption_of))
}

fn encryption_of(rule: &ServerSideEncryptionRule) -> Encryption {
    let by_default = rule.apply_server_side_encryption_by_default();
    match by_default.map(|by_default| by_default.sse_algorithm()) {
        Some(ServerSideEncryption::Aes256) => Encryption::Aes256,
        Some(ServerSideEncryption::AwsKms) => Encryption::Kms {
            key: by_default
                .and_then(|by_default| by_default.kms_master_key_id())
                .filter(|key| !key.ends_with("alias/aws/s3"))
                .map(Into::into),
            bucket_key: rule.bucket_key_enabled().unwrap_or_default(),
        },
        Some(other) => Encryption::Other(other.as_str().to_owned()),
        None => Encryption::Other("none".to_owned()),
    }
}

async fn public_access(cloud: &Cloud, name: &str) -> Result<PublicAccess, AwsError> {
    let answer = cloud
        .s3()
        .get_public_access_block()
        .bucket(name)
        .send()
        .await
        .during("s3:GetPublicAccessBlock");
    let code = "NoSuchPublicAccessBlockConfiguration";
    Ok(absent_by(code, answer)?
        .as_ref()
        .and_then(|answer| answer.public_access_block_configuration())
        .map_or_else(PublicAccess::default, public_access_of))
}

fn public_access_of(block: &PublicAccessBlockConfiguration) -> PublicAccess {
    PublicAccess {
        block_acls: block.block_public_acls().unwrap_or_default(),
        ignore_acls: block.ignore_public_acls().unwrap_or_default(),
        block_policies: block.block_public_policy().unwrap_or_default(),
        restrict_buckets: block.restrict_public_buckets().unwrap_or_default(),
    }
}

async fn ownership(cloud: &Cloud, name: &str) -> Result<Ownership, AwsError> {
    let answer = cloud
        .s3()
        .get_bucket_ownership_controls()
        .bucket(name)
        .send()
        .await
        .during("s3:GetBucketOwnershipControls");
    let answer = absent_by("OwnershipControlsNotFoundError", answer)?;
    let rule = answer
        .as_ref()
        .and_then(|answer| answer.ownership_controls())
        .and_then(|controls| controls.rules().first())
        .map(|rule| rule.object_ownership());
    Ok(match rule {
        Some(ObjectOwnership::BucketOwnerEnforced) => Ownership::BucketOwnerEnforced,
        Some(ObjectOwnership::BucketOwnerPreferred) => Ownership::BucketOwnerPreferred,
        // A bucket without controls is from before 2023, when this was what it meant.
        Some(_) | None => Ownership::ObjectWriter,
    })
}

async fn rules(cloud: &Cloud, name: &str) -> Result<Rules, AwsError> {
    let answer = cloud
        .s3()
        .get_bucket_lifecycle_configuration()
        .bucket(name)
        .send()
        .await
        .during("s3:GetBucketLifecycleConfiguration");
    Ok(absent_by("NoSuchLifecycleConfiguration", answer)?
        .map_or_else(Rules::new, |answer| lifecycle::from_sdk(answer.rules())))
}

async fn policy(cloud: &Cloud, name: &str) -> Result<Option<Document>, AwsError> {
    let answer = cloud
        .s3()
        .get_bucket_policy()
        .bucket(name)
        .send()
        .await
        .during("s3:GetBucketPolicy");
    Ok(absent_by("NoSuchBucketPolicy", answer)?
        .and_then(|answer| answer.policy)
        .map(|text| Document::parse(&text, false)))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::ServerSideEncryptionByDefault;

    use super::*;

    fn rule(algorithm: ServerSideEncryption, key: Option<&str>) -> ServerSideEncryptionRule {
        ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(
                ServerSideEncryptionByDefault::builder()
                    .sse_algorithm(algorithm)
                    .set_kms_master_key_id(key.map(str::to_owned))
                    .build()
                    .unwrap(),
            )
            .bucket_key_enabled(true)
            .build()
    }

    #[test]
    fn awss_own_key_is_the_same_named_or_not() {
        let named = Some("arn:aws:kms:eu-west-1:123456789012:alias/aws/s3");
        assert_eq!(
            encryption_of(&rule(ServerSideEncryption::AwsKms, named)),
            encryption_of(&rule(ServerSideEncryption::AwsKms, None))
        );
        assert_ne!(
            encryption_of(&rule(ServerSideEncryption::AwsKms, Some("a-key"))),
            encryption_of(&rule(ServerSideEncryption::AwsKms, None))
        );
    }

    #[test]
    fn a_bucket_key_means_nothing_without_kms() {
        assert_eq!(
            encryption_of(&rule(ServerSideEncryption::Aes256, None)),
            Encryption::Aes256
        );
    }

    #[test]
    fn only_the_code_for_absence_is_absence() {
        let mut error = AwsError::unexpected("s3:GetBucketPolicy", "no");
        error.code = "NoSuchBucketPolicy".to_owned();
        assert_eq!(
            absent_by::<()>("NoSuchBucketPolicy", Err(error.clone())),
            Ok(None)
        );
        error.code = "AccessDenied".to_owned();
        assert!(absent_by::<()>("NoSuchBucketPolicy", Err(error)).is_err());
    }
}
