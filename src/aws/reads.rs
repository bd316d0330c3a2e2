//! Reads that several kinds share within one discovery.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::AwsError;

type Cell = Arc<OnceCell<Arc<dyn Any + Send + Sync>>>;

/// A cache that lives as long as one discovery, so that nothing stale outlives a change.
#[derive(Default)]
pub struct Reads {
    cells: Mutex<HashMap<String, Cell>>,
}

impl Reads {
    /// The result of `read`, which runs once for each `name` however many ask for it, at
    /// once or later. An error is not kept: the next one asks again.
    pub async fn once<T, F>(&self, name: &str, read: F) -> Result<Arc<T>, AwsError>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, AwsError>> + Send,
    {
        let cell = {
            let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(name.to_owned()).or_default())
        };
        let value = cell
            .get_or_try_init(|| async {
                let value: Arc<dyn Any + Send + Sync> = Arc::new(read.await?);
                Ok::<_, AwsError>(value)
            })
            .await?;
        Arc::clone(value).downcast::<T>().map_err(|_| {
            AwsError::unexpected(name, "two kinds share this read under different types")
        })
    }
}
