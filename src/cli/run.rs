//! A run: what `apply` and `destroy` share from the lock to the report.

use std::collections::BTreeSet;
use std::time::Instant;

use super::exit::{Exit, Trouble};
use super::options::{ConsentArgs, PlanFormat, RunFormat};
use super::plan::{planned, show};
use super::session::{Place, Session};
use super::{identity, lock, prompt, release, signals};
use crate::aws::Secrets;
use crate::event::{Event, Events};
use crate::exec::bootstrap::Farewell;
use crate::exec::journal::{Journal, RunRecord, history, past};
use crate::exec::store::StoreError;
use crate::exec::{Outcome, Run, Stop, bootstrap, walk};
use crate::model;
use crate::plan::{Observed, Plan, Step};
use crate::reference::Address;
use crate::resource::Resources;
use crate::view::Gate;
use crate::view::run::{Ended, Progress, Watch};

/// What a run is to do.
pub struct Order<'a> {
    /// The verb: `apply` or `destroy`.
    pub verb: &'static str,
    /// What is wanted afterwards.
    pub wanted: &'a Resources,
    /// What the person allowed.
    pub consent: &'a ConsentArgs,
    /// How it is told.
    pub format: RunFormat,
    /// Show every field of what is made.
    pub verbose: bool,
    /// The command that goes on after an interruption.
    pub next: String,
}

/// How the state bucket comes to a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StateBucket {
    /// It stood before the run, or the state lies in a folder.
    Stands,
    /// It is missing, and so there is no lock yet.
    Missing,
    /// This run has made it: nothing but its lock lies in it.
    Made,
}

/// What came of a run.
pub struct Ran {
    /// The plan that was carried out.
    pub plan: Plan,
    /// What came of each step; nothing where there was none to do.
    pub outcome: Option<Outcome>,
    /// How it ended, in words; nothing where there was nothing to do.
    pub ended: Option<Ended>,
    /// How the verb ends.
    pub exit: Exit,
}

