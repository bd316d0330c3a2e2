//! How each step is carried out: what it changes, what it waits for, and what it asks through the load balancer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::RngExt;

use super::act::DOOR;
use super::bake::{await_refresh, bake, stop_refresh};
use super::beside::beside;
use super::counts::Counts;
use super::evidence::Sample;
use super::probe::Watch;
use super::record::Record;
use super::run::{News, Work};
use super::schema::Stated;
use super::settle::{settle, versions};
use super::sight::{ColourSight, Sight, TargetSight};
use super::step::Step;
use crate::aws::AwsError;
use crate::model::workloads::Colour;

/// Time between two looks at AWS.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// Time between two requests of a step that asks through the load balancer.
pub(super) const ASK: Duration = Duration::from_millis(40);
/// How long a weight may take to be in force.
pub(super) const SETTLES_WITHIN: Duration = Duration::from_secs(120);
/// How long the targets of a colour may take to give clean answers.
const CLEAN_WITHIN: Duration = Duration::from_secs(60);
/// How long a colour may take to be empty beyond its targets' drain.
const EMPTIES_WITHIN: Duration = Duration::from_secs(300);

/// Why a step was not done.
pub(super) enum Failing {
    /// The new version, or what carries it, is not well.
    Gate(String),
    /// AWS refused.
    Aws(AwsError),
    /// Asked to stop.
    Interrupted,
}

impl From<AwsError> for Failing {
    fn from(error: AwsError) -> Self {
        Self::Aws(error)
    }
}

/// When the traffic moved, for the evidence, and what came before.
pub(super) struct Course {
    pub(super) watch: Watch,
    pub(super) rang: BTreeSet<String>,
    /// When the release began, by the clock.
    pub(super) began_at: i64,
    /// What the load balancer had counted by then.
    pub(super) counted_before: Counts,
    /// What an earlier run of the release has seen before the traffic moved.
    pub(super) seen_before: Vec<Sample>,
    /// When the first weight was changed, and when the last one was in force.
    pub(super) moved: Option<(Duration, Duration)>,
    /// When the last weight was changed, in the watch and by the clock.
    pub(super) shared: Duration,
    pub(super) shared_at: i64,
    /// The versions that the release is about, where their images say them.
    pub(super) versions: Vec<String>,
}

impl Course {
    /// Begins the watch. What goes on where traffic has moved already is judged from here on, against what was before the release.
    pub(super) fn begin(work: &Work<'_>, record: &Record) -> Self {
        let now = Timestamp::now().as_second();
        let started: Option<Timestamp> = record.started.parse().ok();
        let baseline = record.baseline.clone().unwrap_or_default();
        Self {
            watch: Watch::begin(work.front.clone(), work.path.clone(), work.rate),
            began_at: started.map_or(now, Timestamp::as_second),
            seen_before: baseline.samples(),
            rang: baseline.rang,
            counted_before: baseline.counted,
            moved: record
                .has_moved()
                .then_some((Duration::ZERO, Duration::ZERO)),
            shared: Duration::ZERO,
            shared_at: now,
            versions: versions(record),
        }
    }

    /// The traffic begins to move, or moves on.
    fn moves(&mut self) {
        let at = self.watch.at();
        self.shared = at;
        self.shared_at = Timestamp::now().as_second();
        self.moved = Some(self.moved.map_or((at, at), |(began, _)| (began, at)));
    }

    /// Whether the traffic has moved once, and not on.
    pub(super) fn is_first_share(&self) -> bool {
        self.moved.is_some_and(|(began, _)| began == self.shared)
    }

    /// What was seen so far, as long as no traffic has moved.
    pub(super) fn still(&self) -> Vec<Sample> {
        [self.seen_before.clone(), self.watch.since(Duration::ZERO)].concat()
    }

    /// The requests that ended since the traffic first moved; none where it has not.
    pub(super) fn moving(&self) -> Vec<Sample> {
        self.moved
            .map(|(began, _)| self.watch.ended_since(began))
            .unwrap_or_default()
    }
}

