//! `PutBackupPolicy`, which moto fails on: the policy is kept here and told by `DescribeBackupPolicy`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

#[derive(Default)]
pub(super) struct EfsBackupPolicy {
    /// The status by file system.
    statuses: Mutex<HashMap<String, Value>>,
}

#[async_trait]
impl Addition for EfsBackupPolicy {
    fn name(&self) -> &'static str {
        "efs_backup_policy"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["efs:PutBackupPolicy", "efs:DescribeBackupPolicy"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let file_system = call.segments().get(2).cloned().unwrap_or_default();
        let there = call.with_path(
            Method::GET,
            &format!("/2015-02-01/file-systems?FileSystemId={file_system}"),
        );
        if call.action == "PutBackupPolicy" {
            let found = moto.send(&there).await;
            if !found.is_success() {
                return found;
            }
            let status = call.json()["BackupPolicy"]["Status"].clone();
            if !["ENABLED", "DISABLED"].iter().any(|known| status == *known) {
                return moto.error(
                    call,
                    StatusCode::BAD_REQUEST,
                    "ValidationException",
                    "the status is ENABLED or DISABLED",
                );
            }
            self.statuses
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(file_system, status.clone());
            return Answer::json(
                StatusCode::OK,
                &json!({ "BackupPolicy": { "Status": status } }),
            );
        }
        let known = self
            .statuses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&file_system)
            .cloned();
        match known {
            Some(status) => {
                let found = moto.send(&there).await;
                if found.is_success() {
                    Answer::json(
                        StatusCode::OK,
                        &json!({ "BackupPolicy": { "Status": status } }),
                    )
                } else {
                    found
                }
            }
            None => moto.send(call).await,
        }
    }
}
