//! What is left of protected data once its resource is removed, as a person must know it before saying that it may go.

use serde_json::Value;

/// What remains of what a resource of this kind holds; nothing where the kind is not protected.
///
/// A final backup is taken where AWS has a way to take one within the service itself. EFS has none
/// (`docs/adr/0008-what-remains-of-removed-data.md`).
pub fn after_removal(kind: &str, spec: &Value) -> Option<&'static str> {
    let is = |field: &str| spec.get(field).and_then(Value::as_bool) == Some(true);
    Some(match kind {
        "efs:file-system" if is("backup") => {
            "EFS takes no snapshot: AWS Backup's daily copies stay in the vault \
             aws/efs/automatic-backup-vault for 35 days, and what was written since the last one is lost"
        }
        "efs:file-system" => {
            "EFS takes no snapshot, and its daily copies by AWS Backup are off: all that it holds is lost"
        }
        "rds:instance" => "a final snapshot is taken first and stays until it is deleted by hand",
        "route53:zone" => {
            "its records are lost, and a new zone of the same name has other name servers"
        }
        "s3:bucket" => "every object is lost, with all of its versions",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::ALL;

    #[test]
    fn of_every_protected_kind_it_is_said_what_remains_and_of_no_other() {
        for kind in ALL {
            let said = after_removal(kind.type_name(), &Value::Null);
            assert_eq!(said.is_some(), kind.protected(), "{}", kind.type_name());
        }
    }

    #[test]
    fn a_file_system_without_backups_leaves_nothing() {
        let said = |backup: bool| {
            let spec = serde_json::json!({ "backup": backup });
            after_removal("efs:file-system", &spec).unwrap_or_default()
        };
        assert!(said(true).contains("aws/efs/automatic-backup-vault"));
        assert!(said(false).contains("all that it holds is lost"));
    }
}
