//! The steps of a workload that has one group only: its instances are replaced, and replaced again where that went wrong. Pure.

use std::time::Duration;

use super::step::Step;
use crate::model::workloads::Colour;

/// What the course of a replacement needs to know.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The latest replacement so far; nothing where there was none.
    pub after: Option<String>,
    /// How many instances serve now.
    pub capacity: u32,
    /// The share of them that the file wants healthy at any time, in hundredths.
    pub healthy: u32,
    /// How long one instance may take to be replaced.
    pub each: Duration,
    /// The version that must answer, where the image says one.
    pub version: Option<String>,
    /// Clean answers in a row that each target must give.
    pub clean: u32,
    /// How long the new version is watched once it serves alone.
    pub bake: Duration,
}

const ONLY: Colour = Colour::Single;

/// What `deploy` does.
pub fn deploy(turn: &Turn, release: &str) -> Vec<Step> {
    let mut steps = vec![write(release)];
    steps.extend(refresh(turn));
    steps
}

/// What `rollback` does with the former release. No gate judges it: what rings or fails may be why one goes back.
pub fn rollback(turn: &Turn, former: &str) -> Vec<Step> {
    let mut steps = vec![write(former)];
    steps.extend(renewed(turn, false));
    steps
}

/// What `refresh` does: the same release on new instances.
pub fn refresh(turn: &Turn) -> Vec<Step> {
    renewed(turn, true)
}

/// The way back from wherever a release stopped. `begun` says whether any instance may have read the new release.
pub fn abort(turn: &Turn, former: &str, begun: bool) -> Vec<Step> {
    let mut steps = vec![Step::StopRefresh { colour: ONLY }, write(former)];
    if begun {
        steps.extend(replaced(turn, false));
        steps.push(Step::Settle {
            colour: ONLY,
            alone: true,
        });
    }
    steps
}

fn write(release: &str) -> Step {
    Step::Write {
        colour: ONLY,
        release: release.to_owned(),
    }
}

/// The instances replaced, and the new ones asked.
fn renewed(turn: &Turn, watched: bool) -> Vec<Step> {
    let mut steps = replaced(turn, watched);
    steps.push(Step::Probe {
        colour: ONLY,
        clean: turn.clean,
        version: turn.version.clone(),
    });
    steps.push(Step::Settle {
        colour: ONLY,
        alone: true,
    });
    if !turn.bake.is_zero() {
        steps.push(Step::Bake {
            colour: ONLY,
            seconds: turn.bake.as_secs(),
        });
    }
    steps
}

fn replaced(turn: &Turn, watched: bool) -> Vec<Step> {
    let (healthy, most) = shares(turn.capacity, turn.healthy);
    vec![
        Step::Refresh {
            colour: ONLY,
            after: turn.after.clone(),
            healthy,
            most,
        },
        Step::AwaitRefresh {
            colour: ONLY,
            after: turn.after.clone(),
            within: turn.each.as_secs(),
            watched,
        },
    ]
}

/// The least and the greatest share of healthy instances, in hundredths, as Auto Scaling takes them: the one is 0 to 100, the other
/// 100 to 200, and they may be 100 apart ("Instance maintenance policies", Auto Scaling user guide). Where the file's share would
/// leave no instance to take away, one more is started at a time instead.
fn shares(capacity: u32, healthy: u32) -> (u32, u32) {
    let instances = capacity.max(1);
    let may_go = instances * (100 - healthy.min(100)) / 100;
    if may_go == 0 {
        (100, 100 + 100_u32.div_ceil(instances))
    } else {
        (healthy, 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(capacity: u32, healthy: u32) -> Turn {
        Turn {
            after: None,
            capacity,
            healthy,
            each: Duration::from_secs(60),
            version: Some("2".to_owned()),
            clean: 5,
            bake: Duration::from_secs(30),
        }
    }

    #[test]
    fn a_single_instance_is_never_taken_away_before_the_next_is_healthy() {
        for healthy in [1, 50, 90, 100] {
            assert_eq!(shares(1, healthy), (100, 200), "{healthy}");
        }
    }

    #[test]
    fn as_many_go_as_the_file_allows_and_else_one_more_starts() {
        assert_eq!(shares(4, 50), (50, 100));
        assert_eq!(shares(2, 60), (100, 150));
        assert_eq!(shares(3, 100), (100, 134));
        assert_eq!(shares(200, 100), (100, 101));
    }

    #[test]
    fn the_release_is_written_before_an_instance_reads_it() {
        let steps = deploy(&turn(2, 100), "{}");
        assert!(matches!(steps[0], Step::Write { .. }));
        assert!(matches!(steps[1], Step::Refresh { .. }));
        assert!(matches!(steps[2], Step::AwaitRefresh { watched: true, .. }));
    }

    #[test]
    fn a_rollback_is_not_judged_while_it_replaces_a_version_that_fails() {
        let unwatched = Turn {
            bake: Duration::ZERO,
            ..turn(2, 100)
        };
        let steps = rollback(&unwatched, "{}");
        assert!(matches!(steps[0], Step::Write { .. }));
        assert!(matches!(
            steps[2],
            Step::AwaitRefresh { watched: false, .. }
        ));
        let judged = |step: &Step| matches!(step, Step::Bake { .. });
        assert!(!steps.iter().any(judged), "{steps:?}");
    }

    #[test]
    fn the_way_back_replaces_instances_only_where_one_may_have_read_the_new_release() {
        let back = abort(&turn(2, 100), "{}", true);
        assert!(matches!(back[0], Step::StopRefresh { .. }));
        assert!(back.iter().any(|step| matches!(step, Step::Refresh { .. })));
        assert_eq!(abort(&turn(2, 100), "{}", false).len(), 2);
    }
}
