//! What RDS tells of a database, in the terms of the specification.

use aws_sdk_rds::types::{DbInstance, PendingModifiedValues};

use super::instance::{Engine, Spec, StorageType};
use super::{password, tagging};
use crate::aws::AwsError;
use crate::kinds::{Outputs, Progress, outputs};
use crate::reference::Link;
use crate::scope::Tags;
use crate::units::Port;

/// Statuses in which a database serves ("Viewing Amazon RDS DB instance status"). A stopped one
/// is as somebody wanted it: nothing is to be waited for.
const USABLE: [&str; 9] = [
    "available",
    "backing-up",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "storage-config-upgrade",
    "storage-initialization",
    "storage-optimization",
    "stopped",
];

/// Statuses that do not end by themselves.
const STUCK: [&str; 10] = [
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-create",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    FULL,
];

/// The status of a database that has no room left.
const FULL: &str = "storage-full";

/// How far RDS is, as a list says it: only a database that could never be made has failed; one
/// that is in trouble is not to be replaced by an empty one.
pub(super) fn progress(instance: &DbInstance) -> Progress {
    match instance.db_instance_status().unwrap_or_default() {
        "failed" => Progress::Failed("RDS could not make it; its status is `failed`".to_owned()),
        status if USABLE.contains(&status) => Progress::Ready(Outputs::new()),
        status => Progress::Pending(status.to_owned()),
    }
}

/// How far RDS is after a change: also what it has accepted and not begun keeps one waiting,
/// and a status that does not end by itself ends the wait.
pub(super) fn progress_of_change(instance: &DbInstance) -> Progress {
    let status = instance.db_instance_status().unwrap_or_default();
    let pending = instance.pending_modified_values();
    // More storage is what a full database waits for.
    let grows = status == FULL && pending.is_some_and(|it| it.allocated_storage().is_some());
    if STUCK.contains(&status) && !grows {
        return Progress::Failed(format!("its status is `{status}`"));
    }
    match (progress(instance), pending.and_then(waiting_for)) {
        (Progress::Ready(_), Some(what)) => Progress::Pending(format!("{status}, {what} pending")),
        (Progress::Ready(_), None) => Progress::Ready(known(instance)),
        (other, _) => other,
    }
}

/// A value that RDS has accepted and not yet put into effect.
fn waiting_for(pending: &PendingModifiedValues) -> Option<&'static str> {
    [
        (pending.db_instance_class().is_some(), "class"),
        (pending.allocated_storage().is_some(), "storage"),
        (pending.storage_type().is_some(), "storage type"),
        (pending.multi_az().is_some(), "second zone"),
        (pending.engine_version().is_some(), "engine version"),
        (pending.backup_retention_period().is_some(), "backups"),
        (pending.port().is_some(), "port"),
        (pending.master_user_password().is_some(), "password"),
    ]
    .into_iter()
    .find_map(|(waits, what)| waits.then_some(what))
}

/// Whether it is on its way out.
pub(super) fn going(instance: &DbInstance) -> bool {
    instance.db_instance_status() == Some("deleting")
}

/// What others may refer to.
pub(super) fn known(instance: &DbInstance) -> Outputs {
    let identifier = instance.db_instance_identifier().unwrap_or_default();
    let mut known = outputs([
        ("id", identifier),
        ("arn", instance.db_instance_arn().unwrap_or_default()),
        (
            "resource_id",
            instance.dbi_resource_id().unwrap_or_default(),
        ),
    ]);
    if let Some(endpoint) = instance.endpoint() {
        if let Some(host) = endpoint.address() {
            known.insert("host".to_owned(), host.to_owned());
        }
        if let Some(port) = endpoint.port() {
            known.insert("port".to_owned(), port.to_string());
        }
    }
    if let Some(arn) = instance.master_user_secret().and_then(|s| s.secret_arn()) {
        known.insert("secret_arn".to_owned(), arn.to_owned());
    }
    known
}

