//! The uploaded bytes: in a bucket of S3, or in a folder.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode};

use super::error::StoreError;
use super::key::{OWNER, PREFIX, location};
use crate::config::UploadsAddress;

/// How many objects are put at once for one upload.
pub(super) const AT_ONCE: usize = 16;

/// How much is written to see whether a folder takes anything: more than a file system keeps in
/// its own records, so that a full disk shows.
const PROBE: usize = 4 << 10;

/// Where the bytes are.
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    folder: Option<PathBuf>,
}

/// An object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) key: String,
    pub(super) modified: jiff::Timestamp,
}

impl Objects {
    /// Opens the store; a folder is made if it is not there.
    pub fn open(address: &UploadsAddress) -> Result<Self, StoreError> {
        match address {
            UploadsAddress::Folder(folder) => Self::folder(folder.clone()),
            UploadsAddress::S3 { bucket, prefix } => {
                // Its client takes the process's cryptography; a second installation is refused
                // and does no harm.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
                if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL") {
                    builder = builder
                        .with_allow_http(endpoint.starts_with("http://"))
                        .with_endpoint(endpoint);
                }
                Ok(Self {
                    store: Arc::new(builder.build()?),
                    prefix: prefix.clone(),
                    folder: None,
                })
            }
        }
    }

    fn folder(folder: PathBuf) -> Result<Self, StoreError> {
        let uploads = folder.join(PREFIX);
        std::fs::create_dir_all(&uploads).map_err(|error| StoreError::Setup {
            what: format!("the folder of uploads, {}", uploads.display()),
            why: error.to_string(),
        })?;
        Ok(Self {
            store: Arc::new(LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true)),
            prefix: PREFIX.to_owned(),
            folder: Some(uploads),
        })
    }

    /// Puts an object; it is durable when this returns.
    pub(super) async fn put(&self, key: &str, content: Bytes) -> Result<(), StoreError> {
        self.store
            .put(&location(&self.prefix, key), content.into())
            .await?;
        Ok(())
    }

    /// The bytes of an object.
    pub(super) async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let object = self.store.get(&location(&self.prefix, key)).await?;
        Ok(object.bytes().await?)
    }

    /// All objects.
    pub(super) fn list(&self) -> BoxStream<'static, Result<Listed, StoreError>> {
        let prefix = self.prefix.clone();
        self.store
            .list(Some(&self.prefix.as_str().into()))
            .map_err(StoreError::from)
            .and_then(move |object| {
                let name = object.location.as_ref().strip_prefix(prefix.as_str());
                let listed = Listed {
                    key: format!("{PREFIX}{}", name.unwrap_or(object.location.as_ref())),
                    modified: jiff::Timestamp::from_millisecond(
                        object.last_modified.timestamp_millis(),
                    )
                    .unwrap_or(jiff::Timestamp::MAX),
                };
                futures::future::ready(Ok(listed))
            })
            .boxed()
    }

    /// Whose the objects are: of the database that says so first.
    pub(super) async fn claim(&self, database: &str) -> Result<(), StoreError> {
        let location = location(&self.prefix, OWNER);
        let put = self
            .store
            .put_opts(
                &location,
                database.to_owned().into(),
                PutMode::Create.into(),
            )
            .await;
        match put {
            Ok(_) => return Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let owner = self.get(OWNER).await?;
        if owner == database.as_bytes() {
            return Ok(());
        }
        Err(StoreError::Foreign {
            owner: String::from_utf8_lossy(&owner).into_owned(),
            object: location.to_string(),
        })
    }

    /// Removes an object. One that is gone is as good.
    pub(super) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self.store.delete(&location(&self.prefix, key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the store answers, and a folder can be written to.
    pub async fn probe(&self) -> Result<(), StoreError> {
        if let Some(folder) = self.folder.clone() {
            return match tokio::task::spawn_blocking(move || can_be_written(&folder)).await {
                Ok(outcome) => outcome,
                Err(error) => Err(StoreError::Setup {
                    what: "the probe of the folder of uploads".into(),
                    why: error.to_string(),
                }),
            };
        }
        match self.store.head(&location(&self.prefix, "health")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn can_be_written(folder: &std::path::Path) -> Result<(), StoreError> {
    // In a container every service is process 1, and several share a folder.
    let probe = folder.join(format!(".probe-{}", uuid::Uuid::now_v7().simple()));
    let written = std::fs::write(&probe, [b'.'; PROBE]);
    let removed = match std::fs::remove_file(&probe) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    };
    written.and(removed).map_err(|error| StoreError::Setup {
        what: format!("the folder of uploads, {}", folder.display()),
        why: error.to_string(),
    })
}
