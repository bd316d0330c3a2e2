//! Where a VPC's subnets send what leaves them.

mod association;
mod route;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, RouteTable as Answer};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::association::{associate, associations, disassociate};
pub use self::route::Target;
use self::route::{delete_route, routes, set_route};
use super::in_the_way::{self, Held};
use super::internet_gateway::InternetGateway;
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
use crate::units::Cidr;

/// A route table.
pub struct RouteTable;

/// What a route table is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The VPC it belongs to.
    pub vpc: Link<Vpc>,
    /// Its routes by destination, completely, but for those that AWS keeps itself: the local
    /// route of the VPC, routes to gateway endpoints (endpoints name their tables) and
    /// propagated ones.
    pub routes: BTreeMap<Range, Target>,
    /// The subnets that use it; any other uses the VPC's main table.
    pub subnets: BTreeSet<Link<Subnet>>,
}

#[async_trait]
impl Kind for RouteTable {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:route-table";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/vpc",
        "a route table cannot move to another VPC",
    )];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "rtb").await? {
            return Ok(Vec::new());
        }
        let tables: Vec<_> = cloud
            .ec2()
            .describe_route_tables()
            .filters(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeRouteTables")?;
        tables
            .iter()
            .map(|table| {
                let tags = tagging::read(table.tags());
                Ok(Found {
                    address: survey.scope.address_of(&tags),
                    key: None,
                    spec: Spec {
                        vpc: Link::existing(table.vpc_id().unwrap_or_default()),
                        routes: routes(table)?,
                        subnets: associations(table).keys().map(Link::existing).collect(),
                    },
                    tags,
                    outputs: outputs([("id", table.route_table_id().unwrap_or_default())]),
                    progress: Progress::Ready(Outputs::new()),
                })
            })
            .collect()
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let vpc = spec.vpc.to_string();
        let made = lag::seen(making, &vpc, || async {
            making
                .cloud
                .ec2()
                .create_route_table()
                .vpc_id(&vpc)
                .client_token(making.token)
                .tag_specifications(tagging::specification(
                    ResourceType::RouteTable,
                    making.tags,
                ))
                .send()
                .await
                .during("ec2:CreateRouteTable")
        })
        .await?;
        let table = made.route_table().ok_or_else(|| {
            AwsError::unexpected("ec2:CreateRouteTable", "the answer has no route table")
        })?;
        // A repeated call answers with the table that its first one made.
        conform(making, spec, table).await?;
        Ok(outputs([(
            "id",
            table.route_table_id().unwrap_or_default(),
        )]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        match read(making.cloud, found.id()).await? {
            Some(table) => conform(making, spec, &table).await,
            None => Err(AwsError::unexpected(
                "ec2:DescribeRouteTables",
                format!("{} is gone", found.id()),
            )
            .hint("run again: it will be made anew")),
        }
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
        let Some(table) = read(making.cloud, found.id()).await? else {
            return Ok(());
        };
        let associations = associations(&table);
        try_join_all(
            associations
                .values()
                .map(|association| disassociate(making.cloud, association)),
        )
        .await?;
        in_the_way::remove(making, Held::Nothing(found.id()), || async {
            making
                .cloud
                .ec2()
                .delete_route_table()
                .route_table_id(found.id())
                .send()
                .await
                .during("ec2:DeleteRouteTable")
                .map(drop)
        })
        .await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let first = sample::<Subnet>();
        let other = Beside::new::<Subnet>("other-subnet", &subnet::second_sample(scope));
        let gateway = || Target::InternetGateway(sample::<InternetGateway>());
        let range = |first: [u8; 4], prefix| {
            Range::from(Cidr::around(first.into(), prefix).unwrap_or(Cidr::WORLD))
        };
        let sample = Spec {
            vpc: sample::<Vpc>(),
            routes: BTreeMap::from([
                (Range::WORLD, gateway()),
                (range([192, 0, 2, 0], 24), gateway()),
            ]),
            subnets: BTreeSet::from([first.clone(), other.link()]),
        };
        let changed = Spec {
            routes: BTreeMap::from([
                (Range::WORLD, gateway()),
                (range([198, 51, 100, 0], 24), gateway()),
            ]),
            subnets: BTreeSet::from([first]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![other],
        }
    }
}

async fn read(cloud: &Cloud, id: &str) -> Result<Option<Answer>, AwsError> {
    let answer = cloud
        .ec2()
        .describe_route_tables()
        .route_table_ids(id)
        .send()
        .await
        .during("ec2:DescribeRouteTables");
    match answer {
        Err(error) if error.not_found() => Ok(None),
        other => Ok(other?.route_tables().first().cloned()),
    }
}

/// Brings the table to the specification, whatever it holds. Routes come before subnets, so
/// that no subnet is turned to a table which leads nowhere yet.
async fn conform(making: &Making<'_>, spec: &Spec, table: &Answer) -> Result<(), AwsError> {
    let id = table.route_table_id().unwrap_or_default();
    let live = routes(table)?;
    let set = spec
        .routes
        .iter()
        .filter(|(destination, target)| live.get(destination) != Some(target))
        .map(|(destination, target)| {
            set_route(
                making,
                id,
                destination,
                target,
                live.contains_key(destination),
            )
        });
    try_join_all(set).await?;
    let superfluous = live
        .keys()
        .filter(|destination| !spec.routes.contains_key(destination))
        .map(|destination| delete_route(making.cloud, id, destination));
    let associated = associations(table);
    let wanted: BTreeSet<String> = spec.subnets.iter().map(ToString::to_string).collect();
    let joining = wanted
        .iter()
        .filter(|subnet| !associated.contains_key(*subnet))
        .map(|subnet| associate(making, id, subnet));
    let leaving = associated
        .iter()
        .filter(|(subnet, _)| !wanted.contains(*subnet))
        .map(|(_, association)| disassociate(making.cloud, association));
    try_join(
        try_join(try_join_all(joining), try_join_all(leaving)),
        try_join_all(superfluous),
    )
    .await
    .map(drop)
}
