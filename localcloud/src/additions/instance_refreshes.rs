//! Instance refreshes, which moto lacks. The data plane carries them out; without one all instances are replaced at once.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::plane::refreshes::{Key, Refresh, Refreshes, Status};
use crate::xml;

/// AWS's defaults ("RefreshPreferences", API reference).
const LEAST: u32 = 90;
const MOST: u32 = 100;

pub(super) struct InstanceRefreshes {
    pub(super) refreshes: Arc<Refreshes>,
    /// Whether a data plane carries them out.
    pub(super) carried_out: bool,
}

#[async_trait]
impl Addition for InstanceRefreshes {
    fn name(&self) -> &'static str {
        "instance_refreshes"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "autoscaling:StartInstanceRefresh",
            "autoscaling:DescribeInstanceRefreshes",
            "autoscaling:CancelInstanceRefresh",
            "autoscaling:RollbackInstanceRefresh",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let name = call.parameter("AutoScalingGroupName").unwrap_or_default();
        let there = moto
            .send(&call.with_form(
                "DescribeAutoScalingGroups",
                &[("AutoScalingGroupNames.member.1", &name)],
            ))
            .await;
        let there = there.text().into_owned();
        if !there.contains("<AutoScalingGroupName>") {
            let message = format!("AutoScalingGroup name not found - no such group: {name}");
            return moto.refuse(call, "ValidationError", &message);
        }
        let key = (call.region.clone(), name);
        match call.action.as_str() {
            "StartInstanceRefresh" => self.start(call, moto, key, &there).await,
            "CancelInstanceRefresh" => self.cancel(call, moto, &key),
            "RollbackInstanceRefresh" => self.roll_back(call, moto, &key),
            _ => self.describe(call, moto, &key),
        }
    }
}

impl InstanceRefreshes {
    async fn start(&self, call: &Call, moto: &Moto, key: Key, group: &str) -> Answer {
        let preference = |name: &str| {
            call.parameter(&format!("Preferences.{name}"))
                .and_then(|value| value.parse::<u32>().ok())
        };
        let least = preference("MinHealthyPercentage").unwrap_or(LEAST);
        let most = preference("MaxHealthyPercentage").unwrap_or(MOST);
        if least > 100 || !(100..=200).contains(&most) || most - least > 100 {
            let message = format!(
                "MinHealthyPercentage ({least}) must be 0 to 100, MaxHealthyPercentage ({most}) 100 to 200, and they must not be \
                 more than 100 apart"
            );
            return moto.refuse(call, "ValidationError", &message);
        }
        let seconds = |value: u32| Duration::from_secs(value.into());
        let warmup = preference("InstanceWarmup")
            .map(seconds)
            .or_else(|| self.refreshes.warmup(&key))
            .or_else(|| {
                xml::inner(group, "HealthCheckGracePeriod")?
                    .parse()
                    .ok()
                    .map(seconds)
            })
            .unwrap_or_default();
        let id = moto.request_id();
        let refresh = Refresh::new(id.clone(), (least, most), warmup);
        if !self.refreshes.begin(key.clone(), refresh) {
            let message = "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
            return moto.refuse(call, "InstanceRefreshInProgress", message);
        }
        if !self.carried_out {
            for instance in xml::elements(group, "InstanceId") {
                let form = [
                    ("InstanceId", instance),
                    ("ShouldDecrementDesiredCapacity", "false"),
                ];
                moto.send(&call.with_form("TerminateInstanceInAutoScalingGroup", &form))
                    .await;
            }
            self.refreshes
                .latest(&key, |refresh| refresh.end(Status::Successful));
        }
        told("StartInstanceRefresh", &id, moto)
    }

    fn cancel(&self, call: &Call, moto: &Moto, key: &Key) -> Answer {
        let cancelled = self.refreshes.latest(key, |refresh| {
            let may = matches!(refresh.status, Status::Pending | Status::InProgress);
            if may {
                refresh.status = Status::Cancelling;
                refresh.reason = Some("Cancelled by a call".to_owned());
            }
            may.then(|| refresh.id.clone())
        });
        match cancelled.flatten() {
            Some(id) => told("CancelInstanceRefresh", &id, moto),
            None => none_active(call, moto),
        }
    }

    /// Auto Scaling rolls back to a launch template's earlier version, which a refresh without a desired configuration does not name.
    fn roll_back(&self, call: &Call, moto: &Moto, key: &Key) -> Answer {
        let active = self.refreshes.latest(key, |one| one.status.goes_on());
        if active != Some(true) {
            return none_active(call, moto);
        }
        let message =
            "The desired configuration is not set: the instance refresh cannot be rolled back";
        moto.refuse(call, "IrreversibleInstanceRefresh", message)
    }

    fn describe(&self, call: &Call, moto: &Moto, key: &Key) -> Answer {
        let asked = call.list("InstanceRefreshIds.member");
        let most = call
            .parameter("MaxRecords")
            .and_then(|value| value.parse().ok())
            .unwrap_or(50);
        let members: String = self
            .refreshes
            .of(key)
            .iter()
            .filter(|one| asked.is_empty() || asked.contains(&one.id))
            .take(most)
            .map(|one| member(&key.1, one))
            .collect();
        Answer::xml(format!(
            "<DescribeInstanceRefreshesResponse><DescribeInstanceRefreshesResult><InstanceRefreshes>{members}</InstanceRefreshes>\
             </DescribeInstanceRefreshesResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></DescribeInstanceRefreshesResponse>",
            moto.request_id()
        ))
    }
}

fn told(action: &str, id: &str, moto: &Moto) -> Answer {
    Answer::xml(format!(
        "<{action}Response><{action}Result><InstanceRefreshId>{id}</InstanceRefreshId></{action}Result>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        moto.request_id()
    ))
}

fn none_active(call: &Call, moto: &Moto) -> Answer {
    let message = "No in progress or pending Instance Refresh found for Auto Scaling group";
    moto.refuse(call, "ActiveInstanceRefreshNotFound", message)
}

fn member(group: &str, refresh: &Refresh) -> String {
    let (least, most) = refresh.shares;
    let mut text = format!(
        "<member><InstanceRefreshId>{}</InstanceRefreshId><AutoScalingGroupName>{}</AutoScalingGroupName><Status>{}</Status>\
         <StartTime>{}</StartTime><PercentageComplete>{}</PercentageComplete><Preferences>\
         <MinHealthyPercentage>{least}</MinHealthyPercentage><MaxHealthyPercentage>{most}</MaxHealthyPercentage>\
         <InstanceWarmup>{}</InstanceWarmup><SkipMatching>false</SkipMatching></Preferences>",
        refresh.id,
        xml::escape(group),
        refresh.status.word(),
        refresh.started,
        refresh.hundredths,
        refresh.warmup.as_secs(),
    );
    // Writing to a string does not fail.
    if let Some(reason) = &refresh.reason {
        let _ = write!(text, "<StatusReason>{}</StatusReason>", xml::escape(reason));
    }
    if let Some(ended) = refresh.ended {
        let _ = write!(text, "<EndTime>{ended}</EndTime>");
    }
    text + "</member>"
}
