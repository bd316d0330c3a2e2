//! The database: its rows outlive every mistake but `--delete-data`.
//!
//! Every change is made at once and not in the maintenance window: the plan has said which of
//! them interrupt, and a change that waited for Sunday would be planned again each day until
//! then. A deletion takes a final snapshot, and the automated backups stay for as long as they
//! were to be kept, so that a point in time can still be restored; AWS charges for both.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_rds::types::{DbInstance, SourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::password::Password;
use super::subnet_group::SubnetGroup;
use super::{observed, password, tagging};
use crate::aws::{AwsError, Cloud, During, Secret};
use crate::kinds::ec2::security_group::{self, SecurityGroup};
use crate::kinds::ssm::parameter::{self, Parameter};
use crate::kinds::{
    After, Beside, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey,
    Wait, outputs, sample,
};
use crate::reference::{Link, Text};
use crate::scope::{Scope, Tags};
use crate::units::{DbClass, Port};

/// How long a database may be busy with a backup or an earlier change.
const BUSY: Duration = Duration::from_secs(30 * 60);
/// Hours of a month, as AWS counts.
const HOURS: f64 = 730.0;

/// An RDS instance.
pub struct Instance;

/// What a database is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The name, unique in account and region; lower case, as RDS keeps it.
    pub identifier: String,
    /// The engine.
    pub engine: Engine,
    /// Its major version, such as 15. AWS chooses the minor one.
    pub major_version: u16,
    /// The class of the instance, such as `db.t3.micro`.
    pub class: DbClass,
    /// The size of its volume in GiB, 20 or more. It can grow and never shrink.
    pub allocated_storage_gb: u32,
    /// The kind of its volume.
    pub storage_type: StorageType,
    /// Whether a standby in a second zone takes over.
    pub multi_az: bool,
    /// Whether volume, backups and snapshots are encrypted, with AWS's own key `alias/aws/rds`.
    pub encrypted: bool,
    /// Days for which daily backups are kept and any second can be restored: 0, for no backups,
    /// to 35.
    pub backup_retention_days: u16,
    /// Whether AWS records which queries take how long; kept for seven days without charge.
    pub performance_insights: bool,
    /// Whether AWS installs minor versions in the maintenance window.
    pub auto_minor_version_upgrade: bool,
    /// Whether AWS refuses to delete it.
    pub deletion_protection: bool,
    /// The database that is made in it; letters, digits and underscores.
    pub db_name: String,
    /// The name of the first user.
    pub username: String,
    /// Where that user's password is kept.
    pub password: Password,
    /// The subnets it may stand in.
    pub subnet_group: Link<SubnetGroup>,
    /// Who may reach it.
    pub security_groups: BTreeSet<Link<SecurityGroup>>,
    /// Whether it has an address on the internet.
    pub publicly_accessible: bool,
    /// The port that it listens on.
    pub port: Port,
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
}

impl Engine {
    /// RDS's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
        }
    }
}

/// A kind of volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageType {
    /// General purpose: three operations a second for each gigabyte, with bursts.
    Gp2,
    /// General purpose: 3,000 operations a second at any size.
    Gp3,
    /// Another one that the database has and this kind does not write.
    Other(String),
}

