//! Where a VPC's subnets send what leaves them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    Filter, ResourceType, Route as LiveRoute, RouteOrigin, RouteTable as Answer,
    RouteTableAssociation, RouteTableAssociationStateCode,
};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::in_the_way::{self, Held};
use super::internet_gateway::InternetGateway;
use super::nat_gateway::NatGateway;
use super::range::Range;
use super::subnet::{self, Subnet};
use super::vpc::Vpc;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, outputs,
    sample,
};
use crate::reference::{Link, Text};
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

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To the internet, both ways.
    InternetGateway(Link<InternetGateway>),
    /// To the internet, out only.
    NatGateway(Link<NatGateway>),
    /// To something else, by its id: a peering connection (`pcx-…`), a transit gateway
    /// (`tgw-…`), a network interface (`eni-…`), an egress-only or virtual private gateway
    /// (`eigw-…`, `vgw-…`).
    Other(Text),
}

impl Target {
    fn id(&self) -> String {
        match self {
            Self::InternetGateway(link) => link.to_string(),
            Self::NatGateway(link) => link.to_string(),
            Self::Other(id) => id.to_string(),
        }
    }

    fn of(id: &str) -> Self {
        if id.starts_with("igw-") {
            Self::InternetGateway(Link::existing(id))
        } else if id.starts_with("nat-") {
            Self::NatGateway(Link::existing(id))
        } else {
            Self::Other(Text::literal(id))
        }
    }
}

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

/// The id of what a route leads to.
fn target(route: &LiveRoute) -> Option<&str> {
    route
        .gateway_id()
        .or(route.nat_gateway_id())
        .or(route.vpc_peering_connection_id())
        .or(route.transit_gateway_id())
        .or(route.egress_only_internet_gateway_id())
        .or(route.network_interface_id())
        .or(route.instance_id())
        .or(route.local_gateway_id())
        .or(route.carrier_gateway_id())
}

/// The routes that somebody made: not the local one, not those that a gateway endpoint (its
/// destination is a prefix list) or a virtual private gateway keeps.
fn routes(table: &Answer) -> Result<BTreeMap<Range, Target>, AwsError> {
    table
        .routes()
        .iter()
        .filter(|route| {
            route.destination_prefix_list_id().is_none()
                && route.gateway_id() != Some("local")
                && route.origin() != Some(&RouteOrigin::EnableVgwRoutePropagation)
        })
        .map(|route| {
            let destination = route
                .destination_cidr_block()
                .or(route.destination_ipv6_cidr_block())
                .unwrap_or_default()
                .parse()
                .map_err(|e: super::range::NotARange| {
                    AwsError::unexpected("ec2:DescribeRouteTables", e.to_string())
                })?;
            Ok((destination, Target::of(target(route).unwrap_or_default())))
        })
        .collect()
}

