//! Performance Insights of a database instance and the port that it was changed to, which moto takes and forgets: kept here
//! and echoed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

#[derive(Default)]
pub(super) struct RdsInsights {
    /// Days that insights are kept, by region and instance; 0 where they are off.
    days: Mutex<HashMap<(String, String), u32>>,
    /// The port that a database was changed to, by region and instance.
    ports: Mutex<HashMap<(String, String), String>>,
}

/// What RDS keeps where no period is given.
const DEFAULT_DAYS: u32 = 7;

#[async_trait]
impl Addition for RdsInsights {
    fn name(&self) -> &'static str {
        "rds_insights"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "rds:CreateDBInstance",
            "rds:ModifyDBInstance",
            "rds:DescribeDBInstances",
            "rds:DeleteDBInstance",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let answer = moto.send(call).await;
        if !answer.is_success() {
            return answer;
        }
        let key = (
            call.region.clone(),
            call.parameter("DBInstanceIdentifier").unwrap_or_default(),
        );
        let enabled = call.parameter("EnablePerformanceInsights");
        let period = call
            .parameter("PerformanceInsightsRetentionPeriod")
            .and_then(|days| days.parse().ok());
        if call.action == "ModifyDBInstance"
            && let Some(port) = call.parameter("DBPortNumber")
        {
            self.ports().insert(key.clone(), port);
        }
        {
            let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
            match (call.action.as_str(), enabled.as_deref()) {
                ("CreateDBInstance" | "ModifyDBInstance", Some("true")) => {
                    days.insert(key, period.unwrap_or(DEFAULT_DAYS));
                }
                ("CreateDBInstance", _) | ("ModifyDBInstance", Some(_)) => {
                    days.insert(key, 0);
                }
                ("ModifyDBInstance", None) => {
                    if let (Some(kept), Some(period)) =
                        (days.get_mut(&key).filter(|kept| **kept > 0), period)
                    {
                        *kept = period;
                    }
                }
                _ => {}
            }
        }
        let text = self.mended(&call.region, &answer.text());
        if call.action == "DeleteDBInstance" {
            let key = (
                call.region.clone(),
                call.parameter("DBInstanceIdentifier").unwrap_or_default(),
            );
            self.ports().remove(&key);
            self.days
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&key);
        }
        answer.with_body(text)
    }
}

impl RdsInsights {
    fn ports(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), String>> {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mended(&self, region: &str, text: &str) -> String {
        let mut text = text.to_owned();
        for ((of, name), port) in self.ports().iter() {
            let mark = format!(
                "<DBInstanceIdentifier>{}</DBInstanceIdentifier>",
                xml::escape(name)
            );
            if of == region
                && let Some((before, instance)) = text.split_once(&mark)
                && let Some((start, endpoint)) = instance.split_once("<Port>")
                && let Some((_, rest)) = endpoint.split_once("</Port>")
            {
                text = format!("{before}{mark}{start}<Port>{port}</Port>{rest}");
            }
        }
        for ((of, name), days) in self
            .days
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            let mark = format!(
                "<DBInstanceIdentifier>{}</DBInstanceIdentifier>",
                xml::escape(name)
            );
            if of != region {
                continue;
            }
            let told = match days {
                0 => "<PerformanceInsightsEnabled>false</PerformanceInsightsEnabled>".to_owned(),
                days => format!(
                    "<PerformanceInsightsEnabled>true</PerformanceInsightsEnabled>\
                     <PerformanceInsightsRetentionPeriod>{days}</PerformanceInsightsRetentionPeriod>"
                ),
            };
            text = text.replacen(&mark, &format!("{mark}{told}"), 1);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insights_are_told_for_the_instance_that_has_them() {
        let additions = RdsInsights::default();
        additions
            .days
            .lock()
            .unwrap()
            .insert(("eu-west-1".to_owned(), "db".to_owned()), 7);
        let text = "<DBInstanceIdentifier>other</DBInstanceIdentifier><DBInstanceIdentifier>db</DBInstanceIdentifier>";
        let mended = additions.mended("eu-west-1", text);
        assert!(
            mended.ends_with(
                "<PerformanceInsightsRetentionPeriod>7</PerformanceInsightsRetentionPeriod>"
            ),
            "{mended}"
        );
        assert_eq!(additions.mended("us-east-1", text), text);
    }

    #[test]
    fn a_changed_port_is_told_for_the_instance_that_has_it() {
        let additions = RdsInsights::default();
        additions
            .ports()
            .insert(("eu-west-1".to_owned(), "b".to_owned()), "3306".to_owned());
        let instance = |name: &str, port: u16| {
            format!(
                "<DBInstanceIdentifier>{name}</DBInstanceIdentifier>\
                 <Endpoint><Port>{port}</Port></Endpoint>"
            )
        };
        let text = instance("a", 5432) + &instance("b", 5432);
        let mended = instance("a", 5432) + &instance("b", 3306);
        assert_eq!(additions.mended("eu-west-1", &text), mended);
        assert_eq!(additions.mended("us-east-1", &text), text);
    }
}
