use std::sync::Mutex;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::aws::{CloudOptions, Patience, Reads, Secret, SecretSource, Secrets};
use crate::reference::Address;

fn scope() -> Scope {
    Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    }
}

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:codedetect-prod-billing";

fn seen(arn: &str, topic: &str, endpoint: &str) -> Seen {
    Seen::builder()
        .subscription_arn(arn)
        .topic_arn(topic)
        .protocol("email")
        .endpoint(endpoint)
        .build()
}

#[test]
fn an_unconfirmed_one_is_present_and_an_ended_one_is_not() {
    let found = ours(
        &[
            seen(PENDING, TOPIC, "ops@example.com"),
            seen(ENDED, TOPIC, "old@example.com"),
            seen(
                "arn:x",
                "arn:aws:sns:us-east-1:123456789012:codedetect-production",
                "ops@example.com",
            ),
        ],
        "codedetect-prod-",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id(), PENDING);
    assert_eq!(found[0].progress, Progress::Ready(Outputs::new()));
    assert_eq!(
        found[0].key.as_deref(),
        Some("arn:aws:sns:us-east-1:123456789012:codedetect-prod-billing/email/ops@example.com")
    );
}

#[test]
fn of_two_with_one_key_the_confirmed_one_counts() {
    let confirmed = format!("{TOPIC}:11111111-2222-3333-4444-999999999999");
    for order in [[PENDING, &confirmed], [&confirmed, PENDING]] {
        let list = order.map(|arn| seen(arn, TOPIC, "ops@example.com"));
        let found = ours(&list, "codedetect-prod-");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id(), confirmed);
    }
}

/// Nothing listens there: a call that was made would fail.
async fn nowhere() -> Cloud {
    Cloud::connect(&CloudOptions {
        region: "eu-west-1".to_owned(),
        endpoint_url: Some("http://127.0.0.1:9".to_owned()),
        keys: Some(("test".to_owned(), "test".to_owned())),
        ..CloudOptions::default()
    })
    .await
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn obtain(&self, _: &Address, _: &SecretSource) -> Result<Secret, AwsError> {
        panic!("a subscription has no secret")
    }
}

#[tokio::test]
async fn an_unconfirmed_one_is_left_to_lapse_with_a_warning_and_without_a_call() {
    let found = ours(&[seen(PENDING, TOPIC, "ops@example.com")], "codedetect-");
    let (cloud, stop) = (nowhere().await, CancellationToken::new());
    let notes = Mutex::new(Vec::new());
    let scope = scope();
    let address = Address::new("alerts.billing.email");
    let making = Making {
        cloud: &cloud,
        scope: &scope,
        address: &address,
        tags: &Tags::new(),
        token: "",
        secrets: &NoSecrets,
        patience: Patience {
            stop: &stop,
            note: &|text| notes.lock().unwrap().push(text.to_owned()),
        },
    };
    Subscription::delete(&making, &found[0]).await.unwrap();
    assert!(cloud.meter().calls().is_empty());
    let notes = notes.into_inner().unwrap();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("ops@example.com has not confirmed"));
}

#[test]
fn every_protocol_reads_back_and_is_written_as_aws_writes_it() {
    for protocol in Protocol::ALL {
        assert_eq!(Protocol::from_aws(protocol.as_str()), Some(protocol));
        assert_eq!(serde_json::to_value(protocol).unwrap(), protocol.as_str());
    }
}

#[test]
fn the_key_waits_for_the_topic_and_its_region_is_asked_again() {
    let scope = scope();
    let unknown = Subscription::samples(&scope).sample;
    assert_eq!(Subscription::key(&unknown), None);
    let known = Spec {
        topic: Link::existing(TOPIC),
        ..unknown
    };
    let key = Subscription::key(&known).unwrap();
    let reads = Reads::default();
    let survey = Survey {
        scope: &scope,
        reads: &reads,
        wanted: Vec::new(),
        manifest: vec![(Address::new("alerts.billing.email"), key)],
    };
    let asked: Vec<_> = regions(&survey).into_iter().collect();
    assert_eq!(asked, ["eu-west-1", "us-east-1"]);
}
