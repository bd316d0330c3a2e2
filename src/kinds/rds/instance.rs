//! The database: its rows outlive every mistake but `--delete-data`.
//!
//! Every change is made at once and not in the maintenance window: the plan has said which of
//! them interrupt, and a change that waited for Sunday would be planned again each day until
//! then. A deletion takes a final snapshot, and the automated backups stay for as long as they
//! were to be kept, so that a point in time can still be restored; AWS charges for both.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_rds::types::{DbInstance, SourceType};

pub use super::password::Password;
pub use super::spec::{Engine, Spec, StorageType};
use super::{modify, observed, password, removal, spec, storage, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    After, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait,
    outputs,
};
use crate::scope::{Scope, Tags};

/// An RDS instance.
pub struct Instance;

#[async_trait]
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
        spec.charges()
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
                        .set_master_user_password(modify::exposed(secret.as_ref()))
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
            Err(error) => Err(modify::scrubbed(secret.as_ref(), error)),
        }
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        storage::may_become(found.id(), found.spec.allocated_storage_gb, spec)?;
        let resized = changes.touch("/allocated_storage_gb") || changes.touch("/storage_type");
        let iops = if resized && storage::is_striped(spec) {
            let live = describe(making.cloud, found.id()).await?;
            storage::iops(live.as_ref())
        } else {
            None
        };
        let secret = match &spec.password {
            Password::Parameter(name) if changes.touch("/password") => {
                Some(password::fetch(making, &name.to_string()).await?)
            }
            _ => None,
        };
        modify::modify(making, spec, &found.spec, changes, iops, secret.as_ref())
            .await
            .map_err(|error| modify::scrubbed(secret.as_ref(), error))?;
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
        removal::remove(making, found).await
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
        spec::samples(scope)
    }
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
