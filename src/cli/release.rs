//! What `deploy`, `switch` and `rollback` share: from arguments to the report.

use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::exit::{Exit, Trouble};
use super::opened::Opened;
use super::options::{CloudArgs, OverlayArgs};
use super::session::Session;
use super::{identity, local, lock, signals};
use crate::exec::Stop;
use crate::model::workloads::Colour;
use crate::release::act::Hand;
use crate::release::announcement::Announcement;
use crate::release::facts::{Unknown, facts};
use crate::release::front::{Front, Reach};
use crate::release::preflight::{Aim, Known, refusals};
use crate::release::record::{self, Beginning, Record, Verdict};
use crate::release::report::{ReleaseReport, course};
use crate::release::run::{self, Broken, News, Work};
use crate::release::step::Step;
use crate::view::Gate;

/// How a release is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReleaseFormat {
    /// For a person
    #[default]
    Human,
    /// One versioned JSON document on standard output at the end
    Json,
    /// One event a line on standard output
    Ndjson,
    /// The report for a pull request or a chat
    Markdown,
}

/// Time between two looks at targets that start.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// What every release verb takes.
#[derive(Args, Clone, Debug)]
pub struct ReleaseArgs {
    /// The stack file
    #[arg(value_name = "STACK", default_value = "stack.yaml")]
    pub file: std::path::PathBuf,
    #[command(flatten)]
    pub overlay: OverlayArgs,
    #[command(flatten)]
    pub cloud: CloudArgs,
    /// The workload, where the file has several
    #[arg(long, value_name = "NAME")]
    pub workload: Option<String>,
    /// How long the old colour stays warm, and no shorter than clients stay with it; Auto Scaling ends it by itself afterwards
    #[arg(long, value_name = "TIME", default_value = "10m")]
    pub keep: crate::units::Duration,
    /// Requests a second through the load balancer, for the evidence; 0 leaves it to what the load balancer counts
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub rate: u32,
    /// What these requests ask for, instead of the health check's path
    #[arg(long, value_name = "PATH")]
    pub probe: Option<String>,
    /// Show the steps and do none
    #[arg(long)]
    pub dry_run: bool,
    /// Go on with a release that was cut short
    #[arg(long, conflicts_with_all = ["abort", "dry_run"])]
    pub resume: bool,
    /// Take back a release that was cut short: the colour that served serves again
    #[arg(long, conflicts_with = "dry_run")]
    pub abort: bool,
    /// Begin although the preflight advises against it
    #[arg(long)]
    pub force: bool,
    /// Wait this long for another run's lock, such as 5m
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub lock_wait: crate::units::Duration,
    /// How it is told
    #[arg(long, value_enum, default_value_t)]
    pub format: ReleaseFormat,
}

/// How the traffic moves.
#[derive(Args, Clone, Debug)]
pub struct ShiftArgs {
    /// Shares of the traffic that the new colour gets before it gets all, such as 5,25,50
    #[arg(long, value_name = "SHARES", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=100))]
    pub canary: Vec<u32>,
    /// How long each share is watched
    #[arg(long, value_name = "TIME", default_value = "30s")]
    pub bake: crate::units::Duration,
    /// Clean answers in a row that each new target must give before it gets traffic
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    pub clean: u32,
}

impl ShiftArgs {
    /// Nothing but the whole traffic, unwatched.
    pub fn at_once() -> Self {
        Self {
            canary: Vec::new(),
            bake: crate::units::Duration::from_seconds(0),
            clean: 5,
        }
    }
}

/// What a verb has made up its mind to do.
pub struct Order {
    /// `deploy`, `switch`, `rollback` or `refresh`.
    pub verb: &'static str,
    /// What kind of it.
    pub aim: Aim,
    /// From which colour.
    pub from: Colour,
    /// To which.
    pub to: Colour,
    /// The image that is to run.
    pub image: String,
    /// The steps.
    pub steps: Vec<Step>,
}

/// Locks, checks, and carries out; or goes on with, or takes back, what was cut short.
///
/// `decide` is asked for the steps once the lock is held and the workload was looked at again.
pub async fn release(
    args: &ReleaseArgs,
    verb: &'static str,
    gate: &Gate,
    decide: impl Fn(&Opened) -> Result<Order, Trouble>,
) -> Result<Exit, Trouble> {
    let opened = Opened::open(args, gate).await?;
    if args.dry_run {
        let order = decide(&opened)?;
        let refused = preflight(&opened, &order).await?;
        tell_course(&order, &refused, args.format, gate);
        return Ok(if refused.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        });
    }
    let stop = Stop::default();
    let told = gate.clone();
    signals::listen(&stop, move || {
        told.news("Stopping: the step under way is left; `--resume` goes on, `--abort` goes back.");
    })
    .map_err(|error| Trouble::File(format!("signals cannot be heard: {error}")))?;
    let run_id = identity::run_id();
    let wait = Duration::from(args.lock_wait);
    let lock = lock::take(&opened.session, (verb, &run_id), wait, &stop, gate).await?;
    let run = (run_id.as_str(), lock.fence());
    let ended = locked(args, verb, run, opened, &stop, gate, decide).await;
    let ended = match ended {
        Ok(Exit::Interrupted) => Err(Trouble::Told(Exit::Interrupted)),
        ended => ended,
    };
    match ended {
        Ok(exit) => {
            lock::say_unreleased(lock.release().await, gate);
            Ok(exit)
        }
        Err(trouble) => Err(lock::give_back(Some(lock), trouble, gate).await),
    }
}