/// Locks, looks, plans, asks, and carries out. `check` may refuse what a look has shown; it is not shown what this run itself
/// has made before.
pub async fn run(
    session: &mut Session,
    order: &Order<'_>,
    gate: &Gate,
    check: impl Fn(&[Observed]) -> Result<(), Trouble>,
) -> Result<Ran, Trouble> {
    let stop = Stop::default();
    let told = gate.clone();
    signals::listen(&stop, move || {
        told.news("Stopping: no new step starts; what is under way is heard out.");
    })
    .map_err(|error| Trouble::File(format!("signals cannot be heard: {error}")))?;
    let progress = match order.format {
        RunFormat::Human => Progress::Auto,
        RunFormat::Json => Progress::Silent,
        RunFormat::Ndjson => Progress::Ndjson,
    };
    let watch = Watch::start(gate, progress);
    let run_id = identity::run_id();
    // Without its bucket there is no lock yet: the first plan is shown, and only after the
    // person agrees is the bucket made, the lock taken and everything looked at again.
    let first = session.place.state_in_bucket()
        && !bootstrap::exists(&session.place.cloud, &model::state_bucket(&session.scope)).await?;
    let (run, wait) = ((order.verb, &*run_id), order.consent.lock_wait.into());
    let mut lock = match first {
        true => None,
        false => Some(lock::take(session, run, wait, &stop, gate).await?),
    };
    let bucket = match first {
        true => StateBucket::Missing,
        false => StateBucket::Stands,
    };
    let looked = look(session, order, &watch, bucket, &check).await;
    let plan = match looked {
        Ok(plan) => plan,
        Err(trouble) => return Err(lock::give_back(lock, trouble, gate).await),
    };
    watch.finish();
    match release::in_the_way(session, &plan).await {
        Ok(None) => {}
        Ok(Some(why)) => return Err(lock::give_back(lock, Trouble::Locked(why), gate).await),
        Err(trouble) => return Err(lock::give_back(lock, trouble, gate).await),
    }
    if order.format == RunFormat::Human {
        show(
            session,
            order.wanted,
            &plan,
            PlanFormat::Human,
            order.verbose,
            gate,
        );
    }
    if let Err(trouble) = may_go_on(&plan, order, &stop, gate).await {
        return Err(lock::give_back(lock, trouble, gate).await);
    }
    let mut plan = plan;
    if first && !plan.is_empty() {
        make_state_bucket(session, gate).await?;
        lock = Some(lock::take(session, run, wait, &stop, gate).await?);
        let silent = crate::event::Silent;
        let looked = look(session, order, &silent, StateBucket::Made, &check).await;
        let again = match looked {
            Ok(again) => again,
            Err(trouble) => return Err(lock::give_back(lock, trouble, gate).await),
        };
        if !is_promised_by(&again, &plan) {
            gate.news("Meanwhile something has changed. The plan is now:");
            if order.format == RunFormat::Human {
                show(
                    session,
                    order.wanted,
                    &again,
                    PlanFormat::Human,
                    order.verbose,
                    gate,
                );
            }
            if let Err(trouble) = may_go_on(&again, order, &stop, gate).await {
                return Err(lock::give_back(lock, trouble, gate).await);
            }
        }
        plan = again;
    }
    if plan.is_empty() {
        if let Some(lock) = lock {
            lock::say_unreleased(lock.release().await, gate);
        }
        return Ok(Ran {
            plan,
            outcome: None,
            ended: None,
            exit: Exit::Done,
        });
    }
    let watch = Watch::start(gate, progress);
    let mut walked = plan.clone();
    let farewell = session
        .place
        .state_in_bucket()
        .then(|| Farewell::take_from(&mut walked, &Address::new(model::STATE_BUCKET)))
        .flatten();
    watch.emit(Event::RunStarted {
        run: run_id.clone(),
        verb: order.verb.to_owned(),
        stack: session.scope.prefix(),
        steps: plan.steps.len(),
    });
    let began = Instant::now();
    let secrets = prompt::secrets(gate);
    let outcome = tokio::select! {
        outcome = carry_out(session, order, &walked, &run_id, &stop, &watch, &secrets) => outcome,
        never = lock::tell_loss(lock.as_ref(), &stop, gate) => match never {},
    };
    let lost = lock.as_ref().and_then(lock::lost);
    let released = match lock {
        Some(lock) => lock.release().await,
        None => Ok(()),
    };
    let (mut outcome, unwritten) = match outcome {
        Ok(outcome) => outcome,
        Err(trouble) => {
            watch.finish();
            lock::say_unreleased(released, gate);
            return Err(trouble);
        }
    };
    let interrupted = stop.asked.is_cancelled() && lost.is_none();
    let unreleased = if lost.is_some() { Ok(()) } else { released };
    let troubles: Vec<String> = unwritten
        .map(|error| format!("the end of the run is not written down: {error}"))
        .into_iter()
        .chain(lost)
        .collect();
    if let Some(farewell) = farewell {
        let Place { cloud, .. } = &session.place;
        if outcome.complete()
            && troubles.is_empty()
            && unreleased.is_ok()
            && !stop.asked.is_cancelled()
        {
            farewell
                .say(cloud, &session.scope, &secrets, &stop, &watch, &mut outcome)
                .await;
        } else {
            farewell.put_off(&watch, &mut outcome);
        }
    }
    outcome.took = began.elapsed();
    watch.emit(Event::RunFinished {
        done: outcome.done,
        failed: outcome.failed.len(),
        not_started: outcome.not_started.len(),
        took: outcome.took,
    });
    watch.finish();
    lock::say_unreleased(unreleased, gate);
    let ended = Ended {
        troubles,
        interrupted,
        ..Ended::of(order.verb, &plan, &outcome, &order.next)
    };
    let exit = if ended.complete() {
        Exit::Done
    } else if ended.interrupted && !ended.has_failed() {
        Exit::Interrupted
    } else {
        Exit::Failed
    };
    let place = |origin: &str| session.loaded.place(origin);
    match order.format {
        RunFormat::Human => gate.news(&ended.human(&gate.news_look(), &place)),
        RunFormat::Json => {}
        RunFormat::Ndjson => gate.line(&ended.json(&place)),
    }
    Ok(Ran {
        plan,
        outcome: Some(outcome),
        ended: Some(ended),
        exit,
    })
}

/// Makes the state bucket of a stack that is applied for the first time, or that has lost its
/// own: what stands of it is not removed without a journal either.
async fn make_state_bucket(session: &Session, gate: &Gate) -> Result<(), Trouble> {
    let address = Address::new(model::STATE_BUCKET);
    let Some(bucket) = session.resources.get(&address) else {
        return Err(Trouble::Usage(format!(
            "{} has no state bucket; name a folder for its state with --state-dir",
            session.scope.prefix()
        )));
    };
    let secrets = prompt::secrets(gate);
    bootstrap::make(&session.place.cloud, &session.scope, bucket, &secrets).await?;
    Ok(())
}

