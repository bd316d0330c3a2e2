//! The walk over a release's steps: each written down before it is begun and after it is done, each able to be begun again.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::act::Hand;
use super::baseline::Baseline;
use super::carry_out::{Course, Failing, carry_out};
use super::claim::{self, SaveError};
use super::counts::Balanced;
use super::course;
use super::evidence::Evidence;
use super::front::Front;
use super::judge::failed_requests;
use super::last_words::with_last_words;
use super::record::{Back, Ended, Record, State, Taken, Verdict};
use super::resume;
use super::rolling;
use super::step::Step;
use crate::exec::Stop;
use crate::exec::store::{Store, StoreError};
use crate::model::workloads::Colour;

/// What happens.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum News {
    /// A step began.
    StepBegan {
        /// Which, from 1.
        step: usize,
        /// Of how many.
        of: usize,
        /// What it does.
        what: String,
        /// Why.
        why: String,
    },
    /// A step waits.
    StepWaits {
        /// What is missing.
        what: String,
    },
    /// A step is done.
    StepDone {
        /// Which, from 1.
        step: usize,
        /// How long it took.
        took_ms: u64,
        /// What was seen.
        seen: Option<String>,
    },
    /// A gate failed, and the way back begins.
    GoingBack {
        /// The cause.
        cause: String,
    },
}

/// What a run is given.
pub struct Work<'a> {
    /// Who acts.
    pub hand: Hand<'a>,
    /// Where the record lies.
    pub store: &'a dyn Store,
    /// The fencing number of the lock that is held: no other run has the same.
    pub fence: u64,
    /// The way to the load balancer.
    pub front: Front,
    /// What is asked of it.
    pub path: String,
    /// Requests a second of the watch.
    pub rate: u32,
    /// When to stop.
    pub stop: &'a Stop,
    /// Where news go.
    pub news: &'a (dyn Fn(News) + Sync),
}

/// Why a run did not end.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The record cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Asked to stop: the record says how to go on.
    #[error("interrupted; `--resume` goes on, `--abort` goes back")]
    Interrupted,
    /// The way back failed, a rollback's included: the record says how to go on.
    #[error("{0}; what is left is in the record: `--resume` tries it again")]
    Stuck(String),
    /// Another run goes on with the release, or has ended it.
    #[error(
        "another run has taken this release over; this one has stopped, and changes nothing more"
    )]
    TakenOver,
}

impl From<SaveError> for Broken {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Store(error) => Self::Store(error),
            SaveError::TakenOver => Self::TakenOver,
        }
    }
}

/// Carries a record's open steps out. A failed gate of `deploy`, `switch` or `refresh` leads back to what served. A `rollback` goes
/// back only where no traffic has moved yet; otherwise it stays where it is, to be resumed.
///
/// # Errors
/// The record cannot be written, another run has taken it over, somebody asked to stop, or the way back failed.
pub async fn run(work: &Work<'_>, mut record: Record) -> Result<Record, Broken> {
    own(work, &mut record).await?;
    if record.ended.is_some() {
        // All that was left was to put it with the others.
        claim::close(work.store, &mut record).await?;
        return Ok(record);
    }
    // Nothing judges a rollback, and it is in a hurry. What was cut short is judged against what was before it.
    if record.may_be_taken_back() && record.baseline.is_none() {
        record.baseline = Some(Baseline::now(work).await);
    }
    resume::ready(work, &mut record)
        .await
        .map_err(|error| Broken::Stuck(error.to_string()))?;
    let mut course = Course::begin(work, &record);
    let mut outcome = walk(work, &mut record, &mut course).await?;
    if let Some(back) = record.back.clone() {
        // It was on its way back when it was cut short.
        return match outcome {
            None => end(work, record, course, back.verdict, back.cause).await,
            Some(cause) => Err(Broken::Stuck(cause)),
        };
    }
    if outcome.is_none() && record.may_be_taken_back() {
        // The last gate was asked before the last steps.
        outcome = failed_requests(&course.moving());
    }
    let Some(cause) = outcome else {
        return end(work, record, course, Verdict::Done, None).await;
    };
    if !record.may_be_taken_back() && record.has_moved() {
        // The way back from a rollback leads to the version that it was to get rid of.
        return Err(Broken::Stuck(cause));
    }
    let cause = with_last_words(work, record.to, course.began_at, cause).await;
    (work.news)(News::GoingBack {
        cause: cause.clone(),
    });
    let back = (Verdict::RolledBack, Some(cause));
    go_back(work, record, course, back).await
}

/// Takes a release back, wherever it stopped.
///
/// # Errors
/// As [`run`].
pub async fn abort(work: &Work<'_>, mut record: Record) -> Result<Record, Broken> {
    own(work, &mut record).await?;
    record.ended = None;
    let course = Course::begin(work, &record);
    go_back(work, record, course, (Verdict::Aborted, None)).await
}

/// Makes the record this run's. One that goes on says so at once, before it looks at anything: from then on, whoever had the release
/// before writes no further step.
async fn own(work: &Work<'_>, record: &mut Record) -> Result<(), SaveError> {
    record.fence = work.fence;
    if record.stored.is_some() {
        claim::save(work.store, record).await?;
    }
    Ok(())
}

/// What the load balancer has counted of all requests since the release began; nothing where that cannot be had.
async fn counted_since(work: &Work<'_>, began_at: i64) -> Option<Balanced> {
    let sight = work.hand.look().await.ok()?;
    let now = Timestamp::now().as_second();
    let counts = work.hand.counts(&sight, (began_at, now)).await.ok()?;
    Some(Balanced::of(&counts))
}

