//! What a release that was cut short, or is stuck, needs before it goes on where it stopped.

use super::record::{Record, State, Taken};
use super::refresh::Progress;
use super::run::Work;
use super::step::Step;
use crate::aws::AwsError;

/// Makes a record ready to go on.
///
/// # Errors
/// AWS's.
pub(super) async fn ready(work: &Work<'_>, record: &mut Record) -> Result<(), AwsError> {
    // A deploy whose replacement was given up goes back; on the way back, nothing is left but to try again.
    if !record.may_be_taken_back() || record.back.is_some() {
        replace_again(work, record).await?;
    }
    ask_again(record);
    Ok(())
}

/// Opens the wait for healthy targets again where traffic is what comes next: they may have been lost meanwhile. On the way back,
/// traffic goes to what served, and does not wait.
fn ask_again(record: &mut Record) {
    let Some(next) = record.next().filter(|_| record.back.is_none()) else {
        return;
    };
    let to = record.to;
    let asked = |taken: &&mut Taken| matches!(taken.step, Step::AwaitHealthy { colour, .. } if colour == to);
    if matches!(record.steps[next].step, Step::Weigh { .. })
        && let Some(taken) = record.steps[..next].iter_mut().rev().find(asked)
    {
        taken.state = State::Open;
    }
}

/// Has a replacement begun anew that Auto Scaling has given up: no wait for it would ever end well.
async fn replace_again(work: &Work<'_>, record: &mut Record) -> Result<(), AwsError> {
    let Some(next) = record.next() else {
        return Ok(());
    };
    let Step::AwaitRefresh { colour, .. } = record.steps[next].step else {
        return Ok(());
    };
    let latest = work.hand.latest_refresh(colour).await?;
    if let Some(latest) = latest
        && matches!(latest.state, Progress::Ended(_))
    {
        begun_after(record, next, &latest.id);
    }
    Ok(())
}

/// Opens the replacement again that the step at `waits` waits for, as one that is later than the latest.
fn begun_after(record: &mut Record, waits: usize, latest: &str) {
    let Some(steps) = record.steps.get_mut(..=waits) else {
        return;
    };
    for taken in steps.iter_mut().rev() {
        match &mut taken.step {
            Step::AwaitRefresh { after, .. } => *after = Some(latest.to_owned()),
            Step::Refresh { after, .. } => {
                *after = Some(latest.to_owned());
                taken.state = State::Open;
                return;
            }
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workloads::Colour;
    use crate::release::record::{Back, Before, Beginning, Verdict};
    use crate::release::sample;

    fn record(verb: &'static str, to: Colour, steps: Vec<Step>) -> Record {
        Record::new(
            Beginning {
                run: "20260101T000000Z-000001".to_owned(),
                verb,
                by: "ops@localhost".to_owned(),
                started: "2026-01-01T00:00:00Z".to_owned(),
                workload: sample::site().workload,
                from: to.other().unwrap_or(to),
                to,
                image: "shop:1".to_owned(),
                before: Before::default(),
            },
            steps,
        )
    }

    #[test]
    fn a_replacement_that_was_given_up_is_begun_anew_and_waited_for() {
        let colour = Colour::Single;
        let refresh = |after: Option<&str>| Step::Refresh {
            colour,
            after: after.map(str::to_owned),
            healthy: 100,
            most: 200,
        };
        let wait = |after: Option<&str>| Step::AwaitRefresh {
            colour,
            after: after.map(str::to_owned),
            within: 60,
            watched: false,
        };
        let mut record = record("rollback", colour, vec![refresh(None), wait(None)]);
        record.steps[0].state = State::Done;
        record.steps[1].state = State::Failed;
        begun_after(&mut record, 1, "r-1");
        assert_eq!(record.next(), Some(0));
        assert_eq!(record.steps[0].step, refresh(Some("r-1")));
        assert_eq!(record.steps[1].step, wait(Some("r-1")));
    }

    /// A deploy of which the first so many steps are done: it waits, gives a share, watches, gives all.
    fn deploy(done: usize) -> Record {
        let colour = Colour::Green;
        let weigh = |share| Step::Weigh {
            weights: [(Colour::Blue, 100 - share), (colour, share)].into(),
        };
        let steps = vec![
            Step::AwaitHealthy {
                colour,
                targets: 2,
                zones: 2,
                within: 60,
            },
            weigh(5),
            Step::Bake { colour, seconds: 3 },
            weigh(100),
        ];
        let mut record = record("deploy", colour, steps);
        for taken in &mut record.steps[..done] {
            taken.state = State::Done;
        }
        record
    }

    #[test]
    fn before_more_traffic_moves_the_targets_are_waited_for_again() {
        for (done, begins_at) in [(0, 0), (1, 0), (2, 2), (3, 0), (4, 4)] {
            let mut record = deploy(done);
            ask_again(&mut record);
            assert_eq!(record.next().unwrap_or(4), begins_at, "after {done} steps");
        }
    }

    #[test]
    fn the_way_back_waits_for_no_target_that_it_leaves() {
        let mut record = deploy(1);
        record.back = Some(Back {
            from_step: 1,
            verdict: Verdict::RolledBack,
            cause: None,
        });
        ask_again(&mut record);
        assert_eq!(record.steps[0].state, State::Done);
    }
}