async fn look(
    session: &mut Session,
    order: &Order<'_>,
    events: &dyn Events,
    bucket: StateBucket,
    check: &impl Fn(&[Observed]) -> Result<(), Trouble>,
) -> Result<Plan, Trouble> {
    // What another run journalled while this one waited for the lock counts.
    session.past = past(session.store.as_ref()).await?;
    let discovery = session.discover(&session.resources, events).await?;
    let address = Address::new(model::STATE_BUCKET);
    match bucket {
        StateBucket::Stands | StateBucket::Missing => check(&discovery.observed)?,
        StateBucket::Made => {
            let others = discovery.observed.iter();
            let others = others.filter(|one| one.found.address.as_ref() != Some(&address));
            check(&others.cloned().collect::<Vec<_>>())?;
        }
    }
    let mut delete_data: BTreeSet<Address> = order.consent.delete_data.iter().cloned().collect();
    // What is removed without a bucket gets one for its journal, which then goes as well: as long as no other run has written to
    // it, that is no loss of data, whether or not it was asked for.
    if order.wanted.get(&address).is_none() {
        match bucket {
            StateBucket::Stands => {}
            StateBucket::Missing => {
                delete_data.remove(&address);
            }
            StateBucket::Made => {
                if history(session.store.as_ref()).await?.is_empty() {
                    delete_data.insert(address.clone());
                }
            }
        }
    }
    let mut plan = planned(session, order.wanted, &discovery, &delete_data)?;
    if session.place.state_in_bucket() {
        plan.put_last(&address);
    }
    Ok(plan)
}

/// Whether a plan does nothing that an earlier one did not say, the state bucket apart.
fn is_promised_by(now: &Plan, earlier: &Plan) -> bool {
    let said = |step: &Step| {
        step.address.as_str() == model::STATE_BUCKET
            || earlier
                .steps
                .iter()
                .any(|one| one.address == step.address && one.action == step.action)
    };
    now.blocked.is_empty() && now.steps.iter().all(said)
}

async fn may_go_on(
    plan: &Plan,
    order: &Order<'_>,
    stop: &Stop,
    gate: &Gate,
) -> Result<(), Trouble> {
    if !plan.blocked.is_empty() {
        if order.format != RunFormat::Human {
            for blocked in &plan.blocked {
                let (why, option) = (&blocked.why, blocked.option());
                gate.news(&format!("error: {why}; if its data may go, add {option}"));
            }
        }
        gate.news("Nothing was changed.");
        return Err(Trouble::Told(Exit::Failed));
    }
    if plan.is_empty() || order.consent.yes {
        return Ok(());
    }
    match prompt::agree("Do this?", &stop.asked).await {
        prompt::Answer::Yes => Ok(()),
        prompt::Answer::No => {
            gate.news("Nothing was changed.");
            Err(Trouble::Told(Exit::Failed))
        }
        prompt::Answer::Interrupted => Err(Trouble::Told(Exit::Interrupted)),
        prompt::Answer::NobodyThere => Err(Trouble::Usage(
            "standard input is not a terminal, so nobody can be asked; add --yes".to_owned(),
        )),
    }
}

/// Does what the plan says. With the outcome comes the error by which its end could not be written down: what was done is told
/// all the same.
async fn carry_out(
    session: &Session,
    order: &Order<'_>,
    plan: &Plan,
    run_id: &str,
    stop: &Stop,
    events: &dyn Events,
    secrets: &dyn Secrets,
) -> Result<(Outcome, Option<StoreError>), Trouble> {
    let record = RunRecord {
        run: run_id.to_owned(),
        verb: order.verb.to_owned(),
        by: identity::owner(),
        started: identity::now(),
        ended: None,
        entries: Vec::new(),
    };
    let journal = Journal::begin(session.store.as_ref(), record, &session.past).await?;
    let run = Run {
        cloud: &session.place.cloud,
        journal: &journal,
        events,
        secrets,
        stop,
    };
    let outcome = walk(&run, plan).await;
    let written = journal.end(identity::now()).await;
    Ok((outcome, written.err()))
}
