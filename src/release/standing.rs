//! How a workload stands, for `status`: what was looked at, put together.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::record::{Record, State, Verdict};
use super::run::tag;
use super::sight::{ColourSight, Sight};
use super::site::Site;
use crate::model::workloads::Colour;
use crate::view::status::{ColourStatus, ReleaseStatus, WorkloadStatus, ZoneHealth};

/// Where a target stands whose instance has left its group.
const GONE: &str = "?";

/// What was looked at.
#[derive(Debug)]
pub struct Looked<'a> {
    /// The workload's names.
    pub site: &'a Site,
    /// The workload.
    pub sight: &'a Sight,
    /// When a colour is scheduled to end.
    pub ends: &'a BTreeMap<Colour, Timestamp>,
    /// The release that has not ended.
    pub open: Option<&'a Record>,
    /// The ended ones, the latest first.
    pub past: &'a [Record],
    /// The command that goes back.
    pub rollback: String,
    /// Now.
    pub now: Timestamp,
}

/// How the workload stands.
pub fn standing(looked: &Looked<'_>) -> WorkloadStatus {
    let serving = looked.sight.serving();
    let colours = looked
        .sight
        .colours
        .iter()
        .map(|(colour, sight)| status(looked, *colour, sight, serving))
        .collect();
    WorkloadStatus {
        name: looked.site.workload.clone(),
        colours,
        rollback: may_go_back(looked, serving).then(|| looked.rollback.clone()),
        release: looked.open.map(under_way),
    }
}

/// The release that has not ended, as it is told.
pub fn under_way(record: &Record) -> ReleaseStatus {
    let at = record
        .next()
        .unwrap_or(record.steps.len().saturating_sub(1));
    let taken = record.steps.get(at);
    ReleaseStatus {
        run: record.run.clone(),
        verb: record.verb.clone(),
        by: record.by.clone(),
        started: record.started.clone(),
        image: record.image.clone(),
        step: at + 1,
        of: record.steps.len(),
        doing: taken.map_or(String::new(), |one| one.step.sentence()),
        begun: taken.is_some_and(|one| one.state != State::Open),
    }
}

fn status(
    looked: &Looked<'_>,
    colour: Colour,
    sight: &ColourSight,
    serving: Option<Colour>,
) -> ColourStatus {
    let ends = looked.ends.get(&colour);
    let role = match () {
        () if serving == Some(colour) => "live",
        () if sight.weight > 0 => "preview",
        () if ends.is_some() && !sight.instances.is_empty() => "leaving",
        () => "idle",
    };
    let image = sight.image();
    ColourStatus {
        colour: colour.key().to_owned(),
        role: role.to_owned(),
        version: image
            .as_deref()
            .map(|image| tag(image).unwrap_or(image).to_owned()),
        weight: sight.weight,
        instances: sight.in_service,
        wanted: sight.desired,
        least: sight.least,
        most: sight.most,
        zones: zones(sight),
        since: (serving == Some(colour))
            .then(|| serves_since(looked, colour))
            .flatten()
            .map(|since| ago(since, looked.now)),
        next: ends.map(|at| format!("ends in {}", ago(looked.now, *at))),
    }
}

fn zones(sight: &ColourSight) -> Vec<ZoneHealth> {
    let mut zones: BTreeMap<&str, BTreeMap<String, u32>> = BTreeMap::new();
    for target in &sight.targets {
        let zone = sight
            .instances
            .get(&target.instance)
            .map_or(GONE, String::as_str);
        let states = zones.entry(zone).or_default();
        *states.entry(target.state.clone()).or_default() += 1;
    }
    zones
        .into_iter()
        .map(|(zone, states)| ZoneHealth {
            zone: zone.to_owned(),
            healthy: states.get("healthy").copied().unwrap_or(0),
            total: states.values().sum(),
            states,
        })
        .collect()
}

