//! Policies of buckets: kept here and told, never given to moto, which applies them without their conditions and so takes
//! "deny all that does not come over TLS" for "deny all". The local cloud enforces no policy.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use hyper::{Method, StatusCode};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

#[derive(Default)]
pub(super) struct S3Policies {
    /// By bucket.
    policies: Mutex<HashMap<String, Bytes>>,
}

#[async_trait]
impl Addition for S3Policies {
    fn name(&self) -> &'static str {
        "s3_policies"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "s3:PutBucketPolicy",
            "s3:GetBucketPolicy",
            "s3:DeleteBucketPolicy",
            "s3:DeleteBucket",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let bucket = call.segments().first().cloned().unwrap_or_default();
        match call.action.as_str() {
            "PutBucketPolicy" => {
                let there = moto
                    .send(&call.with_path(Method::GET, &format!("/{bucket}?versioning")))
                    .await;
                if !there.is_success() {
                    return there;
                }
                if serde_json::from_slice::<serde_json::Value>(&call.body).is_err() {
                    let message = "This policy contains invalid Json";
                    return moto.refuse(call, "MalformedPolicy", message);
                }
                self.policies().insert(bucket, call.body.clone());
                Answer::new(StatusCode::NO_CONTENT, "application/xml", Bytes::new())
            }
            "GetBucketPolicy" => {
                let kept = self.policies().get(&bucket).cloned();
                match kept {
                    Some(policy) => Answer::new(StatusCode::OK, "application/json", policy),
                    None => moto.send(call).await,
                }
            }
            _ => {
                let answer = moto.send(call).await;
                if answer.is_success() {
                    self.policies().remove(&bucket);
                }
                answer
            }
        }
    }
}

impl S3Policies {
    fn policies(&self) -> MutexGuard<'_, HashMap<String, Bytes>> {
        self.policies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