async fn locked(
    args: &ReleaseArgs,
    verb: &'static str,
    (run_id, fence): (&str, u64),
    mut opened: Opened,
    stop: &Stop,
    gate: &Gate,
    decide: impl Fn(&Opened) -> Result<Order, Trouble>,
) -> Result<Exit, Trouble> {
    let store = opened.session.store.clone();
    let unfinished = record::unfinished(store.as_ref(), &opened.site.workload).await?;
    let news = |news: News| tell(&news, args.format, gate);
    match (&unfinished, args.resume || args.abort) {
        (Some(record), false) => {
            return Err(Trouble::Locked(format!(
                "{} {} of {} was cut short: `{verb} --resume` goes on with it, `{verb} --abort` takes it back",
                record.verb, record.run, record.started
            )));
        }
        (None, true) => {
            return Err(Trouble::Usage(
                "no release of this workload was cut short".to_owned(),
            ));
        }
        _ => {}
    }
    let cloud = opened.session.place.cloud.clone();
    let front = front(&opened)?;
    let path = args
        .probe
        .clone()
        .unwrap_or_else(|| opened.site.health_path.clone());
    let record = match unfinished {
        Some(record) => record,
        None => {
            let Some(order) = decided(&mut opened, stop, gate, decide).await? else {
                return Ok(Exit::Interrupted);
            };
            let refused = preflight(&opened, &order).await?;
            if !refused.is_empty() && !args.force {
                for reason in &refused {
                    gate.news(&format!("refused: {reason}"));
                }
                gate.news("Nothing was changed.");
                return Ok(Exit::Failed);
            }
            begin(&opened, order, run_id)
        }
    };
    let work = Work {
        hand: Hand {
            cloud: &cloud,
            site: &opened.site,
        },
        store: store.as_ref(),
        fence,
        front,
        path,
        rate: args.rate,
        stop,
        news: &news,
    };
    let ended = if args.abort {
        run::abort(&work, record).await
    } else {
        run::run(&work, record).await
    };
    match ended {
        Ok(record) => {
            announce(&opened, &record, gate).await;
            tell_report(&record, args.format, gate);
            let verdict = record.ended.map(|ended| ended.verdict);
            Ok(if verdict == Some(Verdict::RolledBack) {
                Exit::Failed
            } else {
                Exit::Done
            })
        }
        Err(Broken::Interrupted) => {
            gate.news(&format!("{}.", Broken::Interrupted));
            Ok(Exit::Interrupted)
        }
        Err(Broken::Store(error)) => Err(error.into()),
        Err(broken @ (Broken::Stuck(_) | Broken::TakenOver)) => {
            gate.news(&format!("error: {broken}"));
            Ok(Exit::Failed)
        }
    }
}

/// Looks again, for another run may have moved everything while this one waited for the lock, and decides. Who releases right after
/// an apply finds targets that have not been asked yet: that is waited for, no longer than they may take. None when asked to stop.
async fn decided(
    opened: &mut Opened,
    stop: &Stop,
    gate: &Gate,
    decide: impl Fn(&Opened) -> Result<Order, Trouble>,
) -> Result<Option<Order>, Trouble> {
    let deadline = Instant::now() + opened.site.grace;
    let mut told = false;
    loop {
        opened.look_again().await?;
        let order = decide(opened)?;
        let hurried = order.aim == Aim::Rollback;
        if hurried || !opened.sight.of(order.from).is_starting() || Instant::now() >= deadline {
            return Ok(Some(order));
        }
        if !told {
            gate.news("Waiting for what serves: its targets have not been asked yet.");
            told = true;
        }
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            () = stop.asked.cancelled() => return Ok(None),
        }
    }
}

/// Tells the stack's topic, where it has one. A release is not undone because nobody could be told of it.
async fn announce(opened: &Opened, record: &Record, gate: &Gate) {
    let stack = opened.session.scope.prefix();
    let Some((topic, told)) = opened
        .site
        .topic
        .as_ref()
        .zip(Announcement::of(&stack, record))
    else {
        return;
    };
    if let Err(error) = told.publish(&opened.session.place.cloud, topic).await {
        gate.news(&format!("warning: {topic} was not told: {error}"));
    }
}

