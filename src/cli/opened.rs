//! A workload that is looked at, for a verb that makes up its mind what to do.

use std::time::Duration;

use super::exit::Trouble;
use super::release::{ReleaseArgs, ShiftArgs};
use super::session::{self, Session};
use crate::model::workloads::Colour;
use crate::release::act::Hand;
use crate::release::course::Way;
use crate::release::record::{self, Before, ColourBefore, Verdict};
use crate::release::refresh::{Progress, Refresh};
use crate::release::rolling::Turn;
use crate::release::sight::Sight;
use crate::release::site::Site;
use crate::release::wanted;
use crate::view::Gate;

/// How many past releases are searched for the former version.
const SEARCHED: usize = 20;

/// A workload that is looked at.
pub struct Opened {
    /// The stack.
    pub session: Session,
    /// The workload's names.
    pub site: Site,
    /// As it stands.
    pub sight: Sight,
    /// What only a workload without colours has.
    pub rolling: Option<Rolling>,
    /// The release that the last `apply` left for the next one.
    pub wanted: Option<String>,
}

/// A workload without colours, as it stands and was before.
pub struct Rolling {
    /// The latest replacement of its instances.
    latest: Option<Refresh>,
    /// The release that ran before the one that runs, as the store has it.
    pub former: Option<String>,
}

impl Opened {
    /// Opens the stack and looks at its workload.
    pub async fn open(args: &ReleaseArgs, gate: &Gate) -> Result<Self, Trouble> {
        let region = args.cloud.region.as_deref();
        let loaded = session::load(&args.file, &args.overlay, region, gate)?;
        let session = Session::open(loaded, &args.cloud, gate).await?;
        let site = Site::of(
            &session.loaded.stack.document,
            &session.resources,
            &session.scope,
            args.workload.as_deref(),
        )
        .map_err(|error| Trouble::Usage(error.to_string()))?;
        let (sight, rolling) = look(&session, &site).await?;
        let wanted = wanted::left(session.store.as_ref(), &site.workload).await?;
        Ok(Self {
            session,
            site,
            sight,
            rolling,
            wanted,
        })
    }

    /// Looks at it again.
    pub async fn look_again(&mut self) -> Result<(), Trouble> {
        (self.sight, self.rolling) = look(&self.session, &self.site).await?;
        Ok(())
    }

    /// The colour that serves.
    pub fn serving(&self) -> Result<Colour, Trouble> {
        self.sight.serving().ok_or_else(|| {
            Trouble::Usage("no colour has any of the traffic; look at the listener".to_owned())
        })
    }

    /// The colour that serves, and the other.
    pub fn colours(&self) -> Result<(Colour, Colour), Trouble> {
        let from = self.serving()?;
        let to = from
            .other()
            .ok_or_else(|| Trouble::Usage(format!(
                "workload {} is `rolling`: it has no colours to switch between; `deploy` replaces its instances",
                self.site.workload
            )))?;
        Ok((from, to))
    }

    /// The way from the colour that serves to another.
    pub fn way(
        &self,
        (from, to): (Colour, Colour),
        version: Option<String>,
        args: &ReleaseArgs,
        shift: &ShiftArgs,
    ) -> Way {
        let old = self.sight.of(from);
        let zones = old.healthy_zones().len();
        Way {
            from,
            to,
            capacity: old.in_service.max(self.site.bounds.0),
            zones: u32::try_from(zones).unwrap_or(1).max(1),
            least: self.site.bounds.0,
            grace: self.site.grace,
            version,
            clean: shift.clean,
            bake: shift.bake.into(),
            // A client's cookie leads it to the old colour, and to nobody once that is empty.
            keep: Duration::from(args.keep).max(self.site.stickiness.unwrap_or_default()),
        }
    }

    /// How the instances of a workload without colours are replaced.
    pub fn turn(
        &self,
        rolling: &Rolling,
        version: Option<String>,
        shift: &ShiftArgs,
    ) -> Result<Turn, Trouble> {
        if !shift.canary.is_empty() {
            return Err(Trouble::Usage(format!(
                "workload {} is `rolling`: there are no shares of the traffic to give (--canary)",
                self.site.workload
            )));
        }
        if let Some(latest) = &rolling.latest
            && latest.state == Progress::Running
        {
            return Err(Trouble::Locked(format!(
                "Auto Scaling is replacing the instances of {} already (instance refresh {}, {} %): wait for it, or cancel it",
                self.site.workload, latest.id, latest.hundredths
            )));
        }
        let after = rolling.latest.as_ref().map(|one| one.id.clone());
        let serving = self.sight.of(Colour::Single).in_service;
        Ok(Turn {
            clean: shift.clean,
            bake: shift.bake.into(),
            ..self.site.turn(after, serving, version)
        })
    }

    /// How everything is, for the way back.
    pub fn before(&self) -> Before {
        Before {
            colours: self
                .sight
                .colours
                .iter()
                .map(|(colour, sight)| {
                    let before = ColourBefore {
                        weight: sight.weight,
                        least: sight.least,
                        instances: sight.in_service,
                        release: sight.release.clone(),
                    };
                    (*colour, before)
                })
                .collect(),
        }
    }
}

async fn look(session: &Session, site: &Site) -> Result<(Sight, Option<Rolling>), Trouble> {
    let hand = Hand {
        cloud: &session.place.cloud,
        site,
    };
    let sight = hand.look().await?;
    if site.healthy.is_none() {
        return Ok((sight, None));
    }
    let latest = hand.latest_refresh(Colour::Single).await?;
    let past = record::past(session.store.as_ref(), &site.workload, SEARCHED).await?;
    let now = sight.of(Colour::Single).release;
    let former = past
        .iter()
        .filter(|one| {
            one.ended
                .as_ref()
                .is_some_and(|ended| ended.verdict == Verdict::Done)
        })
        .map(|one| one.before.release(Colour::Single))
        // A refresh leaves the release as it is.
        .find(|release| !release.is_empty() && *release != now)
        .map(str::to_owned);
    Ok((sight, Some(Rolling { latest, former })))
}
