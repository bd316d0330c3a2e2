//! The subnets among which a database has its place.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tagging;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::ec2::subnet::{self, Subnet};
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging,
    outputs,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};
use crate::units::Cidr;

/// A DB subnet group.
pub struct SubnetGroup;

/// What a DB subnet group is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The name, unique in account and region; lower case, as RDS keeps it.
    pub name: String,
    /// What it is for; RDS refuses an empty one.
    pub description: String,
    /// Its subnets, in at least two zones.
    pub subnets: BTreeSet<Link<Subnet>>,
}

#[async_trait]
impl Kind for SubnetGroup {
    type Spec = Spec;

    const TYPE: &'static str = "rds:subnet-group";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/name",
        "a DB subnet group cannot be renamed",
    )];
    /// `DescribeDBSubnetGroups` does not return tags.
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(spec.name.clone())
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        known(scope, &spec.name)
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let groups: Vec<_> = cloud
            .rds()
            .describe_db_subnet_groups()
            .max_records(100)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("rds:DescribeDBSubnetGroups")?;
        let prefix = format!("{}-", survey.scope.prefix());
        Ok(groups
            .into_iter()
            .filter_map(|group| {
                let name = group.db_subnet_group_name()?.to_owned();
                let address = survey.made_as(&name);
                let wanted = survey.wanted.iter().any(|wanted| wanted.spec.name == name);
                if address.is_none() && !wanted && !name.starts_with(&prefix) {
                    return None;
                }
                Some(Found {
                    address,
                    key: Some(name.clone()),
                    outputs: known(survey.scope, &name),
                    spec: Spec {
                        name,
                        description: group
                            .db_subnet_group_description()
                            .unwrap_or_default()
                            .to_owned(),
                        subnets: group
                            .subnets()
                            .iter()
                            .filter_map(|subnet| subnet.subnet_identifier())
                            .map(Link::existing)
                            .collect(),
                    },
                    tags: Tags::new(),
                    progress: Progress::Ready(Outputs::new()),
                })
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .patience
            .settle(
                "RDS to see the subnets",
                Duration::from_secs(60),
                |error| error.is("InvalidSubnet"),
                || async {
                    making
                        .cloud
                        .rds()
                        .create_db_subnet_group()
                        .db_subnet_group_name(&spec.name)
                        .db_subnet_group_description(&spec.description)
                        .set_subnet_ids(Some(ids(spec)))
                        .set_tags(Some(tagging::to_sdk(making.tags)))
                        .send()
                        .await
                        .during("rds:CreateDBSubnetGroup")
                },
            )
            .await;
        match made {
            // By its name it is what an earlier, interrupted run of this stack made.
            Err(error) if error.already_exists() => modify(making, spec).await?,
            Err(error) => return Err(explained(error)),
            Ok(_) => {}
        }
        Ok(known(making.scope, &spec.name))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        modify(making, spec).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .patience
            .settle(
                "the databases in the subnet group to go",
                Duration::from_secs(60),
                |error| error.is("InvalidDBSubnetGroupStateFault"),
                || async {
                    making
                        .cloud
                        .rds()
                        .delete_db_subnet_group()
                        .db_subnet_group_name(found.id())
                        .send()
                        .await
                        .during("rds:DeleteDBSubnetGroup")
                },
            )
            .await;
        match gone {
            Err(error) if error.not_found() => Ok(()),
            Err(error) if error.is("InvalidDBSubnetGroupStateFault") => {
                Err(in_the_way(making.cloud, found.id(), error).await)
            }
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let subnet = |name: &str, third: u8, zone: char| {
            Beside::new::<Subnet>(
                name,
                &subnet::Spec {
                    cidr: Cidr::around([10, 9, third, 0].into(), 24).unwrap_or(Cidr::WORLD),
                    zone: format!("{}{zone}", scope.region),
                    ..Subnet::samples(scope).sample
                },
            )
        };
        let beside = vec![
            subnet("db-a", 11, 'a'),
            subnet("db-b", 12, 'b'),
            subnet("db-c", 13, 'c'),
        ];
        let links = |names: &[usize]| names.iter().map(|index| beside[*index].link()).collect();
        let sample = Spec {
            name: scope.name("sample"),
            description: "A sample".to_owned(),
            subnets: links(&[0, 1]),
        };
        Samples {
            changed: Spec {
                description: "Changed".to_owned(),
                subnets: links(&[1, 2]),
                ..sample.clone()
            },
            sample,
            beside,
        }
    }
}

fn known(scope: &Scope, name: &str) -> Outputs {
    let arn = scope.arn("rds", &format!("subgrp:{name}"));
    outputs([("id", name), ("name", name), ("arn", &arn)])
}

fn ids(spec: &Spec) -> Vec<String> {
    spec.subnets.iter().map(ToString::to_string).collect()
}

async fn modify(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    making
        .cloud
        .rds()
        .modify_db_subnet_group()
        .db_subnet_group_name(&spec.name)
        .db_subnet_group_description(&spec.description)
        .set_subnet_ids(Some(ids(spec)))
        .send()
        .await
        .during("rds:ModifyDBSubnetGroup")
        .map(drop)
        .map_err(explained)
}

fn explained(error: AwsError) -> AwsError {
    if error.is("DBSubnetGroupDoesNotCoverEnoughAZs") {
        error.hint("a database needs private subnets in at least two zones: add one")
    } else if error.is("SubnetAlreadyInUse") {
        error.hint("a database has its address in a subnet that would be taken away")
    } else {
        error
    }
}

/// The same error with the database that still uses the group.
async fn in_the_way(cloud: &Cloud, group: &str, error: AwsError) -> AwsError {
    let instances: Result<Vec<_>, _> = cloud
        .rds()
        .describe_db_instances()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("rds:DescribeDBInstances");
    let user = instances.ok().and_then(|instances| {
        instances.into_iter().find(|instance| {
            let of = instance.db_subnet_group();
            of.and_then(|of| of.db_subnet_group_name()) == Some(group)
        })
    });
    match user {
        Some(instance) => error.hint(format!(
            "the database {} ({}) is still in it",
            instance.db_instance_identifier().unwrap_or_default(),
            instance.db_instance_status().unwrap_or_default()
        )),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_zones_say_what_to_add() {
        let mut error = AwsError::unexpected("rds:CreateDBSubnetGroup", "one zone");
        assert_eq!(explained(error.clone()).hint, None);
        error.code = "DBSubnetGroupDoesNotCoverEnoughAZs".to_owned();
        assert!(explained(error).hint.unwrap().contains("two zones"));
    }
}