/// The tags, and the specification as it will be once what RDS has accepted is in effect.
pub(super) fn read(instance: &DbInstance) -> Result<(Spec, Tags), AwsError> {
    let odd = |what: &str| {
        AwsError::unexpected(
            "rds:DescribeDBInstances",
            format!(
                "{} has {what}, which this program does not know",
                instance.db_instance_identifier().unwrap_or_default()
            ),
        )
    };
    let pending = instance.pending_modified_values();
    let class = pending
        .and_then(|pending| pending.db_instance_class())
        .or_else(|| instance.db_instance_class())
        .unwrap_or_default();
    let version = pending
        .and_then(|pending| pending.engine_version())
        .or_else(|| instance.engine_version())
        .unwrap_or_default();
    let storage_type = pending
        .and_then(|pending| pending.storage_type())
        .or_else(|| instance.storage_type())
        .unwrap_or_default();
    let storage = pending
        .and_then(PendingModifiedValues::allocated_storage)
        .or_else(|| instance.allocated_storage())
        .unwrap_or_default();
    let retention = pending
        .and_then(PendingModifiedValues::backup_retention_period)
        .or_else(|| instance.backup_retention_period())
        .unwrap_or_default();
    let endpoint_port = instance.endpoint().and_then(|endpoint| endpoint.port());
    let port = pending
        .and_then(PendingModifiedValues::port)
        .or(endpoint_port)
        .or(instance.db_instance_port().filter(|port| *port != 0))
        .and_then(|port| u16::try_from(port).ok())
        .and_then(|port| Port::try_from(port).ok());
    let mut tags = tagging::read(instance.tag_list());
    let managed = instance.master_user_secret().is_some();
    let spec = Spec {
        identifier: instance
            .db_instance_identifier()
            .unwrap_or_default()
            .to_owned(),
        engine: match instance.engine() {
            Some("postgres") => Engine::Postgres,
            other => return Err(odd(&format!("the engine {}", other.unwrap_or("none")))),
        },
        major_version: major(version).ok_or_else(|| odd(&format!("the version {version}")))?,
        class: class
            .parse()
            .map_err(|_| odd(&format!("the class {class}")))?,
        allocated_storage_gb: u32::try_from(storage).unwrap_or_default(),
        storage_type: StorageType::from(storage_type),
        multi_az: pending
            .and_then(PendingModifiedValues::multi_az)
            .or_else(|| instance.multi_az())
            .unwrap_or_default(),
        encrypted: instance.storage_encrypted().unwrap_or_default(),
        backup_retention_days: u16::try_from(retention).unwrap_or_default(),
        performance_insights: instance.performance_insights_enabled().unwrap_or_default(),
        auto_minor_version_upgrade: instance.auto_minor_version_upgrade().unwrap_or_default(),
        deletion_protection: instance.deletion_protection().unwrap_or_default(),
        db_name: instance.db_name().unwrap_or_default().to_owned(),
        username: instance.master_username().unwrap_or_default().to_owned(),
        password: password::read(&mut tags, managed),
        subnet_group: Link::existing(
            instance
                .db_subnet_group()
                .and_then(|group| group.db_subnet_group_name())
                .unwrap_or_default(),
        ),
        security_groups: instance
            .vpc_security_groups()
            .iter()
            .filter(|group| group.status() != Some("removing"))
            .filter_map(|group| group.vpc_security_group_id())
            .map(Link::existing)
            .collect(),
        publicly_accessible: instance.publicly_accessible().unwrap_or_default(),
        port: port.unwrap_or(Port::POSTGRES),
    };
    Ok((spec, tags))
}

/// The major version: AWS's `15.7` is what was wanted as 15.
fn major(version: &str) -> Option<u16> {
    version.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::{Endpoint, Tag};

    use super::*;

    fn instance(status: &str) -> aws_sdk_rds::types::builders::DbInstanceBuilder {
        DbInstance::builder()
            .db_instance_identifier("shop-prod-main")
            .db_instance_status(status)
            .engine("postgres")
            .engine_version("15.7")
            .db_instance_class("db.t3.micro")
            .allocated_storage(20)
            .storage_type("gp2")
            .backup_retention_period(7)
            .storage_encrypted(true)
            .endpoint(
                Endpoint::builder()
                    .address("db.example.com")
                    .port(5432)
                    .build(),
            )
    }

    #[test]
    fn minor_upgrades_are_no_difference() {
        let (spec, _) = read(&instance("available").build()).unwrap();
        assert_eq!(spec.major_version, 15);
        assert_eq!(major("16"), Some(16));
        assert_eq!(major("?"), None);
    }

    #[test]
    fn what_rds_has_accepted_counts_as_done_in_a_list_and_as_awaited_in_a_wait() {
        let pending = PendingModifiedValues::builder()
            .db_instance_class("db.t3.small")
            .multi_az(true)
            .build();
        let instance = instance("available")
            .pending_modified_values(pending)
            .build();
        let (spec, _) = read(&instance).unwrap();
        assert_eq!(spec.class.as_str(), "db.t3.small");
        assert!(spec.multi_az);
        assert_eq!(progress(&instance), Progress::Ready(Outputs::new()));
        assert_eq!(
            progress_of_change(&instance),
            Progress::Pending("available, class pending".to_owned())
        );
    }

    #[test]
    fn a_database_in_trouble_ends_a_wait_but_is_never_replaced_for_it() {
        let full = instance("storage-full").build();
        assert!(
            matches!(progress_of_change(&full), Progress::Failed(why) if why.contains("storage-full"))
        );
        assert!(matches!(progress(&full), Progress::Pending(_)));
        assert!(matches!(
            progress(&instance("failed").build()),
            Progress::Failed(_)
        ));
        for status in ["creating", "modifying", "rebooting", "deleting"] {
            let instance = instance(status).build();
            assert_eq!(progress(&instance), Progress::Pending(status.to_owned()));
        }
    }

    #[test]
    fn a_full_database_that_is_given_more_storage_is_waited_for() {
        let pending = PendingModifiedValues::builder().allocated_storage(30);
        let growing = instance("storage-full").pending_modified_values(pending.build());
        assert_eq!(
            progress_of_change(&growing.build()),
            Progress::Pending("storage-full".to_owned())
        );
    }

    #[test]
    fn the_endpoint_is_told_once_it_is_there() {
        let Progress::Ready(known) = progress_of_change(&instance("available").build()) else {
            panic!("it is available");
        };
        assert_eq!(known["host"], "db.example.com");
        assert_eq!(known["port"], "5432");
    }

    #[test]
    fn the_tag_of_the_password_is_not_among_the_tags() {
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let instance = instance("available")
            .tag_list(tag(password::TAG, "/shop-prod/db"))
            .tag_list(tag("aws:created-by", "x"))
            .tag_list(tag("a", "b"))
            .build();
        let (spec, tags) = read(&instance).unwrap();
        assert_eq!(
            spec.password,
            password::Password::Parameter("/shop-prod/db".into())
        );
        assert_eq!(tags, Tags::from([("a".to_owned(), "b".to_owned())]));
    }

    #[test]
    fn another_engine_is_said_and_not_guessed() {
        let error = read(&instance("available").engine("mysql").build()).unwrap_err();
        assert!(error.message.contains("mysql"), "{error}");
    }
}
