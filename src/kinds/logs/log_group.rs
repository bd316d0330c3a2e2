//! Where the workload, the network and the services write their logs.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::types::{LogGroup as Seen, LogGroupClass};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging,
    outputs,
};
use crate::scope::{Scope, Tags};

/// A log group.
pub struct LogGroup;

/// What a log group is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The group's name, unique in account and region.
    pub name: String,
    /// Days after which an event is removed; absent, it is kept for ever. AWS takes only
    /// 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
    /// 2922, 3288 and 3653.
    #[serde(default, deserialize_with = "a_retention")]
    pub retention_days: Option<u32>,
    /// What the group can do, and what it costs.
    #[serde(default)]
    pub class: Class,
}

/// The class of a log group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Class {
    /// Everything: metric filters, live tail, subscriptions.
    #[default]
    Standard,
    /// Half the price to write, for logs that are searched seldom.
    InfrequentAccess,
    /// Only passed on to S3 or Firehose, kept for a day or two.
    Delivery,
}

/// The days that `PutRetentionPolicy` takes (API reference of CloudWatch Logs).
pub const RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// The shortest retention that AWS takes and that keeps events for at least `days`; nothing
/// where that is longer than ten years, which only "for ever" keeps.
pub fn retention_of_at_least(days: u32) -> Option<u32> {
    RETENTIONS
        .into_iter()
        .filter(|allowed| *allowed >= days)
        .min()
}

fn a_retention<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let days = Option::<u32>::deserialize(deserializer)?;
    match days {
        Some(days) if !RETENTIONS.contains(&days) => {
            let nearest = retention_of_at_least(days).map_or_else(String::new, |near| {
                format!("; the next longer one is {near}")
            });
            Err(de::Error::custom(format!(
                "CloudWatch Logs cannot keep events for {days} days{nearest}"
            )))
        }
        fine => Ok(fine),
    }
}

#[async_trait]
impl Kind for LogGroup {
    type Spec = Spec;

    const TYPE: &'static str = "logs:log-group";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a log group cannot be renamed"),
        Field::replace(
            "/class",
            "the class of a log group is fixed when it is made",
        ),
    ];
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(spec.name.clone())
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = scope.arn("logs", &format!("log-group:{}", spec.name));
        known(&spec.name, &arn)
    }

    /// What is written depends on use: a gigabyte a month is assumed, and kept for as long as
    /// the retention says, at most a year.
    fn charges(spec: &Spec) -> Vec<Charge> {
        let ingest = match spec.class {
            Class::Standard => "logs.ingest.gb",
            Class::InfrequentAccess => "logs.ingest.infrequent.gb",
            Class::Delivery => "logs.ingest.delivery.gb",
        };
        let months = f64::from(spec.retention_days.unwrap_or(365).min(365)) / 30.0;
        vec![
            Charge {
                item: ingest.to_owned(),
                quantity: 1.0,
            },
            Charge {
                item: "logs.storage.gb".to_owned(),
                quantity: COMPRESSED * months,
            },
        ]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let names = survey
            .wanted
            .iter()
            .map(|wanted| wanted.spec.name.as_str())
            .chain(survey.manifest.iter().map(|(_, key)| key.as_str()));
        let lists = prefixes(survey.scope, names)
            .into_iter()
            .map(|prefix| async move {
                cloud
                    .logs()
                    .describe_log_groups()
                    .log_group_name_prefix(prefix)
                    .limit(PAGE)
                    .into_paginator()
                    .items()
                    .send()
                    .try_collect()
                    .await
                    .during("logs:DescribeLogGroups")
            });
        let seen: Vec<Seen> = try_join_all(lists).await?.concat();
        Ok(seen.iter().filter_map(found).collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .patience
            .settle(EARLIER, BUSY, busy, || async {
                making
                    .cloud
                    .logs()
                    .create_log_group()
                    .log_group_name(&spec.name)
                    .log_group_class(spec.class.to_aws())
                    .set_tags(Some(making.tags.clone().into_iter().collect()))
                    .send()
                    .await
                    .during("logs:CreateLogGroup")
            })
            .await;
        match made {
            // A run that died between the two calls made it; the name is the stack's own.
            Err(error) if error.already_exists() => {}
            other => drop(other?),
        }
        if spec.retention_days.is_some() {
            retain(making, spec).await?;
        }
        Ok(Self::predict(making.scope, spec))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/retention_days") {
            retain(making, spec).await?;
        }
        Ok(())
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .patience
            .settle(EARLIER, BUSY, busy, || async {
                making
                    .cloud
                    .logs()
                    .delete_log_group()
                    .log_group_name(found.id())
                    .send()
                    .await
                    .during("logs:DeleteLogGroup")
            })
            .await;
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: scope.name("sample"),
            retention_days: None,
            class: Class::Standard,
        };
        let changed = Spec {
            retention_days: Some(30),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

const EARLIER: &str = "an earlier change of the log group to end";
/// How long another change of the same group may take.
const BUSY: Duration = Duration::from_secs(60);

/// Several calls at once changed the same group ("OperationAbortedException", CloudWatch Logs API
/// reference).
fn busy(error: &AwsError) -> bool {
    error.is("OperationAbortedException")
}

/// The largest page of `DescribeLogGroups`.
const PAGE: i32 = 50;

/// How much of a gigabyte is left to store after AWS has compressed it (its price page: 0.15).
const COMPRESSED: f64 = 0.15;

impl Class {
    fn to_aws(self) -> LogGroupClass {
        match self {
            Self::Standard => LogGroupClass::Standard,
            Self::InfrequentAccess => LogGroupClass::InfrequentAccess,
            Self::Delivery => LogGroupClass::Delivery,
        }
    }

    /// A group that is older than the classes has none in the answer: it is a standard one.
    fn from_aws(class: Option<&LogGroupClass>) -> Self {
        match class {
            Some(LogGroupClass::InfrequentAccess) => Self::InfrequentAccess,
            Some(LogGroupClass::Delivery) => Self::Delivery,
            _ => Self::Standard,
        }
    }
}

/// The prefixes that cover the stack's groups: its own, and each name outside it that the
/// stack file or an earlier run gave (`/aws/rds/instance/…` is named by AWS, not by us).
fn prefixes<'a>(scope: &Scope, names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut prefixes = BTreeSet::from([scope.path()]);
    for name in names {
        if name.starts_with(&scope.name("")) {
            prefixes.insert(scope.name(""));
        } else if !prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            prefixes.insert(name.to_owned());
        }
    }
    prefixes
}

