//! What the engine promises, on kinds of no service and a store in memory.

mod convergence;
mod discover;
mod journal;
mod saved;
mod stop;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::journal::{Journal, RunRecord, past};
use super::store::{Store, StoreError, Stored, Swap, Version};
use super::{Outcome, Run, Stop, walk as carry_out};
use crate::aws::{Cloud, CloudOptions, SystemSecrets};
use crate::event::{Event, Recorded};
use crate::kinds::fake::{World, resources, scope};
use crate::plan::{Intent, Plan, plan};
use crate::resource::Resource;

type Refusal = Box<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// Objects in memory. Writes can be refused by key and text.
#[derive(Default)]
struct Memory {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    refusal: Mutex<Option<Refusal>>,
}

impl Memory {
    fn refuse(&self, which: impl Fn(&str, &str) -> bool + Send + Sync + 'static) {
        *self.refusal.lock().unwrap() = Some(Box::new(which));
    }

    fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    fn text(&self, key: &str) -> String {
        let objects = self.objects.lock().unwrap();
        String::from_utf8(objects[key].clone()).unwrap()
    }
}

fn version(bytes: &[u8]) -> Version {
    Version(String::from_utf8_lossy(bytes).into_owned())
}

#[async_trait]
impl Store for Memory {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let objects = self.objects.lock().unwrap();
        Ok(objects.get(key).map(|bytes| Stored {
            bytes: bytes.clone(),
            version: version(bytes),
        }))
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<Version, StoreError> {
        let refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(bytes);
        if refusal.as_ref().is_some_and(|refuse| refuse(key, &text)) {
            return Err(StoreError {
                doing: "writing",
                place: format!("memory:/{key}"),
                cause: "the disk is full".to_owned(),
            });
        }
        let mut objects = self.objects.lock().unwrap();
        objects.insert(key.to_owned(), bytes.to_vec());
        Ok(version(bytes))
    }

    async fn put_if_absent(&self, key: &str, bytes: &[u8]) -> Result<Swap, StoreError> {
        if self.get(key).await?.is_some() {
            return Ok(Swap::Lost);
        }
        self.put(key, bytes).await.map(Swap::Done)
    }

    async fn put_if_match(
        &self,
        key: &str,
        seen: &Version,
        bytes: &[u8],
    ) -> Result<Swap, StoreError> {
        match self.get(key).await? {
            Some(stored) if stored.version == *seen => self.put(key, bytes).await.map(Swap::Done),
            _ => Ok(Swap::Lost),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.objects.lock().unwrap().remove(key);
        Ok(())
    }

    async fn delete_if_match(&self, key: &str, seen: &Version) -> Result<bool, StoreError> {
        let there = self.get(key).await?;
        if there.is_none_or(|stored| stored.version != *seen) {
            return Ok(false);
        }
        self.delete(key).await.map(|()| true)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let keys = self.keys().into_iter();
        Ok(keys.filter(|key| key.starts_with(prefix)).collect())
    }

    fn place(&self) -> String {
        "memory:/".to_owned()
    }
}

/// Everything that a walk is given.
#[derive(Default)]
struct Rig {
    world: World,
    store: Memory,
    events: Recorded,
    stop: Stop,
}

async fn cloud() -> Cloud {
    Cloud::connect(&CloudOptions {
        region: "eu-west-1".to_owned(),
        endpoint_url: Some("http://127.0.0.1:9".to_owned()),
        profile: None,
        keys: Some(("test".to_owned(), "test".to_owned())),
    })
    .await
}

fn record(run: &str) -> RunRecord {
    RunRecord {
        run: run.to_owned(),
        verb: "apply".to_owned(),
        by: "ops@example".to_owned(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        ended: None,
        entries: Vec::new(),
    }
}

impl Rig {
    fn plan(&self, wanted: impl IntoIterator<Item = Resource>) -> Plan {
        let observed = self.world.observed();
        self.plan_of(wanted, &observed, &[])
    }

    fn plan_of(
        &self,
        wanted: impl IntoIterator<Item = Resource>,
        observed: &[crate::plan::Observed],
        manifest: &[(String, crate::reference::Address, String)],
    ) -> Plan {
        plan(&Intent {
            scope: &scope(),
            wanted: &resources(wanted),
            observed,
            manifest,
            delete_data: &BTreeSet::new(),
        })
        .unwrap()
    }

    /// A run that never comes to its end, as a killed one does not.
    async fn killed(&self, run: &str, plan: &Plan) -> Outcome {
        self.walk(run, plan, false).await
    }

    async fn run(&self, run: &str, plan: &Plan) -> Outcome {
        self.walk(run, plan, true).await
    }

    async fn walk(&self, run: &str, plan: &Plan, ends: bool) -> Outcome {
        let before = past(&self.store).await.unwrap();
        let journal = Journal::begin(&self.store, record(run), &before)
            .await
            .unwrap();
        let outcome = carry_out(
            &Run {
                cloud: &cloud().await,
                journal: &journal,
                events: &self.events,
                secrets: &SystemSecrets::new(|_| Err(std::io::Error::other("nobody to ask"))),
                stop: &self.stop,
            },
            plan,
        )
        .await;
        if ends {
            journal
                .end("2026-01-01T00:01:00Z".to_owned())
                .await
                .unwrap();
        }
        outcome
    }

    /// The addresses of the steps that were started, in that order.
    fn started(&self) -> Vec<String> {
        let events = self.events.events().into_iter();
        let started = events.filter_map(|event| match event {
            Event::StepStarted { address, .. } => Some(address.to_string()),
            _ => None,
        });
        started.collect()
    }
}

/// The causes of what was not started, as `c because a, b`.
fn not_started(outcome: &Outcome) -> Vec<String> {
    let lines = outcome.not_started.iter().map(|one| {
        let because: Vec<_> = one.because.iter().map(|root| root.as_str()).collect();
        format!("{} because {}", one.address, because.join(", "))
    });
    lines.collect()
}

const SECOND: Duration = Duration::from_secs(1);
