//! Removing a database: its protection off, its last state kept.

use super::instance::Spec;
use super::modify::BUSY;
use crate::aws::{AwsError, During};
use crate::kinds::{Found, Making, Progress};

/// Removes a database; on its way out already is success.
pub(super) async fn remove(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
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
    let snapshot =
        (!matches!(found.progress, Progress::Failed(_))).then(|| final_snapshot(id, making.token));
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
}