fn known(name: &str, arn: &str) -> Outputs {
    outputs([("id", name), ("arn", arn), ("name", name)])
}

fn found(seen: &Seen) -> Option<Found<Spec>> {
    let spec = Spec {
        name: seen.log_group_name()?.to_owned(),
        retention_days: seen
            .retention_in_days()
            .and_then(|days| u32::try_from(days).ok()),
        class: Class::from_aws(seen.log_group_class()),
    };
    // `arn` ends in `:*`, which names the group's streams; flow logs and policies want the
    // group itself.
    let arn = seen
        .log_group_arn()
        .or(seen.arn())
        .unwrap_or_default()
        .trim_end_matches(":*");
    Some(Found {
        address: None,
        key: LogGroup::key(&spec),
        outputs: known(&spec.name, arn),
        spec,
        tags: Tags::new(),
        progress: Progress::Ready(Outputs::new()),
    })
}

async fn retain(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    let logs = making.cloud.logs();
    let Some(days) = spec.retention_days else {
        return logs
            .delete_retention_policy()
            .log_group_name(&spec.name)
            .send()
            .await
            .during("logs:DeleteRetentionPolicy")
            .map(drop);
    };
    making
        .patience
        .settle(
            "the new log group to be visible",
            Duration::from_secs(60),
            |error| error.not_found() || error.is("OperationAbortedException"),
            || async {
                logs.put_retention_policy()
                    .log_group_name(&spec.name)
                    .retention_in_days(i32::try_from(days).unwrap_or(i32::MAX))
                    .send()
                    .await
                    .during("logs:PutRetentionPolicy")
                    .map(drop)
            },
        )
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn scope() -> Scope {
        Scope {
            stack: "codedetect".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn a_retention_that_aws_does_not_take_is_refused_with_the_next_longer_one() {
        let read = |days: u32| {
            serde_json::from_value::<Spec>(json!({ "name": "a", "retention_days": days }))
        };
        for days in RETENTIONS {
            assert_eq!(read(days).unwrap().retention_days, Some(days));
        }
        let error = read(45).unwrap_err().to_string();
        assert!(
            error.contains("45 days; the next longer one is 60"),
            "{error}"
        );
        assert!(read(0).is_err());
        assert!(read(4000).unwrap_err().to_string().ends_with("4000 days"));
        assert_eq!(retention_of_at_least(8), Some(14));
    }

    #[test]
    fn what_aws_answers_reads_as_what_was_asked_for() {
        let answer = Seen::builder()
            .log_group_name("codedetect-prod-app")
            .arn("arn:aws:logs:eu-west-1:123456789012:log-group:codedetect-prod-app:*")
            .retention_in_days(30)
            .build();
        let found = found(&answer).unwrap();
        let wanted: Spec =
            serde_json::from_value(json!({ "name": "codedetect-prod-app", "retention_days": 30 }))
                .unwrap();
        assert_eq!(found.spec, wanted);
        assert_eq!(found.outputs, LogGroup::predict(&scope(), &wanted));
        assert_eq!(found.key.as_deref(), Some("codedetect-prod-app"));
    }

    #[test]
    fn any_number_of_names_needs_as_many_lists_as_there_are_prefixes() {
        let names: Vec<String> = (0..300).map(|n| format!("codedetect-prod-{n}")).collect();
        let of = |more: &[&'static str]| -> Vec<String> {
            prefixes(
                &scope(),
                names.iter().map(String::as_str).chain(more.iter().copied()),
            )
            .into_iter()
            .collect()
        };
        assert_eq!(of(&[]), ["/codedetect-prod/", "codedetect-prod-"]);
        assert_eq!(
            of(&[
                "/codedetect-prod/a",
                "/codedetect-prod/b",
                "/aws/rds/instance/x/postgresql"
            ]),
            [
                "/aws/rds/instance/x/postgresql",
                "/codedetect-prod/",
                "codedetect-prod-"
            ]
        );
    }
}
