//! Networks, addresses, gateways and security groups.

use aws_sdk_ec2::types::AccountAttributeName;

use super::{Limit, Told};
use crate::aws::{AwsError, During};
use crate::cli::doctor::subject::Subject;

/// "Amazon VPC quotas", VPC user guide: of a region. The quota of internet gateways is that of VPCs.
const VPCS: usize = 5;
const SECURITY_GROUPS: usize = 2_500;
/// The same page: of an availability zone.
const NAT_GATEWAYS: usize = 5;

pub(super) async fn networks(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let mut told = Told::default();
    if subject.wanted("ec2:vpc").next().is_none() {
        return Ok(told);
    }
    let ec2 = subject.session.place.cloud.ec2();
    let standing: Vec<_> = ec2
        .describe_vpcs()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeVpcs")?;
    let adds = subject.adds("ec2:vpc");
    told.quota("VPCs", Limit::Usual(VPCS), standing.len(), adds);
    // One stands in each zone at most, and nothing but the stack puts more into its own subnets.
    let gateways = subject.adds("ec2:nat-gateway").min(1);
    told.quota(
        "NAT gateways of a zone",
        Limit::Usual(NAT_GATEWAYS),
        0,
        gateways,
    );
    Ok(told)
}

pub(super) async fn addresses(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "ec2:elastic-ip";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let ec2 = subject.session.place.cloud.ec2();
    let attributes = ec2
        .describe_account_attributes()
        .attribute_names(AccountAttributeName::from("vpc-max-elastic-ips"))
        .send()
        .await
        .during("ec2:DescribeAccountAttributes")?;
    let limit = attributes
        .account_attributes()
        .iter()
        .filter(|attribute| attribute.attribute_name() == Some("vpc-max-elastic-ips"))
        .flat_map(|attribute| attribute.attribute_values())
        .find_map(|value| value.attribute_value()?.parse().ok());
    let standing = ec2
        .describe_addresses()
        .send()
        .await
        .during("ec2:DescribeAddresses")?;
    let used = standing.addresses().len();
    told.quota_if("elastic addresses", limit, used, subject.adds(kind));
    Ok(told)
}

pub(super) async fn security_groups(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "ec2:security-group";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let standing: Vec<_> = subject
        .session
        .place
        .cloud
        .ec2()
        .describe_security_groups()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeSecurityGroups")?;
    let limit = Limit::Usual(SECURITY_GROUPS);
    told.quota("security groups", limit, standing.len(), subject.adds(kind));
    Ok(told)
}
