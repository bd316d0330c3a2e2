//! A stateless firewall around subnets.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    Filter, IcmpTypeCode, NetworkAcl as Answer, NetworkAclEntry, PortRange, ResourceType,
    RuleAction,
};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::in_the_way::{self, Held};
use super::protocol::Protocol;
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

/// The first number that AWS keeps for its own closing entries: 32767 denies what is left of
/// IPv4, 32768 of IPv6.
const CLOSING: i32 = 32767;

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

/// Traffic that is let pass or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Whether it may pass.
    pub action: Verdict,
    /// Its protocol.
    pub protocol: Protocol,
    /// The first port of TCP and UDP, the type of ICMP (-1 for any); absent for the others.
    pub from: Option<i32>,
    /// The last port of TCP and UDP, the code of ICMP (-1 for any); absent for the others.
    pub to: Option<i32>,
    /// The range at the other end.
    pub cidr: Range,
}

/// Whether traffic may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may.
    Allow,
    /// It may not.
    Deny,
}

impl Entry {
    /// Lets everything pass, from or to that range.
    pub fn allow_all(cidr: Range) -> Self {
        Self {
            action: Verdict::Allow,
            protocol: Protocol::All,
            from: None,
            to: None,
            cidr,
        }
    }

    /// Lets a range of TCP ports pass, from or to that range of addresses.
    pub fn allow_tcp(from: u16, to: u16, cidr: Range) -> Self {
        Self {
            action: Verdict::Allow,
            protocol: Protocol::Tcp,
            from: Some(from.into()),
            to: Some(to.into()),
            cidr,
        }
    }

    fn ports(&self) -> Option<PortRange> {
        self.protocol.has_ports().then(|| {
            PortRange::builder()
                .set_from(self.from)
                .set_to(self.to)
                .build()
        })
    }

    fn icmp(&self) -> Option<IcmpTypeCode> {
        self.protocol.is_icmp().then(|| {
            IcmpTypeCode::builder()
                .set_type(self.from)
                .set_code(self.to)
                .build()
        })
    }

    fn rule_action(&self) -> RuleAction {
        match self.action {
            Verdict::Allow => RuleAction::Allow,
            Verdict::Deny => RuleAction::Deny,
        }
    }
}

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

#[derive(Clone, Copy, PartialEq)]
enum Way {
    In,
    Out,
}

fn entries(acl: &Answer, way: Way) -> Result<BTreeMap<u16, Entry>, AwsError> {
    acl.entries()
        .iter()
        .filter(|entry| entry.egress().unwrap_or_default() == (way == Way::Out))
        .filter(|entry| entry.rule_number().unwrap_or(CLOSING) < CLOSING)
        .map(|entry| {
            let number = entry.rule_number().unwrap_or_default();
            let (number, entry) = u16::try_from(number)
                .map_err(|e| e.to_string())
                .and_then(|number| Ok((number, entry_of(entry)?)))
                .map_err(|why| {
                    let id = acl.network_acl_id().unwrap_or_default();
                    AwsError::unexpected(
                        "ec2:DescribeNetworkAcls",
                        format!("entry {number} of {id}: {why}"),
                    )
                })?;
            Ok((number, entry))
        })
        .collect()
}

