//! The concurrent walk over a plan's steps.
//!
//! Ready steps run longest remaining path first. Each is journalled before its call and after
//! it. A step that fails stops only what needs it. When asked to stop, no new step starts, waits
//! are given up, and calls in flight are heard out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use rand::RngExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::journal::{End, Entry, Journal};
use crate::aws::{AwsError, Cloud, Patience, Secrets};
use crate::event::{Doing, Event, Events};
use crate::kinds::{After, AnyFound, Change, Changes, Making, Outputs, Progress, Wait};
use crate::plan::{Action, Plan, Step};
use crate::reference::{Address, OutputRef, references, resolve};

/// Steps that run at the same time. The limits of each service are the transport's business.
const AT_ONCE: usize = 24;
/// How long a step without a declared wait is reckoned to take.
const A_CALL: Duration = Duration::from_millis(500);

/// What a walk is given.
pub struct Run<'a> {
    /// Where calls go.
    pub cloud: &'a Cloud,
    /// What was meant is written here.
    pub journal: &'a Journal<'a>,
    /// What happens is told here.
    pub events: &'a dyn Events,
    /// Where secret values come from.
    pub secrets: &'a dyn Secrets,
    /// When to stop.
    pub stop: &'a Stop,
}

/// How a run is asked to end early.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Cancelled when the person asks to stop, or the lock is lost: no new step starts, waits
    /// are given up, calls in flight are heard out.
    pub asked: CancellationToken,
    /// Cancelled when there is no more time to hear calls out. What they did is found by the
    /// next run: their intents are in the journal.
    pub hurry: CancellationToken,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Index of the step in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// What was being done.
    pub doing: Doing,
    /// What AWS said.
    pub error: AwsError,
}

/// A step that was not started.
#[derive(Clone, Debug)]
pub struct NotStarted {
    /// Index of the step in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// What would have been done.
    pub doing: Doing,
    /// The failed steps in its way; empty where the run was interrupted.
    pub because: Vec<Address>,
}

/// When a step ran.
#[derive(Clone, Debug)]
pub struct StepTime {
    /// Index of the step in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// From the start of the walk.
    pub start: Duration,
    /// How long it took, wait included.
    pub took: Duration,
    /// How much of that AWS was waited for.
    pub waited: Duration,
}

/// How a walk ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps done.
    pub done: usize,
    /// Root causes.
    pub failed: Vec<Failure>,
    /// What was not started.
    pub not_started: Vec<NotStarted>,
    /// Steps whose wait was given up on request.
    pub abandoned: Vec<Address>,
    /// Steps whose call had no answer when there was no more time.
    pub unanswered: Vec<Address>,
    /// Outputs of everything that stands now.
    pub outputs: BTreeMap<Address, Outputs>,
    /// When each step ran.
    pub times: Vec<StepTime>,
    /// Wall time.
    pub took: Duration,
}

impl Outcome {
    /// Whether every step was done.
    pub fn complete(&self) -> bool {
        self.failed.is_empty()
            && self.not_started.is_empty()
            && self.abandoned.is_empty()
            && self.unanswered.is_empty()
    }
}

/// What a step is, as events name it.
pub(crate) fn doing(action: Action) -> Doing {
    match action {
        Action::Create => Doing::Create,
        Action::Update => Doing::Update,
        Action::Await => Doing::Await,
        Action::Delete => Doing::Delete,
    }
}

fn after(action: Action) -> After {
    match action {
        Action::Create | Action::Await => After::Create,
        Action::Update => After::Update,
        Action::Delete => After::Delete,
    }
}

fn usually(step: &Step) -> Duration {
    step.kind
        .wait(after(step.action))
        .map_or(A_CALL, |wait| wait.usually)
}

/// For each step, the time that it and the longest chain of steps after it are reckoned to
/// take.
fn remaining(plan: &Plan) -> Vec<Duration> {
    let mut remaining: Vec<Duration> = plan.steps.iter().map(usually).collect();
    for index in (0..plan.steps.len()).rev() {
        for need in &plan.steps[index].needs {
            let through = usually(&plan.steps[*need]) + remaining[index];
            remaining[*need] = remaining[*need].max(through);
        }
    }
    remaining
}

enum StepEnd {
    Done(Option<Outputs>),
    Failed(AwsError),
    Abandoned,
}

