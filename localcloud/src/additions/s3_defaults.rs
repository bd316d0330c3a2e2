//! What every new bucket has on S3 and not on moto: encryption with S3's own key, no public access, no access lists; and the
//! tags that may come with `CreateBucket`.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use hyper::{Method, StatusCode};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

#[derive(Default)]
pub(super) struct S3Defaults {
    /// Bucket and configuration that was removed by hand, and so is no longer there by default.
    removed: Mutex<HashSet<(String, &'static str)>>,
}

const ENCRYPTION: &str = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
    </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";
const NO_PUBLIC_ACCESS: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
    <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
    <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
const OWNERSHIP: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";

#[async_trait]
impl Addition for S3Defaults {
    fn name(&self) -> &'static str {
        "s3_defaults"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "s3:CreateBucket",
            "s3:GetBucketEncryption",
            "s3:GetPublicAccessBlock",
            "s3:DeletePublicAccessBlock",
            "s3:GetBucketOwnershipControls",
            "s3:DeleteBucketOwnershipControls",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let bucket = call.segments().first().cloned().unwrap_or_default();
        let answer = moto.send(call).await;
        let (kind, default, absent) = match call.action.as_str() {
            "CreateBucket" => return self.created(call, moto, bucket, answer).await,
            "GetBucketEncryption" => (
                "encryption",
                ENCRYPTION,
                "ServerSideEncryptionConfigurationNotFoundError",
            ),
            "GetPublicAccessBlock" => (
                "access",
                NO_PUBLIC_ACCESS,
                "NoSuchPublicAccessBlockConfiguration",
            ),
            "GetBucketOwnershipControls" => {
                ("ownership", OWNERSHIP, "OwnershipControlsNotFoundError")
            }
            removing => {
                if answer.is_success() {
                    let kind = if removing == "DeletePublicAccessBlock" {
                        "access"
                    } else {
                        "ownership"
                    };
                    self.removed().insert((bucket, kind));
                }
                return answer;
            }
        };
        let is_absent = !answer.is_success() && xml::inner(&answer.text(), "Code") == Some(absent);
        if is_absent && !self.removed().contains(&(bucket, kind)) {
            return Answer::new(StatusCode::OK, "application/xml", default);
        }
        answer
    }
}

impl S3Defaults {
    fn removed(&self) -> std::sync::MutexGuard<'_, HashSet<(String, &'static str)>> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn created(&self, call: &Call, moto: &Moto, bucket: String, answer: Answer) -> Answer {
        let body = String::from_utf8_lossy(&call.body);
        if answer.is_success()
            && let Some(tags) = xml::inner(&body, "Tags")
        {
            let mut tagging = call.with_path(Method::PUT, &format!("{}?tagging", call.path));
            tagging.body = Bytes::from(format!("<Tagging><TagSet>{tags}</TagSet></Tagging>"));
            for checksum in [
                "content-md5",
                "x-amz-checksum-crc32",
                "x-amz-sdk-checksum-algorithm",
                "x-amz-content-sha256",
            ] {
                tagging.headers.remove(checksum);
            }
            moto.send(&tagging).await;
        }
        self.removed().retain(|(of, _)| *of != bucket);
        answer
    }
}
