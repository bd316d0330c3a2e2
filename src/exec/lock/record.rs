//! What the lock's object says, and what can be told from it.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exec::process::Process;
use crate::exec::store::{Stored, Version};

/// How far the clocks of two machines may be apart, both of which can write to the store: S3
/// refuses what is signed a quarter of an hour before or after its own time. A lock that has been
/// silent for less than that beyond its lease is watched before it is taken.
const CLOCKS_APART: Duration = Duration::from_secs(30 * 60);

/// Who takes the lock, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `user@host`.
    pub owner: String,
    /// The run's id.
    pub run: String,
    /// The verb.
    pub verb: String,
}

/// The content of the lock's object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) owner: String,
    pub(super) run: String,
    pub(super) verb: String,
    #[serde(with = "rfc3339")]
    pub(super) since: Timestamp,
    #[serde(with = "rfc3339")]
    pub(super) heartbeat: Timestamp,
    /// Heartbeats so far: makes each content, and so each version of it, different.
    pub(super) beat: u64,
    pub(super) lease_seconds: u64,
    pub(super) fence: u64,
    /// Tells this taking of the lock from every other, also from another of the same run.
    pub(super) nonce: String,
    pub(super) process: Option<Process>,
}

impl Record {
    pub(super) fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }
}

/// A lock that somebody holds, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Nothing where the object is no lock that this version of the program can read.
    pub(super) record: Option<Record>,
    pub(super) version: Version,
    pub(super) place: String,
    pub(super) read_at: Timestamp,
}

impl Held {
    pub(super) fn new(stored: &Stored, place: String, read_at: Timestamp) -> Self {
        Self {
            record: serde_json::from_slice(&stored.bytes).ok(),
            version: stored.version.clone(),
            place,
            read_at,
        }
    }

    pub(super) fn is(&self, nonce: &str) -> bool {
        self.record.as_ref().is_some_and(|own| own.nonce == nonce)
    }

    pub(super) fn fence(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.fence)
    }

    /// How long ago its holder was last heard of, by the clock on the wall.
    fn silence(&self) -> Option<Duration> {
        let record = self.record.as_ref()?;
        Some(between(record.heartbeat, self.read_at))
    }

    /// Whether its holder is surely gone: the process has ended, or has been silent for longer
    /// than its lease and any difference of clocks.
    pub(super) fn is_abandoned(&self) -> bool {
        let Some(record) = &self.record else {
            return false;
        };
        record.process.as_ref().is_some_and(Process::is_gone)
            || between(record.heartbeat, self.read_at) > record.lease() + CLOCKS_APART
    }

    /// Whether at least one heartbeat is missing, or the clocks differ: worth watching for a
    /// lease, which tells the two apart.
    pub(super) fn is_suspect(&self) -> bool {
        self.record.as_ref().is_some_and(|record| {
            between(record.heartbeat, self.read_at) > record.lease().mul_f64(2.0 / 3.0)
        })
    }
}

/// What is shown of a lock; nothing where another version of the program wrote it.
impl Held {
    /// Who holds it: `user@host`.
    pub fn owner(&self) -> Option<&str> {
        self.record.as_ref().map(|record| record.owner.as_str())
    }

    /// The verb that it is held for.
    pub fn verb(&self) -> Option<&str> {
        self.record.as_ref().map(|record| record.verb.as_str())
    }

    /// Since when, RFC 3339.
    pub fn since(&self) -> Option<String> {
        Some(whole_seconds(self.record.as_ref()?.since))
    }

    /// Until when it is held if nothing more is heard of its holder, RFC 3339.
    pub fn expires(&self) -> Option<String> {
        let record = self.record.as_ref()?;
        let end = record.heartbeat.checked_add(record.lease()).ok()?;
        Some(whole_seconds(end))
    }
}

fn whole_seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(record) = &self.record else {
            return write!(
                f,
                "the lock {} is held by a run of another version of the program",
                self.place
            );
        };
        write!(
            f,
            "the lock {} is held by {}: {} since {} ({}), last heard of {} ago, run {}",
            self.place,
            record.owner,
            record.verb,
            record.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            Spoken(between(record.since, self.read_at)),
            Spoken(self.silence().unwrap_or_default()),
            record.run,
        )
    }
}

fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

/// A time as a person says it.
struct Spoken(Duration);

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds @ 0..120 => write!(f, "{seconds} s"),
            seconds @ 120..7200 => write!(f, "{} min", seconds / 60),
            seconds => write!(f, "{} h", seconds / 3600),
        }
    }
}

mod rfc3339 {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}