/// When the latest release that brought this colour its traffic ended.
fn serves_since(looked: &Looked<'_>, colour: Colour) -> Option<Timestamp> {
    looked
        .past
        .iter()
        .filter(|record| record.to == colour)
        .filter_map(|record| record.ended.as_ref())
        .find(|ended| ended.verdict == Verdict::Done)
        .and_then(|ended| ended.at.parse().ok())
}

/// Whether `rollback` has somewhere to go.
fn may_go_back(looked: &Looked<'_>, serving: Option<Colour>) -> bool {
    if looked.open.is_some() {
        return false;
    }
    match serving {
        Some(Colour::Single) => looked.past.iter().any(|record| {
            let done = record.ended.as_ref().map(|ended| ended.verdict) == Some(Verdict::Done);
            let before = record.before.release(Colour::Single);
            done && !before.is_empty() && before != looked.sight.of(Colour::Single).release
        }),
        Some(colour) => colour.other().is_some_and(|other| {
            let (now, former) = (looked.sight.of(colour), looked.sight.of(other));
            former.healthy() > 0 || (former.image().is_some() && former.image() != now.image())
        }),
        None => false,
    }
}

/// The time between two moments, as exact as a person wants it.
fn ago(from: Timestamp, to: Timestamp) -> String {
    let minutes = (to.as_second() - from.as_second()).max(0) / 60;
    match minutes {
        0 => format!("{}s", (to.as_second() - from.as_second()).max(0)),
        1..=89 => format!("{minutes}m"),
        90..=2879 => format!("{}h", (minutes + 30) / 60),
        _ => format!("{}d", minutes / (24 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::sample::{sight, site};
    use crate::release::sight::TargetSight;

    fn colour(weight: u32, version: &str, states: &[(&str, &str)]) -> ColourSight {
        ColourSight {
            weight,
            most: 2,
            desired: 1,
            in_service: 1,
            release: format!(r#"{{"image":"ghcr.io/example/codedetect:{version}"}}"#),
            instances: states
                .iter()
                .filter(|(_, state)| *state != "draining")
                .map(|(id, _)| ((*id).to_owned(), "eu-west-1a".to_owned()))
                .collect(),
            targets: states
                .iter()
                .map(|(id, state)| TargetSight {
                    instance: (*id).to_owned(),
                    state: (*state).to_owned(),
                    why: None,
                })
                .collect(),
            ..ColourSight::default()
        }
    }

    #[test]
    fn colours_have_their_role_their_targets_by_zone_and_their_end() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let blue = colour(0, "1.0.0", &[("i-1", "healthy"), ("i-2", "draining")]);
        let green = colour(100, "1.1.0", &[("i-3", "healthy")]);
        let sight = sight(blue, green);
        let ends = [(Colour::Blue, "2026-01-01T00:09:30Z".parse().unwrap())].into();
        let status = standing(&Looked {
            site: &site(),
            sight: &sight,
            ends: &ends,
            open: None,
            past: &[],
            rollback: "codedetect-infra rollback stack.yaml".to_owned(),
            now,
        });
        let (blue, green) = (&status.colours[0], &status.colours[1]);
        assert_eq!(
            (blue.role.as_str(), green.role.as_str()),
            ("leaving", "live")
        );
        assert_eq!(blue.version.as_deref(), Some("1.0.0"));
        assert_eq!(blue.next.as_deref(), Some("ends in 9m"));
        let zones: Vec<_> = blue.zones.iter().map(|zone| zone.zone.as_str()).collect();
        assert_eq!(zones, ["?", "eu-west-1a"]);
        assert!(status.rollback.is_some());
    }

    #[test]
    fn times_are_as_exact_as_a_person_wants_them() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let spans = [5, 600, 7_200, 900_000].map(|seconds| ago(at(0), at(seconds)));
        assert_eq!(spans, ["5s", "10m", "2h", "10d"]);
    }
}
