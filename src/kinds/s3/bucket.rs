//! The bucket: its objects outlive every mistake but `--delete-data`.

use async_trait::async_trait;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

use super::lifecycle::{Rule, Rules};
use super::{configure, emptying, read};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::iam::policy::{self, Document};
use crate::kinds::{
    Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, outputs,
};
use crate::reference::Text;
use crate::scope::{STACK_TAG, Scope, Tags};

/// The only region whose buckets have no location constraint.
const NO_CONSTRAINT: &str = "us-east-1";

/// An S3 bucket.
pub struct Bucket;

/// What a bucket is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The name, unique among all buckets of all accounts; 3 to 63 characters.
    pub name: String,
    /// Whether overwritten and deleted objects are kept as old versions. Off, after it was on,
    /// keeps the old versions that there are.
    pub versioned: bool,
    /// How objects are encrypted that come without a wish of their own.
    pub encryption: Encryption,
    /// What is refused to the public.
    pub public_access: PublicAccess,
    /// Who owns objects that others write.
    pub ownership: Ownership,
    /// What happens to objects as they age, by the name of the rule.
    pub lifecycle: Rules,
    /// Who may do what; nothing for a bucket without a policy.
    pub policy: Option<Document>,
}

/// How a bucket encrypts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// With keys that S3 keeps, without charge: AES256.
    Aes256,
    /// With a key of KMS: `aws:kms`.
    Kms {
        /// The key's ARN; nothing for AWS's own key `alias/aws/s3`.
        key: Option<Text>,
        /// Whether S3 asks KMS once for many objects, which costs far less.
        bucket_key: bool,
    },
    /// Another algorithm that the bucket has and this kind does not write.
    Other(String),
}

/// The four blocks of public access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicAccess {
    /// New ACLs that open something to the public are refused.
    pub block_acls: bool,
    /// ACLs that open something to the public have no effect.
    pub ignore_acls: bool,
    /// New policies that open something to the public are refused.
    pub block_policies: bool,
    /// Policies that open something to the public serve this account and AWS only.
    pub restrict_buckets: bool,
}

impl PublicAccess {
    /// Nothing is public.
    pub const NONE: Self = Self {
        block_acls: true,
        ignore_acls: true,
        block_policies: true,
        restrict_buckets: true,
    };
}

/// Who owns an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Ownership {
    /// The bucket's owner, always; ACLs are off.
    BucketOwnerEnforced,
    /// The bucket's owner, where the writer grants it.
    BucketOwnerPreferred,
    /// Who wrote it.
    ObjectWriter,
}

#[async_trait]
impl Kind for Bucket {
    type Spec = Spec;

