//! A record of who talked to whom in a VPC, written to a log group.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::operation::create_flow_logs::CreateFlowLogsOutput;
use aws_sdk_ec2::types::{
    Filter, FlowLog as Answer, FlowLogsResourceType, LogDestinationType, ResourceType, TrafficType,
    UnsuccessfulItem,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vpc::Vpc;
use super::{standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::logs::log_group::LogGroup;
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, outputs, sample,
    sample_output,
};
use crate::reference::{Link, Text};
use crate::scope::{Scope, Tags};

/// How long a role that was just made may stay unusable: IAM is eventually consistent, and two
/// minutes is the bound that other tools have found to be enough.
const ROLE: Duration = Duration::from_secs(120);

/// A flow log of a VPC.
pub struct FlowLog;

/// What a flow log is to be. Records have AWS's default format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The VPC whose traffic is recorded.
    pub vpc: Link<Vpc>,
    /// The name of the log group that records go to.
    pub log_group: Text,
    /// The ARN of the role that may write there.
    pub role: Text,
    /// Which traffic is recorded.
    pub traffic: Traffic,
    /// The seconds that are gathered into one record: 60 or 600.
    pub aggregation_seconds: i32,
}

/// Which traffic a flow log records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// What was let pass.
    Accept,
    /// What was refused.
    Reject,
    /// Both.
    All,
}

impl From<Traffic> for TrafficType {
    fn from(traffic: Traffic) -> Self {
        match traffic {
            Traffic::Accept => Self::Accept,
            Traffic::Reject => Self::Reject,
            Traffic::All => Self::All,
        }
    }
}

const FIXED: &str = "a flow log cannot be changed, only made anew";