/// Makes true what a step says; gives what was seen.
pub(super) async fn carry_out(
    work: &Work<'_>,
    step: &Step,
    course: &mut Course,
) -> Result<Option<String>, Failing> {
    let hand = &work.hand;
    match step {
        Step::StopKeeping { colour } => hand.never_end(*colour).await?,
        Step::Empty { colour } => return empty(work, *colour).await,
        Step::Write { colour, release } => hand.write(*colour, release).await?,
        Step::Size { colour, instances } => {
            hand.size(*colour, *instances, Some(*instances)).await?;
        }
        Step::AwaitHealthy {
            colour,
            targets,
            zones,
            within,
        } => {
            return healthy(
                work,
                *colour,
                (*targets, *zones),
                Duration::from_secs(*within),
            )
            .await;
        }
        Step::Probe {
            colour,
            clean,
            version,
        } => return probe(work, *colour, *clean, version.as_deref()).await,
        Step::Weigh { weights } => {
            let sight = hand.look().await?;
            course.moves();
            if sight.weights() != *weights {
                hand.weigh(&sight, weights).await?;
            }
        }
        Step::Settle { colour, alone } => {
            let seen = settle(work, course, *colour, *alone).await?;
            course.moved = course.moved.map(|(began, _)| (began, course.watch.at()));
            return Ok(seen);
        }
        Step::Bake { colour, seconds } => {
            return bake(work, course, *colour, Duration::from_secs(*seconds)).await;
        }
        Step::Refresh {
            colour,
            after,
            healthy,
            most,
        } => {
            course.moves();
            hand.refresh(*colour, after.as_deref(), (*healthy, *most))
                .await?;
        }
        Step::AwaitRefresh {
            colour,
            after,
            within,
            watched,
        } => {
            let which = (after.as_deref(), *watched);
            let within = Duration::from_secs(*within);
            return await_refresh(work, course, *colour, which, within).await;
        }
        Step::StopRefresh { colour } => stop_refresh(work, *colour, SETTLES_WITHIN).await?,
        Step::Pin { colour, least } => hand.size(*colour, *least, None).await?,
        Step::Keep { colour, seconds } => hand.keep(*colour, *seconds).await?,
    }
    Ok(None)
}

/// Waits for what `ready` asks of a colour, and says what is missing.
async fn until(
    work: &Work<'_>,
    colour: Colour,
    within: Duration,
    ready: impl Fn(&ColourSight) -> Result<(), String>,
) -> Result<ColourSight, Failing> {
    let deadline = Instant::now() + within;
    let mut said = String::new();
    loop {
        let sight = work.hand.look().await?.of(colour);
        let missing = match ready(&sight) {
            Ok(()) => return Ok(sight),
            Err(missing) => missing,
        };
        if Instant::now() >= deadline {
            return Err(Failing::Gate(format!(
                "waited {} s; {missing}",
                within.as_secs()
            )));
        }
        if missing != said {
            (work.news)(News::StepWaits {
                what: missing.clone(),
            });
            said = missing;
        }
        pause(work, LOOK).await?;
    }
}

pub(super) async fn pause(work: &Work<'_>, time: Duration) -> Result<(), Failing> {
    let jitter = rand::rng().random_range(0.9..1.1);
    tokio::select! {
        () = tokio::time::sleep(time.mul_f64(jitter)) => Ok(()),
        () = work.stop.asked.cancelled() => Err(Failing::Interrupted),
    }
}

async fn empty(work: &Work<'_>, colour: Colour) -> Result<Option<String>, Failing> {
    let sight = work.hand.look().await?;
    work.hand.close_doors(&sight).await?;
    work.hand.size(colour, 0, Some(0)).await?;
    let within = work.hand.site.drain + EMPTIES_WITHIN;
    until(work, colour, within, |sight| {
        // Of a target that was never asked, or is asked no more, nobody waits for an answer.
        let busy = |target: &&TargetSight| !["initial", "unused"].contains(&target.state.as_str());
        match (
            sight.instances.len(),
            sight.targets.iter().filter(busy).count(),
        ) {
            (0, 0) => Ok(()),
            (0, draining) => Err(format!("{draining} of its targets finish what they have")),
            (left, _) => Err(format!("{left} of its instances are left")),
        }
    })
    .await?;
    Ok(None)
}