async fn end(
    work: &Work<'_>,
    mut record: Record,
    mut course: Course,
    verdict: Verdict,
    cause: Option<String>,
) -> Result<Record, Broken> {
    course.watch.rest().await;
    let samples = course.watch.since(Duration::ZERO);
    let mut evidence = Evidence::of(&samples, course.moved);
    evidence.counted = counted_since(work, course.began_at).await;
    record.ended = Some(Ended {
        at: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        verdict,
        cause,
        evidence: Some(evidence),
    });
    claim::close(work.store, &mut record).await?;
    Ok(record)
}

/// Replaces what is left to do by the way back, and goes it to its end.
async fn go_back(
    work: &Work<'_>,
    mut record: Record,
    mut course: Course,
    (verdict, cause): (Verdict, Option<String>),
) -> Result<Record, Broken> {
    record.steps.retain(|taken| taken.state != State::Open);
    for taken in &mut record.steps {
        if taken.state != State::Done {
            taken.state = State::Failed;
        }
    }
    let steps = way_back(work, &record).await?;
    record.back = Some(Back {
        from_step: record.steps.len(),
        verdict,
        cause: cause.clone(),
    });
    record.steps.extend(steps.into_iter().map(Taken::open));
    claim::save(work.store, &mut record).await?;
    match walk(work, &mut record, &mut course).await? {
        None => end(work, record, course, verdict, cause).await,
        Some(cause) => Err(Broken::Stuck(cause)),
    }
}

/// The steps of the way back.
async fn way_back(work: &Work<'_>, record: &Record) -> Result<Vec<Step>, Broken> {
    if record.to != Colour::Single {
        let sight = work.hand.look().await.ok();
        let back = course::Return::of(record, sight.as_ref(), work.hand.site.stickiness);
        if let (Some(_), Some(sight)) = (back.stay, &sight) {
            // What is emptied has its doors closed; of one that is kept, whatever is open here is closed with the next.
            let _ = work.hand.close_doors(sight).await;
        }
        // Where nothing can be seen, the usual way is the better guess.
        let down = sight.is_some_and(|sight| {
            sight.of(back.from).healthy() == 0 && sight.of(back.to).healthy() > 0
        });
        return Ok(if down {
            course::abort_later(&back, work.hand.site.stands_within())
        } else {
            course::abort(&back)
        });
    }
    let latest = work
        .hand
        .latest_refresh(record.to)
        .await
        .map_err(|error| Broken::Stuck(error.to_string()))?;
    let turn = work.hand.site.turn(
        latest.map(|one| one.id),
        record.before.instances(record.to),
        None,
    );
    // Any instance that starts after it reads the new release; a refresh writes none.
    let begun = record
        .steps
        .iter()
        .any(|taken| matches!(taken.step, Step::Write { .. }));
    Ok(rolling::abort(
        &turn,
        record.before.release(record.to),
        begun,
    ))
}

/// Walks the steps that are not done; gives the cause where a gate failed.
async fn walk(
    work: &Work<'_>,
    record: &mut Record,
    course: &mut Course,
) -> Result<Option<String>, Broken> {
    let from = record.next().unwrap_or(record.steps.len());
    steps(work, record, course, from).await
}

async fn steps(
    work: &Work<'_>,
    record: &mut Record,
    course: &mut Course,
    from: usize,
) -> Result<Option<String>, Broken> {
    let of = record.steps.len();
    for index in from..of {
        if record.steps[index].state == State::Done {
            continue;
        }
        if work.stop.asked.is_cancelled() {
            return Err(Broken::Interrupted);
        }
        let step = record.steps[index].step.clone();
        (work.news)(News::StepBegan {
            step: index + 1,
            of,
            what: step.sentence(),
            why: step.why().to_owned(),
        });
        if let Some(baseline) = &mut record.baseline
            && course.moved.is_none()
        {
            baseline.keep(&course.still());
        }
        record.steps[index].state = State::Begun;
        claim::save(work.store, record).await?;
        let began = Instant::now();
        let done = carry_out(work, &step, course).await;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        record.steps[index].took_ms = Some(took_ms);
        match done {
            Ok(seen) => {
                record.steps[index].state = State::Done;
                record.steps[index].seen.clone_from(&seen);
                claim::save(work.store, record).await?;
                (work.news)(News::StepDone {
                    step: index + 1,
                    took_ms,
                    seen,
                });
            }
            Err(Failing::Interrupted) => return Err(Broken::Interrupted),
            Err(failing) => {
                let cause = match failing {
                    Failing::Gate(cause) => cause,
                    Failing::Aws(error) => error.to_string(),
                    Failing::Interrupted => String::new(),
                };
                record.steps[index].state = State::Failed;
                record.steps[index].seen = Some(cause.clone());
                claim::save(work.store, record).await?;
                return Ok(Some(cause));
            }
        }
    }
    Ok(None)
}

/// The tag of an image; none where it has only a digest.
pub fn tag(image: &str) -> Option<&str> {
    let name = image.split('@').next()?;
    let last = name.rsplit('/').next()?;
    last.split_once(':').map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn the_tag_is_not_the_registrys_port() {
        assert_eq!(tag("localhost:5000/codedetect:1.0"), Some("1.0"));
        assert_eq!(tag("localhost:5000/codedetect"), None);
        assert_eq!(tag("codedetect@sha256:ab"), None);
    }
}
