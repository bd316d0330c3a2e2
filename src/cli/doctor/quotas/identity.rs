//! Roles, instance profiles and hosted zones: the account's, in whatever region.

use aws_sdk_iam::types::SummaryKeyType;
use aws_sdk_route53::types::AccountLimitType;

use super::Told;
use crate::aws::{AwsError, During};
use crate::cli::doctor::subject::Subject;

pub(super) async fn roles(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let mut told = Told::default();
    let summary = subject
        .session
        .place
        .cloud
        .iam()
        .get_account_summary()
        .send()
        .await
        .during("iam:GetAccountSummary")?;
    let number = |key: SummaryKeyType| {
        let number = summary.summary_map()?.get(&key)?;
        usize::try_from(*number).ok()
    };
    for (what, kind, used, limit) in [
        (
            "roles",
            "iam:role",
            SummaryKeyType::from("Roles"),
            SummaryKeyType::from("RolesQuota"),
        ),
        (
            "instance profiles",
            "iam:instance-profile",
            SummaryKeyType::from("InstanceProfiles"),
            SummaryKeyType::from("InstanceProfilesQuota"),
        ),
    ] {
        let used = number(used).unwrap_or_default();
        told.quota_if(what, number(limit), used, subject.adds(kind));
    }
    Ok(told)
}

pub(super) async fn zones(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "route53:zone";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let answer = subject
        .session
        .place
        .cloud
        .route53()
        .get_account_limit()
        .r#type(AccountLimitType::MaxHostedZonesByOwner)
        .send()
        .await
        .during("route53:GetAccountLimit")?;
    let limit = answer
        .limit()
        .and_then(|limit| usize::try_from(limit.value()).ok());
    let used = usize::try_from(answer.count()).unwrap_or_default();
    told.quota_if("hosted zones", limit, used, subject.adds(kind));
    Ok(told)
}
