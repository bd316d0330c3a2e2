//! What is refused before the first step, with the reason and the remedy: all of it at once.

mod capacity;
mod certificate;
mod drain;
#[cfg(test)]
mod sample;
mod schema;

use std::time::Duration;

use super::facts::Facts;
use super::sight::Sight;
use super::site::Site;
use crate::model::workloads::Colour;

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A new release on the idle colour.
    Deploy,
    /// The traffic to a colour that runs.
    Switch,
    /// The traffic back to the colour that served before.
    Rollback,
}

/// What was looked up for the preflight.
#[derive(Debug)]
pub struct Known<'a> {
    /// The workload's names and settings.
    pub site: &'a Site,
    /// The workload as it stands.
    pub sight: &'a Sight,
    /// The colour that is to serve.
    pub to: Colour,
    /// How long the old colour stays warm.
    pub keep: Duration,
    /// Alarms that ring.
    pub ringing: &'a [String],
    /// What was looked up beyond that.
    pub facts: &'a Facts,
}

/// What may be in the way.
type Check = fn(Aim, &Known<'_>) -> Vec<String>;

/// The checks that have a file of their own, in the order in which they are told.
const CHECKS: [Check; 4] = [
    capacity::check,
    drain::check,
    certificate::check,
    schema::check,
];

/// Why it is not begun; nothing where it may be.
pub fn refusals(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let mut refusals = Vec::new();
    let (site, to) = (known.site, known.sight.of(known.to));
    let from = known.to.other().map(|other| known.sight.of(other));
    if let Some(from) = &from
        && aim != Aim::Rollback
    {
        if from.healthy() == 0 {
            refusals.push(format!(
                "{} serves and has no healthy target: there is nothing to go back to; mend it, or add --force",
                known.to.other().map_or("", Colour::key)
            ));
        }
        if to.most < from.in_service {
            refusals.push(format!(
                "{} may have {} instances and {} serve now: raise `max` of workload {} and apply",
                known.to.key(),
                to.most,
                from.in_service,
                site.workload
            ));
        }
    }
    if aim == Aim::Switch {
        let unwell: Vec<String> = to
            .targets
            .iter()
            .filter(|one| one.state == "unhealthy")
            .map(|one| {
                let why = one.why.as_deref().unwrap_or("AWS gives no reason");
                format!("{} ({why})", one.instance)
            })
            .collect();
        if !unwell.is_empty() {
            refusals.push(format!(
                "{} is unhealthy: {}",
                known.to.key(),
                unwell.join(", ")
            ));
        }
        if to.in_service == 0 {
            refusals.push(format!(
                "{} runs nothing: deploy to it first",
                known.to.key()
            ));
        }
    }
    if known.to == Colour::Single && to.healthy() == 0 && aim != Aim::Rollback {
        refusals.push(
            "it has no healthy target: there is nothing to go back to; mend it, or add --force"
                .to_owned(),
        );
    }
    if let Some(stickiness) = site.stickiness
        && site.healthy.is_none()
        && stickiness > known.keep
        && aim != Aim::Rollback
    {
        refusals.push(format!(
            "a client stays with its colour for {} s and the old one is kept for {} s: such clients would get 503; \
             keep it longer (--keep {}s) or shorten `load_balancer.stickiness`",
            stickiness.as_secs(),
            known.keep.as_secs(),
            stickiness.as_secs()
        ));
    }
    if !known.ringing.is_empty() && aim != Aim::Rollback {
        refusals.push(format!(
            "alarm {} rings already: a release could not be told from what is wrong now; mend that first, or add --force",
            known.ringing.join(", ")
        ));
    }
    refusals.extend(CHECKS.iter().flat_map(|check| check(aim, known)));
    refusals
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::release::sight::{ColourSight, Shares, TargetSight};

    pub(super) fn site() -> Site {
        Site {
            workload: "analyzer".to_owned(),
            prefix: "codedetect-prod".to_owned(),
            balancer: "front".to_owned(),
            colours: BTreeMap::new(),
            healthy: None,
            bounds: (1, 2),
            health_path: "/api/health".to_owned(),
            grace: Duration::from_secs(300),
            drain: Duration::from_secs(30),
            stickiness: None,
            domain: None,
            log_group: "/codedetect-prod/analyzer".to_owned(),
            topic: None,
        }
    }

    pub(super) fn colour(in_service: u32, most: u32, state: &str) -> ColourSight {
        ColourSight {
            in_service,
            most,
            targets: (0..in_service)
                .map(|number| TargetSight {
                    instance: format!("i-{number}"),
                    state: state.to_owned(),
                    why: None,
                })
                .collect(),
            ..ColourSight::default()
        }
    }

    pub(super) fn sight(blue: ColourSight, green: ColourSight) -> Sight {
        Sight {
            colours: [(Colour::Blue, blue), (Colour::Green, green)].into(),
            listener: Shares {
                arn: "l".to_owned(),
                port: 80,
                secure: false,
                actions: Vec::new(),
                certificate: None,
            },
            dns_name: "front.example.com".to_owned(),
        }
    }

    fn refused(aim: Aim, site: &Site, sight: &Sight, ringing: &[String]) -> String {
        refusals(
            aim,
            &Known {
                site,
                sight,
                to: Colour::Green,
                keep: Duration::from_secs(600),
                ringing,
                facts: &Facts::default(),
            },
        )
        .join("\n")
    }

    #[test]
    fn a_sound_stack_is_deployed_to() {
        let sight = sight(colour(1, 2, "healthy"), colour(0, 2, ""));
        assert_eq!(refused(Aim::Deploy, &site(), &sight, &[]), "");
    }

    #[test]
    fn a_colour_too_small_for_what_serves_is_refused() {
        let sight = sight(colour(3, 4, "healthy"), colour(0, 2, ""));
        assert!(refused(Aim::Deploy, &site(), &sight, &[]).contains("raise `max`"));
    }

    #[test]
    fn nothing_is_switched_to_a_colour_that_is_empty_or_unhealthy() {
        let empty = sight(colour(1, 2, "healthy"), colour(0, 2, ""));
        assert!(refused(Aim::Switch, &site(), &empty, &[]).contains("deploy to it first"));
        let unwell = sight(colour(1, 2, "healthy"), colour(1, 2, "unhealthy"));
        assert!(refused(Aim::Switch, &site(), &unwell, &[]).contains("unhealthy: i-0"));
    }

    #[test]
    fn stickiness_that_outlives_the_old_colour_is_refused() {
        let site = Site {
            stickiness: Some(Duration::from_secs(3600)),
            ..site()
        };
        let sight = sight(colour(1, 2, "healthy"), colour(0, 2, ""));
        assert!(refused(Aim::Deploy, &site, &sight, &[]).contains("--keep 3600s"));
    }

    #[test]
    fn an_alarm_that_rings_stops_a_deploy_and_never_a_rollback() {
        let sight = sight(colour(1, 2, "unhealthy"), colour(1, 2, "healthy"));
        let ringing = ["cpu".to_owned()];
        assert!(refused(Aim::Deploy, &site(), &sight, &ringing).contains("alarm cpu"));
        assert_eq!(refused(Aim::Rollback, &site(), &sight, &ringing), "");
    }
}
