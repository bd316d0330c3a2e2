//! Where journal and lock lie: a few small objects with compare-and-swap.

use async_trait::async_trait;

/// The version of an object as the store knows it (S3: its ETag).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// An object with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The content.
    pub bytes: Vec<u8>,
    /// The version of this content.
    pub version: Version,
}

/// How a conditional write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It is written; this is its version.
    Done(Version),
    /// Somebody else's content stands there.
    Lost,
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
#[error("{doing} {place}: {cause}")]
pub struct StoreError {
    /// What was tried: "reading", "writing".
    pub doing: &'static str,
    /// The object, with bucket or folder.
    pub place: String,
    /// What went wrong, in the system's or AWS's words.
    pub cause: String,
}

/// A place for small objects. Keys are paths of the letters `a-z0-9-_.` and `/`.
/// What a write has acknowledged survives a crash.
#[async_trait]
pub trait Store: Send + Sync {
    /// The object, or nothing.
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError>;
    /// Writes, whatever stands there.
    async fn put(&self, key: &str, bytes: &[u8]) -> Result<Version, StoreError>;
    /// Writes only where nothing stands.
    async fn put_if_absent(&self, key: &str, bytes: &[u8]) -> Result<Swap, StoreError>;
    /// Writes only over that version.
    async fn put_if_match(
        &self,
        key: &str,
        version: &Version,
        bytes: &[u8],
    ) -> Result<Swap, StoreError>;
    /// Removes; gone already is success.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;
    /// Removes all of these; what is gone already is success.
    async fn delete_all(&self, keys: &[String]) -> Result<(), StoreError> {
        for key in keys {
            self.delete(key).await?;
        }
        Ok(())
    }
    /// Removes only that version; true if it was removed.
    async fn delete_if_match(&self, key: &str, version: &Version) -> Result<bool, StoreError>;
    /// The keys that start so, sorted.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;
    /// The place as a person reads it: `s3://bucket/` or a folder.
    fn place(&self) -> String;
}
