//! One rule, as AWS writes it and as a stack does.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::AwsError;
use crate::kinds::ec2::protocol::{NotAProtocol, Protocol};
use crate::kinds::ec2::range::Range;
use crate::kinds::ec2::security_group::SecurityGroup;
use crate::reference::{Link, Text};

/// Traffic that a security group lets pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its protocol.
    pub protocol: Protocol,
    /// The first port of TCP and UDP, the type of ICMP (-1 for any); absent for the others.
    pub from: Option<i32>,
    /// The last port of TCP and UDP, the code of ICMP (-1 for any); absent for the others.
    pub to: Option<i32>,
    /// Who may be at the other end.
    pub peer: Peer,
    /// What it is for; empty for none. Letters, digits, spaces and ``._-:/()#,@[]+=&;{}!$*``.
    pub description: String,
}

/// The other end of the traffic that a rule lets pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// A range of addresses.
    Cidr(Range),
    /// The members of a security group.
    Group(Link<SecurityGroup>),
    /// The ranges of a prefix list, by its id: `pl-…`.
    PrefixList(Text),
}

impl Rule {
    /// Everything, from or to `peer`.
    pub fn all(peer: Peer, description: &str) -> Self {
        Self {
            protocol: Protocol::All,
            from: None,
            to: None,
            peer,
            description: description.to_owned(),
        }
    }

    /// One TCP port, from or to `peer`.
    pub fn tcp(port: u16, peer: Peer, description: &str) -> Self {
        Self {
            protocol: Protocol::Tcp,
            from: Some(port.into()),
            to: Some(port.into()),
            peer,
            description: description.to_owned(),
        }
    }

    /// What AWS tells rules apart by: all but the description.
    pub(super) fn identity(&self) -> (Protocol, Option<i32>, Option<i32>, &Peer) {
        (self.protocol, self.from, self.to, &self.peer)
    }

    pub(super) fn permission(&self) -> IpPermission {
        let description = (!self.description.is_empty()).then(|| self.description.clone());
        let permission = IpPermission::builder()
            .ip_protocol(self.protocol.in_rule())
            .set_from_port(self.from)
            .set_to_port(self.to);
        match &self.peer {
            Peer::Cidr(range @ Range::V4(_)) => permission.ip_ranges(
                IpRange::builder()
                    .cidr_ip(range.to_string())
                    .set_description(description)
                    .build(),
            ),
            Peer::Cidr(range @ Range::V6(..)) => permission.ipv6_ranges(
                Ipv6Range::builder()
                    .cidr_ipv6(range.to_string())
                    .set_description(description)
                    .build(),
            ),
            Peer::Group(group) => permission.user_id_group_pairs(
                UserIdGroupPair::builder()
                    .group_id(group.to_string())
                    .set_description(description)
                    .build(),
            ),
            Peer::PrefixList(list) => permission.prefix_list_ids(
                PrefixListId::builder()
                    .prefix_list_id(list.to_string())
                    .set_description(description)
                    .build(),
            ),
        }
        .build()
    }
}

/// AWS gathers rules of the same protocol and ports into one permission; here each stands alone.
pub(super) fn rules(permissions: &[IpPermission]) -> Result<BTreeSet<Rule>, AwsError> {
    let odd = |what: String| AwsError::unexpected("ec2:DescribeSecurityGroups", what);
    let mut rules = BTreeSet::new();
    for permission in permissions {
        let protocol: Protocol = permission
            .ip_protocol()
            .unwrap_or_default()
            .parse()
            .map_err(|e: NotAProtocol| odd(e.to_string()))?;
        let (from, to) = protocol.bounds(permission.from_port(), permission.to_port());
        let mut add = |peer: Peer, description: Option<&str>| {
            rules.insert(Rule {
                protocol,
                from,
                to,
                peer,
                description: description.unwrap_or_default().to_owned(),
            });
        };
        let cidr = |text: Option<&str>| {
            let range = text.unwrap_or_default().parse::<Range>();
            range.map(Peer::Cidr).map_err(|e| odd(e.to_string()))
        };
        for it in permission.ip_ranges() {
            add(cidr(it.cidr_ip())?, it.description());
        }
        for it in permission.ipv6_ranges() {
            add(cidr(it.cidr_ipv6())?, it.description());
        }
        for it in permission.user_id_group_pairs() {
            let group = it.group_id().unwrap_or_default();
            add(Peer::Group(Link::existing(group)), it.description());
        }
        for it in permission.prefix_list_ids() {
            let list = it.prefix_list_id().unwrap_or_default();
            add(Peer::PrefixList(Text::literal(list)), it.description());
        }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_aws_gathers_are_told_apart_again() {
        let permission = IpPermission::builder()
            .ip_protocol("6")
            .from_port(80)
            .to_port(80)
            .ip_ranges(
                IpRange::builder()
                    .cidr_ip("0.0.0.0/0")
                    .description("web")
                    .build(),
            )
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6("::/0").build())
            .user_id_group_pairs(UserIdGroupPair::builder().group_id("sg-2").build())
            .prefix_list_ids(PrefixListId::builder().prefix_list_id("pl-1").build())
            .build();
        let rules = rules(&[permission]).unwrap();
        assert_eq!(rules.len(), 4);
        assert!(rules.contains(&Rule::tcp(80, Peer::Cidr(Range::WORLD), "web")));
        assert!(rules.contains(&Rule::tcp(80, Peer::Group(Link::existing("sg-2")), "")));
    }

    #[test]
    fn every_rule_survives_the_way_to_aws_and_back() {
        let peers = [
            Peer::Cidr(Range::WORLD),
            Peer::Cidr("2001:db8::/32".parse().unwrap()),
            Peer::Group(Link::existing("sg-2")),
            Peer::PrefixList(Text::literal("pl-1")),
        ];
        for peer in peers {
            for rule in [
                Rule::all(peer.clone(), "all"),
                Rule::tcp(443, peer.clone(), ""),
                Rule {
                    protocol: Protocol::Icmp,
                    from: Some(8),
                    to: Some(-1),
                    peer: peer.clone(),
                    description: "ping".to_owned(),
                },
            ] {
                let back = rules(&[rule.permission()]).unwrap();
                assert_eq!(back, BTreeSet::from([rule]));
            }
        }
    }
}
