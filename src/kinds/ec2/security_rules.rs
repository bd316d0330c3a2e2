//! All rules of one security group, as one resource: what is not in it is revoked.
//!
//! The rules lie on the group, which carries the tags of the *group*. So the rules leave a mark
//! of their own there, [`RULES_TAG`], with their own address: it is how `list` knows that a
//! group's rules are managed, and under which address. A group that has just been made has no
//! mark; its rules are then made, which sets the mark first and brings the rules to what is
//! wanted, AWS's own allow-all egress rule included.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_ec2::types::{
    Filter, IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup as Answer, Tag,
    UserIdGroupPair,
};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::protocol::Protocol;
use super::range::Range;
use super::security_group::{self, SecurityGroup};
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey,
    Tagging, outputs, sample,
};
use crate::reference::{Address, Link, Text};
use crate::scope::Scope;

/// The mark that the rules leave on their group: their own address.
pub(super) const RULES_TAG: &str = "codedetect:rules-address";

/// How long AWS may contradict itself about a rule (it is there, it is not there) before that
/// counts as an error.
const CONTRADICTION: Duration = Duration::from_secs(30);

/// The rules of a security group.
pub struct SecurityRules;

/// What the rules of a group are to be, completely: any other is revoked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The group they belong to.
    pub group: Link<SecurityGroup>,
    /// What may come in.
    pub ingress: BTreeSet<Rule>,
    /// What may go out.
    pub egress: BTreeSet<Rule>,
}

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
    fn identity(&self) -> (Protocol, Option<i32>, Option<i32>, &Peer) {
        (self.protocol, self.from, self.to, &self.peer)
    }

    fn permission(&self) -> IpPermission {
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

impl Kind for SecurityRules {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:security-rules";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/group",
        "rules belong to the group they were made in",
    )];
    const TAGGING: Tagging = Tagging::None;
    const REPLACE: ReplaceOrder = ReplaceOrder::CreateFirst;

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "sg").await? {
            return Ok(Vec::new());
        }
        let groups = security_group::of_stack(cloud, survey.reads, survey.scope).await?;
        groups
            .iter()
            .filter_map(|group| found(group).transpose())
            .collect()
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let group = spec.group.to_string();
        // The mark comes first: a run that dies after it leaves rules which the next one finds
        // and completes.
        lag::seen(making, &group, || async {
            making
                .cloud
                .ec2()
                .create_tags()
                .resources(&group)
                .tags(
                    Tag::builder()
                        .key(RULES_TAG)
                        .value(making.address.as_str())
                        .build(),
                )
                .send()
                .await
                .during("ec2:CreateTags")
        })
        .await?;
        conform(making, spec).await?;
        Ok(outputs([("id", &id_of(&group))]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        conform(making, spec).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let group = found.spec.group.to_string();
        if let Some(address) = &found.address
            && superseded(making, &group, address).await?
        {
            // What still uses the old group keeps its rules until it has moved to the new one;
            // they go with the group.
            return Ok(());
        }
        let nothing = Spec {
            group: found.spec.group.clone(),
            ingress: BTreeSet::new(),
            egress: BTreeSet::new(),
        };
        match conform(making, &nothing).await {
            Err(error) if error.not_found() => return Ok(()),
            other => other?,
        }
        let unmarked = making
            .cloud
            .ec2()
            .delete_tags()
            .resources(&group)
            .tags(Tag::builder().key(RULES_TAG).build())
            .send()
            .await
            .during("ec2:DeleteTags");
        match unmarked {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let group = sample::<SecurityGroup>();
        let other = Beside::new::<SecurityGroup>(
            "other-group",
            &security_group::Spec {
                name: scope.name("other"),
                ..SecurityGroup::samples(scope).sample
            },
        );
        let sample = Spec {
            group: group.clone(),
            ingress: BTreeSet::from([
                Rule::tcp(80, Peer::Cidr(Range::WORLD), "web"),
                Rule::tcp(5000, Peer::Group(other.link()), ""),
            ]),
            egress: BTreeSet::from([Rule::all(Peer::Cidr(Range::WORLD), "")]),
        };
        let changed = Spec {
            group: group.clone(),
            ingress: BTreeSet::from([
                Rule::tcp(80, Peer::Cidr(Range::WORLD), "the web"),
                Rule::tcp(22, Peer::Group(group), "itself"),
            ]),
            egress: BTreeSet::from([Rule::tcp(443, Peer::Group(other.link()), "")]),
        };
        Samples {
            sample,
            changed,
            beside: vec![other],
        }
    }
}

/// Not the group's id: who names the group does not use its rules.
fn id_of(group: &str) -> String {
    format!("{group}/rules")
}

fn found(group: &Answer) -> Result<Option<Found<Spec>>, AwsError> {
    let tags = tagging::read(group.tags());
    let Some(address) = tags.get(RULES_TAG) else {
        return Ok(None);
    };
    let id = group.group_id().unwrap_or_default();
    Ok(Some(Found {
        address: Some(Address::new(address)),
        key: None,
        spec: Spec {
            group: Link::existing(id),
            ingress: rules(group.ip_permissions())?,
            egress: rules(group.ip_permissions_egress())?,
        },
        tags: BTreeMap::new(),
        outputs: outputs([("id", &id_of(id))]),
        progress: Progress::Ready(Outputs::new()),
    }))
}

/// AWS gathers rules of the same protocol and ports into one permission; here each stands alone.
fn rules(permissions: &[IpPermission]) -> Result<BTreeSet<Rule>, AwsError> {
    let odd = |what: String| AwsError::unexpected("ec2:DescribeSecurityGroups", what);
    let mut rules = BTreeSet::new();
    for permission in permissions {
        let protocol: Protocol = permission
            .ip_protocol()
            .unwrap_or_default()
            .parse()
            .map_err(|e: super::protocol::NotAProtocol| odd(e.to_string()))?;
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

/// What must be done to one direction of a group's rules.
#[derive(Debug, Default, PartialEq)]
struct Turn {
    authorize: Vec<Rule>,
    revoke: Vec<Rule>,
    /// Rules that are there under another description.
    describe: Vec<Rule>,
}

impl Turn {
    fn between(live: &BTreeSet<Rule>, wanted: &BTreeSet<Rule>) -> Self {
        let live_ones: BTreeMap<_, _> = live.iter().map(|rule| (rule.identity(), rule)).collect();
        let wanted_ones: BTreeSet<_> = wanted.iter().map(Rule::identity).collect();
        let mut turn = Self {
            revoke: live
                .iter()
                .filter(|rule| !wanted_ones.contains(&rule.identity()))
                .cloned()
                .collect(),
            ..Self::default()
        };
        for rule in wanted {
            match live_ones.get(&rule.identity()) {
                None => turn.authorize.push(rule.clone()),
                Some(there) if there.description != rule.description => {
                    turn.describe.push(rule.clone());
                }
                Some(_) => {}
            }
        }
        turn
    }
}

/// Brings the group's rules to the specification, whatever they are.
async fn conform(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    for rule in spec.ingress.iter().chain(&spec.egress) {
        rule.protocol
            .check(rule.from, rule.to)
            .map_err(|why| AwsError::unexpected(SecurityRules::TYPE, why))?;
    }
    let group = spec.group.to_string();
    // A duplicate is no success by itself: AWS calls so what has another description, and
    // refuses all rules of the call. So the rules are read again, and what is missing is added.
    making
        .patience
        .settle(
            &format!("the rules of {group} to be as AWS says they are"),
            CONTRADICTION,
            |error| {
                error.is("InvalidPermission.Duplicate") || error.is("InvalidPermission.NotFound")
            },
            || attempt(making.cloud, &group, spec),
        )
        .await
}

async fn attempt(cloud: &Cloud, group: &str, spec: &Spec) -> Result<(), AwsError> {
    let answer = cloud
        .ec2()
        .describe_security_groups()
        .group_ids(group)
        .send()
        .await
        .during("ec2:DescribeSecurityGroups")?;
    let live = answer.security_groups().first();
    let (ingress, egress) = match live {
        Some(live) => (
            rules(live.ip_permissions())?,
            rules(live.ip_permissions_egress())?,
        ),
        None => (BTreeSet::new(), BTreeSet::new()),
    };
    try_join(
        turn(
            cloud,
            group,
            Way::In,
            Turn::between(&ingress, &spec.ingress),
        ),
        turn(cloud, group, Way::Out, Turn::between(&egress, &spec.egress)),
    )
    .await
    .map(drop)
}

#[derive(Clone, Copy)]
enum Way {
    In,
    Out,
}

/// What is missing is added before what is too much goes, so that traffic which both let pass
/// is never cut.
async fn turn(cloud: &Cloud, group: &str, way: Way, turn: Turn) -> Result<(), AwsError> {
    authorize(cloud, group, way, &turn.authorize).await?;
    try_join(
        revoke(cloud, group, way, &turn.revoke),
        describe(cloud, group, way, &turn.describe),
    )
    .await
    .map(drop)
}

fn permissions(rules: &[Rule]) -> Option<Vec<IpPermission>> {
    Some(rules.iter().map(Rule::permission).collect())
}

async fn authorize(cloud: &Cloud, group: &str, way: Way, rules: &[Rule]) -> Result<(), AwsError> {
    if rules.is_empty() {
        return Ok(());
    }
    match way {
        Way::In => cloud
            .ec2()
            .authorize_security_group_ingress()
            .group_id(group)
            .set_ip_permissions(permissions(rules))
            .send()
            .await
            .during("ec2:AuthorizeSecurityGroupIngress")
            .map(drop),
        Way::Out => cloud
            .ec2()
            .authorize_security_group_egress()
            .group_id(group)
            .set_ip_permissions(permissions(rules))
            .send()
            .await
            .during("ec2:AuthorizeSecurityGroupEgress")
            .map(drop),
    }
}

async fn revoke(cloud: &Cloud, group: &str, way: Way, rules: &[Rule]) -> Result<(), AwsError> {
    if rules.is_empty() {
        return Ok(());
    }
    match way {
        Way::In => cloud
            .ec2()
            .revoke_security_group_ingress()
            .group_id(group)
            .set_ip_permissions(permissions(rules))
            .send()
            .await
            .during("ec2:RevokeSecurityGroupIngress")
            .map(drop),
        Way::Out => cloud
            .ec2()
            .revoke_security_group_egress()
            .group_id(group)
            .set_ip_permissions(permissions(rules))
            .send()
            .await
            .during("ec2:RevokeSecurityGroupEgress")
            .map(drop),
    }
}

async fn describe(cloud: &Cloud, group: &str, way: Way, rules: &[Rule]) -> Result<(), AwsError> {
    if rules.is_empty() {
        return Ok(());
    }
    match way {
        Way::In => cloud
            .ec2()
            .update_security_group_rule_descriptions_ingress()
            .group_id(group)
            .set_ip_permissions(permissions(rules))
            .send()
            .await
            .during("ec2:UpdateSecurityGroupRuleDescriptionsIngress")
            .map(drop),
        Way::Out => cloud
            .ec2()
            .update_security_group_rule_descriptions_egress()
            .group_id(group)
            .set_ip_permissions(permissions(rules))
            .send()
            .await
            .during("ec2:UpdateSecurityGroupRuleDescriptionsEgress")
            .map(drop),
    }
}

/// Whether the rules at this address live on a newer group by now.
async fn superseded(making: &Making<'_>, group: &str, address: &Address) -> Result<bool, AwsError> {
    let answer = making
        .cloud
        .ec2()
        .describe_security_groups()
        .filters(tagging::of_stack(making.scope))
        .filters(
            Filter::builder()
                .name(format!("tag:{RULES_TAG}"))
                .values(address.as_str())
                .build(),
        )
        .send()
        .await
        .during("ec2:DescribeSecurityGroups")?;
    Ok(answer
        .security_groups()
        .iter()
        .any(|other| other.group_id() != Some(group)))
}

/// Revokes those rules of a group that name another, which is to be deleted.
pub(super) async fn revoke_those_naming(
    cloud: &Cloud,
    group: &Answer,
    named: &str,
) -> Result<(), AwsError> {
    let id = group.group_id().unwrap_or_default();
    let those = |permissions: &[IpPermission]| -> Result<Vec<Rule>, AwsError> {
        let named = Peer::Group(Link::existing(named));
        Ok(rules(permissions)?
            .into_iter()
            .filter(|rule| rule.peer == named)
            .collect())
    };
    let ingress = those(group.ip_permissions())?;
    let egress = those(group.ip_permissions_egress())?;
    let revoked = try_join_all([
        revoke(cloud, id, Way::In, &ingress),
        revoke(cloud, id, Way::Out, &egress),
    ])
    .await;
    match revoked {
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(description: &str) -> Rule {
        Rule::tcp(80, Peer::Cidr(Range::WORLD), description)
    }

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
        assert!(rules.contains(&web("web")));
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

    #[test]
    fn a_rule_added_by_hand_is_revoked_and_one_described_otherwise_is_only_described() {
        let live = BTreeSet::from([
            web("old"),
            Rule::tcp(22, Peer::Cidr(Range::WORLD), "by hand"),
            Rule::all(Peer::Cidr(Range::WORLD), ""),
        ]);
        let wanted = BTreeSet::from([
            web("new"),
            Rule::tcp(443, Peer::Cidr(Range::WORLD), ""),
            Rule::all(Peer::Cidr(Range::WORLD), ""),
        ]);
        let turn = Turn::between(&live, &wanted);
        assert_eq!(turn.describe, [web("new")]);
        assert_eq!(
            turn.authorize,
            [Rule::tcp(443, Peer::Cidr(Range::WORLD), "")]
        );
        assert_eq!(
            turn.revoke,
            [Rule::tcp(22, Peer::Cidr(Range::WORLD), "by hand")]
        );
        assert_eq!(Turn::between(&wanted, &wanted), Turn::default());
    }

    #[test]
    fn a_group_without_the_mark_has_no_managed_rules() {
        let group = Answer::builder().group_id("sg-1").build();
        assert!(found(&group).unwrap().is_none());
        let marked = Answer::builder()
            .group_id("sg-1")
            .tags(
                Tag::builder()
                    .key(RULES_TAG)
                    .value("network.rules.web")
                    .build(),
            )
            .build();
        let found = found(&marked).unwrap().unwrap();
        assert_eq!(found.address, Some("network.rules.web".into()));
        assert_ne!(found.id(), "sg-1");
    }
}
