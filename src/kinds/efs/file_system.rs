//! The file system that all instances share.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_efs::types::FileSystemDescription;
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{configure, reads, settings, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    After, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait,
    outputs,
};
use crate::scope::{Scope, Tags};

/// An EFS file system.
pub struct FileSystem;

/// What a file system is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Whether what it holds is encrypted, with AWS's own key `alias/aws/elasticfilesystem`.
    pub encrypted: bool,
    /// What it is best at.
    pub performance: Performance,
    /// How its speed is measured out. EFS lets it change once a day.
    pub throughput: Throughput,
    /// Days without use after which a file moves to infrequent access: 1, 7, 14, 30, 60, 90,
    /// 180, 270 or 365; nothing for never.
    pub infrequent_access_days: Option<u16>,
    /// The same for the archive.
    pub archive_days: Option<u16>,
    /// Whether a file that is used moves back.
    pub back_on_access: bool,
    /// Whether AWS Backup copies it every day and keeps the copies for 35 days.
    pub backup: bool,
}

/// What a file system is best at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Performance {
    /// Low latency: what nearly everything wants.
    GeneralPurpose,
    /// Many clients at once, each of them slower.
    MaxIo,
}

/// How the speed of a file system is measured out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Throughput {
    /// In proportion to what is stored, with credits for bursts.
    Bursting,
    /// As much as is needed, charged by the amount.
    Elastic,
    /// A fixed amount. Read, when somebody set it by hand; never written.
    Provisioned,
}

#[async_trait]
impl Kind for FileSystem {
    type Spec = Spec;

