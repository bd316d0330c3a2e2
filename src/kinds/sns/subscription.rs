//! Who hears what is published to a topic.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_sns::types::Subscription as Seen;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::topic::Topic;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging, outputs,
    sample,
};
use crate::reference::{Link, Text};
use crate::scope::{Scope, Tags};

/// A subscription to an SNS topic. It lives in the topic's region.
pub struct Subscription;

/// What a subscription is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The topic.
    pub topic: Link<Topic>,
    /// How messages are delivered.
    pub protocol: Protocol,
    /// Where to: an e-mail address, a URL, an ARN, a telephone number.
    pub endpoint: Text,
}

/// How messages are delivered ("Subscribe" in the API reference of SNS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// As an e-mail, once its reader has confirmed.
    Email,
    /// As an e-mail in JSON, once its reader has confirmed.
    EmailJson,
    /// By POST, once the server has confirmed.
    Http,
    /// By POST over TLS, once the server has confirmed.
    Https,
    /// Into a queue.
    Sqs,
    /// To a function.
    Lambda,
    /// As a text message.
    Sms,
    /// To a mobile application.
    Application,
    /// Into a delivery stream.
    Firehose,
}

/// What AWS answers in place of the ARN of a subscription that nobody has confirmed yet.
const PENDING: &str = "PendingConfirmation";

/// The same for one that was ended, which is listed for a while.
const ENDED: &str = "Deleted";

#[async_trait]
impl Kind for Subscription {
    type Spec = Spec;

    const TYPE: &'static str = "sns:subscription";
    const FIELDS: &'static [Field] = &[Field::replace(
        "",
        "a subscription is one endpoint at one topic, and nothing of it can be changed",
    )];
    const TAGGING: Tagging = Tagging::None;

    /// `<topic arn>/<protocol>/<endpoint>`
    fn key(spec: &Spec) -> Option<String> {
        Some(format!(
            "{}/{}/{}",
            spec.topic.known()?,
            spec.protocol.as_str(),
            spec.endpoint.known()?
        ))
    }

    /// One batched list of the account's subscriptions in each region: SNS cannot be asked
    /// for those of several topics.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let prefix = survey.scope.name("");
        let lists = regions(survey).into_iter().map(|region| {
            let cloud = cloud.in_region(&region);
            async move {
                cloud
                    .sns()
                    .list_subscriptions()
                    .into_paginator()
                    .items()
                    .send()
                    .try_collect()
                    .await
                    .during("sns:ListSubscriptions")
            }
        });
        let seen: Vec<Seen> = try_join_all(lists).await?.concat();
        Ok(ours(&seen, &prefix))
    }

    /// Subscribing again what is subscribed already answers the one that exists.
    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        const OPERATION: &str = "sns:Subscribe";
        let unknown =
            |text: &Text| AwsError::unexpected(OPERATION, format!("{text} is not known yet"));
        let topic = spec
            .topic
            .known()
            .ok_or_else(|| unknown(spec.topic.text()))?;
        let endpoint = spec
            .endpoint
            .known()
            .ok_or_else(|| unknown(&spec.endpoint))?;
        let made = making
            .cloud
            .in_region(region_of(&topic).unwrap_or(&making.scope.region))
            .sns()
            .subscribe()
            .topic_arn(topic)
            .protocol(spec.protocol.as_str())
            .endpoint(&endpoint)
            .return_subscription_arn(true)
            .send()
            .await
            .during(OPERATION)?;
        if spec.protocol.asks_a_person() {
            (making.patience.note)(&format!(
                "AWS has written to {endpoint}: the subscription works once the link in that \
                 message is followed, and lapses after three days"
            ));
        }
        Ok(known(made.subscription_arn().unwrap_or(PENDING)))
    }

    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        Ok(())
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let arn = found.id();
        if arn == PENDING {
            (making.patience.note)(&format!(
                "{} has not confirmed its subscription, and AWS removes only confirmed ones: \
                 left to lapse, three days after it was asked for or with its topic",
                found.spec.endpoint
            ));
            return Ok(());
        }
        let gone = making
            .cloud
            .in_region(region_of(arn).unwrap_or(&making.scope.region))
            .sns()
            .unsubscribe()
            .subscription_arn(arn)
            .send()
            .await
            .during("sns:Unsubscribe");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            topic: sample::<Topic>(),
            protocol: Protocol::Email,
            endpoint: Text::from("ops@example.com"),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

impl Protocol {
    const ALL: [Self; 9] = [
        Self::Email,
        Self::EmailJson,
        Self::Http,
        Self::Https,
        Self::Sqs,
        Self::Lambda,
        Self::Sms,
        Self::Application,
        Self::Firehose,
    ];

    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::EmailJson => "email-json",
            Self::Http => "http",
            Self::Https => "https",
            Self::Sqs => "sqs",
            Self::Lambda => "lambda",
            Self::Sms => "sms",
            Self::Application => "application",
            Self::Firehose => "firehose",
        }
    }

    fn from_aws(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    fn asks_a_person(self) -> bool {
        matches!(self, Self::Email | Self::EmailJson)
    }
}

fn known(arn: &str) -> Outputs {
    outputs([("id", arn), ("arn", arn)])
}

fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// The stack's region, and those of the topics that the file names by ARN or that earlier
/// runs subscribed to.
fn regions(survey: &Survey<'_, Spec>) -> BTreeSet<String> {
    let wanted = survey
        .wanted
        .iter()
        .filter_map(|one| one.spec.topic.known());
    let made = survey.manifest.iter().map(|(_, key)| key.clone());
    wanted
        .chain(made)
        .filter_map(|arn| region_of(&arn).map(str::to_owned))
        .chain([survey.scope.region.clone()])
        .collect()
}

/// The subscriptions to topics with this prefix, one for each key: an endpoint that let its
/// first subscription lapse unconfirmed and was subscribed again can be listed twice.
fn ours(seen: &[Seen], prefix: &str) -> Vec<Found<Spec>> {
    let mut by_key = BTreeMap::new();
    for one in seen.iter().filter_map(|one| found(one, prefix)) {
        let Some(key) = one.key.clone() else { continue };
        let place = by_key.entry(key).or_insert_with(|| one.clone());
        if place.id() == PENDING {
            *place = one;
        }
    }
    by_key.into_values().collect()
}

fn found(seen: &Seen, prefix: &str) -> Option<Found<Spec>> {
    let topic = seen.topic_arn()?;
    if !topic.rsplit(':').next()?.starts_with(prefix) {
        return None;
    }
    let arn = seen.subscription_arn().filter(|arn| *arn != ENDED)?;
    let spec = Spec {
        topic: Link::existing(topic),
        protocol: Protocol::from_aws(seen.protocol()?)?,
        endpoint: Text::from(seen.endpoint()?),
    };
    Some(Found {
        address: None,
        key: Subscription::key(&spec),
        spec,
        tags: Tags::new(),
        outputs: known(arn),
        // An unconfirmed one is all that an apply can bring about: the rest is up to a person.
        progress: Progress::Ready(Outputs::new()),
    })
}

#[cfg(test)]
mod tests;
