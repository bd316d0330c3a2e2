//! The record of who did what in the account.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::types::{DataResource, EventSelector, ReadWriteType, Tag, Trail as Seen};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::iam::policy::{self, Principal, Statement, allow};
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

/// Which management events are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManagementEvents {
    /// All: AWS's default.
    #[default]
    All,
    /// Only those that read.
    ReadOnly,
    /// Only those that change something.
    WriteOnly,
    /// None.
    None,
    /// A choice made by hand that none of these says. It is read from AWS, never wanted.
    Custom,
}

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

/// What the policy of a trail's bucket must allow, for the prefix under which it writes ("Amazon
/// S3 bucket policy for CloudTrail").
pub fn bucket_statements(
    scope: &Scope,
    bucket: &str,
    prefix: Option<&str>,
    trail: &str,
) -> Vec<Statement> {
    let service = || Principal::Service("cloudtrail.amazonaws.com".to_owned());
    let bucket = format!("arn:{}:s3:::{bucket}", scope.partition);
    let folder = prefix.map_or_else(String::new, |prefix| format!("{prefix}/"));
    let objects = format!("{bucket}/{folder}AWSLogs/{}/*", scope.account);
    let source = scope.arn("cloudtrail", &format!("trail/{trail}"));
    vec![
        allow(["s3:GetBucketAcl"])
            .sid("TrailLooks")
            .to(service())
            .on([bucket])
            .when("StringEquals", "aws:SourceArn", [source.clone()]),
        allow(["s3:PutObject"])
            .sid("TrailWrites")
            .to(service())
            .on([objects])
            .when("StringEquals", "aws:SourceArn", [source])
            .when(
                "StringEquals",
                "s3:x-amz-acl",
                ["bucket-owner-full-control"],
            ),
    ]
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

fn text(text: &Text) -> Result<String, AwsError> {
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

/// A trail whose selectors nobody set has none in the answer, or AWS's default spelled out.
fn events(
    selectors: &GetEventSelectorsOutput,
) -> (ManagementEvents, BTreeMap<String, BTreeSet<Text>>) {
    let custom = (ManagementEvents::Custom, BTreeMap::new());
    let all = (ManagementEvents::All, BTreeMap::new());
    match (
        selectors.event_selectors(),
        selectors.advanced_event_selectors(),
    ) {
        ([], []) => all,
        ([one], []) if one.exclude_management_event_sources().is_empty() => {
            let management = match (one.include_management_events(), one.read_write_type()) {
                (Some(false), _) => ManagementEvents::None,
                (_, Some(ReadWriteType::ReadOnly)) => ManagementEvents::ReadOnly,
                (_, Some(ReadWriteType::WriteOnly)) => ManagementEvents::WriteOnly,
                _ => ManagementEvents::All,
            };
            let data = one
                .data_resources()
                .iter()
                .filter_map(|data| {
                    let arns = data.values().iter().map(|arn| Text::from(arn.as_str()));
                    Some((data.r#type()?.to_owned(), arns.collect()))
                })
                .collect();
            (management, data)
        }
        // The console writes the default in the advanced form.
        ([], [one]) => match one.field_selectors() {
            [field] if field.field() == "eventCategory" && field.equals() == ["Management"] => all,
            _ => custom,
        },
        _ => custom,
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

async fn set_selectors(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    let read_write = match spec.management_events {
        ManagementEvents::ReadOnly => ReadWriteType::ReadOnly,
        ManagementEvents::WriteOnly => ReadWriteType::WriteOnly,
        _ => ReadWriteType::All,
    };
    let mut selector = EventSelector::builder()
        .read_write_type(read_write)
        .include_management_events(spec.management_events != ManagementEvents::None);
    for (kind, arns) in &spec.data_events {
        let arns = arns.iter().map(text).collect::<Result<_, _>>()?;
        selector = selector.data_resources(
            DataResource::builder()
                .r#type(kind)
                .set_values(Some(arns))
                .build(),
        );
    }
    making
        .cloud
        .cloudtrail()
        .put_event_selectors()
        .trail_name(&spec.name)
        .event_selectors(selector.build())
        .send()
        .await
        .during("cloudtrail:PutEventSelectors")
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
mod tests {
    use super::*;
    use aws_sdk_cloudtrail::types::{AdvancedEventSelector, AdvancedFieldSelector};

    fn advanced(fields: &[(&str, &str)]) -> GetEventSelectorsOutput {
        let fields = fields.iter().map(|(field, value)| {
            AdvancedFieldSelector::builder()
                .field(*field)
                .equals(*value)
                .build()
                .unwrap()
        });
        GetEventSelectorsOutput::builder()
            .advanced_event_selectors(
                AdvancedEventSelector::builder()
                    .set_field_selectors(Some(fields.collect()))
                    .build()
                    .unwrap(),
            )
            .build()
    }

    #[test]
    fn every_way_to_say_the_default_selection_is_the_default() {
        let none = GetEventSelectorsOutput::builder().build();
        let spelled_out = GetEventSelectorsOutput::builder()
            .event_selectors(
                EventSelector::builder()
                    .read_write_type(ReadWriteType::All)
                    .include_management_events(true)
                    .build(),
            )
            .build();
        let console = advanced(&[("eventCategory", "Management")]);
        for selectors in [none, spelled_out, console] {
            assert_eq!(events(&selectors), (ManagementEvents::All, BTreeMap::new()));
        }
    }

    #[test]
    fn a_selection_that_the_stack_cannot_say_differs_from_all_that_it_can() {
        let only_some = advanced(&[("eventCategory", "Management"), ("readOnly", "true")]);
        assert_eq!(events(&only_some).0, ManagementEvents::Custom);
        let excluding = GetEventSelectorsOutput::builder()
            .event_selectors(
                EventSelector::builder()
                    .exclude_management_event_sources("kms.amazonaws.com")
                    .build(),
            )
            .build();
        assert_eq!(events(&excluding).0, ManagementEvents::Custom);
    }

    #[test]
    fn the_bucket_lets_this_trail_write_below_its_prefix_and_no_other() {
        let scope = Scope {
            stack: "codedetect".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let statements = bucket_statements(&scope, "logs", Some("audit"), "t");
        let policy = policy::document(statements);
        let at = |path: &str| policy.value().pointer(path).and_then(|v| v.as_str());
        assert_eq!(
            at("/Statement/1/Resource"),
            Some("arn:aws:s3:::logs/audit/AWSLogs/123456789012/*")
        );
        for n in 0..2 {
            assert_eq!(
                at(&format!(
                    "/Statement/{n}/Condition/StringEquals/aws:SourceArn"
                )),
                Some("arn:aws:cloudtrail:eu-west-1:123456789012:trail/t")
            );
        }
    }

    #[test]
    fn a_trail_that_does_not_record_differs_and_absent_texts_are_absent() {
        let seen = Seen::builder()
            .name("codedetect-prod-audit")
            .s3_bucket_name("codedetect-prod-audit-123456789012")
            .s3_key_prefix("")
            .is_multi_region_trail(true)
            .include_global_service_events(true)
            .log_file_validation_enabled(true)
            .build();
        let selectors = GetEventSelectorsOutput::builder().build();
        let found = spec(&seen, false, &selectors);
        let wanted: Spec = serde_json::from_value(serde_json::json!({
            "name": "codedetect-prod-audit",
            "bucket": "codedetect-prod-audit-123456789012",
            "multi_region": true,
            "global_events": true,
            "log_file_validation": true
        }))
        .unwrap();
        assert!(wanted.logging);
        assert_eq!(
            found,
            Spec {
                logging: false,
                ..wanted
            }
        );
    }
}
