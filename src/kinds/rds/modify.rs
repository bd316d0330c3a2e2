//! Changing a database in place, and its password on the way to RDS.

use std::time::Duration;

use super::instance::Spec;
use super::password::Password;
use crate::aws::{AwsError, During, Secret};
use crate::kinds::{Changes, Making};

/// How long a database may be busy with a backup or an earlier change.
pub(super) const BUSY: Duration = Duration::from_secs(30 * 60);

/// Sends what differs and nothing else; with operations a second all that is said of the volume,
/// which RDS wants together ("ModifyDBInstance", Iops).
pub(super) async fn modify(
    making: &Making<'_>,
    spec: &Spec,
    before: &Spec,
    changes: &Changes,
    iops: Option<i32>,
    secret: Option<&Secret>,
) -> Result<(), AwsError> {
    let touched = |path: &str| changes.touch(path);
    let sized = touched("/allocated_storage_gb") || iops.is_some();
    let typed = touched("/storage_type") || iops.is_some();
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
                    .set_allocated_storage(sized.then(|| spec.storage()))
                    .set_storage_type(typed.then(|| spec.storage_type.as_str().to_owned()))
                    .set_iops(iops)
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
                    .set_manage_master_user_password(managed(&before.password, &spec.password))
                    .send()
                    .await
                    .during("rds:ModifyDBInstance")
            },
        )
        .await
        .map(drop)
}

/// Whether RDS is told to keep the password, or to keep it no longer; nothing where that stays
/// as it is, because RDS takes an unchanged `ManageMasterUserPassword` for a wish to begin anew.
fn managed(before: &Password, wanted: &Password) -> Option<bool> {
    let wanted = *wanted == Password::Managed;
    let before = *before == Password::Managed;
    (before != wanted).then_some(wanted)
}

/// The characters of a password, for the call that sets it.
pub(super) fn exposed(secret: Option<&Secret>) -> Option<String> {
    secret.map(|secret| secret.expose().to_owned())
}

/// The error of that call, without the password.
pub(super) fn scrubbed(secret: Option<&Secret>, error: AwsError) -> AwsError {
    match secret {
        Some(secret) => secret.scrub(error),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_keeps_the_password_is_said_only_when_it_changes() {
        let parameter = |name: &str| Password::Parameter(name.into());
        assert_eq!(managed(&Password::Managed, &Password::Managed), None);
        assert_eq!(managed(&parameter("/a"), &parameter("/b")), None);
        assert_eq!(managed(&parameter("/a"), &Password::Managed), Some(true));
        assert_eq!(managed(&Password::Managed, &parameter("/a")), Some(false));
    }

    #[test]
    fn a_failed_call_never_repeats_the_password() {
        let secret = Secret::new("planted-secret");
        let error = AwsError::unexpected("rds:CreateDBInstance", "bad value planted-secret");
        let shown = format!("{:?}", scrubbed(Some(&secret), error));
        assert!(!shown.contains("planted-secret"), "{shown}");
    }
}