/// The table's associations by subnet; the main one has none.
fn associations(table: &Answer) -> BTreeMap<String, String> {
    let standing = |it: &&RouteTableAssociation| {
        !matches!(
            it.association_state().and_then(|state| state.state()),
            Some(
                RouteTableAssociationStateCode::Disassociated
                    | RouteTableAssociationStateCode::Disassociating
                    | RouteTableAssociationStateCode::Failed
            )
        )
    };
    table
        .associations()
        .iter()
        .filter(standing)
        .filter_map(|it| {
            Some((
                it.subnet_id()?.to_owned(),
                it.route_table_association_id()?.to_owned(),
            ))
        })
        .collect()
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

/// The target of a route on either of the two calls that set one.
macro_rules! lead {
    ($call:expr, $table:expr, $destination:expr, $target:expr) => {{
        let call = $call
            .route_table_id($table)
            .set_destination_cidr_block($destination.v4())
            .set_destination_ipv6_cidr_block($destination.v6());
        let id = $target.id();
        match id.split('-').next().unwrap_or_default() {
            "nat" => call.nat_gateway_id(id),
            "pcx" => call.vpc_peering_connection_id(id),
            "tgw" => call.transit_gateway_id(id),
            "eigw" => call.egress_only_internet_gateway_id(id),
            "eni" => call.network_interface_id(id),
            "i" => call.instance_id(id),
            "lgw" => call.local_gateway_id(id),
            "cagw" => call.carrier_gateway_id(id),
            _ => call.gateway_id(id),
        }
    }};
}

async fn set_route(
    making: &Making<'_>,
    table: &str,
    destination: &Range,
    target: &Target,
    there: bool,
) -> Result<(), AwsError> {
    let ec2 = making.cloud.ec2();
    let replace = || async {
        lead!(ec2.replace_route(), table, destination, target)
            .send()
            .await
            .during("ec2:ReplaceRoute")
            .map(drop)
    };
    if there {
        return lag::seen(making, &target.id(), replace).await;
    }
    let made = lag::seen(making, &format!("{table} and {}", target.id()), || async {
        lead!(ec2.create_route(), table, destination, target)
            .send()
            .await
            .during("ec2:CreateRoute")
            .map(drop)
    })
    .await;
    match made {
        Err(error) if error.already_exists() => replace().await,
        other => other,
    }
}

async fn delete_route(cloud: &Cloud, table: &str, destination: &Range) -> Result<(), AwsError> {
    let gone = cloud
        .ec2()
        .delete_route()
        .route_table_id(table)
        .set_destination_cidr_block(destination.v4())
        .set_destination_ipv6_cidr_block(destination.v6())
        .send()
        .await
        .during("ec2:DeleteRoute");
    match gone {
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}

async fn associate(making: &Making<'_>, table: &str, subnet: &str) -> Result<(), AwsError> {
    let joined = lag::seen(making, &format!("{table} and {subnet}"), || async {
        making
            .cloud
            .ec2()
            .associate_route_table()
            .route_table_id(table)
            .subnet_id(subnet)
            .send()
            .await
            .during("ec2:AssociateRouteTable")
            .map(drop)
    })
    .await;
    match joined {
        Err(error) if error.is("Resource.AlreadyAssociated") => {
            take_over(making, table, subnet).await
        }
        other => other,
    }
}

/// Turns a subnet that uses another table to this one, without a moment between the two.
async fn take_over(making: &Making<'_>, table: &str, subnet: &str) -> Result<(), AwsError> {
    lag::seen(making, &format!("the association of {subnet}"), || async {
        let answer = making
            .cloud
            .ec2()
            .describe_route_tables()
            .filters(
                Filter::builder()
                    .name("association.subnet-id")
                    .values(subnet)
                    .build(),
            )
            .send()
            .await
            .during("ec2:DescribeRouteTables")?;
        let Some(current) = answer.route_tables().first() else {
            return Ok(());
        };
        if current.route_table_id() == Some(table) {
            return Ok(());
        }
        let Some(association) = associations(current).remove(subnet) else {
            return Ok(());
        };
        making
            .cloud
            .ec2()
            .replace_route_table_association()
            .association_id(association)
            .route_table_id(table)
            .send()
            .await
            .during("ec2:ReplaceRouteTableAssociation")
            .map(drop)
    })
    .await
}

async fn disassociate(cloud: &Cloud, association: &str) -> Result<(), AwsError> {
    let gone = cloud
        .ec2()
        .disassociate_route_table()
        .association_id(association)
        .send()
        .await
        .during("ec2:DisassociateRouteTable");
    match gone {
        // Another table took the subnet over.
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::RouteTableAssociationState;

    use super::*;

    #[test]
    fn routes_that_aws_keeps_are_not_ours() {
        let table = Answer::builder()
            .routes(
                LiveRoute::builder()
                    .destination_cidr_block("10.0.0.0/16")
                    .gateway_id("local")
                    .origin(RouteOrigin::CreateRouteTable)
                    .build(),
            )
            .routes(
                LiveRoute::builder()
                    .destination_prefix_list_id("pl-1")
                    .gateway_id("vpce-1")
                    .build(),
            )
            .routes(
                LiveRoute::builder()
                    .destination_cidr_block("172.16.0.0/12")
                    .gateway_id("vgw-1")
                    .origin(RouteOrigin::EnableVgwRoutePropagation)
                    .build(),
            )
            .routes(
                LiveRoute::builder()
                    .destination_cidr_block("0.0.0.0/0")
                    .nat_gateway_id("nat-1")
                    .origin(RouteOrigin::CreateRoute)
                    .build(),
            )
            .routes(
                LiveRoute::builder()
                    .destination_ipv6_cidr_block("::/0")
                    .egress_only_internet_gateway_id("eigw-1")
                    .build(),
            )
            .build();
        let found = serde_json::to_value(routes(&table).unwrap()).unwrap();
        assert_eq!(
            found,
            serde_json::json!({
                "0.0.0.0/0": { "nat_gateway": "nat-1" },
                "::/0": { "other": "eigw-1" },
            })
        );
        let back: BTreeMap<Range, Target> = serde_json::from_value(found).unwrap();
        assert_eq!(back, routes(&table).unwrap());
    }

    #[test]
    fn only_standing_associations_with_subnets_count() {
        let association = |id: &str, subnet: Option<&str>, state: &str| {
            RouteTableAssociation::builder()
                .route_table_association_id(id)
                .set_subnet_id(subnet.map(str::to_owned))
                .association_state(
                    RouteTableAssociationState::builder()
                        .state(state.into())
                        .build(),
                )
                .build()
        };
        let table = Answer::builder()
            .associations(association("rtbassoc-1", None, "associated"))
            .associations(association("rtbassoc-2", Some("subnet-1"), "associated"))
            .associations(association(
                "rtbassoc-3",
                Some("subnet-2"),
                "disassociating",
            ))
            .build();
        assert_eq!(
            associations(&table),
            BTreeMap::from([("subnet-1".to_owned(), "rtbassoc-2".to_owned())])
        );
    }
}
