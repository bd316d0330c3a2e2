//! `rollback`: the version that served before serves again.

use clap::Args;

use super::exit::{Exit, Trouble};
use super::opened::{Opened, Rolling};
use super::release::{Order, ReleaseArgs, ShiftArgs, release};
use crate::model::workloads::Colour;
use crate::release::preflight::Aim;
use crate::release::run::tag;
use crate::release::sight::image_of;
use crate::release::{course, rolling};
use crate::view::Gate;

/// Go back to the version that served before: at once while its colour is warm, else by deploying it again
#[derive(Args, Debug)]
pub struct Rollback {
    #[command(flatten)]
    release: ReleaseArgs,
}

impl Rollback {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        release(&self.release, "rollback", gate, |opened| self.order(opened)).await
    }

    fn order(&self, opened: &Opened) -> Result<Order, Trouble> {
        if let Some(now) = &opened.rolling {
            return Self::replace(opened, now);
        }
        let (from, to) = opened.colours()?;
        let former = opened.sight.of(to);
        let image = former.image().ok_or_else(|| {
            Trouble::Usage(format!(
                "{} has no release that can be read: there is nothing to go back to",
                to.key()
            ))
        })?;
        let version = tag(&image).map(str::to_owned);
        let shift = ShiftArgs::at_once();
        let mut way = opened.way((from, to), version, &self.release, &shift);
        // No preflight holds it up where the former colour may not be as large: as many as it may have are better than none.
        way.capacity = way.capacity.min(former.most);
        let warm = former.is_warm(opened.site.bounds.0);
        let running = !former.instances.is_empty() || !former.targets.is_empty();
        let steps = if warm {
            course::rollback(&way)
        } else {
            course::deploy(&way, &former.release, running, &[])
        };
        Ok(Order {
            verb: "rollback",
            aim: Aim::Rollback,
            from,
            to,
            steps,
            image,
        })
    }

    /// The release before the one that runs, on new instances.
    fn replace(opened: &Opened, now: &Rolling) -> Result<Order, Trouble> {
        let only = Colour::Single;
        let former = now.former.as_ref().ok_or_else(|| {
            Trouble::Usage(
                "no earlier release is in the store: there is nothing to go back to".to_owned(),
            )
        })?;
        let image = image_of(former).unwrap_or_default();
        let version = tag(&image).map(str::to_owned);
        let turn = opened.turn(now, version, &ShiftArgs::at_once())?;
        Ok(Order {
            verb: "rollback",
            aim: Aim::Rollback,
            from: only,
            to: only,
            steps: rolling::rollback(&turn, former),
            image,
        })
    }
}
