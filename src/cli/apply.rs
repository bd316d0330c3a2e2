//! `apply`: makes AWS match the stack file, or carries out a saved plan.

use std::time::Instant;

use clap::Args;

use super::again;
use super::ended;
use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, ConsentArgs, OverlayArgs, RunFormat, StackArgs};
use super::outputs;
use super::run::{Order, Ran, run};
use super::session::{self, Loaded, Session};
use super::timings::TimingArgs;
use crate::exec::saved::{Saved, SavedError};
use crate::plan::Snapshot;
use crate::release::wanted;
use crate::view::Gate;

/// Make AWS match the stack file, or carry out a saved plan
#[derive(Args, Debug)]
pub struct Apply {
    /// The stack file, or a plan saved by `plan -o`
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    /// How the run is told
    #[arg(long, value_enum, default_value_t)]
    format: RunFormat,
    /// Show every field of what is made
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    timings: TimingArgs,
}

impl Apply {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let started = Instant::now();
        let saved = self.saved()?;
        let mut session = match &saved {
            Some(saved) => self.reopen(saved, gate).await?,
            None => {
                let region = self.cloud.region.as_deref();
                let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
                Session::open(loaded, &self.cloud, gate).await?
            }
        };
        let mut consent = self.consent.clone();
        if let Some(saved) = &saved {
            consent
                .delete_data
                .extend(saved.delete_data.iter().cloned());
        }
        let wanted = session.resources.clone();
        let order = Order {
            verb: "apply",
            wanted: &wanted,
            consent: &consent,
            format: self.format,
            verbose: self.verbose,
            next: self.next(saved.as_ref()),
        };
        let ran = run(&mut session, &order, gate, |observed| match &saved {
            Some(saved) => Ok(saved.check_world(&Snapshot::of(observed))?),
            None => Ok(()),
        })
        .await?;
        if ran.exit == Exit::Done {
            leave_releases(&session, &ran).await?;
        }
        self.tell(&session, &ran, gate);
        self.timings.tell(
            gate,
            started.elapsed(),
            &session.place.cloud,
            ran.outcome.as_ref().map(|outcome| (&ran.plan, outcome)),
        )?;
        Ok(ran.exit)
    }

    fn tell(&self, session: &Session, ran: &Ran, gate: &Gate) {
        let known = match &ran.outcome {
            Some(outcome) => &outcome.outputs,
            None => &ran.plan.kept,
        };
        let report = outputs::report(session, known);
        match self.format {
            RunFormat::Human if ran.exit == Exit::Done => {
                gate.result(&report.human(&gate.results_look()));
            }
            RunFormat::Json => {
                let mut document = ended::document("apply", session, ran);
                document.insert("outputs".to_owned(), report.json());
                gate.document(&document.into());
            }
            _ => {}
        }
    }

    /// The command that goes on. A saved plan is no longer the world's once a part of it is done, so its stack file goes on.
    fn next(&self, saved: Option<&Saved>) -> String {
        let file = saved.map_or(self.stack.file.as_path(), |saved| saved.file.as_ref());
        let mut overlay = self.stack.overlay.clone();
        let mut consent = self.consent.clone();
        let mut cloud = self.cloud.clone();
        if let Some(saved) = saved {
            overlay = laid_over(saved, overlay);
            cloud.region = Some(saved.scope.region.clone());
            consent
                .delete_data
                .extend(saved.delete_data.iter().cloned());
            if !cloud.local && cloud.endpoint_url.is_none() {
                cloud.endpoint_url.clone_from(&saved.endpoint);
            }
        }
        again::command("apply", file, &overlay, &cloud, &consent)
    }

    /// The saved plan that the argument names, if it names one.
    fn saved(&self) -> Result<Option<Saved>, Trouble> {
        let file = &self.stack.file;
        let Ok(bytes) = std::fs::read(file) else {
            return Ok(None);
        };
        if bytes.trim_ascii_start().starts_with(b"{") && contains(&bytes, b"codedetect_plan") {
            Ok(Some(Saved::read(&file.display().to_string(), &bytes)?))
        } else {
            Ok(None)
        }
    }

    /// The session that a plan was made in: its file, which must be as it was, and its cloud.
    async fn reopen(&self, saved: &Saved, gate: &Gate) -> Result<Session, Trouble> {
        let region = Some(saved.scope.region.as_str());
        let overlay = laid_over(saved, self.stack.overlay.clone());
        let loaded: Loaded = session::load(saved.file.as_ref(), &overlay, region, gate)?;
        saved.check_file(&loaded.source.text)?;
        let mut cloud = self.cloud.clone();
        if !cloud.local && cloud.endpoint_url.is_none() {
            cloud.endpoint_url = saved.endpoint.clone();
        }
        let mut session = Session::open(loaded, &cloud, gate).await?;
        if session.scope != saved.scope {
            return Err(Trouble::Saved(SavedError::Unreadable(
                self.stack.file.display().to_string(),
                format!(
                    "it was made for account {} and {}, and the credentials are those of {} and {}",
                    saved.scope.account,
                    saved.scope.prefix(),
                    session.scope.account,
                    session.scope.prefix()
                ),
            )));
        }
        session.resources = saved.resources()?;
        Ok(session)
    }
}

/// What a plan was made with, and what was typed beside it.
fn laid_over(saved: &Saved, mut typed: OverlayArgs) -> OverlayArgs {
    if typed.environment.is_none() {
        typed.environment.clone_from(&saved.environment);
    }
    typed.sets.extend(saved.sets.iter().cloned());
    typed
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes
        .windows(part.len())
        .take(512)
        .any(|window| window == part)
}

/// Leaves what the file asks each workload to run where the next release finds it.
async fn leave_releases(session: &Session, ran: &Ran) -> Result<(), Trouble> {
    let known = match &ran.outcome {
        Some(outcome) => &outcome.outputs,
        None => &ran.plan.kept,
    };
    for workload in session.loaded.stack.document.workloads.keys() {
        let name = workload.as_str();
        if let Some(release) = wanted::release(&session.resources, name, known) {
            wanted::leave(session.store.as_ref(), name, &release).await?;
        }
    }
    Ok(())
}