fn entry_of(entry: &NetworkAclEntry) -> Result<Entry, String> {
    let protocol: Protocol = entry
        .protocol()
        .unwrap_or_default()
        .parse()
        .map_err(|e: super::protocol::NotAProtocol| e.to_string())?;
    let (from, to) = if protocol.is_icmp() {
        let icmp = entry.icmp_type_code();
        (
            icmp.and_then(|it| it.r#type()),
            icmp.and_then(|it| it.code()),
        )
    } else {
        let ports = entry.port_range();
        (ports.and_then(|it| it.from()), ports.and_then(|it| it.to()))
    };
    let (from, to) = protocol.bounds(from, to);
    Ok(Entry {
        action: match entry.rule_action() {
            Some(RuleAction::Allow) => Verdict::Allow,
            _ => Verdict::Deny,
        },
        protocol,
        from,
        to,
        cidr: entry
            .cidr_block()
            .or(entry.ipv6_cidr_block())
            .unwrap_or_default()
            .parse()
            .map_err(|e: super::range::NotARange| e.to_string())?,
    })
}

/// The ACL's associations by subnet.
fn associations(acl: &Answer) -> BTreeMap<String, String> {
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

async fn of_vpc(cloud: &Cloud, vpc: &str) -> Result<Vec<Answer>, AwsError> {
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

fn check(spec: &Spec) -> Result<(), AwsError> {
    for (number, entry) in spec.ingress.iter().chain(&spec.egress) {
        let numbered = (1..CLOSING).contains(&i32::from(*number));
        let bounds = entry.protocol.check(entry.from, entry.to);
        let checked = if numbered {
            bounds
        } else {
            Err("entries are numbered from 1 to 32766".to_owned())
        };
        checked.map_err(|why| {
            AwsError::unexpected(NetworkAcl::TYPE, format!("entry {number}: {why}"))
        })?;
    }
    Ok(())
}

/// Brings the entries to the specification. What is new comes before what goes, so that
/// traffic which both let pass is never cut.
async fn conform_entries(
    making: &Making<'_>,
    id: &str,
    spec: &Spec,
    live: &Answer,
) -> Result<(), AwsError> {
    let ways = [(Way::In, &spec.ingress), (Way::Out, &spec.egress)];
    let mut setting = Vec::new();
    let mut superfluous = Vec::new();
    for (way, wanted) in ways {
        let there = entries(live, way)?;
        for (number, entry) in wanted {
            if there.get(number) != Some(entry) {
                let replaces = there.contains_key(number);
                setting.push(set_entry(making, id, way, *number, entry, replaces));
            }
        }
        for number in there.keys().filter(|number| !wanted.contains_key(number)) {
            superfluous.push(delete_entry(making.cloud, id, way, *number));
        }
    }
    try_join_all(setting).await?;
    try_join_all(superfluous).await.map(drop)
}

async fn set_entry(
    making: &Making<'_>,
    id: &str,
    way: Way,
    number: u16,
    entry: &Entry,
    replaces: bool,
) -> Result<(), AwsError> {
    let replace = || async {
        making
            .cloud
            .ec2()
            .replace_network_acl_entry()
            .network_acl_id(id)
            .rule_number(number.into())
            .egress(way == Way::Out)
            .protocol(entry.protocol.in_entry())
            .rule_action(entry.rule_action())
            .set_cidr_block(entry.cidr.v4())
            .set_ipv6_cidr_block(entry.cidr.v6())
            .set_port_range(entry.ports())
            .set_icmp_type_code(entry.icmp())
            .send()
            .await
            .during("ec2:ReplaceNetworkAclEntry")
            .map(drop)
    };
    if replaces {
        return replace().await;
    }
    let made = lag::seen(making, id, || async {
        making
            .cloud
            .ec2()
            .create_network_acl_entry()
            .network_acl_id(id)
            .rule_number(number.into())
            .egress(way == Way::Out)
            .protocol(entry.protocol.in_entry())
            .rule_action(entry.rule_action())
            .set_cidr_block(entry.cidr.v4())
            .set_ipv6_cidr_block(entry.cidr.v6())
            .set_port_range(entry.ports())
            .set_icmp_type_code(entry.icmp())
            .send()
            .await
            .during("ec2:CreateNetworkAclEntry")
            .map(drop)
    })
    .await;
    match made {
        Err(error) if error.already_exists() => replace().await,
        other => other,
    }
}

async fn delete_entry(cloud: &Cloud, id: &str, way: Way, number: u16) -> Result<(), AwsError> {
    let gone = cloud
        .ec2()
        .delete_network_acl_entry()
        .network_acl_id(id)
        .rule_number(number.into())
        .egress(way == Way::Out)
        .send()
        .await
        .during("ec2:DeleteNetworkAclEntry");
    match gone {
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}

/// Brings the subnets to the specification: a subnet always has exactly one ACL, so one that
/// leaves goes back to the VPC's default ACL. Associations get a new id each time they are
/// replaced, also by another ACL of the same run, so they are read again where one is gone.
async fn conform_subnets(making: &Making<'_>, id: &str, spec: &Spec) -> Result<(), AwsError> {
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
type Moves = (Vec<String>, Vec<(String, String)>);

fn moves(acls: &[Answer], id: &str, wanted: &BTreeSet<String>) -> Result<Moves, AwsError> {
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
        lag.class = crate::aws::ErrorClass::NotFound;
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

async fn replace_association(cloud: &Cloud, association: &str, acl: &str) -> Result<(), AwsError> {
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

    fn live(number: i32, protocol: &str) -> NetworkAclEntry {
        NetworkAclEntry::builder()
            .rule_number(number)
            .protocol(protocol)
            .egress(false)
            .rule_action(RuleAction::Deny)
            .cidr_block("0.0.0.0/0")
            .build()
    }

    #[test]
    fn awss_closing_entries_are_not_ours() {
        let acl = Answer::builder()
            .entries(live(100, "-1"))
            .entries(live(32767, "-1"))
            .entries(live(32768, "-1"))
            .build();
        let entries = entries(&acl, Way::In).unwrap();
        assert_eq!(entries.keys().collect::<Vec<_>>(), [&100]);
        assert_eq!(entries[&100].action, Verdict::Deny);
    }

    #[test]
    fn protocols_come_back_by_name_with_what_aws_leaves_out() {
        let icmp = entry_of(&live(1, "1")).unwrap();
        assert_eq!(
            (icmp.protocol, icmp.from, icmp.to),
            (Protocol::Icmp, Some(-1), Some(-1))
        );
        let tcp = entry_of(&live(1, "6")).unwrap();
        assert_eq!((tcp.from, tcp.to), (Some(0), Some(65535)));
    }

    #[test]
    fn numbers_are_keys_in_json() {
        let wanted = BTreeMap::from([(100_u16, Entry::allow_all(Range::WORLD))]);
        let json = serde_json::to_value(&wanted).unwrap();
        assert_eq!(json["100"]["protocol"], "all");
        assert_eq!(
            serde_json::from_value::<BTreeMap<u16, Entry>>(json).unwrap(),
            wanted
        );
    }

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
