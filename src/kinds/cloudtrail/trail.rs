//! The record of who did what in the account.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::types::{Tag, Trail as Seen};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bucket_policy::bucket_statements;
pub use super::selectors::ManagementEvents;
use super::selectors::{events, set_selectors};
use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::iam::policy;
use crate::kinds::s3::bucket::{self, Bucket};
use crate::kinds::{
    Beside, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey,
    outputs,
};
use crate::reference::Text;
use crate::scope::{Scope, Tags};

/// A CloudTrail trail, in the stack's region as its home.
pub struct Trail;

/// What a trail is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The trail's name, unique in account and region.
    pub name: String,
    /// The name of the bucket that it writes to; the bucket's policy must let it.
    pub bucket: Text,
    /// What the objects' keys start with, before CloudTrail's own `AWSLogs/`; absent, nothing.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Whether it records every region of the account.
    pub multi_region: bool,
    /// Whether it records services without a region, such as IAM.
    pub global_events: bool,
    /// Whether it writes signed digests, by which a changed or missing file is noticed.
    pub log_file_validation: bool,
    /// The key that encrypts the files; absent, they are encrypted as the bucket says.
    #[serde(default)]
    pub kms_key: Option<Text>,
    /// Whether it records now.
    #[serde(default = "yes")]
    pub logging: bool,
    /// Which calls that manage resources it records.
    #[serde(default)]
    pub management_events: ManagementEvents,
    /// Which reads and writes of data it records: ARN prefixes by resource type, such as
    /// `arn:aws:s3:::bucket/` under `AWS::S3::Object`.
    #[serde(default)]
    pub data_events: BTreeMap<String, BTreeSet<Text>>,
}

fn yes() -> bool {
    true
}

#[async_trait]
impl Kind for Trail {
    type Spec = Spec;

