//! `switch`: the traffic goes to the other colour, which runs already.

use clap::{Args, ValueEnum};

use super::exit::{Exit, Trouble};
use super::opened::Opened;
use super::release::{Order, ReleaseArgs, ShiftArgs, release};
use crate::model::workloads::Colour;
use crate::release::course;
use crate::release::preflight::Aim;
use crate::release::run::tag;
use crate::view::Gate;

/// Send the traffic to the other colour, which runs already
#[derive(Args, Debug)]
pub struct Switch {
    /// The colour that is to serve; the other one where nothing is said
    #[arg(long, value_enum, value_name = "COLOUR")]
    to: Option<To>,
    #[command(flatten)]
    shift: ShiftArgs,
    #[command(flatten)]
    release: ReleaseArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    Blue,
    Green,
}

impl Switch {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        release(&self.release, "switch", gate, |opened| self.order(opened)).await
    }

    fn order(&self, opened: &Opened) -> Result<Order, Trouble> {
        let (from, other) = opened.colours()?;
        let to = match self.to {
            Some(To::Blue) => Colour::Blue,
            Some(To::Green) => Colour::Green,
            None => other,
        };
        if to == from {
            return Err(Trouble::Usage(format!("{} serves already", from.key())));
        }
        let image = opened.sight.of(to).image().unwrap_or_default();
        let version = tag(&image).map(str::to_owned);
        let way = opened.way((from, to), version, &self.release, &self.shift);
        Ok(Order {
            verb: "switch",
            aim: Aim::Switch,
            from,
            to,
            steps: course::switch(&way, &self.shift.canary),
            image,
        })
    }
}
