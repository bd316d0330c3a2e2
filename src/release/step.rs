//! One step of a release: what it makes true. Carrying it out twice is the same as once.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::workloads::Colour;

/// How much of the traffic each colour gets, in hundredths.
pub type Weights = BTreeMap<Colour, u32>;

/// What a step makes true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Step {
    /// No scheduled end of the colour is pending.
    StopKeeping {
        /// Which.
        colour: Colour,
    },
    /// The colour has no instances, and no target that still works.
    Empty {
        /// Which.
        colour: Colour,
    },
    /// The colour's release parameter holds this text; instances that start from now on run it.
    Write {
        /// Which.
        colour: Colour,
        /// The release, as JSON. It holds names of secrets and no secret.
        release: String,
    },
    /// The group runs at least so many instances, and Auto Scaling may not take one away.
    Size {
        /// Which.
        colour: Colour,
        /// Least and desired number.
        instances: u32,
    },
    /// The load balancer holds so many targets for healthy, in so many zones.
    AwaitHealthy {
        /// Which.
        colour: Colour,
        /// How many targets at the least.
        targets: u32,
        /// In how many zones at the least.
        zones: u32,
        /// How long that may take, in seconds.
        within: u64,
    },
    /// Each target has given clean answers to requests that only this run can send to it.
    Probe {
        /// Which.
        colour: Colour,
        /// Clean answers in a row, for each target.
        clean: u32,
        /// The version that must answer, where the image says one.
        version: Option<String>,
    },
    /// The traffic goes so, as the listener says.
    Weigh {
        /// By colour.
        weights: Weights,
    },
    /// Requests through the load balancer are answered as the weights say.
    Settle {
        /// The colour that has got (more of) the traffic.
        colour: Colour,
        /// Whether it has all of it.
        alone: bool,
    },
    /// Nothing has gone wrong for this long.
    Bake {
        /// The colour under watch.
        colour: Colour,
        /// Seconds.
        seconds: u64,
    },
    /// A replacement of all instances has been started that is later than the one named.
    Refresh {
        /// Which.
        colour: Colour,
        /// The latest replacement before; nothing where there was none.
        after: Option<String>,
        /// The share of instances that stay healthy, in hundredths.
        healthy: u32,
        /// The share of instances that there may be, in hundredths.
        most: u32,
    },
    /// The replacement is through, and nothing has gone wrong meanwhile.
    AwaitRefresh {
        /// Which.
        colour: Colour,
        /// The latest replacement before it.
        after: Option<String>,
        /// How long it may make no progress, in seconds.
        within: u64,
        /// Whether what goes wrong meanwhile ends it.
        watched: bool,
    },
    /// No replacement is under way.
    StopRefresh {
        /// Which.
        colour: Colour,
    },
    /// Auto Scaling may shrink the group to this number, and no further.
    Pin {
        /// Which.
        colour: Colour,
        /// The least number.
        least: u32,
    },
    /// The colour stays warm for a while; Auto Scaling ends it by itself afterwards.
    Keep {
        /// Which.
        colour: Colour,
        /// Seconds.
        seconds: u64,
    },
}

impl Step {
    /// What is done, as a sentence in the present.
    pub fn sentence(&self) -> String {
        match self {
            Self::StopKeeping { colour } => {
                format!("Cancel the scheduled end of {}", colour.key())
            }
            Self::Empty { colour } => format!("Drain {} and end its instances", colour.key()),
            Self::Write { colour, .. } => format!("Write the release to {}", colour.key()),
            Self::Size { colour, instances } => format!(
                "Have {} run on {}",
                counted(*instances, "instance"),
                colour.key()
            ),
            Self::AwaitHealthy {
                colour,
                targets,
                zones,
                ..
            } => format!(
                "Wait until {} of {} {} healthy, in {}",
                counted(*targets, "target"),
                colour.key(),
                if *targets == 1 { "is" } else { "are" },
                counted(*zones, "zone")
            ),
            Self::Probe {
                colour,
                clean,
                version,
            } => format!(
                "Ask each target of {} until it has given {clean} clean answers{}",
                colour.key(),
                version
                    .as_ref()
                    .map_or(String::new(), |version| format!(" as version {version}"))
            ),
            Self::Weigh { weights } => {
                let parts: Vec<String> = weights
                    .iter()
                    .map(|(colour, weight)| format!("{} {weight}", colour.key()))
                    .collect();
                format!("Send the traffic: {}", parts.join(", "))
            }
            Self::Settle { colour, alone } => format!(
                "Ask through the load balancer until {} answers{}",
                colour.key(),
                if *alone { " alone" } else { "" }
            ),
            Self::Bake { colour, seconds } => {
                format!("Watch {} for {seconds} s", colour.key())
            }
            Self::Refresh { healthy, most, .. } => format!(
                "Have Auto Scaling replace the instances, {}",
                if *most > 100 && *healthy >= 100 {
                    "each new one healthy before an old one ends".to_owned()
                } else {
                    format!("{healthy} % of them healthy at any time")
                }
            ),
            Self::AwaitRefresh { watched, .. } => format!(
                "Wait until all are replaced{}",
                if *watched { ", and watch" } else { "" }
            ),
            Self::StopRefresh { .. } => "Stop the replacement of instances".to_owned(),
            Self::Pin { colour, least } => {
                format!("Let {} have {least} or more instances", colour.key())
            }
            Self::Keep { colour, seconds } => {
                format!(
                    "Keep {} warm for {seconds} s, then let it end",
                    colour.key()
                )
            }
        }
    }

    /// Why it is done, for the journal and whoever reads it.
    pub fn why(&self) -> &'static str {
        match self {
            Self::StopKeeping { .. } => {
                "a colour that is about to serve must not be ended meanwhile"
            }
            Self::Empty { .. } => "instances read their release when they start, so old ones go",
            Self::Write { .. } => "instances that start from now on run it",
            Self::Size { .. } => {
                "who gets the traffic must carry what serves now, wherever Auto Scaling has moved that"
            }
            Self::AwaitHealthy { .. } => {
                "a load balancer sends requests to a group without a healthy target too"
            }
            Self::Probe { .. } => {
                "one passed check makes a target healthy; that is little to bet traffic on"
            }
            Self::Weigh { .. } => "the traffic moves",
            Self::Settle { .. } => "a weight is not in force the moment the call returns",
            Self::Bake { .. } => "what fails under traffic shows only under traffic",
            Self::Refresh { .. } => "instances read their release when they start",
            Self::AwaitRefresh { .. } => "old and new ones serve side by side until then",
            Self::StopRefresh { .. } => "no further instance is to get the new release",
            Self::Pin { .. } => "no fewer may serve; beyond that the load decides",
            Self::Keep { .. } => {
                "whoever is led to it is answered, the way back stays open, and nobody has to wait for its end"
            }
        }
    }

    /// How long it is reckoned to take; nothing where that is up to the workload.
    pub fn usually(&self) -> Option<Duration> {
        match self {
            Self::Bake { seconds, .. } => Some(Duration::from_secs(*seconds)),
            Self::Empty { .. }
            | Self::Size { .. }
            | Self::AwaitHealthy { .. }
            | Self::AwaitRefresh { .. } => None,
            _ => Some(Duration::from_secs(1)),
        }
    }
}

/// A number with its noun.
fn counted(number: u32, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
