//! What one scan may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Limits of a worker process, and of each scan in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Time on the clock for one scan.
    pub wall: Duration,
    /// Time on a processor for one scan; the kernel counts it in whole seconds, so it is
    /// rounded up.
    pub cpu: Duration,
    /// Memory that a worker may take beyond what it has when idle, in bytes.
    pub memory: u64,
    /// The longest source, in bytes.
    pub source: u32,
    /// The longest report, in bytes of JSON.
    pub report: u32,
    /// A worker is replaced after so many scans, as soon as another stands ready, so that nothing can
    /// grow in it for ever.
    pub scans: u32,
}

impl Default for Limits {
    /// Generous for any file that a person wrote: a file of 10 MB takes a second or two.
    fn default() -> Limits {
        Limits {
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(8),
            memory: 1 << 30,
            source: 16 << 20,
            report: 64 << 20,
            scans: 20_000,
        }
    }
}
