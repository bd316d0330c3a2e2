//! From uploaded files to an acknowledged scan.

use std::time::Duration;

use crate::analyze::{Analyze, AnalyzeError, NamedFile};
use crate::store::scan::Scan;
use crate::store::{Store, StoreError};

/// How often an upload is put again because a sweep was just removing an object of it.
const AGAIN: u32 = 20;

/// How long a sweep is left to go on in between.
const PAUSE: Duration = Duration::from_millis(100);

/// Why there is no scan.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Nothing could be said of the files.
    #[error(transparent)]
    Analyze(#[from] AnalyzeError),
    /// Nothing could be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Analyses the files and keeps them. When this returns, object and row are durable.
pub async fn submit(
    store: &Store,
    analyzer: &dyn Analyze,
    name: &str,
    files: Vec<NamedFile>,
) -> Result<Scan, SubmitError> {
    let (put, report) = tokio::join!(store.put(&files), analyzer.analyze(files.clone()));
    let scan = Store::scan_of(name, put?, report?)?;
    for _ in 0..AGAIN {
        match store.record(&scan).await {
            Err(StoreError::Condemned) => {
                tokio::time::sleep(PAUSE).await;
                store.put_again(&files).await?;
            }
            Err(error) => return Err(error.into()),
            Ok(()) => return Ok(scan),
        }
    }
    Err(StoreError::Condemned.into())
}
