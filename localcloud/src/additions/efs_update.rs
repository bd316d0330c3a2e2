//! `UpdateFileSystem` and `UpdateFileSystemProtection`, which moto lacks: what they set is kept here and told by
//! `DescribeFileSystems`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use hyper::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

#[derive(Default)]
pub(super) struct EfsUpdate {
    /// Members that differ from moto's, by file system.
    changes: Mutex<HashMap<String, Map<String, Value>>>,
}

#[async_trait]
impl Addition for EfsUpdate {
    fn name(&self) -> &'static str {
        "efs_update"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "efs:UpdateFileSystem",
            "efs:UpdateFileSystemProtection",
            "efs:DescribeFileSystems",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        if call.action == "DescribeFileSystems" {
            let answer = moto.send(call).await;
            return self.mended(answer);
        }
        let id = call.segments().get(2).cloned().unwrap_or_default();
        let there = call.with_path(
            Method::GET,
            &format!("/2015-02-01/file-systems?FileSystemId={id}"),
        );
        let found = moto.send(&there).await;
        if !found.is_success() {
            return found;
        }
        let asked = call.json();
        {
            let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = changes.entry(id).or_default();
            if call.action == "UpdateFileSystemProtection" {
                let protection = asked["ReplicationOverwriteProtection"].clone();
                kept.insert(
                    "FileSystemProtection".to_owned(),
                    json!({ "ReplicationOverwriteProtection": protection }),
                );
            } else {
                for member in ["ThroughputMode", "ProvisionedThroughputInMibps"] {
                    if !asked[member].is_null() {
                        kept.insert(member.to_owned(), asked[member].clone());
                    }
                }
                if kept
                    .get("ThroughputMode")
                    .is_some_and(|mode| mode != "provisioned")
                {
                    kept.insert("ProvisionedThroughputInMibps".to_owned(), Value::Null);
                }
            }
        }
        let all = self.mended(found).value();
        let one = &all["FileSystems"][0];
        match call.action.as_str() {
            "UpdateFileSystem" => Answer::json(StatusCode::ACCEPTED, one),
            _ => Answer::json(StatusCode::OK, &one["FileSystemProtection"]),
        }
    }
}

impl EfsUpdate {
    fn mended(&self, answer: Answer) -> Answer {
        let mut value = answer.value();
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        for file_system in value["FileSystems"].as_array_mut().into_iter().flatten() {
            let Some(kept) = file_system["FileSystemId"]
                .as_str()
                .and_then(|id| changes.get(id))
            else {
                continue;
            };
            for (member, set) in kept.clone() {
                if set.is_null() {
                    file_system
                        .as_object_mut()
                        .map(|members| members.remove(&member));
                } else {
                    file_system[member] = set;
                }
            }
        }
        if changes.is_empty() || !answer.is_success() {
            answer
        } else {
            answer.with_body(value.to_string())
        }
    }
}
