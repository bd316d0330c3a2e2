//! One step: its intent in the journal, its call, its wait, its outcome in the journal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::RngExt;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::order::{doing, usually};
use super::wait::wait;
use super::{Run, StepEnd, StepTime};
use crate::aws::{AwsError, Patience};
use crate::event::Event;
use crate::exec::journal::{End, Entry};
use crate::kinds::{AnyFound, Change, Changes, Making, Outputs};
use crate::plan::{Action, Plan, Step};
use crate::reference::{Address, OutputRef, references, resolve};

pub(super) async fn step(
    run: &Run<'_>,
    plan: &Plan,
    index: usize,
    outputs: Arc<Mutex<BTreeMap<Address, Outputs>>>,
    origin: Instant,
) -> (usize, StepEnd, StepTime) {
    let this = &plan.steps[index];
    let start = origin.elapsed();
    let began = Instant::now();
    run.events.emit(Event::StepStarted {
        address: this.address.clone(),
        kind: this.kind.type_name().to_owned(),
        doing: doing(this.action),
        usually: usually(this),
    });
    let mut waited = Duration::ZERO;
    let end = carry_out(run, plan, index, &outputs, &mut waited).await;
    match &end {
        StepEnd::Done(_) => run.events.emit(Event::StepDone {
            address: this.address.clone(),
            doing: doing(this.action),
            took: began.elapsed(),
        }),
        StepEnd::Failed(error) => run.events.emit(Event::StepFailed {
            address: this.address.clone(),
            kind: this.kind.type_name().to_owned(),
            doing: doing(this.action),
            error: error.to_string(),
            hint: error.hint.clone(),
        }),
        StepEnd::Abandoned => run.events.emit(Event::Note {
            address: Some(this.address.clone()),
            text: "no longer waited for; the next apply goes on waiting".to_owned(),
        }),
    }
    let time = StepTime {
        step: index,
        address: this.address.clone(),
        start,
        took: began.elapsed(),
        waited,
    };
    (index, end, time)
}

async fn carry_out(
    run: &Run<'_>,
    plan: &Plan,
    index: usize,
    outputs: &Mutex<BTreeMap<Address, Outputs>>,
    waited: &mut Duration,
) -> StepEnd {
    let this = &plan.steps[index];
    let spec = match filled(this, outputs) {
        Ok(spec) => spec,
        Err(error) => return StepEnd::Failed(error),
    };
    let mut entry = entry(run, this, &spec);
    if this.action != Action::Await
        && let Err(error) = run.journal.note(index, &entry).await
    {
        // Without a durable intent no call is sent.
        return StepEnd::Failed(AwsError::unexpected("journal", error.to_string()));
    }
    let note = |text: &str| {
        run.events.emit(Event::StepWaiting {
            address: this.address.clone(),
            what: text.to_owned(),
        });
    };
    let making = Making {
        cloud: run.cloud,
        scope: &plan.scope,
        address: &this.address,
        tags: &this.all_tags,
        token: &entry.token,
        secrets: run.secrets,
        patience: Patience {
            stop: &run.stop.asked,
            note: &note,
        },
    };
    let end = match call(&making, this, &spec).await {
        Err(error) if error.abandoned() => StepEnd::Abandoned,
        Err(error) => StepEnd::Failed(error),
        Ok(made) => {
            let since = Instant::now();
            let end = wait(run, this, made).await;
            *waited = since.elapsed();
            end
        }
    };
    if this.action != Action::Await {
        entry.outcome = Some(match &end {
            StepEnd::Done(_) => End::Done,
            StepEnd::Failed(error) => End::Failed(error.to_string()),
            StepEnd::Abandoned => End::Abandoned,
        });
        if let Err(error) = run.journal.note(index, &entry).await {
            // What was done is done, and the next run finds it by its tags; only say so.
            run.events.emit(Event::Note {
                address: Some(this.address.clone()),
                text: format!("the outcome could not be journalled: {error}"),
            });
        }
    }
    end
}

/// The specification with every reference filled in.
fn filled(step: &Step, outputs: &Mutex<BTreeMap<Address, Outputs>>) -> Result<Value, AwsError> {
    let Some(wanted) = &step.wanted else {
        return Ok(Value::Null);
    };
    let known = outputs.lock().unwrap_or_else(PoisonError::into_inner);
    let lookup = |output: &OutputRef| known.get(&output.address)?.get(&output.output).cloned();
    let filled = resolve(wanted, &lookup);
    if let Some(missing) = references(&filled).first() {
        return Err(AwsError::unexpected(
            step.kind.type_name(),
            format!("{missing} is not known although what gives it was made"),
        ));
    }
    step.kind
        .normalise(&filled)
        .map_err(|error| AwsError::malformed(step.kind.type_name(), &error))
}

fn entry(run: &Run<'_>, step: &Step, spec: &Value) -> Entry {
    let inputs = hex::encode(Sha256::digest(spec.to_string().as_bytes()));
    let action = match step.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Await => "await",
        Action::Delete => "delete",
    };
    let fresh = hex::encode(rand::rng().random::<[u8; 16]>());
    let key = match &step.found {
        Some(found) if step.action == Action::Delete => found.key.clone(),
        _ => step.kind.key(spec),
    };
    Entry {
        token: run.journal.token(&step.address, action, &inputs, fresh),
        address: step.address.clone(),
        kind: step.kind.type_name().to_owned(),
        action: action.to_owned(),
        inputs,
        key,
        outcome: None,
    }
}

async fn call(making: &Making<'_>, step: &Step, spec: &Value) -> Result<Outputs, AwsError> {
    match (step.action, &step.found) {
        (Action::Create, _) => step.kind.create(making, spec).await,
        (Action::Update, Some(found)) => {
            if !step.changes.is_empty() {
                let changes = changes(step, spec, found);
                step.kind.update(making, spec, found, &changes).await?;
            }
            if !step.tags.is_empty() {
                let TagParts { set, remove } = TagParts::of(step);
                step.kind.retag(making, found, set, remove).await?;
            }
            Ok(found.outputs.clone())
        }
        (Action::Await, Some(found)) => Ok(found.outputs.clone()),
        (Action::Delete, Some(found)) => {
            step.kind.delete(making, found).await?;
            Ok(found.outputs.clone())
        }
        (_, None) => Err(AwsError::unexpected(
            step.kind.type_name(),
            "the plan changes what it has not found",
        )),
    }
}

struct TagParts<'a> {
    set: &'a crate::scope::Tags,
    remove: &'a [String],
}

impl<'a> TagParts<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            set: &step.tags.set,
            remove: &step.tags.remove,
        }
    }
}

/// The planned changes, with what is known by now in place of what was not.
fn changes(step: &Step, spec: &Value, found: &AnyFound) -> Changes {
    Changes(
        step.changes
            .iter()
            .map(|change| Change {
                path: change.path.clone(),
                before: found
                    .spec
                    .pointer(&change.path)
                    .cloned()
                    .unwrap_or_default(),
                after: spec.pointer(&change.path).cloned().unwrap_or_default(),
            })
            .collect(),
    )
}
