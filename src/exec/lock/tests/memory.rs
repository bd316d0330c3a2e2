//! A store in memory whose answers can be lost.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Mutex;

use async_trait::async_trait;

use crate::exec::store::{Store, StoreError, Stored, Swap, Version};

/// Objects in memory, and what becomes of the next call of an operation.
#[derive(Default)]
pub(super) struct Memory {
    objects: Mutex<BTreeMap<String, (u64, Vec<u8>)>>,
    writes: Mutex<u64>,
    fault: Mutex<Option<(&'static str, Fault)>>,
    down: Mutex<bool>,
}

#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// It was done, but the answer never came.
    AnswerLost,
    /// It was done, the answer never came, and the client sent it again by itself.
    SentTwice,
    /// It never came to the store, and nobody says so.
    Swallowed,
    /// It was done, and nobody says so.
    Unanswered,
}

impl Memory {
    pub(super) fn fault(&self, operation: &'static str, fault: Fault) {
        *self.fault.lock().unwrap() = Some((operation, fault));
    }

    pub(super) fn down(&self, down: bool) {
        *self.down.lock().unwrap() = down;
    }

    fn reachable(&self) -> Result<(), StoreError> {
        if *self.down.lock().unwrap() {
            return Err(unreachable());
        }
        Ok(())
    }

    async fn swap(
        &self,
        operation: &'static str,
        key: &str,
        bytes: Option<&[u8]>,
        expected: Option<&Version>,
    ) -> Result<Swap, StoreError> {
        self.reachable()?;
        let fault = {
            let mut fault = self.fault.lock().unwrap();
            fault.take_if(|(on, _)| *on == operation)
        };
        let done = || self.try_swap(key, bytes, expected);
        match fault.map(|(_, fault)| fault) {
            None => Ok(done()),
            Some(Fault::AnswerLost) => {
                done();
                Err(unreachable())
            }
            Some(Fault::SentTwice) => {
                done();
                Ok(done())
            }
            Some(Fault::Swallowed) => pending().await,
            Some(Fault::Unanswered) => {
                done();
                pending().await
            }
        }
    }

    fn try_swap(&self, key: &str, bytes: Option<&[u8]>, expected: Option<&Version>) -> Swap {
        let mut objects = self.objects.lock().unwrap();
        let stands = objects
            .get(key)
            .map(|(version, _)| Version(version.to_string()));
        if stands.as_ref() != expected {
            return Swap::Lost;
        }
        let mut writes = self.writes.lock().unwrap();
        *writes += 1;
        match bytes {
            Some(bytes) => objects.insert(key.to_owned(), (*writes, bytes.to_vec())),
            None => objects.remove(key),
        };
        Swap::Done(Version(writes.to_string()))
    }
}

fn unreachable() -> StoreError {
    StoreError {
        doing: "writing",
        place: "memory".to_owned(),
        cause: "connection reset".to_owned(),
    }
}

#[async_trait]
impl Store for Memory {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        self.reachable()?;
        let objects = self.objects.lock().unwrap();
        Ok(objects.get(key).map(|(version, bytes)| Stored {
            bytes: bytes.clone(),
            version: Version(version.to_string()),
        }))
    }

    async fn put(&self, _: &str, _: &[u8]) -> Result<Version, StoreError> {
        panic!("the lock must not write unconditionally")
    }

    async fn put_if_absent(&self, key: &str, bytes: &[u8]) -> Result<Swap, StoreError> {
        self.swap("put_if_absent", key, Some(bytes), None).await
    }

    async fn put_if_match(
        &self,
        key: &str,
        version: &Version,
        bytes: &[u8],
    ) -> Result<Swap, StoreError> {
        self.swap("put_if_match", key, Some(bytes), Some(version))
            .await
    }

    async fn delete(&self, _: &str) -> Result<(), StoreError> {
        panic!("the lock must not remove unconditionally")
    }

    async fn delete_if_match(&self, key: &str, version: &Version) -> Result<bool, StoreError> {
        let swap = self
            .swap("delete_if_match", key, None, Some(version))
            .await?;
        Ok(matches!(swap, Swap::Done(_)))
    }

    async fn list(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.objects.lock().unwrap().keys().cloned().collect())
    }

    fn place(&self) -> String {
        "memory:".to_owned()
    }
}
