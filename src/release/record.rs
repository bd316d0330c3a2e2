//! What a release means to do and how far it is, written down before each step and after it.
//!
//! One object a workload, `releases/<workload>/current.json`, from the first step to the last; then it becomes
//! `releases/<workload>/<run>.json`, the evidence with it. While it is there, nothing else may move the workload's colours.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

use super::baseline::Baseline;
use super::evidence::Evidence;
use super::step::Step;
use crate::exec::store::{Store, StoreError, Version};
use crate::model::workloads::Colour;

/// The version of the record's form.
const VERSION: u32 = 1;
pub(super) const RELEASES: &str = "releases/";
/// Records that are read side by side.
const READS_AT_ONCE: usize = 16;

/// A release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The version of this form.
    pub version: u32,
    /// The run's id; sorts by time.
    pub run: String,
    /// The fencing number of the run that has written it last: no two write the same.
    #[serde(default)]
    pub fence: u64,
    /// `deploy`, `switch`, `rollback` or `refresh`.
    pub verb: String,
    /// Who: user@host.
    pub by: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// The workload.
    pub workload: String,
    /// The colour that served before.
    pub from: Colour,
    /// The colour that is to serve.
    pub to: Colour,
    /// The image that is to run.
    pub image: String,
    /// How everything was before.
    pub before: Before,
    /// What it is judged against; nothing where nothing judges it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// The steps, done and to do.
    pub steps: Vec<Taken>,
    /// Set once it is on its way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Back>,
    /// How it ended; nothing while it has not.
    pub ended: Option<Ended>,
    /// The version of it that was read or written last; nothing where none lies in the store yet. No other is written over.
    #[serde(skip)]
    pub stored: Option<Version>,
}

/// A step in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// What it makes true.
    #[serde(flatten)]
    pub step: Step,
    /// How far it is.
    pub state: State,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// What was seen, where that says more than that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not begun.
    Open,
    /// Begun; whether it is done is not known.
    Begun,
    /// Done.
    Done,
    /// It could not be done.
    Failed,
}

/// The way back that a release is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Back {
    /// The first of its steps, counted from 0.
    pub from_step: usize,
    /// What it ends as.
    pub verdict: Verdict,
    /// Why it goes back, where nobody asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// How everything was before the first step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// By colour.
    pub colours: BTreeMap<Colour, ColourBefore>,
}

/// How a colour was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColourBefore {
    /// Its share of the traffic.
    pub weight: u32,
    /// The least number of its instances.
    pub least: u32,
    /// How many there were.
    pub instances: u32,
    /// Its release parameter.
    pub release: String,
}

/// How a release ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// When, RFC 3339.
    pub at: String,
    /// How.
    pub verdict: Verdict,
    /// The cause, where it did not go as meant: which target, which answer, which alarm.
    pub cause: Option<String>,
    /// What was seen through the load balancer meanwhile.
    pub evidence: Option<Evidence>,
}

/// How a release ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The new colour serves.
    Done,
    /// A gate failed, and the old colour serves again.
    RolledBack,
    /// A person chose to go back.
    Aborted,
}

/// What a record begins with.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The run's id.
    pub run: String,
    /// The verb.
    pub verb: &'static str,
    /// Who.
    pub by: String,
    /// When.
    pub started: String,
    /// The workload.
    pub workload: String,
    /// The colour that serves.
    pub from: Colour,
    /// The colour that is to serve.
    pub to: Colour,
    /// The image that is to run.
    pub image: String,
    /// How everything is.
    pub before: Before,
}

impl Record {
    /// A record of these steps, none of them begun.
    pub fn new(beginning: Beginning, steps: Vec<Step>) -> Self {
        Self {
            version: VERSION,
            run: beginning.run,
            fence: 0,
            verb: beginning.verb.to_owned(),
            by: beginning.by,
            started: beginning.started,
            workload: beginning.workload,
            from: beginning.from,
            to: beginning.to,
            image: beginning.image,
            before: beginning.before,
            baseline: None,
            steps: steps.into_iter().map(Taken::open).collect(),
            back: None,
            ended: None,
            stored: None,
        }
    }

