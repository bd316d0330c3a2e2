//! The journal: what was meant before each changing call, and how it ended.
//!
//! Four rules. An intent is durable before its call is sent. Its outcome is written after the
//! answer. An intent without an outcome is settled by the next run, which looks at AWS: found
//! is adopted, absent is made again with the same token. Nothing in it is a secret.
//!
//! Objects: `runs/<run>/<step>.json` while a run lasts; when it ends they are folded into
//! `runs/<run>.json` and `manifest.json`. A killed run leaves its steps behind, and so does one
//! that ended without knowing how each of them did; the next one folds them in.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

use super::store::{Store, StoreError};
use crate::reference::Address;

const MANIFEST: &str = "manifest.json";
const RUNS: &str = "runs/";
/// Steps of killed runs that are read side by side.
const READS_AT_ONCE: usize = 16;

/// What a step means to do, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The resource.
    pub address: Address,
    /// Its kind's type name.
    pub kind: String,
    /// `create`, `update`, `await` or `delete`.
    pub action: String,
    /// The idempotency token of the call.
    pub token: String,
    /// SHA-256 of the specification that is sent.
    pub inputs: String,
    /// The natural key, for a kind that is known by it.
    pub key: Option<String>,
    /// How it ended; nothing while it has not.
    pub outcome: Option<End>,
}

impl Entry {
    /// Whether nobody knows what became of it.
    fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// Whether it is about what an earlier one was about, and so says what is known of it now.
    fn follows(&self, earlier: &Self) -> bool {
        self.address == earlier.address && self.action == earlier.action
    }
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// As meant.
    Done,
    /// With this error.
    Failed(String),
    /// Given up on request while AWS was still at work.
    Abandoned,
}

/// What a run was, kept for `history`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its id; sorts by time.
    pub run: String,
    /// The verb.
    pub verb: String,
    /// Who ran it: user@host.
    pub by: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended; nothing for one that was killed.
    pub ended: Option<String>,
    /// Its steps.
    pub entries: Vec<Entry>,
}

/// Which natural keys the stack made, and where they stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// By kind, then key.
    made: BTreeMap<String, BTreeMap<String, Address>>,
}

impl Manifest {
    /// (kind, address, key) of everything.
    pub fn entries(&self) -> Vec<(String, Address, String)> {
        self.made
            .iter()
            .flat_map(|(kind, keys)| {
                keys.iter()
                    .map(move |(key, address)| (kind.clone(), address.clone(), key.clone()))
            })
            .collect()
    }

    fn fold(&mut self, entry: &Entry) {
        let Some(key) = &entry.key else { return };
        let keys = self.made.entry(entry.kind.clone()).or_default();
        match (entry.action.as_str(), &entry.outcome) {
            // Whether a failed or unfinished creation left something behind is not known, so
            // its key stays known as ours; one that AWS does not have is simply not found.
            ("delete", Some(End::Done)) => {
                keys.remove(key);
            }
            _ => {
                keys.insert(key.clone(), entry.address.clone());
            }
        }
    }
}

/// What earlier runs left.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Everything that was made by key, open intents included.
    pub manifest: Manifest,
    /// Intents that have no outcome, of runs that were killed or in a hurry.
    pub open: Vec<Entry>,
    /// Those runs, by id.
    pub killed: Vec<String>,
}

/// Reads what earlier runs left. Two reads where none was killed.
pub async fn past(store: &dyn Store) -> Result<Past, StoreError> {
    let (manifest, left) = futures::future::try_join(manifest(store), leftovers(store)).await?;
    let mut past = Past {
        manifest,
        ..Past::default()
    };
    for (run, entries) in left {
        past.killed.push(run);
        past.open
            .retain(|earlier| !entries.iter().any(|entry| entry.follows(earlier)));
        for entry in entries {
            past.manifest.fold(&entry);
            if entry.is_open() {
                past.open.push(entry);
            }
        }
    }
    Ok(past)
}

async fn manifest(store: &dyn Store) -> Result<Manifest, StoreError> {
    match store.get(MANIFEST).await? {
        None => Ok(Manifest::default()),
        Some(stored) => serde_json::from_slice(&stored.bytes).map_err(|error| StoreError {
            doing: "reading",
            place: format!("{}{MANIFEST}", store.place()),
            cause: format!(
                "it is damaged ({error}); put back an earlier version of it, or move it away \
                 and run `adopt` to rebuild it"
            ),
        }),
    }
}

