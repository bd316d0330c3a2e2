//! `refresh`: the version that runs, on new instances.

use clap::Args;

use super::exit::{Exit, Trouble};
use super::opened::Opened;
use super::release::{Order, ReleaseArgs, ShiftArgs, release};
use crate::model::workloads::Colour;
use crate::release::preflight::Aim;
use crate::release::rolling;
use crate::release::run::tag;
use crate::view::Gate;

/// Replace the instances of a rolling workload, which then read their secrets and settings anew
#[derive(Args, Debug)]
pub struct Refresh {
    #[command(flatten)]
    shift: ShiftArgs,
    #[command(flatten)]
    release: ReleaseArgs,
}

impl Refresh {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        release(&self.release, "refresh", gate, |opened| self.order(opened)).await
    }

    fn order(&self, opened: &Opened) -> Result<Order, Trouble> {
        let now = opened.rolling.as_ref().ok_or_else(|| {
            Trouble::Usage(format!(
                "workload {} has two colours: `deploy` the same image, which starts new instances beside the old ones",
                opened.site.workload
            ))
        })?;
        let only = Colour::Single;
        let image = opened.sight.of(only).image().unwrap_or_default();
        let version = tag(&image).map(str::to_owned);
        let turn = opened.turn(now, version, &self.shift)?;
        Ok(Order {
            verb: "refresh",
            aim: Aim::Deploy,
            from: only,
            to: only,
            steps: rolling::refresh(&turn),
            image,
        })
    }
}
