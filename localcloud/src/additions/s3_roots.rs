//! Answers of S3 have the root that S3's model gives them. moto names some after the operation, which the SDK refuses.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct S3Roots;

/// moto's root and S3's.
const ROOTS: [(&str, &str); 3] = [
    (
        "GetBucketAccelerateConfigurationResponse",
        "AccelerateConfiguration",
    ),
    ("GetBucketNotificationResponse", "NotificationConfiguration"),
    ("GetBucketVersioningResponse", "VersioningConfiguration"),
];

#[async_trait]
impl Addition for S3Roots {
    fn name(&self) -> &'static str {
        "s3_roots"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "s3:GetBucketAccelerateConfiguration",
            "s3:GetBucketNotificationConfiguration",
            "s3:GetBucketVersioning",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let answer = moto.send(call).await;
        let text = answer.text();
        let told = ROOTS
            .iter()
            .fold(text.into_owned(), |text, (wrong, right)| {
                text.replace(wrong, right)
            });
        answer.with_body(told)
    }
}
