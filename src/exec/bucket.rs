//! A store in an S3 bucket.
//!
//! S3 keeps the promise that the lock needs: a write under `If-None-Match: *` or `If-Match` is
//! one step, and what it acknowledged is what every later read sees.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use rand::RngExt;

use super::store::{Store, StoreError, Stored, Swap, Version};
use crate::aws::{AwsError, Cloud, During};

/// Objects in a bucket.
#[derive(Clone)]
pub struct Bucket {
    cloud: Cloud,
    name: String,
}

/// How often a conditional write is repeated that S3 could not decide because another was
/// under way (`409 ConditionalRequestConflict`; its guide says to repeat it).
const CONFLICTS: u32 = 8;

/// `DeleteObjects` takes at most a thousand.
const AT_ONCE: usize = 1000;

/// What S3 said to a conditional request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// The condition does not hold: somebody else's content stands there, or none.
    Lost,
    /// Undecided: ask again.
    Conflict,
    /// Another error.
    Failed,
}

/// `If-Match` on an object that is not there is answered with 404, not with 412.
fn verdict(error: &AwsError) -> Verdict {
    if error.is("PreconditionFailed") || error.is("NoSuchKey") || error.is("NotFound") {
        Verdict::Lost
    } else if error.is("ConditionalRequestConflict") {
        Verdict::Conflict
    } else {
        Verdict::Failed
    }
}

impl Bucket {
    /// The bucket of that name, in the cloud's region. It must exist before the first write;
    /// before that there is simply nothing in it.
    pub fn new(cloud: Cloud, name: impl Into<String>) -> Self {
        Self {
            cloud,
            name: name.into(),
        }
    }

    fn failed(&self, doing: &'static str, key: &str, error: &AwsError) -> StoreError {
        StoreError {
            doing,
            place: format!("s3://{}/{key}", self.name),
            cause: error.to_string(),
        }
    }

    fn putting(&self, key: &str, bytes: &[u8]) -> PutObjectFluentBuilder {
        self.cloud
            .s3()
            .put_object()
            .bucket(&self.name)
            .key(key)
            .content_type("application/json")
            .body(ByteStream::from(bytes.to_vec()))
    }

    /// Repeats a conditional request until S3 has decided; nothing where its condition does
    /// not hold.
    async fn decided<T, F>(
        &self,
        doing: &'static str,
        key: &str,
        mut ask: impl FnMut() -> F,
    ) -> Result<Option<T>, StoreError>
    where
        F: Future<Output = Result<T, AwsError>>,
    {
        let mut conflicts = 0;
        loop {
            let error = match ask().await {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) => error,
            };
            match verdict(&error) {
                Verdict::Lost => return Ok(None),
                Verdict::Conflict if conflicts < CONFLICTS => {
                    conflicts += 1;
                    let pause = rand::rng().random_range(50..150) * u64::from(conflicts);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                _ => return Err(self.failed(doing, key, &error)),
            }
        }
    }

    async fn swap(
        &self,
        key: &str,
        put: impl Fn() -> PutObjectFluentBuilder,
    ) -> Result<Swap, StoreError> {
        let written = self
            .decided("writing", key, || {
                let put = put();
                async move {
                    let answer = put.send().await.during("s3:PutObject")?;
                    Ok(version(answer.e_tag()))
                }
            })
            .await?;
        Ok(written.map_or(Swap::Lost, Swap::Done))
    }
}

fn version(tag: Option<&str>) -> Version {
    Version(tag.unwrap_or_default().to_owned())
}

/// Before the first apply the bucket itself is missing.
fn absent(error: &AwsError) -> bool {
    error.is("NoSuchKey") || error.is("NoSuchBucket")
}