    const TYPE: &'static str = "s3:bucket";
    const FIELDS: &'static [Field] = &[Field::replace("/name", "a bucket cannot be renamed")];
    const PROTECTED: bool = true;

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        known(scope, &spec.name)
    }

    /// Charged by what lies in it: one gigabyte stands for that.
    fn charges(_: &Spec) -> Vec<Charge> {
        vec![Charge {
            item: "s3.standard.gb".to_owned(),
            quantity: 1.0,
        }]
    }

    /// One list of the account's buckets in the region, then each of those that have the
    /// stack's name or are wanted, all side by side.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let buckets: Vec<_> = cloud
            .s3()
            .list_buckets()
            .bucket_region(&survey.scope.region)
            .max_buckets(1000)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("s3:ListBuckets")?;
        let prefix = format!("{}-", survey.scope.prefix());
        let wanted: BTreeSet<&str> = survey
            .wanted
            .iter()
            .map(|wanted| wanted.spec.name.as_str())
            .chain(survey.manifest.iter().map(|(_, name)| name.as_str()))
            .collect();
        let candidates = buckets.iter().filter_map(|bucket| {
            let here = bucket
                .bucket_region()
                .is_none_or(|region| region == survey.scope.region);
            bucket
                .name()
                .filter(|name| here && (name.starts_with(&prefix) || wanted.contains(name)))
        });
        let live = candidates.map(|name| async move {
            let Some(live) = read::read(cloud, name).await? else {
                return Ok(None);
            };
            Ok(survey.scope.address_of(&live.tags).map(|address| Found {
                address: Some(address),
                key: None,
                outputs: known(survey.scope, name),
                spec: live.spec,
                tags: live.tags,
                progress: Progress::Ready(Outputs::new()),
            }))
        });
        Ok(try_join_all(live).await?.into_iter().flatten().collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .patience
            .settle(
                "S3 to finish what it was doing to a bucket of that name",
                Duration::from_secs(120),
                |error| error.is("OperationAborted"),
                || make(making, spec),
            )
            .await;
        match made {
            // The code of both: S3 does not say whose it is when it is somebody else's.
            Err(error) if error.is("BucketAlreadyExists") => return Err(taken(error, &spec.name)),
            Err(error) if error.already_exists() => take_up(making, spec, error).await?,
            other => other?,
        }
        configure::all(making, spec).await?;
        Ok(known(making.scope, &spec.name))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        configure::changed(making, spec, changes).await
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        _: &Tags,
        _: &[String],
    ) -> Result<(), AwsError> {
        // S3 only replaces the whole set.
        configure::tags(making, found.id()).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let name = found.id();
        let mut rounds = 0;
        loop {
            let emptied = emptying::empty(making, name).await;
            match emptied {
                Err(error) if error.is("NoSuchBucket") => return Ok(()),
                other => other?,
            }
            let gone = making
                .cloud
                .s3()
                .delete_bucket()
                .bucket(name)
                .send()
                .await
                .during("s3:DeleteBucket");
            rounds += 1;
            match gone {
                Err(error) if error.not_found() => return Ok(()),
                Err(error) if error.is("BucketNotEmpty") && rounds < 5 => {}
                Err(error) if error.is("BucketNotEmpty") => {
                    return Err(error.hint(format!(
                        "something still writes into {name}; stop it and apply again"
                    )));
                }
                other => return other.map(drop),
            }
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let name = scope.name(&format!("sample-{}", scope.account));
        let arn = known(scope, &name)["arn"].clone();
        let sample = Spec {
            versioned: false,
            encryption: Encryption::Aes256,
            public_access: PublicAccess::NONE,
            ownership: Ownership::BucketOwnerEnforced,
            lifecycle: Rules::from([(
                "old-versions".to_owned(),
                Rule {
                    enabled: true,
                    expire_noncurrent_days: Some(90),
                    remove_spent_markers: true,
                    abort_multipart_days: Some(7),
                    ..Rule::default()
                },
            )]),
            policy: Some(policy::document([policy::tls_only(arn)])),
            name,
        };
        let changed = Spec {
            versioned: true,
            encryption: Encryption::Kms {
                key: None,
                bucket_key: true,
            },
            public_access: PublicAccess {
                block_acls: false,
                ..PublicAccess::NONE
            },
            ownership: Ownership::BucketOwnerPreferred,
            lifecycle: Rules::from([(
                "temporary".to_owned(),
                Rule {
                    enabled: true,
                    prefix: "tmp/".to_owned(),
                    expire_days: Some(3),
                    ..Rule::default()
                },
            )]),
            policy: None,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn known(scope: &Scope, name: &str) -> Outputs {
    let arn = format!("arn:{}:s3:::{name}", scope.partition);
    let suffix = if scope.partition == "aws-cn" {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    let domain = format!("{name}.s3.{}.{suffix}", scope.region);
    outputs([
        ("id", name),
        ("name", name),
        ("arn", &arn),
        ("domain_name", &domain),
    ])
}

async fn make(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    let operation = "s3:CreateBucket";
    let region = making.cloud.region();
    if region == NO_CONSTRAINT {
        // There S3 answers the second creation of one's own bucket with success, as if it had
        // made it ("CreateBucket", BucketAlreadyOwnedByYou), so it is looked for first.
        let there = making
            .cloud
            .s3()
            .head_bucket()
            .bucket(&spec.name)
            .send()
            .await
            .during("s3:HeadBucket");
        // Somebody else's answers 403 here; CreateBucket then says clearly that it exists.
        if there.is_ok() {
            let mut error = AwsError::unexpected(operation, "it exists already");
            error.code = "BucketAlreadyOwnedByYou".to_owned();
            error.class = crate::aws::ErrorClass::AlreadyExists;
            return Err(error);
        }
    }
    let configuration = CreateBucketConfiguration::builder()
        .set_location_constraint(constraint(region))
        .set_tags(Some(configure::sdk_tags(operation, making.tags)?))
        .build();
    making
        .cloud
        .s3()
        .create_bucket()
        .bucket(&spec.name)
        .object_ownership(configure::ownership(spec.ownership))
        .create_bucket_configuration(configuration)
        .send()
        .await
        .during(operation)
        .map(drop)
}

fn constraint(region: &str) -> Option<BucketLocationConstraint> {
    (region != NO_CONSTRAINT).then(|| BucketLocationConstraint::from(region))
}

/// Takes up the bucket that an earlier, interrupted run of this stack made.
async fn take_up(making: &Making<'_>, spec: &Spec, error: AwsError) -> Result<(), AwsError> {
    let head = making
        .cloud
        .s3()
        .head_bucket()
        .bucket(&spec.name)
        .send()
        .await
        .during("s3:HeadBucket")?;
    let elsewhere = head
        .bucket_region()
        .is_some_and(|region| region != making.cloud.region());
    if elsewhere {
        return Err(error.hint(format!(
            "this account has a bucket {} in {}; give this one another name",
            spec.name,
            head.bucket_region().unwrap_or_default()
        )));
    }
    let tags = read::tags(making.cloud, &spec.name).await?;
    may_take_up(making.scope, &spec.name, &tags).map_err(|why| error.hint(why))?;
    configure::tags(making, &spec.name).await
}

/// Whether a bucket with these tags may be taken for the stack's own; if not, why.
fn may_take_up(scope: &Scope, name: &str, tags: &Tags) -> Result<(), String> {
    match tags.get(STACK_TAG) {
        Some(stack) if *stack == scope.prefix() => Ok(()),
        Some(stack) => Err(format!(
            "the bucket {name} belongs to the stack {stack}; give this one another name"
        )),
        None if tags.is_empty() && name.starts_with(&format!("{}-", scope.prefix())) => Ok(()),
        None => Err(format!(
            "this account has a bucket {name} that no stack made; give this one another name, \
             or let the stack take it over with `adopt`"
        )),
    }
}

fn taken(error: AwsError, name: &str) -> AwsError {
    error.hint(format!(
        "bucket names are shared by all accounts of AWS, and another one has {name}: set \
         another `name` for this bucket in the stack file"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn us_east_1_has_no_location_constraint() {
        assert_eq!(constraint("us-east-1"), None);
        assert_eq!(
            constraint("eu-west-1"),
            Some(BucketLocationConstraint::EuWest1)
        );
    }

    #[test]
    fn only_the_stacks_own_half_made_bucket_is_taken_up() {
        let tags = |pairs: &[(&str, &str)]| -> Tags {
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect()
        };
        let own = "shop-prod-uploads";
        assert!(may_take_up(&scope(), "any", &tags(&[(STACK_TAG, "shop-prod")])).is_ok());
        assert!(may_take_up(&scope(), own, &Tags::new()).is_ok());
        let other = may_take_up(&scope(), own, &tags(&[(STACK_TAG, "shop-test")]));
        assert!(other.unwrap_err().contains("shop-test"));
        assert!(may_take_up(&scope(), own, &tags(&[("team", "x")])).is_err());
        assert!(may_take_up(&scope(), "any", &Tags::new()).is_err());
    }

    #[test]
    fn a_name_that_another_account_has_says_what_to_change() {
        let error = taken(AwsError::unexpected("s3:CreateBucket", "taken"), "uploads");
        let hint = error.hint.unwrap();
        assert!(hint.contains("another one has uploads"), "{hint}");
        assert!(hint.contains("`name`"), "{hint}");
    }

    #[test]
    fn arn_and_domain_follow_from_the_name() {
        let known = known(&scope(), "shop-prod-uploads");
        assert_eq!(known["arn"], "arn:aws:s3:::shop-prod-uploads");
        assert_eq!(
            known["domain_name"],
            "shop-prod-uploads.s3.eu-west-1.amazonaws.com"
        );
    }
}
