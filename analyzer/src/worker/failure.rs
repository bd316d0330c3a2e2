//! Why a scan gave no report.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What went wrong in a scan, in words for the person whose file it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// It took too long on the clock.
    #[error("the analysis was stopped: it took longer than {} s (the time limit)", .limit.as_secs_f64())]
    Wall {
        /// The limit.
        limit: Duration,
    },
    /// It took too long on a processor.
    #[error("the analysis was stopped: it computed for longer than {} s (the CPU limit)", .limit.as_secs_f64())]
    Cpu {
        /// The limit.
        limit: Duration,
    },
    /// It wanted too much memory.
    #[error("the analysis was stopped: it needed more than {} MiB (the memory limit)", .limit >> 20)]
    Memory {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The source is longer than the limit.
    #[error("the file has {size} bytes, more than {limit} (the size limit of a source file)")]
    Source {
        /// How long it is.
        size: usize,
        /// The limit.
        limit: u32,
    },
    /// The report is longer than the limit.
    #[error(
        "the report on this file is longer than {limit} bytes (the output limit): split the file"
    )]
    Report {
        /// The limit.
        limit: u32,
    },
    /// It asked the kernel for what a parser has no business with.
    #[error(
        "the analysis was stopped: it made a system call that an analysis may not make (the system call limit)"
    )]
    SystemCall,
    /// It recursed until its stack was full.
    #[error("the source is nested too deeply to be analysed (the stack limit)")]
    Stack,
    /// The analysis itself has a defect that this source shows.
    #[error("the analysis failed on this file, which is a defect of the analyzer: {message}")]
    Defect {
        /// The panic's message.
        message: String,
    },
    /// The worker ended for a reason of its own.
    #[error("the analysis ended unexpectedly ({how}); other files are not affected")]
    Died {
        /// By which signal, or with which code.
        how: String,
    },
    /// The worker answered what is no report.
    #[error("the analysis gave an answer that is no report; other files are not affected")]
    Nonsense,
    /// No worker could be started.
    #[error("no worker process could be started ({reason}): try again in a moment")]
    NoWorker {
        /// What the system said.
        reason: String,
    },
}

impl Failure {
    /// A word for metrics and logs, of which there are few.
    pub fn label(&self) -> &'static str {
        match self {
            Failure::Wall { .. } => "wall",
            Failure::Cpu { .. } => "cpu",
            Failure::Memory { .. } => "memory",
            Failure::Source { .. } => "source",
            Failure::Report { .. } => "report",
            Failure::SystemCall => "system_call",
            Failure::Stack => "stack",
            Failure::Defect { .. } => "defect",
            Failure::Died { .. } => "died",
            Failure::Nonsense => "nonsense",
            Failure::NoWorker { .. } => "no_worker",
        }
    }

    /// Whether the same file may well succeed when it is tried again: the fault was not its own.
    pub fn is_passing(&self) -> bool {
        matches!(self, Failure::NoWorker { .. })
    }
}
