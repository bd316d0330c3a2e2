//! The topic that alarms, bug reports and deployment messages go to.

use std::collections::HashMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::iam::policy::{Document, Principal, allow};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging, outputs,
};
use crate::reference::Text;
use crate::scope::{Scope, Tags};

/// An SNS topic.
pub struct Topic;

/// The key that AWS keeps for SNS. Only callers inside the account may use it: CloudWatch
/// cannot publish an alarm to a topic that it encrypts, nor Budgets a warning.
pub const MANAGED_KEY: &str = "alias/aws/sns";

/// What a topic is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The topic's name, unique in account and region.
    pub name: String,
    /// The region it lives in: billing alarms need theirs in us-east-1.
    pub region: String,
    /// The name that e-mails show as their sender.
    #[serde(default)]
    pub display_name: String,
    /// The KMS key that encrypts messages at rest; absent, none does. A topic that AWS
    /// services publish to needs a key of the account's own, whose policy lets them use it:
    /// `alias/aws/sns`, which AWS keeps, they cannot use.
    #[serde(default)]
    pub kms_key: Option<Text>,
    /// Who may publish and subscribe; absent, only the account itself, which is AWS's default.
    #[serde(default)]
    pub policy: Option<Document>,
}

#[async_trait]
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
        let mut attributes = HashMap::from([(DISPLAY_NAME.to_owned(), spec.display_name.clone())]);
        if let Some(key) = &spec.kms_key {
            attributes.insert(KMS_KEY.to_owned(), known(key)?);
        }
        if let Some(policy) = &spec.policy {
            attributes.insert(POLICY.to_owned(), policy.json());
        }
        let tags = tags::to_sdk(making.tags, |key, value| {
            aws_sdk_sns::types::Tag::builder()
                .key(key)
                .value(value)
                .build()
        });
        let tags = tags
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|e| AwsError::unexpected("sns:CreateTopic", e.to_string()))?;
        let made = making
            .cloud
            .in_region(&spec.region)
            .sns()
            .create_topic()
            .name(&spec.name)
            .set_attributes(Some(attributes))
            .set_tags(Some(tags))
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
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/display_name") {
            set(making, found, DISPLAY_NAME, &spec.display_name).await?;
        }
        if changes.touch("/kms_key") {
            let key = spec.kms_key.as_ref().map(known).transpose()?;
            set(making, found, KMS_KEY, &key.unwrap_or_default()).await?;
        }
        if changes.touch("/policy") {
            let policy = match &spec.policy {
                Some(policy) => policy.clone(),
                None => account_only(making.scope, found.id()),
            };
            set(making, found, POLICY, &policy.json()).await?;
        }
        Ok(())
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
            kms_key: None,
            policy: None,
        };
        let changed = Spec {
            display_name: "Changed".to_owned(),
            kms_key: Some(Text::from(MANAGED_KEY)),
            policy: Some(open_to(
                scope,
                &scope.region,
                &sample.name,
                &["cloudwatch.amazonaws.com", "budgets.amazonaws.com"],
            )),
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
            let attributes = answer.attributes().cloned().unwrap_or_default();
            let spec = spec(survey.scope, region, &name, &arn, &attributes);
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

const DISPLAY_NAME: &str = "DisplayName";
const KMS_KEY: &str = "KmsMasterKeyId";
const POLICY: &str = "Policy";

/// What AWS's default policy lets the account do.
const ACCOUNT_MAY: [&str; 8] = [
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
];

/// A policy by which the account may do everything with the topic, and these AWS services may
/// publish to it on the account's behalf (`cloudwatch.amazonaws.com`,
/// `budgets.amazonaws.com`).
pub fn open_to(scope: &Scope, region: &str, name: &str, services: &[&str]) -> Document {
    let arn = format!(
        "arn:{}:sns:{region}:{}:{name}",
        scope.partition, scope.account
    );
    let account = allow(ACCOUNT_MAY)
        .sid("Account")
        .to(Principal::Aws(Text::from(scope.account.as_str())))
        .on([arn.as_str()]);
    let services = services.iter().map(|service| {
        // Without the condition anybody could have the service publish here.
        let sid: String = service
            .split('.')
            .next()
            .unwrap_or(service)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        allow(["SNS:Publish"])
            .sid(&sid)
            .to(Principal::Service((*service).to_owned()))
            .on([arn.as_str()])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [scope.account.as_str()],
            )
    });
    Document::from(std::iter::once(account).chain(services).collect::<Vec<_>>())
}

/// The policy that AWS gives a topic by itself.
fn account_only(scope: &Scope, arn: &str) -> Document {
    Document::new(&json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": ACCOUNT_MAY,
            "Resource": arn,
            "Condition": { "StringEquals": { "AWS:SourceOwner": scope.account } }
        }]
    }))
}

/// Whether a policy is AWS's own. The list of actions in it has changed over the years
/// (`SNS:Receive` came and went), so any of those that it ever had will do.
fn is_default(policy: &Document, scope: &Scope, arn: &str) -> bool {
    const ACTIONS: &str = "/Statement/0/Action";
    let mut theirs = policy.value().clone();
    let ever = theirs
        .pointer(ACTIONS)
        .and_then(Value::as_array)
        .is_some_and(|actions| {
            actions
                .iter()
                .filter_map(Value::as_str)
                .all(|action| action == "SNS:Receive" || ACCOUNT_MAY.contains(&action))
        });
    let ours = account_only(scope, arn);
    if let (Some(place), Some(actions)) =
        (theirs.pointer_mut(ACTIONS), ours.value().pointer(ACTIONS))
    {
        *place = actions.clone();
    }
    ever && theirs == *ours.value()
}

fn spec(
    scope: &Scope,
    region: &str,
    name: &str,
    arn: &str,
    attributes: &HashMap<String, String>,
) -> Spec {
    let attribute = |name: &str| {
        attributes
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    };
    Spec {
        name: name.to_owned(),
        region: region.to_owned(),
        display_name: attribute(DISPLAY_NAME).unwrap_or_default().to_owned(),
        kms_key: attribute(KMS_KEY).map(Text::from),
        policy: attribute(POLICY)
            .map(|text| Document::parse(text, false))
            .filter(|policy| !is_default(policy, scope, arn)),
    }
}

fn known(text: &Text) -> Result<String, AwsError> {
    text.known()
        .ok_or_else(|| AwsError::unexpected(Topic::TYPE, format!("{text} is not known yet")))
}

async fn set(
    making: &Making<'_>,
    found: &Found<Spec>,
    attribute: &str,
    value: &str,
) -> Result<(), AwsError> {
    making
        .cloud
        .in_region(&found.spec.region)
        .sns()
        .set_topic_attributes()
        .topic_arn(found.id())
        .attribute_name(attribute)
        .attribute_value(value)
        .send()
        .await
        .during("sns:SetTopicAttributes")
        .map(drop)
}

#[cfg(test)]
mod tests;