/// How a release went, as it is asked for.
pub fn tell_report(record: &Record, format: ReleaseFormat, gate: &Gate) {
    let report = ReleaseReport { record };
    match format {
        ReleaseFormat::Human => gate.result(&report.human(&gate.results_look())),
        ReleaseFormat::Json => gate.document(&report.json()),
        ReleaseFormat::Ndjson => gate.line(&report.json()),
        ReleaseFormat::Markdown => gate.result(&report.markdown()),
    }
}

/// Why a plan may not be carried out now: it would touch the colours of a workload whose release was cut short.
pub async fn in_the_way(
    session: &Session,
    plan: &crate::plan::Plan,
) -> Result<Option<String>, Trouble> {
    for item in session.loaded.stack.document.workloads.keys() {
        let prefix = format!("workloads.{item}.");
        let touched = plan
            .steps
            .iter()
            .find(|step| step.address.as_str().starts_with(&prefix));
        let Some(step) = touched else { continue };
        if let Some(record) = record::unfinished(session.store.as_ref(), item.as_str()).await? {
            return Ok(Some(format!(
                "{} of {item} from {} was cut short, and this would touch {}: end it first, by `{} --resume` or `{} --abort`",
                record.verb, record.started, step.address, record.verb, record.verb
            )));
        }
    }
    Ok(None)
}

fn begin(opened: &Opened, order: Order, run_id: &str) -> Record {
    let beginning = Beginning {
        run: run_id.to_owned(),
        verb: order.verb,
        by: identity::owner(),
        started: identity::now(),
        workload: opened.site.workload.clone(),
        from: order.from,
        to: order.to,
        image: order.image,
        before: opened.before(),
    };
    Record::new(beginning, order.steps)
}

async fn preflight(opened: &Opened, order: &Order) -> Result<Vec<String>, Trouble> {
    let hand = Hand {
        cloud: &opened.session.place.cloud,
        site: &opened.site,
    };
    let ringing = match order.aim {
        // A way back is never held up by what rings: it may be why one goes back.
        Aim::Rollback => Vec::new(),
        Aim::Deploy | Aim::Switch => hand.ringing().await?,
    };
    let store = opened.session.store.as_ref();
    let facts = facts(
        order.aim,
        &hand,
        &opened.sight,
        (order.to, &order.image),
        &front(opened)?,
        store,
    )
    .await
    .map_err(|unknown| match unknown {
        Unknown::Aws(error) => Trouble::from(error),
        Unknown::Store(error) => error.into(),
    })?;
    Ok(refusals(
        order.aim,
        &Known {
            site: &opened.site,
            sight: &opened.sight,
            to: order.to,
            ringing: &ringing,
            facts: &facts,
        },
    ))
}

/// The way to the load balancer: by its own name, or as the local cloud says.
fn front(opened: &Opened) -> Result<Front, Trouble> {
    let shares = &opened.sight.listener;
    let dns_name = &opened.sight.dns_name;
    let reach = if opened.session.place.is_local() {
        local::reach(dns_name, shares.port)?
    } else {
        Reach::default()
    };
    let host = opened.site.domain.as_deref().unwrap_or(dns_name);
    Front::new(dns_name, host, (shares.port, shares.secure), &reach)
        .map_err(|error| Trouble::File(format!("HTTPS cannot be spoken: {error}")))
}

fn tell_course(order: &Order, refused: &[String], format: ReleaseFormat, gate: &Gate) {
    match format {
        ReleaseFormat::Human | ReleaseFormat::Markdown => {
            gate.result(&course(&order.steps, &gate.results_look()));
            for reason in refused {
                gate.news(&format!("refused: {reason}"));
            }
        }
        ReleaseFormat::Json | ReleaseFormat::Ndjson => gate.document(&json!({
            "version": 1,
            "document": "release-plan",
            "verb": order.verb,
            "from": order.from,
            "to": order.to,
            "image": order.image,
            "steps": order.steps,
            "refused": refused,
        })),
    }
}

fn tell(news: &News, format: ReleaseFormat, gate: &Gate) {
    if format == ReleaseFormat::Ndjson {
        if let Ok(line) = serde_json::to_value(news) {
            gate.line(&line);
        }
        return;
    }
    match news {
        News::StepBegan { step, of, what, .. } => gate.news(&format!("{step:>2}/{of} {what}")),
        News::StepWaits { what } => gate.news(&format!("      {what}")),
        News::StepDone { took_ms, seen, .. } => {
            let seconds = std::time::Duration::from_millis(*took_ms).as_secs_f64();
            let seen = seen
                .as_ref()
                .map_or(String::new(), |seen| format!("  {seen}"));
            gate.news(&format!("    ✓ {seconds:.1}s{seen}"));
        }
        News::GoingBack { cause } => gate.news(&format!("    ✗ {cause}\nGoing back.")),
    }
}
