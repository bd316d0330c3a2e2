//! Who is told: the topic and its subscribers, and the watch over the bill.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Place};
use super::names::{LONG, called};
use crate::kinds::cloudwatch::alarm::{self, Alarm, BILLING_REGION, Comparison, MissingData};
use crate::kinds::sns::subscription::{self, Protocol, Subscription};
use crate::kinds::sns::topic::{self, Topic};
use crate::reference::Text;
use crate::resource::Handle;
use crate::stack::document::Alerts;

/// Where the topic stands.
pub const TOPIC: &str = "alerts.topic";

/// AWS works the bill out a few times a day; six hours is the period of its own billing alarms ("Create a billing alarm to monitor
/// your estimated AWS charges", CloudWatch user guide).
const BILLING_PERIOD: u32 = 21_600;

/// The topic, its subscribers, and where the bill is watched, the same in us-east-1.
pub(crate) fn build(draft: &mut Draft<'_>) -> Option<Handle<Topic>> {
    let alerts = draft.document.alerts.as_ref()?;
    let topic = topic_of(draft, TOPIC, "alerts", &draft.scope.region.clone());
    subscribe(draft, alerts, &topic, "alerts.email");
    if !alerts.billing.is_empty() {
        bill(draft, alerts);
    }
    Some(topic)
}

fn topic_of(draft: &mut Draft<'_>, address: &str, what: &str, region: &str) -> Handle<Topic> {
    let name = called(draft.scope, &[what], LONG);
    let spec = topic::Spec {
        name: name.clone(),
        region: region.to_owned(),
        display_name: format!("{} {} {what}", draft.scope.stack, draft.scope.environment),
        // The key that AWS keeps for SNS would silence alarms, and one of the stack's own costs more than what it protects.
        kms_key: None,
        // AWS's default: this account only, its alarms included.
        policy: None,
    };
    draft.add(Place::new(address, "alerts", name), &spec)
}

fn subscribe(draft: &mut Draft<'_>, alerts: &Alerts, topic: &Handle<Topic>, under: &str) {
    for (index, email) in alerts.email.iter().enumerate() {
        let spec = subscription::Spec {
            topic: topic.link(),
            protocol: Protocol::Email,
            endpoint: Text::literal(email.as_str()),
        };
        let place = Place::new(
            format!("{under}.{email}"),
            format!("alerts.email.{index}"),
            email.as_str(),
        );
        draft.add::<Subscription>(place, &spec);
    }
}

/// Metrics of the bill exist in us-east-1 only, and an alarm reports to a topic of its own region.
fn bill(draft: &mut Draft<'_>, alerts: &Alerts) {
    let topic = topic_of(draft, "alerts.billing.topic", "billing", BILLING_REGION);
    subscribe(draft, alerts, &topic, "alerts.billing.email");
    for (index, amount) in alerts.billing.iter().enumerate() {
        let plain = amount.as_f64().to_string();
        let name = called(draft.scope, &["billing", &plain], LONG);
        let spec = alarm::Spec {
            name: name.clone(),
            region: BILLING_REGION.to_owned(),
            description: format!(
                "The account's bill of this month has passed {plain} USD. Cost Explorer shows what for."
            ),
            namespace: "AWS/Billing".to_owned(),
            metric: "EstimatedCharges".to_owned(),
            dimensions: BTreeMap::from([("Currency".to_owned(), Text::literal("USD"))]),
            statistic: "Maximum".to_owned(),
            period: BILLING_PERIOD,
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            threshold: amount.as_f64(),
            comparison: Comparison::GreaterThanThreshold,
            treat_missing_data: MissingData::Ignore,
            actions_enabled: true,
            alarm_actions: BTreeSet::from([topic.output("arn")]),
            ok_actions: BTreeSet::new(),
            insufficient_data_actions: BTreeSet::new(),
        };
        let place = Place::new(
            format!("alerts.billing.{plain}-usd"),
            format!("alerts.billing.{index}"),
            name,
        );
        draft.add::<Alarm>(place, &spec);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, spec_of};

    #[test]
    fn the_bill_is_watched_where_its_metrics_are() {
        let resources =
            built(json!({ "alerts": { "email": ["ops@example.com"], "billing": [10, 20.5] } }));
        let names: Vec<_> = resources
            .iter()
            .map(|one| one.address.to_string())
            .collect();
        for address in [
            "alerts.billing.10-usd",
            "alerts.billing.20.5-usd",
            "alerts.billing.email.ops@example.com",
            "alerts.billing.topic",
            "alerts.email.ops@example.com",
            "alerts.topic",
        ] {
            assert!(
                names.iter().any(|name| name == address),
                "{address} in {names:?}"
            );
        }
        let alarm = spec_of(&resources, "alerts.billing.10-usd");
        assert_eq!(alarm["region"], "us-east-1");
        assert_eq!(alarm["threshold"], 10.0);
        assert_eq!(
            alarm["alarm_actions"],
            json!([{ "$text": [["alerts.billing.topic", "arn"]] }])
        );
        assert_eq!(spec_of(&resources, "alerts.topic")["region"], "eu-west-1");
        assert_eq!(
            spec_of(&resources, "alerts.billing.topic")["region"],
            "us-east-1"
        );
    }
}
