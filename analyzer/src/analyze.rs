//! The seam between the service and whatever analyses files for it: the pool of worker processes
//! in production, a stand-in in tests.

mod pooled;

use async_trait::async_trait;
use bytes::Bytes;
use codedetect_engine::report::Report;
pub use pooled::Pooled;

/// A file as it was uploaded. The name is safe already (see [`crate::upload::name`]), the
/// content is hostile until the contrary is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// A relative path with `/` between its parts.
    pub path: String,
    /// What the file holds.
    pub content: Bytes,
}

/// Analyses files, each apart from the others and from the service.
#[async_trait]
pub trait Analyze: Send + Sync + 'static {
    /// One [`codedetect_engine::report::FileReport`] a file, in the order given.
    ///
    /// A file whose analysis was stopped (too long, too large, a worker that died) is a report
    /// with its reason in `errors` when others came through. An error means that nothing did.
    async fn analyze(&self, files: Vec<NamedFile>) -> Result<Report, AnalyzeError>;

    /// What the metrics say of it.
    fn load(&self) -> AnalyzerLoad {
        AnalyzerLoad::default()
    }
}

/// How busy an analyser is, and how often it lost a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnalyzerLoad {
    /// Files that wait for a worker.
    pub queued: u64,
    /// Files being analysed now.
    pub running: u64,
    /// Workers that died, hung or grew, since the start.
    pub worker_deaths: u64,
    /// Whether the kernel keeps workers from files and network.
    pub landlock: bool,
    /// Whether the kernel keeps workers from all system calls but a few.
    pub seccomp: bool,
}

/// Why an upload could not be analysed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalyzeError {
    /// More is waiting than could be done in time; later it may not be.
    #[error("too many files are waiting to be analysed")]
    Overloaded,
    /// This upload stopped its worker. The same again would stop another.
    #[error("the analysis of {path} was stopped: {reason}")]
    Stopped {
        /// The file.
        path: String,
        /// What it did: took too long, too much memory, too many levels.
        reason: String,
    },
    /// No worker could be started, or it spoke nonsense: not the upload's fault.
    #[error("the analyser is not available: {0}")]
    Unavailable(String),
}
