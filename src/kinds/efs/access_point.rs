//! A door to a file system: one folder of it, as one user.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_efs::types::{
    AccessPointDescription, CreationInfo, PosixUser, RootDirectory as SdkRoot,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file_system::FileSystem;
use super::{reads, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    After, Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey,
    Wait, outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// An access point.
pub struct AccessPoint;

/// What an access point is to be. Nothing in it can change but its tags.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The file system.
    pub file_system: Link<FileSystem>,
    /// Whom every client is taken for; nothing for whom it says it is.
    pub user: Option<User>,
    /// The folder that clients see as the root.
    pub root: Root,
}

/// A POSIX user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// Further groups, at most 16.
    pub further_gids: BTreeSet<u32>,
}

/// The folder of an access point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// Its path in the file system; `/` for all of it.
    pub path: String,
    /// How EFS makes it when the first client comes and it is not there; nothing if it is there.
    pub made_as: Option<MadeAs>,
}

/// How EFS makes a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeAs {
    /// The number of the user that owns it.
    pub uid: u32,
    /// The number of the group that owns it.
    pub gid: u32,
    /// Its permissions as an octal number, such as `0755`.
    pub permissions: String,
}

#[async_trait]
impl Kind for AccessPoint {
    type Spec = Spec;

    const TYPE: &'static str = "efs:access-point";
    const FIELDS: &'static [Field] = &[
        Field::replace("/file_system", "an access point is of one file system"),
        Field::replace("/user", "an access point cannot be changed"),
        Field::replace("/root", "an access point cannot be changed"),
    ];
    const REPLACE: ReplaceOrder = ReplaceOrder::CreateFirst;

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let points: Vec<_> = cloud
            .efs()
            .describe_access_points()
            .max_results(100)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("efs:DescribeAccessPoints")?;
        Ok(points
            .iter()
            .filter(|point| !reads::going(point.life_cycle_state()))
            .filter_map(|point| {
                let tags = tagging::read(point.tags());
                Some(Found {
                    address: Some(survey.scope.address_of(&tags)?),
                    key: None,
                    spec: read(point),
                    tags,
                    outputs: known(point.access_point_id()?, point.access_point_arn()),
                    progress: reads::progress(point.life_cycle_state()),
                })
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let operation = "efs:CreateAccessPoint";
        let tags = tagging::to_sdk(operation, making.tags)?;
        let user = spec.user.as_ref().map(User::to_sdk).transpose()?;
        let root = spec.root.to_sdk()?;
        let file_system = spec.file_system.to_string();
        let made = making
            .patience
            .settle(
                "the file system to be available",
                Duration::from_secs(300),
                |error| error.not_found() || error.is("IncorrectFileSystemLifeCycleState"),
                || async {
                    making
                        .cloud
                        .efs()
                        .create_access_point()
                        .client_token(making.token)
                        .file_system_id(&file_system)
                        .set_posix_user(user.clone())
                        .root_directory(root.clone())
                        .set_tags(Some(tags.clone()))
                        .send()
                        .await
                        .during(operation)
                },
            )
            .await;
        match made {
            Ok(made) => Ok(known(
                made.access_point_id().unwrap_or_default(),
                made.access_point_arn(),
            )),
            Err(error) if error.already_exists() => {
                let points: Vec<_> = making
                    .cloud
                    .efs()
                    .describe_access_points()
                    .file_system_id(&file_system)
                    .into_paginator()
                    .items()
                    .send()
                    .try_collect()
                    .await
                    .during("efs:DescribeAccessPoints")?;
                points
                    .iter()
                    .find(|point| point.client_token() == Some(making.token))
                    .and_then(|point| {
                        Some(known(point.access_point_id()?, point.access_point_arn()))
                    })
                    .ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Nothing but tags changes in place.
    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
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
        let gone = making
            .cloud
            .efs()
            .delete_access_point()
            .access_point_id(found.id())
            .send()
            .await
            .during("efs:DeleteAccessPoint");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn wait(after: After) -> Option<Wait> {
        (after == After::Create).then_some(Wait {
            until: "the access point to be available",
            every: Duration::from_secs(1),
            usually: Duration::from_secs(3),
            deadline: Duration::from_secs(300),
        })
    }

    async fn poll(cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError> {
        let answer = cloud
            .efs()
            .describe_access_points()
            .access_point_id(outputs.get("id").map_or("", String::as_str))
            .send()
            .await
            .during("efs:DescribeAccessPoints");
        let answer = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(match answer.access_points().first() {
            Some(point) => reads::progress(point.life_cycle_state()),
            None => Progress::Gone,
        })
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            file_system: sample::<FileSystem>(),
            user: Some(User {
                uid: 1000,
                gid: 1000,
                further_gids: BTreeSet::from([2000]),
            }),
            root: Root {
                path: "/sample".to_owned(),
                made_as: Some(MadeAs {
                    uid: 1000,
                    gid: 1000,
                    permissions: "0755".to_owned(),
                }),
            },
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

impl User {
    fn to_sdk(&self) -> Result<PosixUser, AwsError> {
        PosixUser::builder()
            .uid(self.uid.into())
            .gid(self.gid.into())
            .set_secondary_gids(
                (!self.further_gids.is_empty())
                    .then(|| self.further_gids.iter().map(|gid| (*gid).into()).collect()),
            )
            .build()
            .map_err(|error| AwsError::unexpected("efs:CreateAccessPoint", error.to_string()))
    }
}

impl Root {
    fn to_sdk(&self) -> Result<SdkRoot, AwsError> {
        let made_as = self.made_as.as_ref().map(|made_as| {
            CreationInfo::builder()
                .owner_uid(made_as.uid.into())
                .owner_gid(made_as.gid.into())
                .permissions(&made_as.permissions)
                .build()
                .map_err(|error| AwsError::unexpected("efs:CreateAccessPoint", error.to_string()))
        });
        Ok(SdkRoot::builder()
            .path(&self.path)
            .set_creation_info(made_as.transpose()?)
            .build())
    }
}

fn known(id: &str, arn: Option<&str>) -> Outputs {
    outputs([("id", id), ("arn", arn.unwrap_or_default())])
}

fn number(n: i64) -> u32 {
    u32::try_from(n).unwrap_or_default()
}

fn read(point: &AccessPointDescription) -> Spec {
    let root = point.root_directory();
    Spec {
        file_system: Link::existing(point.file_system_id().unwrap_or_default()),
        user: point.posix_user().map(|user| User {
            uid: number(user.uid()),
            gid: number(user.gid()),
            further_gids: user
                .secondary_gids()
                .iter()
                .map(|gid| number(*gid))
                .collect(),
        }),
        root: Root {
            path: root.and_then(|root| root.path()).unwrap_or("/").to_owned(),
            made_as: root
                .and_then(|root| root.creation_info())
                .map(|info| MadeAs {
                    uid: number(info.owner_uid()),
                    gid: number(info.owner_gid()),
                    permissions: info.permissions().to_owned(),
                }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_efs_tells_is_what_was_written() {
        let mut spec = Spec {
            file_system: Link::existing("fs-1"),
            user: Some(User {
                uid: 1,
                gid: 2,
                further_gids: BTreeSet::from([3, 4]),
            }),
            root: Root {
                path: "/data".to_owned(),
                made_as: Some(MadeAs {
                    uid: 1,
                    gid: 2,
                    permissions: "0750".to_owned(),
                }),
            },
        };
        for _ in 0..2 {
            let point = AccessPointDescription::builder()
                .file_system_id("fs-1")
                .set_posix_user(spec.user.as_ref().map(|user| user.to_sdk().unwrap()))
                .root_directory(spec.root.to_sdk().unwrap())
                .build();
            assert_eq!(read(&point), spec);
            spec.user = None;
            spec.root.made_as = None;
        }
    }

    #[test]
    fn without_a_folder_the_root_is_the_whole_file_system() {
        let point = AccessPointDescription::builder()
            .file_system_id("fs-1")
            .build();
        assert_eq!(read(&point).root.path, "/");
    }
}
