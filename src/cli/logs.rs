//! `logs`: what the instances of a workload write.

use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, StackArgs};
use super::session::{self, Session};
use super::signals;
use crate::exec::Stop;
use crate::release::act::Hand;
use crate::release::log::{LogLine, Search, Tail, colours};
use crate::release::site::Site;
use crate::view::Gate;
use crate::view::log::LogEntry;

/// Time between two looks with `--follow`.
const LOOK: Duration = Duration::from_secs(2);

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For a person
    #[default]
    Human,
    /// One event a line on standard output
    Ndjson,
}

/// Show what the instances of a workload write
#[derive(Args, Debug)]
pub struct Logs {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// The workload, where the file has several
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
    /// From how long ago on, such as 10m
    #[arg(long, value_name = "TIME", default_value = "10m")]
    since: crate::units::Duration,
    /// Go on until interrupted
    #[arg(long, short)]
    follow: bool,
    /// Only lines that match this CloudWatch filter pattern, such as ERROR or '"GET /api"'
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    /// Only instances that are of this colour now
    #[arg(long, value_name = "COLOUR", value_parser = ["blue", "green"])]
    colour: Option<String>,
    /// Only this instance (may be repeated)
    #[arg(long = "instance", value_name = "ID", conflicts_with = "colour")]
    instances: Vec<String>,
    /// How lines are written
    #[arg(long, value_enum, default_value_t)]
    format: LogFormat,
}

impl Logs {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let site = Site::of(
            &session.loaded.stack.document,
            &session.resources,
            &session.scope,
            self.workload.as_deref(),
        )
        .map_err(|error| Trouble::Usage(error.to_string()))?;
        let cloud = &session.place.cloud;
        let hand = Hand { cloud, site: &site };
        let mut colour_of = colours(&hand.look().await?);
        let instances = match &self.colour {
            Some(wanted) => {
                let own = colour_of.iter().filter(|(_, one)| one.key() == wanted);
                Some(own.map(|(id, _)| id.clone()).collect())
            }
            None => (!self.instances.is_empty()).then(|| self.instances.clone()),
        };
        if instances.as_ref().is_some_and(Vec::is_empty) && !self.follow {
            gate.news("That colour has no instances now; without --colour the lines of former ones are shown, too.");
            return Ok(Exit::Done);
        }
        let back = i64::try_from(Duration::from(self.since).as_millis()).unwrap_or(i64::MAX);
        let mut tail = Tail::new(Search {
            group: site.log_group.clone(),
            since_ms: Timestamp::now()
                .as_millisecond()
                .saturating_sub(back)
                .max(0),
            pattern: self.filter.clone(),
            instances,
        });
        let stop = Stop::default();
        if self.follow {
            signals::listen(&stop, || {})
                .map_err(|error| Trouble::File(format!("signals cannot be heard: {error}")))?;
        }
        loop {
            let lines = tail.next(cloud, &colour_of).await?;
            let unknown = lines.iter().any(|line| line.colour.is_none());
            for line in &lines {
                self.tell(line, gate);
            }
            if !self.follow || gate.reader_gone() {
                return Ok(Exit::Done);
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.asked.cancelled() => return Ok(Exit::Interrupted),
            }
            // Instances that have come since then have a colour, too; so do those of a colour that was empty.
            if unknown || self.colour.is_some() {
                colour_of = colours(&hand.look().await?);
                if let Some(wanted) = &self.colour {
                    let own = colour_of.iter().filter(|(_, one)| one.key() == wanted);
                    tail.also_of(own.map(|(id, _)| id.clone()));
                }
            }
        }
    }

    fn tell(&self, line: &LogLine, gate: &Gate) {
        let at = Timestamp::from_millisecond(line.at_ms)
            .unwrap_or_default()
            .strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
            .to_string();
        let entry = LogEntry {
            at: &at,
            instance: &line.instance,
            colour: line.colour.map(|colour| colour.key()),
            text: &line.text,
        };
        match self.format {
            LogFormat::Human => gate.result(&entry.human(&gate.results_look())),
            LogFormat::Ndjson => gate.line(&entry.json()),
        }
    }
}
