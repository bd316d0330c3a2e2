//! `deploy`: a new version goes live, or the old one stays.

use clap::Args;

use super::exit::{Exit, Trouble};
use super::opened::Opened;
use super::release::{Order, ReleaseArgs, ShiftArgs, release};
use crate::model::workloads::Colour;
use crate::release::preflight::Aim;
use crate::release::run::tag;
use crate::release::{course, rolling};
use crate::units::ImageRef;
use crate::view::Gate;

/// Bring a new version to the idle colour, and switch to it if all is well; or replace the instances of a rolling workload
#[derive(Args, Debug)]
pub struct Deploy {
    /// The image, with a tag or a digest
    #[arg(long, value_name = "IMAGE", required_unless_present_any = ["resume", "abort"], value_parser = image)]
    image: Option<ImageRef>,
    #[command(flatten)]
    shift: ShiftArgs,
    #[command(flatten)]
    release: ReleaseArgs,
}

fn image(text: &str) -> Result<ImageRef, String> {
    text.parse::<ImageRef>().map_err(|error| error.to_string())
}

impl Deploy {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        release(&self.release, "deploy", gate, |opened| self.order(opened)).await
    }

    fn order(&self, opened: &Opened) -> Result<Order, Trouble> {
        let image = self
            .image
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let version = tag(&image).map(str::to_owned);
        if let Some(now) = &opened.rolling {
            let only = Colour::Single;
            let text = with_image(&wanted(opened, only), &image)?;
            let turn = opened.turn(now, version, &self.shift)?;
            return Ok(Order {
                verb: "deploy",
                aim: Aim::Deploy,
                from: only,
                to: only,
                steps: rolling::deploy(&turn, &text),
                image,
            });
        }
        let (from, to) = opened.colours()?;
        let text = with_image(&wanted(opened, from), &image)?;
        let way = opened.way((from, to), version, &self.release, &self.shift);
        let idle = opened.sight.of(to);
        let running = !idle.instances.is_empty() || !idle.targets.is_empty();
        Ok(Order {
            verb: "deploy",
            aim: Aim::Deploy,
            from,
            to,
            steps: course::deploy(&way, &text, running, &self.shift.canary),
            image,
        })
    }
}

/// What is to run but for its image: what the last `apply` left, or what serves.
fn wanted(opened: &Opened, serving: Colour) -> String {
    let left = opened.wanted.clone();
    left.unwrap_or_else(|| opened.sight.of(serving).release)
}

/// A release with another image.
fn with_image(release: &str, image: &str) -> Result<String, Trouble> {
    let mut release: serde_json::Value = serde_json::from_str(release).map_err(|error| {
        Trouble::Usage(format!(
            "the release that is to run cannot be read ({error}); `apply` writes it anew"
        ))
    })?;
    release["image"] = image.into();
    Ok(release.to_string())
}
