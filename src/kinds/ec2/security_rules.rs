//! All rules of one security group, as one resource: what is not in it is revoked.
//!
//! The rules lie on the group, which carries the tags of the *group*. So the rules leave a mark
//! of their own there, [`RULES_TAG`], with their own address: it is how `list` knows that a
//! group's rules are managed, and under which address. A group that has just been made has no
//! mark; its rules are then made, which sets the mark first and brings the rules to what is
//! wanted, AWS's own allow-all egress rule included.

mod rule;
mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, IpPermission, SecurityGroup as Answer, Tag};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::rule::rules;
pub use self::rule::{Peer, Rule};
use self::turn::{Turn, Way, revoke, turn};
use super::range::Range;
use super::security_group::{self, SecurityGroup};
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey,
    Tagging, outputs, sample,
};
use crate::reference::{Address, Link};
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

#[async_trait]
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
