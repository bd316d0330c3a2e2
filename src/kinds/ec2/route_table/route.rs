//! The routes of a table.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Route as LiveRoute, RouteOrigin, RouteTable as Answer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::Making;
use crate::kinds::ec2::internet_gateway::InternetGateway;
use crate::kinds::ec2::lag;
use crate::kinds::ec2::nat_gateway::NatGateway;
use crate::kinds::ec2::range::{NotARange, Range};
use crate::reference::{Link, Text};

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

/// The id of what a route leads to.
pub(super) fn target(route: &LiveRoute) -> Option<&str> {
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
pub(super) fn routes(table: &Answer) -> Result<BTreeMap<Range, Target>, AwsError> {
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
                .map_err(|e: NotARange| {
                    AwsError::unexpected("ec2:DescribeRouteTables", e.to_string())
                })?;
            Ok((destination, Target::of(target(route).unwrap_or_default())))
        })
        .collect()
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

pub(super) async fn set_route(
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

pub(super) async fn delete_route(
    cloud: &Cloud,
    table: &str,
    destination: &Range,
) -> Result<(), AwsError> {
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

#[cfg(test)]
mod tests {
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
}