/// Carries out a plan.
pub async fn walk(run: &Run<'_>, plan: &Plan) -> Outcome {
    let started = Instant::now();
    let remaining = remaining(plan);
    let outputs = Arc::new(Mutex::new(plan.kept.clone()));
    let mut open: Vec<usize> = plan.steps.iter().map(|step| step.needs.len()).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); plan.steps.len()];
    for (index, step) in plan.steps.iter().enumerate() {
        for need in &step.needs {
            needed_by[*need].push(index);
        }
    }
    let mut ready: BTreeSet<(std::cmp::Reverse<Duration>, usize)> = open
        .iter()
        .enumerate()
        .filter(|(_, needs)| **needs == 0)
        .map(|(index, _)| (std::cmp::Reverse(remaining[index]), index))
        .collect();
    let mut begun = vec![false; plan.steps.len()];
    let mut finished = begun.clone();
    let mut failed: BTreeSet<usize> = BTreeSet::new();
    let mut outcome = Outcome::default();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < AT_ONCE && !run.stop.asked.is_cancelled() {
            let Some((_, index)) = ready.pop_first() else {
                break;
            };
            begun[index] = true;
            running.push(step(run, plan, index, Arc::clone(&outputs), started));
        }
        let ended = tokio::select! {
            ended = running.next() => ended,
            () = run.stop.hurry.cancelled() => None,
        };
        let Some((index, end, time)) = ended else {
            break;
        };
        finished[index] = true;
        let this = &plan.steps[index];
        outcome.times.push(time);
        match end {
            StepEnd::Done(made) => {
                outcome.done += 1;
                // What a removal leaves at its address is another's: the newer one of two that a
                // cut-short replacement left, or the new half of this one.
                if let Some(made) = made {
                    let mut outputs = outputs.lock().unwrap_or_else(PoisonError::into_inner);
                    outputs
                        .entry(this.address.clone())
                        .or_default()
                        .extend(made);
                }
                for dependent in &needed_by[index] {
                    open[*dependent] -= 1;
                    if open[*dependent] == 0 {
                        ready.insert((std::cmp::Reverse(remaining[*dependent]), *dependent));
                    }
                }
            }
            StepEnd::Failed(error) => {
                failed.insert(index);
                outcome.failed.push(Failure {
                    step: index,
                    address: this.address.clone(),
                    doing: doing(this.action),
                    error,
                });
            }
            StepEnd::Abandoned => outcome.abandoned.push(this.address.clone()),
        }
    }
    drop(running);
    outcome.unanswered = (0..plan.steps.len())
        .filter(|index| begun[*index] && !finished[*index])
        .map(|index| plan.steps[index].address.clone())
        .collect();
    report_rest(run, plan, &begun, &failed, &mut outcome);
    outcome.outputs = outputs
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    outcome.took = started.elapsed();
    run.events.emit(Event::RunFinished {
        done: outcome.done,
        failed: outcome.failed.len(),
        not_started: outcome.not_started.len(),
        took: outcome.took,
    });
    outcome
}

fn report_rest(
    run: &Run<'_>,
    plan: &Plan,
    begun: &[bool],
    failed: &BTreeSet<usize>,
    outcome: &mut Outcome,
) {
    let mut roots: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); plan.steps.len()];
    for (index, step) in plan.steps.iter().enumerate() {
        for need in &step.needs {
            if failed.contains(need) {
                roots[index].insert(*need);
            }
            let inherited = roots[*need].clone();
            roots[index].extend(inherited);
        }
        if begun[index] {
            continue;
        }
        let because: Vec<Address> = roots[index]
            .iter()
            .map(|root| plan.steps[*root].address.clone())
            .collect();
        run.events.emit(Event::StepNotStarted {
            address: step.address.clone(),
            doing: doing(step.action),
            because: because.clone(),
        });
        outcome.not_started.push(NotStarted {
            step: index,
            address: step.address.clone(),
            doing: doing(step.action),
            because,
        });
    }
}

async fn step(
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

async fn wait(run: &Run<'_>, step: &Step, made: Outputs) -> StepEnd {
    let gone_is_the_aim = step.action == Action::Delete;
    let done = |outputs: Outputs| StepEnd::Done((!gone_is_the_aim).then_some(outputs));
    let Some(wait) = step.kind.wait(after(step.action)) else {
        return done(made);
    };
    let deadline = tokio::time::Instant::now() + wait.deadline;
    let mut said = String::new();
    loop {
        let state = match step.kind.poll(run.cloud, &made).await {
            Err(error) => return StepEnd::Failed(error),
            Ok(Progress::Ready(more)) if !gone_is_the_aim => {
                let mut outputs = made;
                outputs.extend(more);
                return done(outputs);
            }
            Ok(Progress::Gone) if gone_is_the_aim => return done(made),
            Ok(Progress::Failed(why)) => {
                return StepEnd::Failed(
                    AwsError::unexpected(step.kind.type_name(), why)
                        .hint(format!("AWS gave up; waited for {}", wait.until)),
                );
            }
            Ok(Progress::Ready(_)) => "it is still there".to_owned(),
            Ok(Progress::Gone) => "not visible yet".to_owned(),
            Ok(Progress::Pending(state)) => state,
        };
        if tokio::time::Instant::now() >= deadline {
            return StepEnd::Failed(late(step, &wait, &state));
        }
        if state != said {
            run.events.emit(Event::StepWaiting {
                address: step.address.clone(),
                what: format!("{}: {state}", wait.until),
            });
            said = state;
        }
        let jitter = rand::rng().random_range(0.9..1.1);
        tokio::select! {
            () = tokio::time::sleep(wait.every.mul_f64(jitter)) => {}
            () = run.stop.asked.cancelled() => return StepEnd::Abandoned,
        }
    }
}

fn late(step: &Step, wait: &Wait, state: &str) -> AwsError {
    let error = AwsError::unexpected(
        step.kind.type_name(),
        format!(
            "waited {} s for {}; AWS's last answer: {state}",
            wait.deadline.as_secs(),
            wait.until
        ),
    );
    error.hint("the next apply goes on waiting; nothing is made twice")
}
