//! Buckets, file systems and databases.

use super::{Limit, Told};
use crate::aws::{AwsError, During};
use crate::cli::doctor::subject::Subject;

/// "Quotas, restrictions, and limitations", S3 user guide: general purpose buckets of an account.
const BUCKETS: usize = 10_000;
/// "Amazon EFS quotas", EFS user guide: file systems of an account in a region.
const FILE_SYSTEMS: usize = 1_000;

pub(super) async fn buckets(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let mut told = Told::default();
    let standing: Vec<_> = subject
        .session
        .place
        .cloud
        .s3()
        .list_buckets()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("s3:ListBuckets")?;
    let limit = Limit::Usual(BUCKETS);
    told.quota("buckets", limit, standing.len(), subject.adds("s3:bucket"));
    Ok(told)
}

pub(super) async fn file_systems(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "efs:file-system";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let standing: Vec<_> = subject
        .session
        .place
        .cloud
        .efs()
        .describe_file_systems()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("efs:DescribeFileSystems")?;
    let limit = Limit::Usual(FILE_SYSTEMS);
    told.quota("file systems", limit, standing.len(), subject.adds(kind));
    Ok(told)
}

/// RDS tells every quota with what is used of it.
pub(super) async fn databases(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let mut told = Told::default();
    if subject.wanted("rds:instance").next().is_none() {
        return Ok(told);
    }
    let answer = subject
        .session
        .place
        .cloud
        .rds()
        .describe_account_attributes()
        .send()
        .await
        .during("rds:DescribeAccountAttributes")?;
    let storage = subject
        .wanted("rds:instance")
        .filter(|_| subject.adds("rds:instance") > 0)
        .filter_map(|instance| instance.spec.get("allocated_storage_gb")?.as_u64())
        .filter_map(|size| usize::try_from(size).ok())
        .sum();
    for (what, name, adds) in [
        ("databases", "DBInstances", subject.adds("rds:instance")),
        ("gigabytes of databases", "AllocatedStorage", storage),
        (
            "subnet groups of databases",
            "DBSubnetGroups",
            subject.adds("rds:subnet-group"),
        ),
    ] {
        let quota = answer
            .account_quotas()
            .iter()
            .find(|quota| quota.account_quota_name() == Some(name));
        let number = |number: Option<i64>| number.and_then(|number| usize::try_from(number).ok());
        let used = quota
            .and_then(|quota| number(quota.used()))
            .unwrap_or_default();
        told.quota_if(
            what,
            quota.and_then(|quota| number(quota.max())),
            used,
            adds,
        );
    }
    Ok(told)
}
