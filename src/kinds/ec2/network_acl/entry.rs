//! The numbered entries of a network ACL.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    IcmpTypeCode, NetworkAcl as Answer, NetworkAclEntry, PortRange, RuleAction,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NetworkAcl, Spec};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::ec2::lag;
use crate::kinds::ec2::protocol::{NotAProtocol, Protocol};
use crate::kinds::ec2::range::{NotARange, Range};
use crate::kinds::{Kind, Making};

/// The first number that AWS keeps for its own closing entries: 32767 denies what is left of
/// IPv4, 32768 of IPv6.
pub(super) const CLOSING: i32 = 32767;

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

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    In,
    Out,
}

pub(super) fn entries(acl: &Answer, way: Way) -> Result<BTreeMap<u16, Entry>, AwsError> {
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

pub(super) fn entry_of(entry: &NetworkAclEntry) -> Result<Entry, String> {
    let protocol: Protocol = entry
        .protocol()
        .unwrap_or_default()
        .parse()
        .map_err(|e: NotAProtocol| e.to_string())?;
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
            .map_err(|e: NotARange| e.to_string())?,
    })
}

pub(super) fn check(spec: &Spec) -> Result<(), AwsError> {
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
pub(super) async fn conform_entries(
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

/// The entry on either of the two calls that set one.
macro_rules! fill {
    ($call:expr, $acl:expr, $way:expr, $number:expr, $entry:expr) => {
        $call
            .network_acl_id($acl)
            .rule_number($number.into())
            .egress($way == Way::Out)
            .protocol($entry.protocol.in_entry())
            .rule_action($entry.rule_action())
            .set_cidr_block($entry.cidr.v4())
            .set_ipv6_cidr_block($entry.cidr.v6())
            .set_port_range($entry.ports())
            .set_icmp_type_code($entry.icmp())
            .send()
    };
}

async fn set_entry(
    making: &Making<'_>,
    id: &str,
    way: Way,
    number: u16,
    entry: &Entry,
    replaces: bool,
) -> Result<(), AwsError> {
    let ec2 = making.cloud.ec2();
    let replace = || async {
        fill!(ec2.replace_network_acl_entry(), id, way, number, entry)
            .await
            .during("ec2:ReplaceNetworkAclEntry")
            .map(drop)
    };
    if replaces {
        return replace().await;
    }
    let made = lag::seen(making, id, || async {
        fill!(ec2.create_network_acl_entry(), id, way, number, entry)
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

#[cfg(test)]
mod tests {
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
}
