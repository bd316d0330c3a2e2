//! A stateless firewall around subnets.

mod entry;
mod subnets;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_ec2::types::ResourceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::entry::{Entry, Verdict};
use self::entry::{Way, check, conform_entries, entries};
use self::subnets::{associations, conform_subnets, of_vpc};
use super::in_the_way::{self, Held};
use super::range::Range;
use super::subnet::{self, Subnet};
use super::vpc::Vpc;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, outputs,
    sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// A network ACL.
pub struct NetworkAcl;

/// What a network ACL is to be, completely: any other entry is deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The VPC it belongs to.
    pub vpc: Link<Vpc>,
    /// The subnets it guards; any other is guarded by the VPC's default ACL.
    pub subnets: BTreeSet<Link<Subnet>>,
    /// What may come in, by number, 1 to 32766: the lowest that fits decides.
    pub ingress: BTreeMap<u16, Entry>,
    /// What may go out, likewise.
    pub egress: BTreeMap<u16, Entry>,
}

#[async_trait]
impl Kind for NetworkAcl {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:network-acl";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/vpc",
        "a network ACL cannot move to another VPC",
    )];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "acl").await? {
            return Ok(Vec::new());
        }
        let acls: Vec<_> = cloud
            .ec2()
            .describe_network_acls()
            .filters(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeNetworkAcls")?;
        acls.iter()
            .map(|acl| {
                let tags = tagging::read(acl.tags());
                Ok(Found {
                    address: survey.scope.address_of(&tags),
                    key: None,
                    spec: Spec {
                        vpc: Link::existing(acl.vpc_id().unwrap_or_default()),
                        subnets: associations(acl).keys().map(Link::existing).collect(),
                        ingress: entries(acl, Way::In)?,
                        egress: entries(acl, Way::Out)?,
                    },
                    tags,
                    outputs: outputs([("id", acl.network_acl_id().unwrap_or_default())]),
                    progress: Progress::Ready(Outputs::new()),
                })
            })
            .collect()
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        check(spec)?;
        let vpc = spec.vpc.to_string();
        let made = lag::seen(making, &vpc, || async {
            making
                .cloud
                .ec2()
                .create_network_acl()
                .vpc_id(&vpc)
                .client_token(making.token)
                .tag_specifications(tagging::specification(
                    ResourceType::NetworkAcl,
                    making.tags,
                ))
                .send()
                .await
                .during("ec2:CreateNetworkAcl")
        })
        .await?;
        let acl = made.network_acl().ok_or_else(|| {
            AwsError::unexpected("ec2:CreateNetworkAcl", "the answer has no network ACL")
        })?;
        let id = acl.network_acl_id().unwrap_or_default();
        // A repeated call answers with the ACL that its first one made.
        conform_entries(making, id, spec, acl).await?;
        conform_subnets(making, id, spec).await?;
        Ok(outputs([("id", id)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        check(spec)?;
        if changes.touch("/ingress") || changes.touch("/egress") {
            let all = of_vpc(making.cloud, &spec.vpc.to_string()).await?;
            let live = all
                .into_iter()
                .find(|acl| acl.network_acl_id() == Some(found.id()))
                .ok_or_else(|| {
                    let gone = format!("{} is gone", found.id());
                    AwsError::unexpected("ec2:DescribeNetworkAcls", gone)
                        .hint("run again: it will be made anew")
                })?;
            conform_entries(making, found.id(), spec, &live).await?;
        }
        if changes.touch("/subnets") {
            conform_subnets(making, found.id(), spec).await?;
        }
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
        let nothing = Spec {
            subnets: BTreeSet::new(),
            ..found.spec.clone()
        };
        conform_subnets(making, found.id(), &nothing).await?;
        in_the_way::remove(making, Held::Nothing(found.id()), || async {
            making
                .cloud
                .ec2()
                .delete_network_acl()
                .network_acl_id(found.id())
                .send()
                .await
                .during("ec2:DeleteNetworkAcl")
                .map(drop)
        })
        .await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let first = sample::<Subnet>();
        let other = Beside::new::<Subnet>("other-subnet", &subnet::second_sample(scope));
        let sample = Spec {
            vpc: sample::<Vpc>(),
            subnets: BTreeSet::from([first.clone(), other.link()]),
            ingress: BTreeMap::from([
                (100, Entry::allow_tcp(80, 80, Range::WORLD)),
                (110, Entry::allow_tcp(443, 443, Range::WORLD)),
            ]),
            egress: BTreeMap::from([(100, Entry::allow_all(Range::WORLD))]),
        };
        let changed = Spec {
            subnets: BTreeSet::from([first]),
            ingress: BTreeMap::from([
                (100, Entry::allow_tcp(80, 81, Range::WORLD)),
                (120, Entry::allow_tcp(1024, 65535, Range::WORLD)),
            ]),
            egress: BTreeMap::from([(90, Entry::allow_all(Range::WORLD))]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![other],
        }
    }
}
