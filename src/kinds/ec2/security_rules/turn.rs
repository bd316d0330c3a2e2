//! What turns a group's rules into those that are wanted.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join;

use super::Rule;
use crate::aws::{AwsError, Cloud, During};

/// What must be done to one direction of a group's rules.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Turn {
    authorize: Vec<Rule>,
    revoke: Vec<Rule>,
    /// Rules that are there under another description.
    describe: Vec<Rule>,
}

impl Turn {
    pub(super) fn between(live: &BTreeSet<Rule>, wanted: &BTreeSet<Rule>) -> Self {
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

#[derive(Clone, Copy)]
pub(super) enum Way {
    In,
    Out,
}

/// What is missing is added before what is too much goes, so that traffic which both let pass
/// is never cut.
pub(super) async fn turn(cloud: &Cloud, group: &str, way: Way, turn: Turn) -> Result<(), AwsError> {
    authorize(cloud, group, way, &turn.authorize).await?;
    try_join(
        revoke(cloud, group, way, &turn.revoke),
        describe(cloud, group, way, &turn.describe),
    )
    .await
    .map(drop)
}

/// The six calls differ in nothing but their types, which share no trait.
macro_rules! change {
    ($cloud:ident, $group:ident, $rules:ident, $call:ident) => {
        $cloud
            .ec2()
            .$call()
            .group_id($group)
            .set_ip_permissions(Some($rules.iter().map(Rule::permission).collect()))
            .send()
            .await
    };
}

/// Adds rules.
pub(super) async fn authorize(
    cloud: &Cloud,
    group: &str,
    way: Way,
    rules: &[Rule],
) -> Result<(), AwsError> {
    if rules.is_empty() {
        return Ok(());
    }
    match way {
        Way::In => change!(cloud, group, rules, authorize_security_group_ingress)
            .during("ec2:AuthorizeSecurityGroupIngress")
            .map(drop),
        Way::Out => change!(cloud, group, rules, authorize_security_group_egress)
            .during("ec2:AuthorizeSecurityGroupEgress")
            .map(drop),
    }
}

/// Takes rules away.
pub(super) async fn revoke(
    cloud: &Cloud,
    group: &str,
    way: Way,
    rules: &[Rule],
) -> Result<(), AwsError> {
    if rules.is_empty() {
        return Ok(());
    }
    match way {
        Way::In => change!(cloud, group, rules, revoke_security_group_ingress)
            .during("ec2:RevokeSecurityGroupIngress")
            .map(drop),
        Way::Out => change!(cloud, group, rules, revoke_security_group_egress)
            .during("ec2:RevokeSecurityGroupEgress")
            .map(drop),
    }
}

/// Gives rules that are there another description.
pub(super) async fn describe(
    cloud: &Cloud,
    group: &str,
    way: Way,
    rules: &[Rule],
) -> Result<(), AwsError> {
    if rules.is_empty() {
        return Ok(());
    }
    match way {
        Way::In => change!(
            cloud,
            group,
            rules,
            update_security_group_rule_descriptions_ingress
        )
        .during("ec2:UpdateSecurityGroupRuleDescriptionsIngress")
        .map(drop),
        Way::Out => change!(
            cloud,
            group,
            rules,
            update_security_group_rule_descriptions_egress
        )
        .during("ec2:UpdateSecurityGroupRuleDescriptionsEgress")
        .map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::ec2::range::Range;
    use crate::kinds::ec2::security_rules::Peer;

    fn web(description: &str) -> Rule {
        Rule::tcp(80, Peer::Cidr(Range::WORLD), description)
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
}