#[async_trait]
impl Store for Bucket {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let answer = self
            .cloud
            .s3()
            .get_object()
            .bucket(&self.name)
            .key(key)
            .send()
            .await;
        let answer = match answer.during("s3:GetObject") {
            Err(error) if absent(&error) => return Ok(None),
            Err(error) => return Err(self.failed("reading", key, &error)),
            Ok(answer) => answer,
        };
        let version = version(answer.e_tag());
        let bytes = answer.body.collect().await.map_err(|error| StoreError {
            doing: "reading",
            place: format!("s3://{}/{key}", self.name),
            cause: error.to_string(),
        })?;
        Ok(Some(Stored {
            bytes: bytes.to_vec(),
            version,
        }))
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<Version, StoreError> {
        let answer = self
            .putting(key, bytes)
            .send()
            .await
            .during("s3:PutObject")
            .map_err(|error| self.failed("writing", key, &error))?;
        Ok(version(answer.e_tag()))
    }

    async fn put_if_absent(&self, key: &str, bytes: &[u8]) -> Result<Swap, StoreError> {
        self.swap(key, || self.putting(key, bytes).if_none_match("*"))
            .await
    }

    async fn put_if_match(
        &self,
        key: &str,
        version: &Version,
        bytes: &[u8],
    ) -> Result<Swap, StoreError> {
        self.swap(key, || self.putting(key, bytes).if_match(&version.0))
            .await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.cloud
            .s3()
            .delete_object()
            .bucket(&self.name)
            .key(key)
            .send()
            .await
            .during("s3:DeleteObject")
            .map(drop)
            .map_err(|error| self.failed("removing", key, &error))
    }

    async fn delete_all(&self, keys: &[String]) -> Result<(), StoreError> {
        for batch in keys.chunks(AT_ONCE) {
            let failed = |cause: String| StoreError {
                doing: "removing",
                place: format!("s3://{}/", self.name),
                cause,
            };
            let objects = batch
                .iter()
                .map(|key| ObjectIdentifier::builder().key(key).build())
                .collect::<Result<Vec<_>, _>>();
            let request = objects
                .and_then(|objects| {
                    let request = Delete::builder().set_objects(Some(objects));
                    request.quiet(true).build()
                })
                .map_err(|error| failed(error.to_string()))?;
            let answer = self
                .cloud
                .s3()
                .delete_objects()
                .bucket(&self.name)
                .delete(request)
                .send()
                .await
                .during("s3:DeleteObjects")
                .map_err(|error| failed(error.to_string()))?;
            if let Some(kept) = answer.errors().first() {
                let (key, message) = (kept.key(), kept.message());
                return Err(failed(format!(
                    "{} stays: {}",
                    key.unwrap_or_default(),
                    message.unwrap_or("S3 gives no reason")
                )));
            }
        }
        Ok(())
    }

    async fn delete_if_match(&self, key: &str, version: &Version) -> Result<bool, StoreError> {
        let gone = self
            .decided("removing", key, || {
                let call = self
                    .cloud
                    .s3()
                    .delete_object()
                    .bucket(&self.name)
                    .key(key)
                    .if_match(&version.0);
                async move { call.send().await.during("s3:DeleteObject").map(drop) }
            })
            .await?;
        Ok(gone.is_some())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut pages = self
            .cloud
            .s3()
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(prefix)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            match page.during("s3:ListObjectsV2") {
                Ok(page) => keys.extend(
                    page.contents()
                        .iter()
                        .filter_map(|object| object.key().map(str::to_owned)),
                ),
                Err(error) if absent(&error) => return Ok(Vec::new()),
                Err(error) => return Err(self.failed("listing", prefix, &error)),
            }
        }
        keys.sort();
        Ok(keys)
    }

    fn place(&self) -> String {
        format!("s3://{}/", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_does_not_hold_is_told_from_one_that_is_undecided() {
        let said = |code: &str| {
            let mut error = AwsError::unexpected("s3:PutObject", "");
            error.code = code.to_owned();
            verdict(&error)
        };
        assert_eq!(said("PreconditionFailed"), Verdict::Lost);
        assert_eq!(said("NoSuchKey"), Verdict::Lost);
        assert_eq!(said("ConditionalRequestConflict"), Verdict::Conflict);
        assert_eq!(said("AccessDenied"), Verdict::Failed);
        assert_eq!(said("NoSuchBucket"), Verdict::Failed);
    }
}
