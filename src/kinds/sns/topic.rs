//! The topic that alarms, bug reports and deployment messages go to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging, outputs,
};
use crate::scope::{Scope, Tags};

/// An SNS topic.
pub struct Topic;

/// What a topic is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The topic's name, unique in account and region.
    pub name: String,
    /// The region it lives in: billing alarms need theirs in us-east-1.
    pub region: String,
    /// The name that e-mails show as their sender.
    pub display_name: String,
}

impl Kind for Topic {
    type Spec = Spec;

    const TYPE: &'static str = "sns:topic";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a topic cannot be renamed"),
        Field::replace("/region", "a topic cannot move to another region"),
    ];
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(format!("{}/{}", spec.region, spec.name))
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = format!(
            "arn:{}:sns:{}:{}:{}",
            scope.partition, spec.region, scope.account, spec.name
        );
        outputs([("id", &arn), ("arn", &arn), ("name", &spec.name)])
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let mut regions: Vec<&str> = vec![&survey.scope.region];
        regions.extend(
            survey
                .wanted
                .iter()
                .map(|wanted| wanted.spec.region.as_str()),
        );
        regions.extend(
            survey
                .manifest
                .iter()
                .filter_map(|(_, key)| key.split('/').next()),
        );
        regions.sort_unstable();
        regions.dedup();
        let lists = regions
            .into_iter()
            .map(|region| list_region(cloud, survey, region));
        Ok(futures::future::try_join_all(lists).await?.concat())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .cloud
            .in_region(&spec.region)
            .sns()
            .create_topic()
            .name(&spec.name)
            .attributes("DisplayName", &spec.display_name)
            .set_tags(Some(
                tags::to_sdk(making.tags, |key, value| {
                    aws_sdk_sns::types::Tag::builder()
                        .key(key)
                        .value(value)
                        .build()
                })
                .into_iter()
                .collect::<Result<_, _>>()
                .map_err(|e| AwsError::unexpected("sns:CreateTopic", e.to_string()))?,
            ))
            .send()
            .await
            .during("sns:CreateTopic")?;
        let arn = made.topic_arn().unwrap_or_default();
        Ok(outputs([("id", arn), ("arn", arn), ("name", &spec.name)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        making
            .cloud
            .in_region(&spec.region)
            .sns()
            .set_topic_attributes()
            .topic_arn(found.id())
            .attribute_name("DisplayName")
            .attribute_value(&spec.display_name)
            .send()
            .await
            .during("sns:SetTopicAttributes")
            .map(drop)
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        making
            .cloud
            .in_region(&found.spec.region)
            .sns()
            .delete_topic()
            .topic_arn(found.id())
            .send()
            .await
            .during("sns:DeleteTopic")
            .map(drop)
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: scope.name("sample"),
            region: scope.region.clone(),
            display_name: "Sample".to_owned(),
        };
        let changed = Spec {
            display_name: "Changed".to_owned(),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

async fn list_region(
    cloud: &Cloud,
    survey: &Survey<'_, Spec>,
    region: &str,
) -> Result<Vec<Found<Spec>>, AwsError> {
    let cloud = cloud.in_region(region);
    let topics: Vec<_> = cloud
        .sns()
        .list_topics()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("sns:ListTopics")?;
    let prefix = format!("{}-", survey.scope.prefix());
    let ours = topics.into_iter().filter_map(|topic| {
        let arn = topic.topic_arn()?.to_owned();
        let name = arn.rsplit(':').next()?.to_owned();
        name.starts_with(&prefix).then_some((arn, name))
    });
    let found = ours.map(|(arn, name)| {
        let cloud = cloud.clone();
        async move {
            let answer = cloud
                .sns()
                .get_topic_attributes()
                .topic_arn(&arn)
                .send()
                .await
                .during("sns:GetTopicAttributes")?;
            let spec = Spec {
                display_name: answer
                    .attributes()
                    .and_then(|attributes| attributes.get("DisplayName"))
                    .cloned()
                    .unwrap_or_default(),
                region: region.to_owned(),
                name,
            };
            Ok(Found {
                address: None,
                key: Topic::key(&spec),
                outputs: outputs([("id", &arn), ("arn", &arn), ("name", &spec.name)]),
                spec,
                tags: Tags::new(),
                progress: Progress::Ready(Outputs::new()),
            })
        }
    });
    futures::future::try_join_all(found).await
}