async fn healthy(
    work: &Work<'_>,
    colour: Colour,
    (targets, zones): (u32, u32),
    within: Duration,
) -> Result<Option<String>, Failing> {
    let unhealthy = |sight: &ColourSight| {
        sight
            .targets
            .iter()
            .find(|one| one.state == "unhealthy")
            .map(|one| {
                let why = one.why.as_deref().unwrap_or("AWS gives no reason");
                format!("target {} is unhealthy: {why}", one.instance)
            })
    };
    let sight = until(work, colour, within, |sight| {
        let (healthy, spread) = (sight.healthy(), sight.healthy_zones().len());
        if healthy >= targets && spread >= zones as usize {
            return Ok(());
        }
        let states: BTreeMap<&str, usize> =
            sight.targets.iter().fold(BTreeMap::new(), |mut all, one| {
                *all.entry(one.state.as_str()).or_default() += 1;
                all
            });
        let states: Vec<String> = states
            .iter()
            .map(|(state, number)| format!("{number} {state}"))
            .collect();
        Err(unhealthy(sight).unwrap_or_else(|| {
            format!(
                "{healthy} of {targets} targets are healthy, in {spread} of {zones} zones ({} in service; targets: {})",
                sight.in_service,
                if states.is_empty() { "none".to_owned() } else { states.join(", ") }
            )
        }))
    })
    .await?;
    let zones: Vec<&str> = sight.healthy_zones().into_iter().collect();
    Ok(Some(format!(
        "{} healthy in {}",
        sight.healthy(),
        zones.join(", ")
    )))
}

/// Asks the colour's targets through a door that only this run can open.
async fn probe(
    work: &Work<'_>,
    colour: Colour,
    clean: u32,
    version: Option<&str>,
) -> Result<Option<String>, Failing> {
    let token = hex::encode(rand::rng().random::<[u8; 16]>());
    let sight = work.hand.look().await?;
    work.hand.open_door(&sight, colour, &token).await?;
    let asked = ask_each(work, colour, &sight, clean, version, &token).await;
    // Whatever was answered, the door does not stay open.
    let closed = work.hand.close_doors(&sight).await;
    let asked = asked?;
    closed?;
    Ok(asked)
}

async fn ask_each(
    work: &Work<'_>,
    colour: Colour,
    sight: &Sight,
    clean: u32,
    version: Option<&str>,
    token: &str,
) -> Result<Option<String>, Failing> {
    let targets = sight.of(colour).healthy().max(1);
    let needed = clean * targets;
    let deadline = Instant::now() + CLEAN_WITHIN;
    let mut in_a_row = 0;
    let mut by_instance: BTreeMap<String, u32> = BTreeMap::new();
    let mut stated = Stated::default();
    let path = &work.hand.site.health_path;
    while in_a_row < needed {
        let (answer, _) = work.front.ask_anew(path, &[(DOOR, token)]).await;
        let unclean = match &answer {
            Ok(answer) if answer.status != 200 => Some(format!("answered {}", answer.status)),
            Ok(answer) => match (version, &answer.version) {
                (Some(wanted), Some(told)) if wanted != told => {
                    Some(format!("answered as version {told} instead of {wanted}"))
                }
                _ => None,
            },
            Err(error) => Some(error.clone()),
        };
        match unclean {
            None => {
                in_a_row += 1;
                if let Ok(answer) = answer {
                    stated = answer.stated;
                    if let Some(instance) = answer.instance {
                        *by_instance.entry(instance).or_default() += 1;
                    }
                }
            }
            Some(what) if Instant::now() >= deadline => {
                return Err(Failing::Gate(format!(
                    "{} does not give {needed} clean answers in a row: it {what}",
                    colour.key()
                )));
            }
            Some(what) => {
                in_a_row = 0;
                by_instance.clear();
                (work.news)(News::StepWaits { what });
            }
        }
        pause(work, ASK).await?;
    }
    if let Some((instance, few)) = by_instance.iter().find(|(_, answers)| **answers < clean)
        && by_instance.len() < targets as usize
    {
        return Err(Failing::Gate(format!(
            "only {} of {targets} targets answered; {instance} gave {few} answers",
            by_instance.len()
        )));
    }
    let beside = beside(work, sight, colour, stated).await?;
    Ok(Some(format!("{needed} clean answers{beside}")))
}