impl StorageType {
    /// RDS's name of it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Gp2 => "gp2",
            Self::Gp3 => "gp3",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for StorageType {
    fn from(name: &str) -> Self {
        match name {
            "gp2" => Self::Gp2,
            "gp3" => Self::Gp3,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Kind for Instance {
    type Spec = Spec;

    const TYPE: &'static str = "rds:instance";
    const FIELDS: &'static [Field] = &[
        Field::replace(
            "/identifier",
            "the name is part of the address of a database",
        ),
        Field::replace("/engine", "a database cannot change its engine"),
        Field::interrupts(
            "/major_version",
            "the database is down for 10 minutes or more while it is upgraded",
        ),
        Field::interrupts(
            "/class",
            "the database restarts on another machine: some minutes, or about one where a \
             second zone takes over",
        ),
        Field::replace(
            "/encrypted",
            "a database is encrypted or not from the start",
        ),
        Field::interrupts(
            "/backup_retention_days",
            "the database restarts where backups are turned on or off, not where they are only \
             kept longer or shorter",
        ),
        Field::replace("/db_name", "the first database is named when it is made"),
        Field::replace("/username", "the first user is named when it is made"),
        Field::interrupts(
            "/password",
            "programs that have the old password can no longer connect",
        ),
        Field::replace("/subnet_group", "a database stays among its subnets"),
        Field::interrupts("/port", "the database restarts"),
    ];
    const PROTECTED: bool = true;

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = scope.arn("rds", &format!("db:{}", spec.identifier));
        outputs([
            ("id", spec.identifier.as_str()),
            ("arn", &arn),
            ("port", &spec.port.number().to_string()),
        ])
    }

    fn charges(spec: &Spec) -> Vec<Charge> {
        let (zones, copies) = if spec.multi_az {
            ("multi", ".multi")
        } else {
            ("single", "")
        };
        let engine = spec.engine.as_str();
        let mut charges = vec![
            Charge {
                item: format!("rds.{engine}.{}.{zones}", spec.class),
                quantity: HOURS,
            },
            Charge {
                item: format!("rds.storage.{}{copies}.gb", spec.storage_type.as_str()),
                quantity: spec.allocated_storage_gb.into(),
            },
        ];
        if spec.password == Password::Managed {
            charges.push(Charge {
                item: "secretsmanager.secret".to_owned(),
                quantity: 1.0,
            });
        }
        charges
    }

    /// One list with everything in it, tags included; `DescribeDBInstances` cannot filter by
    /// tag.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let instances: Vec<_> = cloud
            .rds()
            .describe_db_instances()
            .max_records(100)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("rds:DescribeDBInstances")?;
        let mut found = Vec::new();
        for instance in &instances {
            let Some(address) = survey.scope.address_of(&tagging::read(instance.tag_list())) else {
                continue;
            };
            // One that is going is no longer what is wanted, but is still in the way of what
            // must be removed after it.
            let wanted = survey.wanted.iter().any(|wanted| wanted.address == address);
            if observed::going(instance) && wanted {
                continue;
            }
            let (spec, tags) = observed::read(instance)?;
            found.push(Found {
                address: Some(address),
                key: None,
                spec,
                tags,
                outputs: observed::known(instance),
                progress: observed::progress(instance),
            });
        }
        Ok(found)
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let operation = "rds:CreateDBInstance";
        let secret = match &spec.password {
            Password::Managed => None,
            Password::Parameter(name) => Some(password::fetch(making, &name.to_string()).await?),
        };
        let tags = tagging::to_sdk(&password::tagged(making.tags, &spec.password));
        let made = making
            .patience
            .settle(
                "RDS to see the subnet group and the security groups",
                Duration::from_secs(60),
                AwsError::not_found,
                || async {
                    making
                        .cloud
                        .rds()
                        .create_db_instance()
                        .db_instance_identifier(&spec.identifier)
                        .engine(spec.engine.as_str())
                        .engine_version(spec.major_version.to_string())
                        .db_instance_class(spec.class.as_str())
                        .allocated_storage(spec.storage())
                        .storage_type(spec.storage_type.as_str())
                        .multi_az(spec.multi_az)
                        .storage_encrypted(spec.encrypted)
                        .backup_retention_period(spec.backup_retention_days.into())
                        .enable_performance_insights(spec.performance_insights)
                        .auto_minor_version_upgrade(spec.auto_minor_version_upgrade)
                        .deletion_protection(spec.deletion_protection)
                        .db_name(&spec.db_name)
                        .master_username(&spec.username)
                        .set_master_user_password(exposed(secret.as_ref()))
                        .set_manage_master_user_password(secret.is_none().then_some(true))
                        .db_subnet_group_name(spec.subnet_group.to_string())
                        .set_vpc_security_group_ids(Some(spec.groups()))
                        .publicly_accessible(spec.publicly_accessible)
                        .port(spec.port.number().into())
                        .copy_tags_to_snapshot(true)
                        .set_tags(Some(tags.clone()))
                        .send()
                        .await
                        .during(operation)
                },
            )
            .await;
        match made {
            Ok(made) => made
                .db_instance()
                .map(observed::known)
                .ok_or_else(|| AwsError::unexpected(operation, "the answer has no database")),
            Err(error) if error.already_exists() => made_earlier(making, spec, error).await,
            Err(error) => Err(scrubbed(secret.as_ref(), error)),
        }
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        let shrinks = found.spec.allocated_storage_gb > spec.allocated_storage_gb;
        if shrinks {
            return Err(AwsError::unexpected(
                "rds:ModifyDBInstance",
                format!(
                    "the volume of {} has {} GB and cannot shrink to {} GB",
                    found.id(),
                    found.spec.allocated_storage_gb,
                    spec.allocated_storage_gb
                ),
            )
            .hint("leave the size, or make a smaller database and move the data into it"));
        }
        let secret = match &spec.password {
            Password::Parameter(name) if changes.touch("/password") => {
                Some(password::fetch(making, &name.to_string()).await?)
            }
            _ => None,
        };
        modify(making, spec, changes, secret.as_ref())
            .await
            .map_err(|error| scrubbed(secret.as_ref(), error))?;
        if changes.touch("/password") {
            let tag = password::tagged(&Tags::new(), &spec.password);
            let gone = if tag.is_empty() {
                vec![password::TAG.to_owned()]
            } else {
                Vec::new()
            };
            tagging::retag(making.cloud, found.output("arn"), &tag, &gone).await?;
        }
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        tagging::retag(making.cloud, found.output("arn"), set, remove).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let id = found.id();
        if found.spec.deletion_protection {
            let unprotected = making
                .cloud
                .rds()
                .modify_db_instance()
                .db_instance_identifier(id)
                .deletion_protection(false)
                .apply_immediately(true)
                .send()
                .await
                .during("rds:ModifyDBInstance");
            match unprotected {
                Err(error) if error.not_found() => return Ok(()),
                // It is busy, perhaps with going already: the next call finds out.
                Err(error) if error.is("InvalidDBInstanceState") => {}
                other => other.map(drop)?,
            }
        }
        // One that could never be made has nothing to take a snapshot of, and RDS refuses to.
        let snapshot = (!matches!(found.progress, Progress::Failed(_)))
            .then(|| final_snapshot(id, making.token));
        let gone = making
            .patience
            .settle(
                "the database to finish what it is doing",
                BUSY,
                |error| error.is("InvalidDBInstanceState") && !already_going(error),
                || async {
                    making
                        .cloud
                        .rds()
                        .delete_db_instance()
                        .db_instance_identifier(id)
                        .skip_final_snapshot(snapshot.is_none())
                        .set_final_db_snapshot_identifier(snapshot.clone())
                        .delete_automated_backups(false)
                        .send()
                        .await
                        .during("rds:DeleteDBInstance")
                },
            )
            .await;
        match gone {
            Err(error) if error.not_found() || already_going(&error) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => {
                if let Some(name) = snapshot {
                    (making.patience.note)(&format!("its last state is kept as snapshot {name}"));
                }
                Ok(())
            }
        }
    }

    /// RDS documents no bound. Its own waiters give up after 30 minutes; a database with a
    /// second zone, a final snapshot or a major upgrade has been seen to take longer.
    fn wait(after: After) -> Option<Wait> {
        let (until, usually, deadline) = match after {
            After::Create => ("the database to be available", 6, 60),
            After::Update => ("the database to be changed", 3, 60),
            After::Delete => ("the database to be gone, after its final snapshot", 5, 60),
        };
        Some(Wait {
            until,
            every: Duration::from_secs(5),
            usually: Duration::from_secs(60 * usually),
            deadline: Duration::from_secs(60 * deadline),
        })
    }

    async fn poll(cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError> {
        let id = outputs.get("id").map_or("", String::as_str);
        let Some(instance) = describe(cloud, id).await? else {
            return Ok(Progress::Gone);
        };
        match observed::progress_of_change(&instance) {
            Progress::Failed(why) => Ok(Progress::Failed(match last_event(cloud, id).await {
                Some(event) => format!("{why}; RDS says: {event}"),
                None => why,
            })),
            other => Ok(other),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let secret = |name: &str| {
            let name = format!("{}sample/{name}", scope.path());
            let value = parameter::Value::Secret(crate::aws::SecretSource::Generate(32));
            parameter::Spec { name, value }
        };
        let one_secret = Beside::new::<Parameter>("one-password", &secret("one-password"));
        let other_secret = Beside::new::<Parameter>("other-password", &secret("other-password"));
        let group = |name: &str| {
            let spec = security_group::Spec {
                name: scope.name(name),
                ..SecurityGroup::samples(scope).sample
            };
            Beside::new::<SecurityGroup>(name, &spec)
        };
        let (one_group, other_group) = (group("one-db-group"), group("other-db-group"));
        let name_of = |beside: &Beside| Text::output(&beside.address, "name");
        let sample = Spec {
            identifier: scope.name("sample"),
            engine: Engine::Postgres,
            major_version: 15,
            class: DbClass::t3_micro(),
            allocated_storage_gb: 20,
            storage_type: StorageType::Gp2,
            multi_az: false,
            encrypted: true,
            backup_retention_days: 7,
            performance_insights: true,
            auto_minor_version_upgrade: true,
            deletion_protection: true,
            db_name: "sample".to_owned(),
            username: "sample".to_owned(),
            password: Password::Parameter(name_of(&one_secret)),
            subnet_group: sample::<SubnetGroup>(),
            security_groups: BTreeSet::from([one_group.link()]),
            publicly_accessible: false,
            port: Port::POSTGRES,
        };
        Samples {
            changed: Spec {
                major_version: 16,
                class: DbClass::t3_small(),
                allocated_storage_gb: 30,
                storage_type: StorageType::Gp3,
                multi_az: true,
                backup_retention_days: 14,
                performance_insights: false,
                auto_minor_version_upgrade: false,
                deletion_protection: false,
                password: Password::Parameter(name_of(&other_secret)),
                security_groups: BTreeSet::from([other_group.link()]),
                publicly_accessible: true,
                port: Port::MYSQL,
                ..sample.clone()
            },
            sample,
            beside: vec![one_secret, other_secret, one_group, other_group],
        }
    }
}

impl Spec {
    fn storage(&self) -> i32 {
        i32::try_from(self.allocated_storage_gb).unwrap_or(i32::MAX)
    }

    fn groups(&self) -> Vec<String> {
        self.security_groups
            .iter()
            .map(ToString::to_string)
            .collect()
    }
}

fn exposed(secret: Option<&Secret>) -> Option<String> {
    secret.map(|secret| secret.expose().to_owned())
}

fn scrubbed(secret: Option<&Secret>, error: AwsError) -> AwsError {
    match secret {
        Some(secret) => secret.scrub(error),
        None => error,
    }
}

/// Sends what differs and nothing else: RDS takes an unchanged `ManageMasterUserPassword` for a
/// wish to begin anew.
async fn modify(
    making: &Making<'_>,
    spec: &Spec,
    changes: &Changes,
    secret: Option<&Secret>,
) -> Result<(), AwsError> {
    let touched = |path: &str| changes.touch(path);
    let version = touched("/major_version").then(|| spec.major_version.to_string());
    making
        .patience
        .settle(
            "the database to finish what it is doing",
            BUSY,
            |error| error.is("InvalidDBInstanceState"),
            || async {
                making
                    .cloud
                    .rds()
                    .modify_db_instance()
                    .db_instance_identifier(&spec.identifier)
                    .apply_immediately(true)
                    .set_allow_major_version_upgrade(version.is_some().then_some(true))
                    .set_engine_version(version.clone())
                    .set_db_instance_class(
                        touched("/class").then(|| spec.class.as_str().to_owned()),
                    )
                    .set_allocated_storage(touched("/allocated_storage_gb").then(|| spec.storage()))
                    .set_storage_type(
                        touched("/storage_type").then(|| spec.storage_type.as_str().to_owned()),
                    )
                    .set_multi_az(touched("/multi_az").then_some(spec.multi_az))
                    .set_backup_retention_period(
                        touched("/backup_retention_days")
                            .then(|| spec.backup_retention_days.into()),
                    )
                    .set_enable_performance_insights(
                        touched("/performance_insights").then_some(spec.performance_insights),
                    )
                    .set_auto_minor_version_upgrade(
                        touched("/auto_minor_version_upgrade")
                            .then_some(spec.auto_minor_version_upgrade),
                    )
                    .set_deletion_protection(
                        touched("/deletion_protection").then_some(spec.deletion_protection),
                    )
                    .set_vpc_security_group_ids(touched("/security_groups").then(|| spec.groups()))
                    .set_publicly_accessible(
                        touched("/publicly_accessible").then_some(spec.publicly_accessible),
                    )
                    .set_db_port_number(touched("/port").then(|| spec.port.number().into()))
                    .set_master_user_password(exposed(secret))
                    .set_manage_master_user_password(
                        touched("/password").then_some(spec.password == Password::Managed),
                    )
                    .send()
                    .await
                    .during("rds:ModifyDBInstance")
            },
        )
        .await
        .map(drop)
}

/// The database that an earlier, interrupted run made. The one call that makes a database also
/// configures it, so nothing is left to do.
async fn made_earlier(
    making: &Making<'_>,
    spec: &Spec,
    error: AwsError,
) -> Result<Outputs, AwsError> {
    let Some(instance) = describe(making.cloud, &spec.identifier).await? else {
        return Err(error.hint("it is gone by now; apply again"));
    };
    let tags = tagging::read(instance.tag_list());
    if making.scope.address_of(&tags).as_ref() != Some(making.address) {
        return Err(error.hint(format!(
            "a database {} stands there that is not this stack's; give this one another name, \
             or let the stack take it over with `adopt`",
            spec.identifier
        )));
    }
    if observed::going(&instance) {
        return Err(
            error.hint("the earlier one is still being deleted; apply again when it is gone")
        );
    }
    Ok(observed::known(&instance))
}

async fn describe(cloud: &Cloud, id: &str) -> Result<Option<DbInstance>, AwsError> {
    let answer = cloud
        .rds()
        .describe_db_instances()
        .db_instance_identifier(id)
        .send()
        .await
        .during("rds:DescribeDBInstances");
    match answer {
        Err(error) if error.not_found() => Ok(None),
        other => Ok(other?.db_instances.unwrap_or_default().into_iter().next()),
    }
}

/// What RDS last said about the database in the last hour. Only a reason for a person, so
/// nothing where it cannot be had.
async fn last_event(cloud: &Cloud, id: &str) -> Option<String> {
    let events = cloud
        .rds()
        .describe_events()
        .source_type(SourceType::DbInstance)
        .source_identifier(id)
        .duration(60)
        .send()
        .await
        .ok()?;
    let last = events.events().last()?;
    last.message().map(str::to_owned)
}

fn already_going(error: &AwsError) -> bool {
    error.is("InvalidDBInstanceState") && error.message.contains("already being deleted")
}

/// A name for the last snapshot that none had before: letters, digits and single hyphens.
fn final_snapshot(id: &str, token: &str) -> String {
    let unique: String = token.chars().take(12).collect();
    format!("{id}-final-{unique}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_zone_doubles_machine_and_storage() {
        let scope = Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let items = |spec: &Spec| -> Vec<String> {
            Instance::charges(spec)
                .into_iter()
                .map(|c| c.item)
                .collect()
        };
        let samples = Instance::samples(&scope);
        assert_eq!(
            items(&samples.sample),
            ["rds.postgres.db.t3.micro.single", "rds.storage.gp2.gb"]
        );
        assert_eq!(
            items(&samples.changed),
            ["rds.postgres.db.t3.small.multi", "rds.storage.gp3.multi.gb"]
        );
    }

    #[test]
    fn final_snapshots_have_names_that_rds_takes_and_no_two_runs_the_same() {
        let one = final_snapshot("shop-prod-main", "0123456789abcdef0123456789abcdef");
        assert_eq!(one, "shop-prod-main-final-0123456789ab");
        assert_ne!(one, final_snapshot("shop-prod-main", "ff23456789abcdef"));
    }

    #[test]
    fn only_a_deletion_under_way_counts_as_deleted() {
        let mut error = AwsError::unexpected(
            "rds:DeleteDBInstance",
            "Instance shop-prod-main is already being deleted.",
        );
        assert!(!already_going(&error));
        error.code = "InvalidDBInstanceState".to_owned();
        assert!(already_going(&error));
        error.message = "Instance shop-prod-main is not in available state.".to_owned();
        assert!(!already_going(&error));
    }

    #[test]
    fn a_failed_call_never_repeats_the_password() {
        let secret = Secret::new("planted-secret");
        let error = AwsError::unexpected("rds:CreateDBInstance", "bad value planted-secret");
        let shown = format!("{:?}", scrubbed(Some(&secret), error));
        assert!(!shown.contains("planted-secret"), "{shown}");
    }
}
