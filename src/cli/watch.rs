//! `status --watch`: the workloads of a stack as they go.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use jiff::Timestamp;

use super::exit::{Exit, Trouble};
use super::session::Session;
use super::status::workload;
use super::{identity, signals};
use crate::exec::Stop;
use crate::release::act::Hand;
use crate::release::sight::Sight;
use crate::release::site::Site;
use crate::view::Gate;
use crate::view::watch::{Following, Picture, Traffic, Watched};

/// CloudWatch keeps minutes.
const MINUTE: i64 = 60;

/// How it is watched.
pub struct Manner {
    /// One event a look.
    pub ndjson: bool,
    /// Time between two looks.
    pub every: Duration,
    /// Ends once no release is under way.
    pub until_done: bool,
}

/// Watches until somebody interrupts, or until no release is under way.
pub async fn watch(
    session: &Session,
    sites: &[(Site, String)],
    manner: &Manner,
    gate: &Gate,
) -> Result<Exit, Trouble> {
    let stop = Stop::default();
    signals::listen(&stop, || {})
        .map_err(|error| Trouble::File(format!("signals cannot be heard: {error}")))?;
    let mut following = Following::begin(gate, manner.ndjson);
    let mut last: Option<Picture> = None;
    let mut steps = Steps::default();
    let exit = loop {
        let looked = tokio::select! {
            looked = look(session, sites) => looked,
            () = stop.asked.cancelled() => break Exit::Interrupted,
        };
        let mut picture = match (looked, &last) {
            (Ok(picture), _) => picture,
            // One look that fails is told, and the next may succeed.
            (Err(trouble), Some(before)) => Picture {
                problem: Some(trouble.to_string()),
                ..before.clone()
            },
            (Err(trouble), None) => {
                following.end(None);
                return Err(trouble);
            }
        };
        steps.time(&mut picture);
        following.show(&picture);
        let at_rest = picture.problem.is_none()
            && picture
                .workloads
                .iter()
                .all(|one| one.status.release.is_none());
        last = Some(picture);
        if gate.reader_gone() || (manner.until_done && at_rest) {
            break Exit::Done;
        }
        tokio::select! {
            () = tokio::time::sleep(manner.every) => {}
            () = stop.asked.cancelled() => break Exit::Interrupted,
        }
    };
    following.end(last.as_ref());
    Ok(exit)
}

async fn look(session: &Session, sites: &[(Site, String)]) -> Result<Picture, Trouble> {
    let each = sites.iter().map(|(site, rollback)| async move {
        let (status, sight) = workload(session, site, rollback).await?;
        let traffic = traffic(session, site, &sight).await?;
        Ok::<_, Trouble>(Watched {
            status,
            traffic,
            at_step: None,
        })
    });
    Ok(Picture {
        stack: session.scope.prefix(),
        at: identity::now(),
        workloads: try_join_all(each).await?,
        problem: None,
    })
}

/// What each colour gets now: of the minute under way and the one before.
async fn traffic(session: &Session, site: &Site, sight: &Sight) -> Result<Vec<Traffic>, Trouble> {
    let hand = Hand {
        cloud: &session.place.cloud,
        site,
    };
    let now = Timestamp::now().as_second();
    let since = now - now.rem_euclid(MINUTE) - MINUTE;
    let seconds = Duration::from_secs((now - since).unsigned_abs()).as_secs_f64();
    let counts = hand.counts(sight, (since, now)).await?;
    Ok(sight
        .colours
        .keys()
        .map(|colour| counts.of(*colour))
        .map(|one| Traffic {
            requests: one.requests / seconds,
            errors: one.errors / seconds,
        })
        .collect())
}

/// Since when each release has been at its step.
#[derive(Default)]
struct Steps(BTreeMap<String, (usize, Instant)>);

impl Steps {
    fn time(&mut self, picture: &mut Picture) {
        for workload in &mut picture.workloads {
            let Some(release) = &workload.status.release else {
                continue;
            };
            let at = self
                .0
                .entry(release.run.clone())
                .or_insert((release.step, Instant::now()));
            if at.0 != release.step {
                *at = (release.step, Instant::now());
            }
            workload.at_step = Some(at.1.elapsed());
        }
    }
}