async fn leftovers(store: &dyn Store) -> Result<BTreeMap<String, Vec<Entry>>, StoreError> {
    let mut left: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut steps = Vec::new();
    for key in store.list(RUNS).await? {
        let Some((run, step)) = key.strip_prefix(RUNS).and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        left.entry(run.to_owned()).or_default();
        if step != "run.json" {
            steps.push((run.to_owned(), key));
        }
    }
    let read = stream::iter(steps).map(|(run, key)| async move {
        let stored = store.get(&key).await?;
        Ok::<_, StoreError>((run, stored))
    });
    let mut read = read.buffered(READS_AT_ONCE);
    while let Some((run, stored)) = read.try_next().await? {
        // An entry cut short by the crash was not acknowledged, so its call was never sent.
        if let Some(stored) = stored
            && let Ok(entry) = serde_json::from_slice(&stored.bytes)
        {
            left.entry(run).or_default().push(entry);
        }
    }
    Ok(left)
}

/// The journal of one run.
pub struct Journal<'a> {
    store: &'a dyn Store,
    record: RunRecord,
    open: Vec<Entry>,
    killed: Vec<String>,
}

impl<'a> Journal<'a> {
    /// Begins a run's journal. `record` is the run with no entries yet.
    pub async fn begin(
        store: &'a dyn Store,
        record: RunRecord,
        past: &Past,
    ) -> Result<Self, StoreError> {
        let journal = Self {
            store,
            open: past.open.clone(),
            killed: past.killed.clone(),
            record,
        };
        let key = format!("{RUNS}{}/run.json", journal.record.run);
        journal.write(&key, &journal.record).await?;
        Ok(journal)
    }

    /// The token for a call: that of an open intent of an earlier run with the same inputs, so
    /// that AWS recognises the repetition, or `fresh`.
    pub fn token(&self, address: &Address, action: &str, inputs: &str, fresh: String) -> String {
        self.open
            .iter()
            .find(|entry| {
                entry.address == *address && entry.action == action && entry.inputs == inputs
            })
            .map_or(fresh, |entry| entry.token.clone())
    }

    /// Writes what the step at `index` is about to do, or how it ended.
    pub async fn note(&self, index: usize, entry: &Entry) -> Result<(), StoreError> {
        let key = format!("{RUNS}{}/{index:04}.json", self.record.run);
        self.write(&key, entry).await
    }

    async fn write<T: Serialize + Sync>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(value).map_err(|error| StoreError {
            doing: "writing",
            place: key.to_owned(),
            cause: error.to_string(),
        })?;
        self.store.put(key, &bytes).await.map(drop)
    }

    /// Ends the run: folds its steps, and those of killed runs, into record and manifest. Where
    /// an intent of its own is open, the steps stay: with them the tokens by which AWS knows the
    /// next run's calls for repetitions.
    pub async fn end(mut self, ended: String) -> Result<(), StoreError> {
        let mut manifest = manifest(self.store).await?;
        let left = leftovers(self.store).await?;
        for entry in left.values().flatten() {
            manifest.fold(entry);
        }
        self.record.ended = Some(ended);
        let own = left.get(&self.record.run);
        if let Some(own) = own.filter(|own| own.iter().any(Entry::is_open)) {
            self.record.entries.clone_from(own);
            let key = format!("{RUNS}{}/run.json", self.record.run);
            self.write(&key, &self.record).await?;
            return self.write(MANIFEST, &manifest).await;
        }
        for (run, entries) in &left {
            let mine = *run == self.record.run;
            if !mine && !self.killed.contains(run) {
                continue;
            }
            let record = if mine {
                RunRecord {
                    entries: entries.clone(),
                    ..self.record.clone()
                }
            } else {
                let begun: Option<RunRecord> =
                    match self.store.get(&format!("{RUNS}{run}/run.json")).await? {
                        Some(stored) => serde_json::from_slice(&stored.bytes).ok(),
                        None => None,
                    };
                RunRecord {
                    entries: entries.clone(),
                    ..begun.unwrap_or_else(|| RunRecord {
                        run: run.clone(),
                        verb: String::new(),
                        by: String::new(),
                        started: String::new(),
                        ended: None,
                        entries: Vec::new(),
                    })
                }
            };
            self.write(&format!("{RUNS}{run}.json"), &record).await?;
        }
        self.write(MANIFEST, &manifest).await?;
        let mut folded = Vec::new();
        for run in left.keys() {
            if *run == self.record.run || self.killed.contains(run) {
                folded.extend(self.store.list(&format!("{RUNS}{run}/")).await?);
            }
        }
        self.store.delete_all(&folded).await
    }
}

/// The runs so far, the latest first.
pub async fn history(store: &dyn Store) -> Result<Vec<RunRecord>, StoreError> {
    let mut runs = Vec::new();
    for key in store.list(RUNS).await? {
        let name = key.strip_prefix(RUNS).unwrap_or_default();
        let whole = !name.contains('/') || name.ends_with("/run.json");
        if whole
            && let Some(stored) = store.get(&key).await?
            && let Ok(record) = serde_json::from_slice::<RunRecord>(&stored.bytes)
        {
            runs.push(record);
        }
    }
    runs.sort_by(|a, b| b.run.cmp(&a.run));
    Ok(runs)
}