    /// The first step that is not known to be done; on the way back, of that way.
    pub fn next(&self) -> Option<usize> {
        let from = self.back.as_ref().map_or(0, |back| back.from_step);
        let mut left = self.steps.iter().enumerate().skip(from);
        left.find_map(|(index, one)| (one.state != State::Done).then_some(index))
    }

    /// Whether traffic has begun to move.
    pub fn has_moved(&self) -> bool {
        self.steps.iter().any(|taken| {
            let moves = matches!(taken.step, Step::Weigh { .. } | Step::Refresh { .. });
            moves && taken.state != State::Open
        })
    }

    /// Whether what fails after traffic moved leads back: a rollback is itself the way back.
    pub fn may_be_taken_back(&self) -> bool {
        self.verb != "rollback"
    }
}

impl Taken {
    /// A step that is not begun.
    pub fn open(step: Step) -> Self {
        Self {
            step,
            state: State::Open,
            took_ms: None,
            seen: None,
        }
    }
}

impl Before {
    /// The least number of a colour's instances.
    pub fn least(&self, colour: Colour) -> u32 {
        self.colours.get(&colour).map_or(0, |one| one.least)
    }

    /// How many instances a colour had.
    pub fn instances(&self, colour: Colour) -> u32 {
        self.colours.get(&colour).map_or(0, |one| one.instances)
    }

    /// A colour's release.
    pub fn release(&self, colour: Colour) -> &str {
        self.colours
            .get(&colour)
            .map_or("", |one| one.release.as_str())
    }
}

/// Where the record of a workload's release lies until it has ended.
pub(super) fn current(workload: &str) -> String {
    format!("{RELEASES}{workload}/current.json")
}

/// The release of a workload that has not ended, if there is one.
///
/// # Errors
/// The store does not answer, or the record is damaged.
pub async fn unfinished(store: &dyn Store, workload: &str) -> Result<Option<Record>, StoreError> {
    let key = current(workload);
    let Some(stored) = store.get(&key).await? else {
        return Ok(None);
    };
    let record: Record = serde_json::from_slice(&stored.bytes).map_err(|error| StoreError {
        doing: "reading",
        place: format!("{}{key}", store.place()),
        cause: format!("it is damaged ({error})"),
    })?;
    Ok(Some(Record {
        stored: Some(stored.version),
        ..record
    }))
}

/// The ended releases of a workload, at most so many, the latest first.
///
/// # Errors
/// The store does not answer.
pub async fn past(
    store: &dyn Store,
    workload: &str,
    most: usize,
) -> Result<Vec<Record>, StoreError> {
    let mut records = Vec::new();
    let mut keys = store.list(&format!("{RELEASES}{workload}/")).await?;
    keys.retain(|key| *key != current(workload));
    // Keys are named by runs, and these sort by time.
    for key in keys.iter().rev().take(most) {
        if let Some(stored) = store.get(key).await?
            && let Ok(record) = serde_json::from_slice::<Record>(&stored.bytes)
        {
            records.push(record);
        }
    }
    records.sort_by(|a, b| b.run.cmp(&a.run));
    Ok(records)
}

/// The releases of all workloads, ended or not, the latest first; also of those that the file has no longer.
///
/// # Errors
/// The store does not answer.
pub async fn all(store: &dyn Store) -> Result<Vec<Record>, StoreError> {
    let keys = store.list(RELEASES).await?;
    let reads = keys.iter().map(|key| async { store.get(key).await });
    let stored: Vec<_> = stream::iter(reads)
        .buffered(READS_AT_ONCE)
        .try_collect()
        .await?;
    let mut records: Vec<Record> = stored
        .into_iter()
        .flatten()
        .filter_map(|stored| serde_json::from_slice(&stored.bytes).ok())
        .collect();
    records.sort_by(|a, b| b.run.cmp(&a.run));
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::folder::Folder;

    #[tokio::test]
    async fn a_damaged_record_is_an_error_and_not_no_record() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        store
            .put("releases/analyzer/current.json", b"{")
            .await
            .unwrap();
        let error = unfinished(&store, "analyzer").await.unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}