#[async_trait]
impl Kind for FlowLog {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:flow-log";
    const FIELDS: &'static [Field] = &[
        Field::replace("/vpc", FIXED),
        Field::replace("/log_group", FIXED),
        Field::replace("/role", FIXED),
        Field::replace("/traffic", FIXED),
        Field::replace("/aggregation_seconds", FIXED),
    ];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "fl").await? {
            return Ok(Vec::new());
        }
        let logs: Vec<_> = cloud
            .ec2()
            .describe_flow_logs()
            .filter(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeFlowLogs")?;
        Ok(logs.iter().map(|log| found(survey.scope, log)).collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .patience
            .settle(
                "the VPC to be visible and its flow logs' role to be usable",
                ROLE,
                |error| error.not_found() || role_lags(error),
                || make(making, spec),
            )
            .await;
        let id = match made {
            Err(error) if error.already_exists() => earlier(making, spec, error).await?,
            other => other?,
        };
        Ok(outputs([("id", &id)]))
    }

    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        // Every field forces a replacement.
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        tagging::retag(making.cloud, found.id(), set, remove).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        const CALL: &str = "ec2:DeleteFlowLogs";
        let gone = making
            .cloud
            .ec2()
            .delete_flow_logs()
            .flow_log_ids(found.id())
            .send()
            .await
            .during(CALL)
            .and_then(|answer| refused(CALL, answer.unsuccessful()));
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other,
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            vpc: sample::<Vpc>(),
            log_group: sample_output::<LogGroup>("name"),
            role: Text::literal(scope.global_arn("iam", "role/flow-logs")),
            traffic: Traffic::All,
            aggregation_seconds: 60,
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

async fn make(making: &Making<'_>, spec: &Spec) -> Result<String, AwsError> {
    const CALL: &str = "ec2:CreateFlowLogs";
    let answer = making
        .cloud
        .ec2()
        .create_flow_logs()
        .client_token(making.token)
        .resource_type(FlowLogsResourceType::Vpc)
        .resource_ids(spec.vpc.to_string())
        .traffic_type(spec.traffic.into())
        .log_destination_type(LogDestinationType::CloudWatchLogs)
        .log_group_name(spec.log_group.to_string())
        .deliver_logs_permission_arn(spec.role.to_string())
        .max_aggregation_interval(spec.aggregation_seconds)
        .tag_specifications(tagging::specification(
            ResourceType::VpcFlowLog,
            making.tags,
        ))
        .send()
        .await
        .during(CALL)?;
    refused(CALL, answer.unsuccessful())?;
    only_id(&answer)
}

fn only_id(answer: &CreateFlowLogsOutput) -> Result<String, AwsError> {
    answer
        .flow_log_ids()
        .first()
        .cloned()
        .ok_or_else(|| AwsError::unexpected("ec2:CreateFlowLogs", "the answer has no flow log id"))
}

/// A call for several things succeeds as a whole and says inside what it refused.
pub(super) fn refused(call: &str, items: &[UnsuccessfulItem]) -> Result<(), AwsError> {
    match items.first() {
        None => Ok(()),
        Some(item) => {
            let error = item.error();
            Err(AwsError::within(
                call,
                error.and_then(|it| it.code()),
                error.and_then(|it| it.message()),
            ))
        }
    }
}

/// AWS has no code of its own for a role that it cannot assume yet.
fn role_lags(error: &AwsError) -> bool {
    error
        .message
        .to_ascii_lowercase()
        .contains("unable to assume given iam role")
}

fn found(scope: &Scope, log: &Answer) -> Found<Spec> {
    let tags = tagging::read(log.tags());
    Found {
        address: scope.address_of(&tags),
        key: None,
        spec: Spec {
            vpc: Link::existing(log.resource_id().unwrap_or_default()),
            log_group: Text::literal(log.log_group_name().unwrap_or_default()),
            role: Text::literal(log.deliver_logs_permission_arn().unwrap_or_default()),
            traffic: match log.traffic_type() {
                Some(TrafficType::Accept) => Traffic::Accept,
                Some(TrafficType::Reject) => Traffic::Reject,
                _ => Traffic::All,
            },
            // AWS's default, where it leaves it out.
            aggregation_seconds: log.max_aggregation_interval().unwrap_or(600),
        },
        tags,
        outputs: outputs([("id", log.flow_log_id().unwrap_or_default())]),
        progress: Progress::Ready(Outputs::new()),
    }
}

/// The flow log of an earlier run that was cut short.
async fn earlier(making: &Making<'_>, spec: &Spec, exists: AwsError) -> Result<String, AwsError> {
    let filter = |name: &str, value: String| Filter::builder().name(name).values(value).build();
    let answer = making
        .cloud
        .ec2()
        .describe_flow_logs()
        .filter(filter("resource-id", spec.vpc.to_string()))
        .filter(filter("log-group-name", spec.log_group.to_string()))
        .send()
        .await
        .during("ec2:DescribeFlowLogs")?;
    let ours = answer
        .flow_logs()
        .iter()
        .map(|log| found(making.scope, log))
        .find(|log| log.address.as_ref() == Some(making.address) && log.spec == *spec);
    ours.map(|log| log.id().to_owned()).ok_or_else(|| {
        exists.hint(format!(
            "another flow log of {} writes to {} already; remove it, or choose another log group",
            spec.vpc, spec.log_group
        ))
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::UnsuccessfulItemError;

    use super::*;

    fn refusal(code: &str, message: &str) -> UnsuccessfulItem {
        UnsuccessfulItem::builder()
            .error(
                UnsuccessfulItemError::builder()
                    .code(code)
                    .message(message)
                    .build(),
            )
            .build()
    }

    #[test]
    fn a_refusal_inside_a_success_is_an_error() {
        let items = [refusal("InvalidFlowLogId.NotFound", "gone")];
        let error = refused("ec2:DeleteFlowLogs", &items).unwrap_err();
        assert!(error.not_found());
        assert_eq!(error.message, "gone");
        assert!(refused("ec2:DeleteFlowLogs", &[]).is_ok());
    }

    #[test]
    fn a_role_that_cannot_be_assumed_yet_is_lag() {
        let lag = [refusal("400", "Unable to assume given IAM role")];
        assert!(role_lags(&refused("ec2:CreateFlowLogs", &lag).unwrap_err()));
        let other = [refusal("400", "LogDestination does not exist")];
        assert!(!role_lags(
            &refused("ec2:CreateFlowLogs", &other).unwrap_err()
        ));
    }
}
