//! The state bucket: the one resource that must stand before there is a lock, and that goes when
//! there is nothing more to write down.

use std::collections::BTreeMap;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::walk::{Failure, NotStarted, Outcome, Stop};
use crate::aws::{AwsError, Cloud, During, Patience, Secrets};
use crate::event::{Doing, Event, Events};
use crate::kinds::{AnyFound, Making};
use crate::plan::{Plan, Step};
use crate::reference::{Address, references};
use crate::resource::Resource;
use crate::scope::{PROTECTED_TAG, Scope};

/// Nothing about the bucket is journalled, and buckets take no token.
const TOKEN: &str = "00000000000000000000000000000000";

/// Whether the bucket is there and may be read.
pub async fn exists(cloud: &Cloud, bucket: &str) -> Result<bool, AwsError> {
    let head = cloud
        .s3()
        .head_bucket()
        .bucket(bucket)
        .send()
        .await
        .during("s3:HeadBucket");
    match head {
        Ok(_) => Ok(true),
        Err(error) if error.not_found() => Ok(false),
        Err(error) => Err(error.hint(format!(
            "{bucket} keeps the stack's journal and lock; if it is not yours, change the \
             stack's name"
        ))),
    }
}

/// Makes the state bucket ahead of the run that will find and complete it. It is tagged in
/// the same way, so a crash in between orphans nothing.
pub async fn make(
    cloud: &Cloud,
    scope: &Scope,
    bucket: &Resource,
    secrets: &dyn Secrets,
) -> Result<(), AwsError> {
    if let Some(output) = references(&bucket.spec).first() {
        return Err(AwsError::unexpected(
            "s3:bucket",
            format!("the state bucket may not depend on {output}"),
        ));
    }
    let mut tags: BTreeMap<String, String> = bucket.tags.clone();
    tags.extend(scope.own_tags(&bucket.address));
    tags.insert(PROTECTED_TAG.to_owned(), "true".to_owned());
    let stop = CancellationToken::new();
    let making = Making {
        cloud,
        scope,
        address: &bucket.address,
        tags: &tags,
        token: TOKEN,
        secrets,
        patience: Patience {
            stop: &stop,
            note: &|_| {},
        },
    };
    bucket.kind.create(&making, &bucket.spec).await.map(drop)
}

/// The removal of the state bucket, taken out of the plan that [`super::walk`] carries out.
pub struct Farewell {
    step: Step,
    index: usize,
}

impl Farewell {
    /// Takes it out of a plan where it stands last (see [`Plan::put_last`]).
    pub fn take_from(plan: &mut Plan, bucket: &Address) -> Option<Self> {
        let last = plan.steps.last()?;
        let removed = last.found.is_some() && last.wanted.is_none();
        if last.address != *bucket || !removed {
            return None;
        }
        let step = plan.steps.pop()?;
        let index = plan.steps.len();
        Some(Self { step, index })
    }

    /// Removes the bucket with all that was written to it. The run's journal has ended and its
    /// lock was given back: both lay in it.
    pub async fn say(
        &self,
        cloud: &Cloud,
        scope: &Scope,
        secrets: &dyn Secrets,
        stop: &Stop,
        events: &dyn Events,
        outcome: &mut Outcome,
    ) {
        let Step { address, kind, .. } = &self.step;
        let Some(found) = &self.step.found else {
            return;
        };
        events.emit(Event::StepStarted {
            address: address.clone(),
            kind: kind.type_name().to_owned(),
            doing: Doing::Delete,
            usually: super::walk::A_CALL,
        });
        let began = Instant::now();
        match self
            .remove(cloud, scope, secrets, stop, events, found)
            .await
        {
            Ok(()) => {
                outcome.done += 1;
                events.emit(Event::StepDone {
                    address: address.clone(),
                    doing: Doing::Delete,
                    took: began.elapsed(),
                });
            }
            Err(error) if error.abandoned() => {
                events.emit(Event::Note {
                    address: Some(address.clone()),
                    text: "no longer waited for; the next destroy removes it".to_owned(),
                });
                outcome.abandoned.push(address.clone());
            }
            Err(error) => {
                events.emit(Event::StepFailed {
                    address: address.clone(),
                    kind: kind.type_name().to_owned(),
                    doing: Doing::Delete,
                    error: error.to_string(),
                    hint: error.hint.clone(),
                });
                outcome.failed.push(Failure {
                    step: self.index,
                    address: address.clone(),
                    doing: Doing::Delete,
                    error,
                });
            }
        }
    }

    async fn remove(
        &self,
        cloud: &Cloud,
        scope: &Scope,
        secrets: &dyn Secrets,
        stop: &Stop,
        events: &dyn Events,
        found: &AnyFound,
    ) -> Result<(), AwsError> {
        let address = &self.step.address;
        let note = |text: &str| {
            events.emit(Event::StepWaiting {
                address: address.clone(),
                what: text.to_owned(),
            });
        };
        let making = Making {
            cloud,
            scope,
            address,
            tags: &self.step.all_tags,
            token: TOKEN,
            secrets,
            patience: Patience {
                stop: &stop.asked,
                note: &note,
            },
        };
        self.step.kind.delete(&making, found).await
    }

    /// Leaves the bucket where it is, since the run has left other things: what they are is
    /// written in it.
    pub fn put_off(&self, events: &dyn Events, outcome: &mut Outcome) {
        let because: Vec<Address> = outcome
            .failed
            .iter()
            .map(|failure| failure.address.clone())
            .collect();
        events.emit(Event::StepNotStarted {
            address: self.step.address.clone(),
            doing: Doing::Delete,
            because: because.clone(),
        });
        outcome.not_started.push(NotStarted {
            step: self.index,
            address: self.step.address.clone(),
            doing: Doing::Delete,
            because,
        });
    }
}
