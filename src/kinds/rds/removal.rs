//! Removing a database: its protection off, its last state kept.

use super::instance::Spec;
use super::modify::BUSY;
use crate::aws::{AwsError, During};
use crate::kinds::{Found, Making, Progress};

/// Removes a database; on its way out already is success.
pub(super) async fn remove(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
    let id = found.id();
    let snapshot = (!takes_no_snapshot(&found.progress)).then(|| final_snapshot(id, making.token));
    let gone = making
        .patience
        .settle(
            "the database to finish what it is doing",
            BUSY,
            |error| busy(error) && !already_going(error),
            || async {
                // In each try, because a busy database keeps its protection.
                let bare = if found.spec.deletion_protection {
                    unprotect(making, id).await
                } else {
                    Ok(())
                };
                if let Err(error) = &bare
                    && !busy(error)
                {
                    return Err(error.clone());
                }
                // Perhaps it is busy with going already: this call tells.
                let gone = delete(making, id, snapshot.clone()).await;
                match (bare, gone) {
                    (Err(busy), Err(error)) if still_protected(&error) => Err(busy),
                    (_, gone) => gone,
                }
            },
        )
        .await;
    match gone {
        Err(error) if error.not_found() || already_going(&error) => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            if let Some(name) = snapshot {
                (making.patience.note)(&format!("its last state is kept as snapshot {name}"));
            }
            Ok(())
        }
    }
}

async fn unprotect(making: &Making<'_>, id: &str) -> Result<(), AwsError> {
    making
        .cloud
        .rds()
        .modify_db_instance()
        .db_instance_identifier(id)
        .deletion_protection(false)
        .apply_immediately(true)
        .send()
        .await
        .during("rds:ModifyDBInstance")
        .map(drop)
}

async fn delete(making: &Making<'_>, id: &str, snapshot: Option<String>) -> Result<(), AwsError> {
    making
        .cloud
        .rds()
        .delete_db_instance()
        .db_instance_identifier(id)
        .skip_final_snapshot(snapshot.is_none())
        .set_final_db_snapshot_identifier(snapshot)
        .delete_automated_backups(false)
        .send()
        .await
        .during("rds:DeleteDBInstance")
        .map(drop)
}

/// Whether there is nothing to take a final snapshot of: RDS then refuses to ("DeleteDBInstance",
/// SkipFinalSnapshot).
fn takes_no_snapshot(progress: &Progress) -> bool {
    match progress {
        // Its status is `failed`.
        Progress::Failed(_) => true,
        Progress::Pending(status) => {
            ["incompatible-network", "incompatible-restore"].contains(&status.as_str())
        }
        _ => false,
    }
}

fn busy(error: &AwsError) -> bool {
    error.is("InvalidDBInstanceState")
}

/// "Cannot delete protected DB Instance, please disable deletion protection and try again."
fn still_protected(error: &AwsError) -> bool {
    error.is("InvalidParameterCombination") && error.message.contains("protected")
}

fn already_going(error: &AwsError) -> bool {
    busy(error) && error.message.contains("already being deleted")
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
    fn a_last_state_is_kept_of_what_has_one() {
        let pending = |status: &str| Progress::Pending(status.to_owned());
        for none in [
            Progress::Failed("its status is `failed`".to_owned()),
            pending("incompatible-network"),
            pending("incompatible-restore"),
        ] {
            assert!(takes_no_snapshot(&none), "{none:?}");
        }
        assert!(!takes_no_snapshot(&pending("storage-full")));
        assert!(!takes_no_snapshot(&Progress::Ready(
            crate::kinds::Outputs::new()
        )));
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
