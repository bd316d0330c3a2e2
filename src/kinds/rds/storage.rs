//! What RDS takes and refuses of a change of the volume.

use aws_sdk_rds::types::DbInstance;

use super::instance::{Spec, StorageType};
use crate::aws::AwsError;

/// From this size on a gp3 volume is four volumes in one, whose operations a second are said with
/// its size ("DB instance storage for Amazon RDS", gp3 storage: 400 GiB for PostgreSQL).
const STRIPED_GB: u32 = 400;
/// The fewest operations a second of such a volume, and what it has where nobody asked for more.
const STRIPED_IOPS: i32 = 12_000;

/// Refuses a size that RDS would refuse or change: a volume never shrinks, and what is less than a
/// tenth more is rounded up to that ("ModifyDBInstance", AllocatedStorage), so that the database
/// would be larger than the file says from then on.
pub(super) fn may_become(id: &str, found: u32, wanted: &Spec) -> Result<(), AwsError> {
    let operation = "rds:ModifyDBInstance";
    let wanted = wanted.allocated_storage_gb;
    let least = found + found.div_ceil(10);
    if wanted < found {
        let message = format!("the volume of {id} has {found} GB and cannot shrink to {wanted} GB");
        return Err(AwsError::unexpected(operation, message)
            .hint("leave the size, or make a smaller database and move the data into it"));
    }
    if wanted > found && wanted < least {
        let message = format!(
            "the volume of {id} has {found} GB and grows by at least a tenth, not to {wanted} GB"
        );
        return Err(AwsError::unexpected(operation, message)
            .hint(format!("the smallest size it can grow to is {least} GB")));
    }
    Ok(())
}

/// Whether the volume that is wanted is one whose operations a second must be said.
pub(super) fn is_striped(wanted: &Spec) -> bool {
    wanted.storage_type == StorageType::Gp3 && wanted.allocated_storage_gb >= STRIPED_GB
}

/// The operations a second to ask for: those that the volume has, where it is a gp3 volume for
/// which somebody bought more.
pub(super) fn iops(live: Option<&DbInstance>) -> Option<i32> {
    let bought = live
        .filter(|live| live.storage_type() == Some("gp3"))
        .and_then(|live| live.iops());
    Some(bought.unwrap_or_default().max(STRIPED_IOPS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use crate::kinds::rds::instance::Instance;
    use crate::scope::Scope;

    fn wanted(storage_type: StorageType, gb: u32) -> Spec {
        let scope = Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        Spec {
            allocated_storage_gb: gb,
            storage_type,
            ..Instance::samples(&scope).sample
        }
    }

    #[test]
    fn a_volume_grows_by_a_tenth_or_not_at_all() {
        let become_of = |found, gb| may_become("main", found, &wanted(StorageType::Gp2, gb));
        for (found, gb) in [(20, 20), (20, 22), (25, 28), (100, 200)] {
            assert_eq!(become_of(found, gb), Ok(()), "{found} to {gb}");
        }
        let refused = become_of(25, 27).unwrap_err();
        assert!(refused.hint.unwrap().ends_with("28 GB"));
        assert!(
            become_of(30, 20)
                .unwrap_err()
                .message
                .contains("cannot shrink")
        );
    }

    #[test]
    fn operations_are_said_of_a_large_gp3_volume_only() {
        assert!(is_striped(&wanted(StorageType::Gp3, 400)));
        assert!(!is_striped(&wanted(StorageType::Gp3, 399)));
        assert!(!is_striped(&wanted(StorageType::Gp2, 400)));
    }

    #[test]
    fn operations_that_somebody_bought_are_kept() {
        let live = |kind: &str, iops| DbInstance::builder().storage_type(kind).iops(iops).build();
        assert_eq!(iops(Some(&live("gp3", 3000))), Some(12_000));
        assert_eq!(iops(Some(&live("gp3", 16_000))), Some(16_000));
        assert_eq!(iops(Some(&live("io1", 80_000))), Some(12_000));
        assert_eq!(iops(None), Some(12_000));
    }
}
