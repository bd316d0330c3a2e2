//! The public hosted zone of a domain.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_route53::types::{HostedZoneConfig, RrType, Tag, TagResourceType};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change::{self, CHANGE};
use super::names::{DnsName, plain};
use crate::aws::{AwsError, Cloud, During, Reads, tags};
use crate::kinds::{
    After, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait,
    outputs,
};
use crate::reference::Address;
use crate::scope::{Scope, Tags};

/// Zones in one `ListTagsForResources` call, its documented maximum.
const TAGGED_AT_ONCE: usize = 10;
/// Longest `CallerReference`, by the API reference.
const LONGEST_REFERENCE: usize = 128;

/// A public hosted zone.
pub struct Zone;

/// What a hosted zone is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The domain, such as `example.com`.
    pub name: DnsName,
    /// What the zone is for, in a few words.
    pub comment: String,
}

/// A zone of the stack as Route 53 has it.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Where it stands in the stack.
    pub(crate) address: Address,
    spec: Spec,
    tags: Tags,
    /// `id`, `name` and `name_servers`.
    pub(crate) outputs: Outputs,
}

#[async_trait]
impl Kind for Zone {
    type Spec = Spec;

    const TYPE: &'static str = "route53:zone";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/name",
        "a zone serves the one domain it was made for",
    )];
    const PROTECTED: bool = true;

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        spec.name
            .known()
            .map(|name| outputs([("name", &name)]))
            .unwrap_or_default()
    }

    fn charges(_: &Spec) -> Vec<Charge> {
        vec![Charge {
            item: "route53.zone".to_owned(),
            quantity: 1.0,
        }]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let zones = owned(cloud, survey.scope, survey.reads).await?;
        Ok(zones
            .iter()
            .map(|zone| Found {
                address: Some(zone.address.clone()),
                key: None,
                spec: zone.spec.clone(),
                tags: zone.tags.clone(),
                outputs: zone.outputs.clone(),
                progress: Progress::Ready(Outputs::new()),
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let name = known_name(spec)?;
        let reference = reference(making.scope, making.address, making.token);
        let made = making
            .cloud
            .route53()
            .create_hosted_zone()
            .name(&name)
            .caller_reference(&reference)
            .hosted_zone_config(HostedZoneConfig::builder().comment(&spec.comment).build())
            .send()
            .await
            .during("route53:CreateHostedZone");
        let (id, servers, change) = match made {
            Ok(made) => {
                let id = made
                    .hosted_zone()
                    .map(|zone| bare_id(zone.id()).to_owned())
                    .ok_or_else(|| {
                        AwsError::unexpected("route53:CreateHostedZone", "the answer has no zone")
                    })?;
                let servers = made
                    .delegation_set()
                    .map(|set| set.name_servers().to_vec())
                    .unwrap_or_default();
                (id, servers, change::id(made.change_info()))
            }
            // The reference is ours alone, so this is the zone of an earlier try that was cut
            // short before its tags.
            Err(error) if error.already_exists() => {
                let id = by_reference(making.cloud, &name, &reference)
                    .await?
                    .ok_or(error)?;
                let servers = name_servers(making.cloud, &id).await?.unwrap_or_default();
                (id, servers, String::new())
            }
            Err(error) => return Err(error),
        };
        write_tags(making.cloud, &id, making.tags, &[]).await?;
        let mut made = zone_outputs(&id, &name, &servers);
        made.insert(CHANGE.to_owned(), change);
        Ok(made)
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        making
            .cloud
            .route53()
            .update_hosted_zone_comment()
            .id(found.id())
            .comment(&spec.comment)
            .send()
            .await
            .during("route53:UpdateHostedZoneComment")
            .map(drop)
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        write_tags(making.cloud, found.id(), set, remove).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .route53()
            .delete_hosted_zone()
            .id(found.id())
            .send()
            .await
            .during("route53:DeleteHostedZone");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            Err(error) if error.is("HostedZoneNotEmpty") => {
                let left = records_left(making.cloud, found.id(), found.output("name")).await?;
                Err(error.hint(format!(
                    "these records are not the stack's, so they were not touched: {}; \
                     remove or move them, then run this again",
                    left.join(", ")
                )))
            }
            other => other.map(drop),
        }
    }

    fn wait(after: After) -> Option<Wait> {
        (after == After::Create)
            .then_some(const { change::wait("the zone to reach its name servers") })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        change::poll(cloud, known).await
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: DnsName::new("sample.example.com"),
            comment: "a sample".to_owned(),
        };
        let changed = Spec {
            comment: "changed".to_owned(),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

/// An id without the path that the API puts before it.
pub(crate) fn bare_id(id: &str) -> &str {
    id.strip_prefix("/hostedzone/").unwrap_or(id)
}

/// The name servers of a zone; nothing where there is no such zone.
pub(crate) async fn name_servers(cloud: &Cloud, id: &str) -> Result<Option<Vec<String>>, AwsError> {
    let answer = cloud
        .route53()
        .get_hosted_zone()
        .id(id)
        .send()
        .await
        .during("route53:GetHostedZone");
    match answer {
        Err(error) if error.not_found() => Ok(None),
        other => Ok(other?
            .delegation_set()
            .map(|set| set.name_servers().to_vec())),
    }
}

/// The stack's zones, read once in a discovery for all kinds that need them.
pub(crate) async fn owned(
    cloud: &Cloud,
    scope: &Scope,
    reads: &Reads,
) -> Result<Arc<Vec<Standing>>, AwsError> {
    reads
        .once("route53:zones", async {
            let zones: Vec<_> = cloud
                .route53()
                .list_hosted_zones()
                .into_paginator()
                .items()
                .send()
                .try_collect()
                .await
                .during("route53:ListHostedZones")?;
            let public: Vec<_> = zones
                .into_iter()
                .filter(|zone| !zone.config().is_some_and(|config| config.private_zone()))
                .collect();
            let ids: Vec<&str> = public.iter().map(|zone| bare_id(zone.id())).collect();
            // The zones this stack made are known by their reference already, so their name
            // servers are asked for while the tags are still on their way.
            let likely = public.iter().map(|zone| async {
                match made_at(scope, zone.caller_reference()) {
                    Some(_) => name_servers(cloud, bare_id(zone.id())).await,
                    None => Ok(None),
                }
            });
            let (mut tags, servers) = try_join(tags_of(cloud, &ids), try_join_all(likely)).await?;
            let mut standing = Vec::new();
            for (zone, servers) in public.iter().zip(servers) {
                let id = bare_id(zone.id());
                let tags = tags.remove(id).unwrap_or_default();
                let made = || made_at(scope, zone.caller_reference());
                let Some(address) = scope.address_of(&tags).or_else(made) else {
                    continue;
                };
                let servers = match servers {
                    Some(servers) => servers,
                    None => name_servers(cloud, id).await?.unwrap_or_default(),
                };
                let name = plain(zone.name());
                standing.push(Standing {
                    address,
                    outputs: zone_outputs(id, &name, &servers),
                    spec: Spec {
                        name: DnsName::new(name),
                        comment: zone
                            .config()
                            .and_then(|config| config.comment())
                            .unwrap_or_default()
                            .to_owned(),
                    },
                    tags,
                });
            }
            Ok(standing)
        })
        .await
}

fn zone_outputs(id: &str, name: &str, servers: &[String]) -> Outputs {
    let servers: Vec<String> = servers.iter().map(|server| plain(server)).collect();
    outputs([
        ("id", id),
        ("name", name),
        ("name_servers", &servers.join(", ")),
    ])
}

fn known_name(spec: &Spec) -> Result<String, AwsError> {
    spec.name
        .known()
        .ok_or_else(|| AwsError::unexpected("route53:CreateHostedZone", "the name is unknown"))
}

/// The `CallerReference`: CreateHostedZone takes no tags, so the reference itself says whose
/// zone it is until they are written.
fn reference(scope: &Scope, address: &Address, token: &str) -> String {
    let whole = format!("{}/{address}/{token}", scope.prefix());
    if whole.len() <= LONGEST_REFERENCE {
        whole
    } else {
        token.to_owned()
    }
}

/// The address for which this stack made a zone with that reference.
fn made_at(scope: &Scope, reference: &str) -> Option<Address> {
    let rest = reference.strip_prefix(&scope.prefix())?.strip_prefix('/')?;
    let (address, _token) = rest.rsplit_once('/')?;
    Some(Address::new(address))
}

async fn by_reference(
    cloud: &Cloud,
    name: &str,
    reference: &str,
) -> Result<Option<String>, AwsError> {
    let answer = cloud
        .route53()
        .list_hosted_zones_by_name()
        .dns_name(name)
        .send()
        .await
        .during("route53:ListHostedZonesByName")?;
    Ok(answer
        .hosted_zones()
        .iter()
        .find(|zone| zone.caller_reference() == reference)
        .map(|zone| bare_id(zone.id()).to_owned()))
}

async fn tags_of(
    cloud: &Cloud,
    ids: &[&str],
) -> Result<std::collections::HashMap<String, Tags>, AwsError> {
    let batches = ids.chunks(TAGGED_AT_ONCE).map(|batch| async move {
        cloud
            .route53()
            .list_tags_for_resources()
            .resource_type(TagResourceType::Hostedzone)
            .set_resource_ids(Some(batch.iter().map(|id| (*id).to_owned()).collect()))
            .send()
            .await
            .during("route53:ListTagsForResources")
    });
    Ok(try_join_all(batches)
        .await?
        .iter()
        .flat_map(|answer| answer.resource_tag_sets())
        .map(|set| {
            let read = tags::from_sdk(set.tags(), |tag: &Tag| (tag.key(), tag.value()));
            (set.resource_id().unwrap_or_default().to_owned(), read)
        })
        .collect())
}

async fn write_tags(
    cloud: &Cloud,
    id: &str,
    set: &Tags,
    remove: &[String],
) -> Result<(), AwsError> {
    let add = tags::to_sdk(set, |key, value| {
        Tag::builder().key(key).value(value).build()
    });
    cloud
        .route53()
        .change_tags_for_resource()
        .resource_type(TagResourceType::Hostedzone)
        .resource_id(id)
        .set_add_tags((!add.is_empty()).then_some(add))
        .set_remove_tag_keys((!remove.is_empty()).then(|| remove.to_vec()))
        .send()
        .await
        .during("route53:ChangeTagsForResource")
        .map(drop)
}

/// What stands in a zone beside the two records that Route 53 itself put there.
async fn records_left(cloud: &Cloud, id: &str, apex: &str) -> Result<Vec<String>, AwsError> {
    let answer = cloud
        .route53()
        .list_resource_record_sets()
        .hosted_zone_id(id)
        .send()
        .await
        .during("route53:ListResourceRecordSets")?;
    Ok(answer
        .resource_record_sets()
        .iter()
        .filter(|set| {
            !(plain(set.name()) == apex && matches!(set.r#type(), RrType::Ns | RrType::Soa))
        })
        .map(|set| format!("{} {}", plain(set.name()), set.r#type().as_str()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            stack: "codedetect".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn a_zone_without_tags_is_known_by_its_reference() {
        let address = Address::new("domain.zone");
        let written = reference(&scope(), &address, "0123");
        assert_eq!(made_at(&scope(), &written), Some(address));
        assert_eq!(
            made_at(&scope(), "codedetect-prod-2/domain.zone/0123"),
            None
        );
        assert_eq!(made_at(&scope(), "terraform-2024"), None);
    }

    #[test]
    fn a_reference_is_never_longer_than_the_api_takes() {
        let address = Address::new("a".repeat(200));
        assert_eq!(reference(&scope(), &address, "0123"), "0123");
    }
}
