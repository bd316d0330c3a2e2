//! The steps of each verb: pure, so that `--dry-run` shows exactly what would be done.

use std::time::Duration;

use super::record::{Before, Record, State};
use super::sight::Sight;
use super::step::{Step, Weights};
use crate::model::workloads::Colour;

/// What a course needs to know.
#[derive(Clone, Debug)]
pub struct Way {
    /// The colour that serves now.
    pub from: Colour,
    /// The colour that is to serve.
    pub to: Colour,
    /// How many instances serve now, as Auto Scaling has moved it.
    pub capacity: u32,
    /// In how many zones they stand.
    pub zones: u32,
    /// The least number of serving instances, as the file says.
    pub least: u32,
    /// How long a new target may take to be healthy.
    pub grace: Duration,
    /// The version that must answer, where the image says one.
    pub version: Option<String>,
    /// Clean answers in a row that each target must give.
    pub clean: u32,
    /// How long each share of the traffic is watched.
    pub bake: Duration,
    /// How long the old colour stays warm.
    pub keep: Duration,
}

/// What `deploy` does.
///
/// `to_is_running` says whether the idle colour still has instances of an earlier release; `canary` are the shares that the new
/// colour gets before it gets all, in hundredths and growing.
pub fn deploy(way: &Way, release: &str, to_is_running: bool, canary: &[u32]) -> Vec<Step> {
    let to = way.to;
    let mut steps = vec![Step::StopKeeping { colour: to }];
    if to_is_running {
        steps.push(Step::Empty { colour: to });
    }
    steps.push(Step::Write {
        colour: to,
        release: release.to_owned(),
    });
    steps.push(Step::Size {
        colour: to,
        instances: way.capacity,
    });
    steps.extend(shift(way, canary));
    steps
}

/// What `switch` does: traffic only.
pub fn switch(way: &Way, canary: &[u32]) -> Vec<Step> {
    let to = way.to;
    let mut steps = vec![
        Step::StopKeeping { colour: to },
        Step::Size {
            colour: to,
            instances: way.capacity,
        },
    ];
    steps.extend(shift(way, canary));
    steps
}

/// What `rollback` does where the former colour is still warm: no gate stands in its way. Auto Scaling may have shrunk it for want of
/// load; that is asked for and not waited for.
pub fn rollback(way: &Way) -> Vec<Step> {
    vec![
        Step::StopKeeping { colour: way.to },
        Step::Size {
            colour: way.to,
            instances: way.capacity,
        },
        Step::Weigh {
            weights: all_to(way.to),
        },
        Step::Settle {
            colour: way.to,
            alone: true,
        },
        Step::Pin {
            colour: way.to,
            least: way.least,
        },
        Step::Keep {
            colour: way.from,
            seconds: way.keep.as_secs(),
        },
    ]
}

/// What the way back of a release needs to know.
#[derive(Clone, Debug)]
pub struct Return<'a> {
    /// The colour that served, and is to serve again.
    pub from: Colour,
    /// The colour that was to serve.
    pub to: Colour,
    /// How everything was.
    pub before: &'a Before,
    /// How many instances the colour that served is to have: no fewer than it had, nor than Auto Scaling wants by now.
    pub instances: u32,
    /// How long clients stay with the colour that was to serve, where there are any.
    pub stay: Option<Duration>,
}

impl<'a> Return<'a> {
    /// The way back of a release, the workload standing as it was `seen` last and its clients sticking to their colour for a time.
    pub fn of(record: &'a Record, seen: Option<&Sight>, stickiness: Option<Duration>) -> Self {
        let (from, to, before) = (record.from, record.to, &record.before);
        let emptied = record.steps.iter().any(
            |taken| matches!(taken.step, Step::Empty { colour } if colour == to && taken.state != State::Open),
        );
        let has_clients = record.has_moved() || (before.instances(to) > 0 && !emptied);
        let had = before.instances(from).max(before.least(from)).max(1);
        Self {
            from,
            to,
            before,
            stay: stickiness.filter(|_| has_clients),
            instances: seen.map_or(had, |sight| {
                let now = sight.of(from);
                had.max(now.desired).min(now.most)
            }),
        }
    }
}

/// The way back from wherever a release stopped: the colour that served serves again, and the other is as it was.
pub fn abort(back: &Return<'_>) -> Vec<Step> {
    let Return {
        from, to, before, ..
    } = *back;
    vec![
        Step::StopKeeping { colour: from },
        Step::Size {
            colour: from,
            instances: back.instances,
        },
        Step::Weigh {
            weights: all_to(from),
        },
        Step::Settle {
            colour: from,
            alone: true,
        },
        Step::Pin {
            colour: from,
            least: before.least(from),
        },
        // Their cookies lead them to it whatever the weights say, and to nobody once it is empty.
        back.stay
            .map_or(Step::Empty { colour: to }, |stay| Step::Keep {
                colour: to,
                seconds: stay.as_secs(),
            }),
        Step::Write {
            colour: to,
            release: before.release(to).to_owned(),
        },
    ]
}

/// The same where the colour that served has no healthy target, and the other one has: the traffic stays with who answers until
/// the colour that served stands again.
pub fn abort_later(back: &Return<'_>, within: Duration) -> Vec<Step> {
    let mut steps = abort(back);
    let weighed = steps
        .iter()
        .position(|step| matches!(step, Step::Weigh { .. }))
        .unwrap_or_default();
    let hold = [
        Step::Weigh {
            weights: all_to(back.to),
        },
        Step::AwaitHealthy {
            colour: back.from,
            targets: back.before.instances(back.from).max(1),
            zones: 1,
            within: within.as_secs(),
        },
    ];
    steps.splice(weighed..weighed, hold);
    steps
}

/// Everything from healthy targets to the old colour's end.
fn shift(way: &Way, canary: &[u32]) -> Vec<Step> {
    let (from, to) = (way.from, way.to);
    let mut steps = vec![
        Step::AwaitHealthy {
            colour: to,
            targets: way.capacity,
            zones: way.zones,
            within: way.grace.as_secs(),
        },
        Step::Probe {
            colour: to,
            clean: way.clean,
            version: way.version.clone(),
        },
        // The less of the traffic it has, the fewer instances Auto Scaling would leave it; all of it may come back.
        Step::Pin {
            colour: from,
            least: way.capacity,
        },
    ];
    let shares = canary
        .iter()
        .copied()
        .filter(|share| *share < 100)
        .chain([100]);
    for share in shares {
        steps.push(Step::Weigh {
            weights: [(from, 100 - share), (to, share)].into(),
        });
        steps.push(Step::Settle {
            colour: to,
            alone: share == 100,
        });
        if !way.bake.is_zero() {
            steps.push(Step::Bake {
                colour: to,
                seconds: way.bake.as_secs(),
            });
        }
    }
    steps.push(Step::Pin {
        colour: to,
        least: way.least,
    });
    steps.push(Step::Keep {
        colour: from,
        seconds: way.keep.as_secs(),
    });
    steps
}

fn all_to(colour: Colour) -> Weights {
    let mut weights = Weights::from([(colour, 100)]);
    weights.extend(colour.other().map(|other| (other, 0)));
    weights
}

#[cfg(test)]
mod tests;