    const TYPE: &'static str = "efs:file-system";
    const FIELDS: &'static [Field] = &[
        Field::replace(
            "/encrypted",
            "a file system is encrypted or not from the start",
        ),
        Field::replace(
            "/performance",
            "the performance mode is fixed when a file system is made",
        ),
    ];
    const PROTECTED: bool = true;

    /// Charged by what lies in it: one gigabyte stands for that.
    fn charges(_: &Spec) -> Vec<Charge> {
        vec![Charge {
            item: "efs.standard.gb".to_owned(),
            quantity: 1.0,
        }]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let all = reads::file_systems(cloud, survey.reads).await?;
        let ours = all.iter().filter_map(|one| {
            let tags = tagging::read(one.tags());
            let address = survey.scope.address_of(&tags)?;
            let wanted = survey.wanted.iter().any(|wanted| wanted.address == address);
            // One that is going is no longer what is wanted, but is still in the way of what
            // must be removed after it.
            (!reads::going(Some(one.life_cycle_state())) || !wanted).then_some((one, tags, address))
        });
        let found = ours.map(|(one, tags, address)| async move {
            let id = one.file_system_id();
            let parts = try_join(
                configure::lifecycle(cloud, id),
                configure::backed_up(cloud, id),
            )
            .await;
            let (policies, backup) = match parts {
                Err(error) if error.is("FileSystemNotFound") => return Ok(None),
                other => other?,
            };
            Ok(Some(Found {
                address: Some(address),
                key: None,
                spec: settings::read(one, &policies, backup),
                tags,
                outputs: known(survey.scope, one),
                progress: reads::progress(Some(one.life_cycle_state())),
            }))
        });
        Ok(try_join_all(found).await?.into_iter().flatten().collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let operation = "efs:CreateFileSystem";
        let token = creation_token(making);
        let made = making
            .cloud
            .efs()
            .create_file_system()
            .creation_token(&token)
            .encrypted(spec.encrypted)
            .performance_mode(spec.performance.to_sdk())
            .throughput_mode(spec.throughput.to_sdk()?)
            .backup(spec.backup)
            .set_tags(Some(tagging::to_sdk(operation, making.tags)?))
            .send()
            .await
            .during(operation);
        let (id, again) = match made {
            Ok(made) => (made.file_system_id, false),
            // The token says that it is this stack's, at this address.
            Err(error) if error.already_exists() => {
                (made_earlier(making, &token, error).await?, true)
            }
            Err(error) => return Err(error),
        };
        if again || !spec.policies().is_empty() {
            configure::set_lifecycle(making, &id, spec.policies()).await?;
        }
        if again {
            configure::set_backup(making, &id, spec.backup).await?;
            tagging::retag(making.cloud, &id, making.tags, &[]).await?;
        }
        Ok(outputs_of(making.scope, &id))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        // Only elastic throughput takes transitions to the archive ("Managing storage lifecycle",
        // EFS user guide): it comes before them and goes after them.
        let turned = changes.touch("/throughput");
        let first = turned && spec.throughput == Throughput::Elastic;
        if first {
            configure::set_throughput(making, found.id(), spec.throughput).await?;
            configure::updated(making, found.id()).await?;
        }
        if [
            "/infrequent_access_days",
            "/archive_days",
            "/back_on_access",
        ]
        .iter()
        .any(|path| changes.touch(path))
        {
            configure::set_lifecycle(making, found.id(), spec.policies()).await?;
        }
        if changes.touch("/backup") {
            configure::set_backup(making, found.id(), spec.backup).await?;
        }
        if turned && !first {
            configure::set_throughput(making, found.id(), spec.throughput).await?;
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

    /// EFS refuses to delete a file system that has mount targets, so those which the plan did
    /// not know go first.
    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let id = found.id();
        let gone = delete_once(making.cloud, id).await;
        if !gone
            .as_ref()
            .is_err_and(|error| error.is("FileSystemInUse"))
        {
            return gone;
        }
        for target in reads::mount_targets(making.cloud, id).await? {
            let gone = making
                .cloud
                .efs()
                .delete_mount_target()
                .mount_target_id(target.mount_target_id())
                .send()
                .await
                .during("efs:DeleteMountTarget");
            match gone {
                Err(error) if error.not_found() || error.is("IncorrectMountTargetState") => {}
                other => other.map(drop)?,
            }
        }
        making
            .patience
            .settle(
                "the mount targets of the file system to go",
                Duration::from_secs(600),
                |error| error.is("FileSystemInUse"),
                || delete_once(making.cloud, id),
            )
            .await
    }

    fn wait(after: After) -> Option<Wait> {
        let until = match after {
            After::Create => "the file system to be available",
            After::Update => "the file system to be updated",
            After::Delete => "the file system to be gone",
        };
        Some(Wait {
            until,
            every: Duration::from_secs(2),
            usually: Duration::from_secs(8),
            deadline: Duration::from_secs(600),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let answer = cloud
            .efs()
            .describe_file_systems()
            .file_system_id(known.get("id").map_or("", String::as_str))
            .send()
            .await
            .during("efs:DescribeFileSystems");
        let answer = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(match answer.file_systems().first() {
            Some(one) => reads::progress(Some(one.life_cycle_state())),
            None => Progress::Gone,
        })
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            encrypted: true,
            performance: Performance::GeneralPurpose,
            throughput: Throughput::Bursting,
            infrequent_access_days: Some(30),
            archive_days: None,
            back_on_access: true,
            backup: true,
        };
        let changed = Spec {
            throughput: Throughput::Elastic,
            infrequent_access_days: Some(7),
            archive_days: Some(90),
            back_on_access: false,
            backup: false,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn known(scope: &Scope, one: &FileSystemDescription) -> Outputs {
    let mut known = outputs_of(scope, one.file_system_id());
    if let Some(arn) = one.file_system_arn() {
        known.insert("arn".to_owned(), arn.to_owned());
    }
    known
}

fn outputs_of(scope: &Scope, id: &str) -> Outputs {
    let suffix = if scope.partition == "aws-cn" {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    outputs([
        ("id", id),
        (
            "arn",
            &scope.arn("elasticfilesystem", &format!("file-system/{id}")),
        ),
        ("dns_name", &format!("{id}.efs.{}.{suffix}", scope.region)),
    ])
}

/// The same for each creation at this address, so that two runs cannot make two. EFS forgets
/// it with the file system. At most 64 characters.
fn creation_token(making: &Making<'_>) -> String {
    token_of(making.scope, making.address.as_str())
}

fn token_of(scope: &Scope, address: &str) -> String {
    let whole = format!("{}/{address}", scope.prefix());
    hex::encode(Sha256::digest(whole.as_bytes()))
}

async fn made_earlier(
    making: &Making<'_>,
    token: &str,
    error: AwsError,
) -> Result<String, AwsError> {
    let answer = making
        .cloud
        .efs()
        .describe_file_systems()
        .creation_token(token)
        .send()
        .await
        .during("efs:DescribeFileSystems")?;
    let one = answer.file_systems().first();
    match one {
        Some(one) if !reads::going(Some(one.life_cycle_state())) => {
            Ok(one.file_system_id().to_owned())
        }
        _ => Err(error.hint("the earlier one is still being deleted; apply again in a minute")),
    }
}

async fn delete_once(cloud: &Cloud, id: &str) -> Result<(), AwsError> {
    let gone = cloud
        .efs()
        .delete_file_system()
        .file_system_id(id)
        .send()
        .await
        .during("efs:DeleteFileSystem");
    match gone {
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn the_creation_token_fits_and_tells_addresses_apart() {
        let token = token_of(&scope(), "files.shared.file-system");
        assert_eq!(token.len(), 64);
        assert_eq!(token, token_of(&scope(), "files.shared.file-system"));
        assert_ne!(token, token_of(&scope(), "files.other.file-system"));
    }

    #[test]
    fn arn_and_name_follow_from_the_id() {
        let known = outputs_of(&scope(), "fs-1");
        assert_eq!(known["dns_name"], "fs-1.efs.eu-west-1.amazonaws.com");
        assert_eq!(
            known["arn"],
            "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
        );
    }
}
