//! Which subnets a network ACL guards.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{Filter, NetworkAcl as Answer};
use futures::future::{try_join, try_join_all};

use super::Spec;
use crate::aws::{AwsError, Cloud, During, ErrorClass};
use crate::kinds::Making;
use crate::kinds::ec2::lag;

/// The ACL's associations by subnet.
pub(super) fn associations(acl: &Answer) -> BTreeMap<String, String> {
    acl.associations()
        .iter()
        .filter_map(|it| {
            Some((
                it.subnet_id()?.to_owned(),
                it.network_acl_association_id()?.to_owned(),
            ))
        })
        .collect()
}

pub(super) async fn of_vpc(cloud: &Cloud, vpc: &str) -> Result<Vec<Answer>, AwsError> {
    cloud
        .ec2()
        .describe_network_acls()
        .filters(Filter::builder().name("vpc-id").values(vpc).build())
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeNetworkAcls")
}

/// Brings the subnets to the specification: a subnet always has exactly one ACL, so one that
/// leaves goes back to the VPC's default ACL. Associations get a new id each time they are
/// replaced, also by another ACL of the same run, so they are read again where one is gone.
pub(super) async fn conform_subnets(
    making: &Making<'_>,
    id: &str,
    spec: &Spec,
) -> Result<(), AwsError> {
    let vpc = spec.vpc.to_string();
    let wanted: BTreeSet<String> = spec.subnets.iter().map(ToString::to_string).collect();
    lag::seen(making, "subnets and their ACLs", || async {
        let acls = of_vpc(making.cloud, &vpc).await?;
        let (joining, leaving) = moves(&acls, id, &wanted)?;
        let joining = joining
            .iter()
            .map(|association| replace_association(making.cloud, association, id));
        let leaving = leaving
            .iter()
            .map(|(association, default)| replace_association(making.cloud, association, default));
        try_join(try_join_all(joining), try_join_all(leaving))
            .await
            .map(drop)
    })
    .await
}

/// Associations to turn to the ACL, and those to turn to the VPC's default one with its id.
pub(super) type Moves = (Vec<String>, Vec<(String, String)>);

pub(super) fn moves(
    acls: &[Answer],
    id: &str,
    wanted: &BTreeSet<String>,
) -> Result<Moves, AwsError> {
    let mut joining = Vec::new();
    let mut leaving = Vec::new();
    let mut missing = wanted.clone();
    for acl in acls {
        let this = acl.network_acl_id() == Some(id);
        for (subnet, association) in associations(acl) {
            missing.remove(&subnet);
            match (this, wanted.contains(&subnet)) {
                (false, true) => joining.push(association),
                (true, false) => leaving.push(association),
                _ => {}
            }
        }
    }
    if let Some(subnet) = missing.first() {
        let mut lag = AwsError::unexpected(
            "ec2:DescribeNetworkAcls",
            format!("no ACL is associated with {subnet} yet"),
        );
        lag.class = ErrorClass::NotFound;
        return Err(lag);
    }
    if leaving.is_empty() {
        return Ok((joining, Vec::new()));
    }
    let default = acls
        .iter()
        .find(|acl| acl.is_default().unwrap_or_default())
        .and_then(|acl| acl.network_acl_id())
        .ok_or_else(|| {
            AwsError::unexpected("ec2:DescribeNetworkAcls", "the VPC has no default ACL")
        })?;
    let leaving = leaving
        .into_iter()
        .map(|association| (association, default.to_owned()))
        .collect();
    Ok((joining, leaving))
}

pub(super) async fn replace_association(
    cloud: &Cloud,
    association: &str,
    acl: &str,
) -> Result<(), AwsError> {
    cloud
        .ec2()
        .replace_network_acl_association()
        .association_id(association)
        .network_acl_id(acl)
        .send()
        .await
        .during("ec2:ReplaceNetworkAclAssociation")
        .map(drop)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::NetworkAclAssociation;

    use super::*;

    fn acl(id: &str, default: bool, subnets: &[(&str, &str)]) -> Answer {
        let associations = subnets.iter().map(|(association, subnet)| {
            NetworkAclAssociation::builder()
                .network_acl_association_id(*association)
                .subnet_id(*subnet)
                .build()
        });
        Answer::builder()
            .network_acl_id(id)
            .is_default(default)
            .set_associations(Some(associations.collect()))
            .build()
    }

    #[test]
    fn a_subnet_that_leaves_returns_to_the_default_acl() {
        let acls = [
            acl("acl-default", true, &[("a-1", "subnet-1")]),
            acl(
                "acl-ours",
                false,
                &[("a-2", "subnet-2"), ("a-3", "subnet-3")],
            ),
        ];
        let wanted = BTreeSet::from(["subnet-1".to_owned(), "subnet-3".to_owned()]);
        let (joining, leaving) = moves(&acls, "acl-ours", &wanted).unwrap();
        assert_eq!(joining, ["a-1"]);
        assert_eq!(leaving, [("a-2".to_owned(), "acl-default".to_owned())]);
    }

    #[test]
    fn a_subnet_that_no_acl_shows_yet_is_lag() {
        let wanted = BTreeSet::from(["subnet-9".to_owned()]);
        let error = moves(&[acl("acl-default", true, &[])], "acl-ours", &wanted).unwrap_err();
        assert!(error.not_found(), "{error}");
    }
}
