//! The address of a file system in one subnet. A zone has one at most.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_efs::types::MountTargetDescription;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file_system::FileSystem;
use super::{reads, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::ec2::security_group::{self, SecurityGroup};
use crate::kinds::ec2::subnet::Subnet;
use crate::kinds::{
    After, Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey,
    Tagging, Wait, outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// A mount target.
pub struct MountTarget;

/// What a mount target is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The file system.
    pub file_system: Link<FileSystem>,
    /// The subnet that it has an address in.
    pub subnet: Link<Subnet>,
    /// Who may reach it, by NFS on port 2049; at most five groups.
    pub security_groups: BTreeSet<Link<SecurityGroup>>,
}

#[async_trait]
impl Kind for MountTarget {
    type Spec = Spec;

    const TYPE: &'static str = "efs:mount-target";
    const FIELDS: &'static [Field] = &[
        Field::replace("/file_system", "a mount target is of one file system"),
        Field::replace("/subnet", "a mount target cannot move to another subnet"),
    ];
    const TAGGING: Tagging = Tagging::None;

    fn key(spec: &Spec) -> Option<String> {
        Some(format!(
            "{}/{}",
            spec.file_system.known()?,
            spec.subnet.known()?
        ))
    }

    /// Three levels: file systems, their mount targets, the groups of each; every level side by
    /// side. File systems of others are asked only where the stack mounts them.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let all = reads::file_systems(cloud, survey.reads).await?;
        let mounted: BTreeSet<String> = survey
            .wanted
            .iter()
            .filter_map(|wanted| wanted.spec.file_system.known())
            .chain(
                survey
                    .manifest
                    .iter()
                    .filter_map(|(_, key)| Some(key.split_once('/')?.0.to_owned())),
            )
            .collect();
        let lists = all
            .iter()
            .map(|one| {
                let owned = survey.scope.owns(&tagging::read(one.tags()));
                (one.file_system_id(), owned)
            })
            .filter(|(id, owned)| *owned || mounted.contains(*id))
            .map(|(id, owned)| async move {
                let targets = reads::mount_targets(cloud, id).await?;
                let ours = targets.into_iter().filter_map(|target| {
                    let key = key_of(&target);
                    let address = survey.made_as(&key);
                    let wanted_now = survey.wanted.iter().any(|wanted| {
                        Some(&wanted.address) == address.as_ref()
                            || Self::key(&wanted.spec).as_ref() == Some(&key)
                    });
                    // One that is going is no longer what is wanted, but is still in the way
                    // of what must be removed after it.
                    let going = reads::going(Some(target.life_cycle_state()));
                    let shown = if going {
                        address.is_some() && !wanted_now
                    } else {
                        owned || address.is_some() || wanted_now
                    };
                    shown.then_some((target, key, address))
                });
                try_join_all(ours.map(|(target, key, address)| async move {
                    let groups = groups_of(cloud, &target).await?;
                    Ok::<_, AwsError>(groups.map(|groups| Found {
                        address,
                        key: Some(key),
                        spec: Spec {
                            file_system: Link::existing(target.file_system_id()),
                            subnet: Link::existing(target.subnet_id()),
                            security_groups: groups,
                        },
                        tags: Tags::new(),
                        outputs: known(&target),
                        progress: reads::progress(Some(target.life_cycle_state())),
                    }))
                }))
                .await
            });
        Ok(try_join_all(lists)
            .await?
            .into_iter()
            .flatten()
            .flatten()
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let groups: Vec<String> = spec
            .security_groups
            .iter()
            .map(ToString::to_string)
            .collect();
        let file_system = spec.file_system.to_string();
        let subnet = spec.subnet.to_string();
        let made = making
            .patience
            .settle(
                "EFS to see the file system, the subnet and the groups",
                Duration::from_secs(120),
                |error| error.not_found() || error.is("IncorrectFileSystemLifeCycleState"),
                || async {
                    making
                        .cloud
                        .efs()
                        .create_mount_target()
                        .file_system_id(&file_system)
                        .subnet_id(&subnet)
                        .set_security_groups(Some(groups.clone()))
                        .send()
                        .await
                        .during("efs:CreateMountTarget")
                },
            )
            .await;
        match made {
            Ok(made) => Ok(outputs([("id", made.mount_target_id())])),
            Err(error) if error.is("MountTargetConflict") => {
                let targets = reads::mount_targets(making.cloud, &file_system).await?;
                match targets.iter().find(|target| target.subnet_id() == subnet) {
                    Some(target) if reads::going(Some(target.life_cycle_state())) => Err(error
                        .hint("the earlier one is still being deleted; apply again in a minute")),
                    Some(target) => {
                        set_groups(making.cloud, target.mount_target_id(), groups).await?;
                        Ok(known(target))
                    }
                    None => Err(error.hint(format!(
                        "{file_system} has a mount target in another subnet of the same zone, \
                         and a zone has one at most"
                    ))),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        let groups = spec
            .security_groups
            .iter()
            .map(ToString::to_string)
            .collect();
        set_groups(making.cloud, found.id(), groups).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .efs()
            .delete_mount_target()
            .mount_target_id(found.id())
            .send()
            .await
            .during("efs:DeleteMountTarget");
        match gone {
            // The second one is what EFS says while it is being deleted.
            Err(error) if error.not_found() || error.is("IncorrectMountTargetState") => Ok(()),
            other => other.map(drop),
        }
    }

    /// "Creating a mount target takes a few minutes" (EFS user guide); the network interface
    /// must be gone before its subnet can be deleted.
    fn wait(after: After) -> Option<Wait> {
        let until = match after {
            After::Create => "the mount target to be available",
            After::Update => return None,
            After::Delete => "the mount target to be gone",
        };
        Some(Wait {
            until,
            every: Duration::from_secs(3),
            usually: Duration::from_secs(90),
            deadline: Duration::from_secs(30 * 60),
        })
    }

    async fn poll(cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError> {
        let answer = cloud
            .efs()
            .describe_mount_targets()
            .mount_target_id(outputs.get("id").map_or("", String::as_str))
            .send()
            .await
            .during("efs:DescribeMountTargets");
        let answer = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(match answer.mount_targets().first() {
            Some(target) => match reads::progress(Some(target.life_cycle_state())) {
                Progress::Ready(_) => Progress::Ready(known(target)),
                other => other,
            },
            None => Progress::Gone,
        })
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let group = |name: &str| {
            let spec = security_group::Spec {
                name: scope.name(name),
                ..SecurityGroup::samples(scope).sample
            };
            Beside::new::<SecurityGroup>(name, &spec)
        };
        let (one, other) = (group("one-group"), group("other-group"));
        let sample = Spec {
            file_system: sample::<FileSystem>(),
            subnet: sample::<Subnet>(),
            security_groups: BTreeSet::from([one.link()]),
        };
        Samples {
            changed: Spec {
                security_groups: BTreeSet::from([one.link(), other.link()]),
                ..sample.clone()
            },
            sample,
            beside: vec![one, other],
        }
    }
}

fn key_of(target: &MountTargetDescription) -> String {
    format!("{}/{}", target.file_system_id(), target.subnet_id())
}

fn known(target: &MountTargetDescription) -> Outputs {
    outputs([
        ("id", target.mount_target_id()),
        ("ip_address", target.ip_address().unwrap_or_default()),
    ])
}

/// The groups of a mount target; nothing if it is gone. EFS does not tell those of one that is
/// not available.
async fn groups_of(
    cloud: &Cloud,
    target: &MountTargetDescription,
) -> Result<Option<BTreeSet<Link<SecurityGroup>>>, AwsError> {
    let answer = cloud
        .efs()
        .describe_mount_target_security_groups()
        .mount_target_id(target.mount_target_id())
        .send()
        .await
        .during("efs:DescribeMountTargetSecurityGroups");
    match answer {
        Err(error) if error.not_found() => Ok(None),
        Err(error) if error.is("IncorrectMountTargetState") => Ok(Some(BTreeSet::new())),
        other => Ok(Some(
            other?
                .security_groups()
                .iter()
                .map(Link::existing)
                .collect(),
        )),
    }
}

async fn set_groups(cloud: &Cloud, id: &str, groups: Vec<String>) -> Result<(), AwsError> {
    cloud
        .efs()
        .modify_mount_target_security_groups()
        .mount_target_id(id)
        .set_security_groups(Some(groups))
        .send()
        .await
        .during("efs:ModifyMountTargetSecurityGroups")
        .map(drop)
}

#[cfg(test)]
mod tests {
    use aws_sdk_efs::types::LifeCycleState;

    use super::*;
    use crate::reference::{Address, Text};

    #[test]
    fn the_key_is_known_when_both_ends_are() {
        let mut spec = Spec {
            file_system: Link::existing("fs-1"),
            subnet: Link::existing("subnet-2"),
            security_groups: BTreeSet::new(),
        };
        let target = MountTargetDescription::builder()
            .mount_target_id("fsmt-3")
            .file_system_id("fs-1")
            .subnet_id("subnet-2")
            .life_cycle_state(LifeCycleState::Available)
            .build()
            .unwrap();
        assert_eq!(MountTarget::key(&spec), Some(key_of(&target)));
        spec.subnet = Link::from_text(Text::output(&Address::new("network.subnet.a"), "id"));
        assert_eq!(MountTarget::key(&spec), None);
    }
}
