//! The concurrent walk over a plan's steps.
//!
//! Ready steps run longest remaining path first. Each is journalled before its call and after
//! it. A step that fails stops only what needs it. When asked to stop, no new step starts, waits
//! are given up, and calls in flight are heard out.

mod order;
mod outcome;
mod step;
mod wait;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

pub(super) use self::order::A_CALL;
use self::order::{doing, remaining};
pub use self::outcome::{Failure, NotStarted, Outcome, StepTime};
use self::step::step;
use super::journal::Journal;
use crate::aws::{AwsError, Cloud, Secrets};
use crate::event::{Event, Events};
use crate::kinds::Outputs;
use crate::plan::Plan;
use crate::reference::Address;

/// Steps that run at the same time. The limits of each service are the transport's business.
const AT_ONCE: usize = 24;

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

enum StepEnd {
    Done(Option<Outputs>),
    Failed(AwsError),
    Abandoned,
}

/// Carries out a plan. The caller tells the end of the run.
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
