//! What services tell of an account's quotas, and of how much is used of them. moto lacks it.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct AccountLimits;

/// Quotas of a new account: "Quotas for Auto Scaling resources and groups", "Quotas and constraints for Amazon RDS", "Quotas" of
/// the Route 53 developer guide.
const GROUPS: usize = 500;
const CONFIGURATIONS: usize = 200;
const DATABASES: usize = 40;
const DATABASE_STORAGE_GB: usize = 100_000;
const SUBNET_GROUPS: usize = 50;
const ZONES: usize = 500;

#[async_trait]
impl Addition for AccountLimits {
    fn name(&self) -> &'static str {
        "account_limits"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "autoscaling:DescribeAccountLimits",
            "rds:DescribeAccountAttributes",
            "route53:GetAccountLimit",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let result = match call.service.as_str() {
            "autoscaling" => {
                let groups = count(
                    call,
                    moto,
                    "DescribeAutoScalingGroups",
                    "AutoScalingGroupName",
                )
                .await;
                format!(
                    "<MaxNumberOfAutoScalingGroups>{GROUPS}</MaxNumberOfAutoScalingGroups>\
                     <MaxNumberOfLaunchConfigurations>{CONFIGURATIONS}</MaxNumberOfLaunchConfigurations>\
                     <NumberOfAutoScalingGroups>{groups}</NumberOfAutoScalingGroups>\
                     <NumberOfLaunchConfigurations>0</NumberOfLaunchConfigurations>"
                )
            }
            "rds" => {
                let databases = count(call, moto, "DescribeDBInstances", "DBInstanceArn").await;
                let storage = sum(call, moto, "DescribeDBInstances", "AllocatedStorage").await;
                let groups = count(call, moto, "DescribeDBSubnetGroups", "DBSubnetGroupArn").await;
                let quotas = [
                    ("DBInstances", databases, DATABASES),
                    ("AllocatedStorage", storage, DATABASE_STORAGE_GB),
                    ("DBSubnetGroups", groups, SUBNET_GROUPS),
                ];
                let quotas: String = quotas
                    .iter()
                    .map(|(name, used, most)| {
                        format!(
                            "<AccountQuota><AccountQuotaName>{name}</AccountQuotaName>\
                             <Used>{used}</Used><Max>{most}</Max></AccountQuota>"
                        )
                    })
                    .collect();
                format!("<AccountQuotas>{quotas}</AccountQuotas>")
            }
            _ => return zones(call, moto).await,
        };
        let (name, id) = (&call.action, moto.request_id());
        Answer::xml(format!(
            "<{name}Response><{name}Result>{result}</{name}Result>\
             <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{name}Response>"
        ))
    }
}

async fn told(call: &Call, moto: &Moto, action: &str) -> String {
    moto.send(&call.with_form(action, &[]))
        .await
        .text()
        .to_string()
}

async fn count(call: &Call, moto: &Moto, action: &str, element: &str) -> usize {
    xml::elements(&told(call, moto, action).await, element).count()
}

async fn sum(call: &Call, moto: &Moto, action: &str, element: &str) -> usize {
    xml::elements(&told(call, moto, action).await, element)
        .filter_map(|number| number.trim().parse::<usize>().ok())
        .sum()
}

async fn zones(call: &Call, moto: &Moto) -> Answer {
    let listing = Call {
        path: "/2013-04-01/hostedzone".to_owned(),
        action: "ListHostedZones".to_owned(),
        ..call.clone()
    };
    let count = xml::elements(&moto.send(&listing).await.text(), "HostedZone").count();
    let kind = call.segments().pop().unwrap_or_default();
    Answer::xml(format!(
        "<GetAccountLimitResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
         <Limit><Type>{}</Type><Value>{ZONES}</Value></Limit><Count>{count}</Count></GetAccountLimitResponse>",
        xml::escape(&kind)
    ))
}
