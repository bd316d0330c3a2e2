//! What moto takes and forgets of a database instance: Performance Insights, and a port that is changed later. Kept here
//! and echoed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

#[derive(Default)]
pub(super) struct RdsInstances {
    /// By region and instance.
    instances: Mutex<HashMap<(String, String), Remembered>>,
}

#[derive(Default)]
struct Remembered {
    /// Days that insights are kept; 0 where they are off.
    insights: u32,
    /// The port, where it was changed.
    port: Option<String>,
}

/// How long RDS keeps insights where no period is given.
const DEFAULT_DAYS: u32 = 7;

#[async_trait]
impl Addition for RdsInstances {
    fn name(&self) -> &'static str {
        "rds_instances"
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
        let name = call.parameter("DBInstanceIdentifier").unwrap_or_default();
        let key = (call.region.clone(), name);
        match call.action.as_str() {
            "CreateDBInstance" => {
                let mut made = Remembered::default();
                made.take(call);
                self.instances().insert(key, made);
            }
            "ModifyDBInstance" => self.instances().entry(key).or_default().take(call),
            _ => {}
        }
        let text = self.echoed(&call.region, &answer.text());
        if call.action == "DeleteDBInstance" {
            let name = call.parameter("DBInstanceIdentifier").unwrap_or_default();
            self.instances().remove(&(call.region.clone(), name));
        }
        answer.with_body(text)
    }
}

impl Remembered {
    fn take(&mut self, call: &Call) {
        let period = call
            .parameter("PerformanceInsightsRetentionPeriod")
            .and_then(|days| days.parse().ok());
        match call.parameter("EnablePerformanceInsights").as_deref() {
            Some("true") => self.insights = period.unwrap_or(DEFAULT_DAYS),
            Some(_) => self.insights = 0,
            None if self.insights > 0 => self.insights = period.unwrap_or(self.insights),
            None => {}
        }
        if let Some(port) = call.parameter("DBPortNumber") {
            self.port = Some(port);
        }
    }

    fn echoed(&self, instance: &str) -> String {
        let told = match self.insights {
            0 => "<PerformanceInsightsEnabled>false</PerformanceInsightsEnabled>".to_owned(),
            days => format!(
                "<PerformanceInsightsEnabled>true</PerformanceInsightsEnabled>\
                 <PerformanceInsightsRetentionPeriod>{days}</PerformanceInsightsRetentionPeriod>"
            ),
        };
        let instance = match &self.port {
            Some(port) => xml::each(instance, "Endpoint", |endpoint| {
                xml::each(endpoint, "Port", |_| xml::escape(port))
            }),
            None => instance.to_owned(),
        };
        instance + &told
    }
}

impl RdsInstances {
    fn instances(&self) -> MutexGuard<'_, HashMap<(String, String), Remembered>> {
        self.instances
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn echoed(&self, region: &str, text: &str) -> String {
        let instances = self.instances();
        xml::each(text, "DBInstance", |instance| {
            let name = xml::inner(instance, "DBInstanceIdentifier").unwrap_or_default();
            match instances.get(&(region.to_owned(), name.to_owned())) {
                Some(remembered) => remembered.echoed(instance),
                None => instance.to_owned(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instance_is_told_with_what_was_asked_of_it() {
        let additions = RdsInstances::default();
        let remembered = Remembered {
            insights: 7,
            port: Some("5433".to_owned()),
        };
        additions
            .instances()
            .insert(("eu-west-1".to_owned(), "db".to_owned()), remembered);
        let instance = |name: &str| {
            format!(
                "<DBInstance><DBInstanceIdentifier>{name}</DBInstanceIdentifier><Endpoint><Port>5432</Port></Endpoint></DBInstance>"
            )
        };
        let text = instance("other") + &instance("db");
        let told = additions.echoed("eu-west-1", &text);
        assert!(told.starts_with(&instance("other")), "{told}");
        assert!(
            told.contains(
                "<Endpoint><Port>5433</Port></Endpoint><PerformanceInsightsEnabled>true<"
            )
        );
        assert_eq!(additions.echoed("us-east-1", &text), text);
    }
}
