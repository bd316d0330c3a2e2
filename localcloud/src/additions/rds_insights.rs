//! Performance Insights of a database instance, which moto takes and forgets: kept here and echoed.

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
            self.days
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&key);
        }
        answer.with_body(text)
    }
}

impl RdsInsights {
    fn mended(&self, region: &str, text: &str) -> String {
        let mut text = text.to_owned();
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
}
