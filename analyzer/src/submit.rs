//! From uploaded files to an acknowledged scan.

use crate::analyze::{Analyze, AnalyzeError, NamedFile};
use crate::store::scan::Scan;
use crate::store::{Store, StoreError};

/// How often an upload is put again because a sweep may have removed an object of it.
const AGAIN: u32 = 20;

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
    let mut since = store.pardons();
    let (put, report) = tokio::join!(store.put(&files), analyzer.analyze(files.clone()));
    let scan = Store::scan_of(name, put?, report?)?;
    for _ in 0..AGAIN {
        match store.record(&scan, since).await {
            Err(StoreError::Condemned) => since = store.put_again(&files).await?,
            Err(error) => return Err(error.into()),
            Ok(()) => return Ok(scan),
        }
    }
    Err(StoreError::Condemned.into())
}