    const TYPE: &'static str = "cloudtrail:trail";
    const FIELDS: &'static [Field] = &[Field::replace("/name", "a trail cannot be renamed")];

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = scope.arn("cloudtrail", &format!("trail/{}", spec.name));
        known(&spec.name, &arn)
    }

    /// How many events there are depends on use; a hundred thousand are assumed.
    fn charges(spec: &Spec) -> Vec<Charge> {
        let charge = |item: &str| Charge {
            item: item.to_owned(),
            quantity: 1.0,
        };
        let mut charges = Vec::new();
        if spec.management_events != ManagementEvents::None {
            charges.push(charge("cloudtrail.management_events.100k"));
        }
        if !spec.data_events.is_empty() {
            charges.push(charge("cloudtrail.data_events.100k"));
        }
        charges
    }

    /// Shadow trails, by which a trail of another region shows itself here, are left out.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let answer = cloud
            .cloudtrail()
            .describe_trails()
            .include_shadow_trails(false)
            .send()
            .await
            .during("cloudtrail:DescribeTrails")?;
        let prefix = survey.scope.name("");
        let trails: Vec<&Seen> = answer
            .trail_list()
            .iter()
            .filter(|trail| trail.name().is_some_and(|name| name.starts_with(&prefix)))
            .collect();
        let arns: Vec<&str> = trails
            .iter()
            .filter_map(|trail| trail.trail_arn())
            .collect();
        let states = trails.iter().map(|trail| state(cloud, trail));
        let (tags, states) = try_join(tags_of(cloud, &arns), try_join_all(states)).await?;
        Ok(trails
            .into_iter()
            .zip(states)
            .filter_map(|(trail, state)| {
                let (logging, selectors) = state?;
                let arn = trail.trail_arn()?;
                let tags = tags.get(arn).cloned().unwrap_or_default();
                Some(Found {
                    address: survey.scope.address_of(&tags),
                    key: None,
                    spec: spec(trail, logging, &selectors),
                    tags,
                    outputs: known(trail.name()?, arn),
                    progress: Progress::Ready(Outputs::new()),
                })
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let bucket = text(&spec.bucket)?;
        let kms = spec.kms_key.as_ref().map(text).transpose()?;
        let tags = making.tags.iter().map(|(k, v)| tag(k, Some(v)));
        let tags = tags.collect::<Result<Vec<_>, _>>()?;
        let made = making
            .patience
            .settle(
                "the policy of the trail's bucket to be effective",
                Duration::from_secs(30),
                |error| error.is("InsufficientS3BucketPolicyException"),
                || async {
                    making
                        .cloud
                        .cloudtrail()
                        .create_trail()
                        .name(&spec.name)
                        .s3_bucket_name(&bucket)
                        .set_s3_key_prefix(spec.prefix.clone())
                        .is_multi_region_trail(spec.multi_region)
                        .include_global_service_events(spec.global_events)
                        .enable_log_file_validation(spec.log_file_validation)
                        .set_kms_key_id(kms.clone())
                        .set_tags_list(Some(tags.clone()))
                        .send()
                        .await
                        .during("cloudtrail:CreateTrail")
                },
            )
            .await;
        match made {
            // An earlier run that died made it: it need only be as the file says now.
            Err(error) if error.already_exists() => {
                ensure_ours(making, spec, error).await?;
                set_shape(making, spec).await?;
            }
            other => drop(other?),
        }
        let outputs = Self::predict(making.scope, spec);
        if spec.management_events != ManagementEvents::All || !spec.data_events.is_empty() {
            set_selectors(making, spec).await?;
        }
        set_logging(making, &spec.name, spec.logging).await?;
        Ok(outputs)
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if SHAPE.iter().any(|path| changes.touch(path)) {
            set_shape(making, spec).await?;
        }
        if changes.touch("/management_events") || changes.touch("/data_events") {
            set_selectors(making, spec).await?;
        }
        if changes.touch("/logging") {
            set_logging(making, &spec.name, spec.logging).await?;
        }
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        let cloudtrail = making.cloud.cloudtrail();
        let arn = found.output("arn");
        if !set.is_empty() {
            let tags = set.iter().map(|(k, v)| tag(k, Some(v)));
            cloudtrail
                .add_tags()
                .resource_id(arn)
                .set_tags_list(Some(tags.collect::<Result<_, _>>()?))
                .send()
                .await
                .during("cloudtrail:AddTags")?;
        }
        if !remove.is_empty() {
            let tags = remove.iter().map(|k| tag(k, None));
            cloudtrail
                .remove_tags()
                .resource_id(arn)
                .set_tags_list(Some(tags.collect::<Result<_, _>>()?))
                .send()
                .await
                .during("cloudtrail:RemoveTags")?;
        }
        Ok(())
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .cloudtrail()
            .delete_trail()
            .name(found.output("name"))
            .send()
            .await
            .during("cloudtrail:DeleteTrail");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let name = scope.name("sample");
        let bucket = Beside::new::<Bucket>(
            "trail-bucket",
            &bucket::Spec {
                name: scope.name(&format!("sample-trail-{}", scope.account)),
                policy: Some(policy::document(bucket_statements(
                    scope,
                    &scope.name(&format!("sample-trail-{}", scope.account)),
                    None,
                    &name,
                ))),
                ..Bucket::samples(scope).sample
            },
        );
        let sample = Spec {
            name,
            bucket: Text::output(&bucket.address, "name"),
            prefix: None,
            multi_region: true,
            global_events: true,
            log_file_validation: true,
            kms_key: None,
            logging: true,
            management_events: ManagementEvents::All,
            data_events: BTreeMap::new(),
        };
        let objects = Text::from("arn:aws:s3:::example-bucket/");
        let changed = Spec {
            prefix: Some("trail".to_owned()),
            multi_region: false,
            global_events: false,
            log_file_validation: false,
            logging: false,
            management_events: ManagementEvents::WriteOnly,
            data_events: BTreeMap::from([(
                "AWS::S3::Object".to_owned(),
                BTreeSet::from([objects]),
            )]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![bucket],
        }
    }
}

/// The fields that `UpdateTrail` sets.
const SHAPE: [&str; 6] = [
    "/bucket",
    "/prefix",
    "/multi_region",
    "/global_events",
    "/log_file_validation",
    "/kms_key",
];

/// How many trails `ListTags` takes at once.
const TAGS_AT_ONCE: usize = 20;

fn known(name: &str, arn: &str) -> Outputs {
    outputs([("id", arn), ("arn", arn), ("name", name)])
}

pub(super) fn text(text: &Text) -> Result<String, AwsError> {
    text.known()
        .ok_or_else(|| AwsError::unexpected(Trail::TYPE, format!("{text} is not known yet")))
}

fn tag(key: &str, value: Option<&String>) -> Result<Tag, AwsError> {
    Tag::builder()
        .key(key)
        .set_value(value.cloned())
        .build()
        .map_err(|e| AwsError::unexpected("cloudtrail:AddTags", e.to_string()))
}

async fn tags_of(cloud: &Cloud, arns: &[&str]) -> Result<BTreeMap<String, Tags>, AwsError> {
    let lists = arns.chunks(TAGS_AT_ONCE).map(|some| async move {
        cloud
            .cloudtrail()
            .list_tags()
            .set_resource_id_list(Some(some.iter().map(|arn| (*arn).to_owned()).collect()))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("cloudtrail:ListTags")
    });
    let all: Vec<_> = try_join_all(lists).await?.concat();
    Ok(all
        .iter()
        .filter_map(|one| {
            let tags = tags::from_sdk(one.tags_list(), |tag| (Some(tag.key()), tag.value()));
            Some((one.resource_id()?.to_owned(), tags))
        })
        .collect())
}

/// Whether a trail records, and what; nothing, where it went between the list and this read.
async fn state(
    cloud: &Cloud,
    trail: &Seen,
) -> Result<Option<(bool, GetEventSelectorsOutput)>, AwsError> {
    let arn = trail.trail_arn().unwrap_or_default();
    let status = async {
        cloud
            .cloudtrail()
            .get_trail_status()
            .name(arn)
            .send()
            .await
            .during("cloudtrail:GetTrailStatus")
    };
    let selectors = async {
        cloud
            .cloudtrail()
            .get_event_selectors()
            .trail_name(arn)
            .send()
            .await
            .during("cloudtrail:GetEventSelectors")
    };
    match try_join(status, selectors).await {
        Err(error) if error.not_found() => Ok(None),
        other => other
            .map(|(status, selectors)| Some((status.is_logging().unwrap_or_default(), selectors))),
    }
}

fn spec(trail: &Seen, logging: bool, selectors: &GetEventSelectorsOutput) -> Spec {
    let (management_events, data_events) = events(selectors);
    Spec {
        name: trail.name().unwrap_or_default().to_owned(),
        bucket: Text::from(trail.s3_bucket_name().unwrap_or_default()),
        prefix: trail
            .s3_key_prefix()
            .filter(|prefix| !prefix.is_empty())
            .map(str::to_owned),
        multi_region: trail.is_multi_region_trail().unwrap_or_default(),
        global_events: trail.include_global_service_events().unwrap_or_default(),
        log_file_validation: trail.log_file_validation_enabled().unwrap_or_default(),
        kms_key: trail
            .kms_key_id()
            .filter(|key| !key.is_empty())
            .map(Text::from),
        logging,
        management_events,
        data_events,
    }
}

async fn ensure_ours(making: &Making<'_>, spec: &Spec, error: AwsError) -> Result<(), AwsError> {
    let arn = &Trail::predict(making.scope, spec)["arn"];
    let tags = tags_of(making.cloud, &[arn]).await?;
    let own = tags.get(arn).is_some_and(|tags| making.scope.owns(tags));
    if own {
        Ok(())
    } else {
        Err(error.hint(format!(
            "a trail {} exists that is not this stack's: rename one of the two, or `adopt` it",
            spec.name
        )))
    }
}

async fn set_shape(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    // Left out, a field stays as it is; an empty one is cleared.
    let kms = spec.kms_key.as_ref().map(text).transpose()?;
    making
        .cloud
        .cloudtrail()
        .update_trail()
        .name(&spec.name)
        .s3_bucket_name(text(&spec.bucket)?)
        .s3_key_prefix(spec.prefix.as_deref().unwrap_or_default())
        .is_multi_region_trail(spec.multi_region)
        .include_global_service_events(spec.global_events)
        .enable_log_file_validation(spec.log_file_validation)
        .kms_key_id(kms.unwrap_or_default())
        .send()
        .await
        .during("cloudtrail:UpdateTrail")
        .map(drop)
}

async fn set_logging(making: &Making<'_>, name: &str, on: bool) -> Result<(), AwsError> {
    let cloudtrail = making.cloud.cloudtrail();
    if on {
        cloudtrail
            .start_logging()
            .name(name)
            .send()
            .await
            .during("cloudtrail:StartLogging")
            .map(drop)
    } else {
        cloudtrail
            .stop_logging()
            .name(name)
            .send()
            .await
            .during("cloudtrail:StopLogging")
            .map(drop)
    }
}

#[cfg(test)]
mod tests;
