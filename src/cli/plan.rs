//! `plan`: what apply would do, and why, and what it costs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::again;
use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, PlanFormat, StackArgs, address};
use super::session::{self, Session};
use super::timings::TimingArgs;
use crate::exec::Discovery;
use crate::exec::saved::{MadeFrom, Saved};
use crate::model::workloads::{following, listener_type};
use crate::plan::{self, Intent, Snapshot};
use crate::reference::Address;
use crate::resource::Resources;
use crate::view::run::{Progress, Watch};
use crate::view::{Detail, Gate, PlanView};

/// Show what apply would change, why, what it endangers and what it costs
#[derive(Args, Debug)]
pub struct Plan {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// Save the plan, for `apply FILE`
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 2 if there are differences
    #[arg(long)]
    detailed_exitcode: bool,
    /// How the plan is written
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    /// Show every field of what is made
    #[arg(long, short)]
    verbose: bool,
    /// Plan the loss of this protected resource's data (may be repeated)
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    delete_data: Vec<Address>,
    #[command(flatten)]
    timings: TimingArgs,
}

impl Plan {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let started = Instant::now();
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let watch = Watch::start(gate, Progress::Auto);
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let discovery = session.discover(&session.resources, &watch).await?;
        watch.finish();
        let delete_data: BTreeSet<Address> = self.delete_data.iter().cloned().collect();
        let plan = planned(&session, &session.resources, &discovery, &delete_data)?;
        show(
            &session,
            &session.resources,
            &plan,
            self.format,
            self.verbose,
            gate,
        );
        if let Some(out) = &self.out {
            self.save(&session, discovery, &delete_data, out)?;
            // All but the place is in the plan itself.
            let place = CloudArgs {
                region: None,
                ..self.cloud.clone()
            };
            let next = again::command(
                "apply",
                out,
                &Default::default(),
                &place,
                &Default::default(),
            );
            gate.news(&format!("The plan is saved. To carry it out: {next}"));
        }
        self.timings
            .tell(gate, started.elapsed(), &session.place.cloud, None)?;
        Ok(if self.detailed_exitcode && !plan.is_empty() {
            Exit::Differs
        } else {
            Exit::Done
        })
    }

    fn save(
        &self,
        session: &Session,
        discovery: Discovery,
        delete_data: &BTreeSet<Address>,
        out: &Path,
    ) -> Result<(), Trouble> {
        let saved = Saved::of(MadeFrom {
            file: &session.loaded.source.name,
            text: &session.loaded.source.text,
            environment: self.stack.overlay.environment.as_deref(),
            sets: &self.stack.overlay.sets,
            scope: &session.scope,
            endpoint: session.place.endpoint.as_deref(),
            resources: &session.resources,
            observed: Snapshot::of(&discovery.observed),
            delete_data,
        });
        let failed = |error: String| Trouble::File(format!("{}: {error}", out.display()));
        let bytes = serde_json::to_vec_pretty(&saved).map_err(|error| failed(error.to_string()))?;
        std::fs::write(out, bytes).map_err(|error| failed(error.to_string()))
    }
}

/// The plan from what was discovered to `wanted`.
pub fn planned(
    session: &Session,
    wanted: &Resources,
    discovery: &Discovery,
    delete_data: &BTreeSet<Address>,
) -> Result<plan::Plan, Trouble> {
    let listeners: BTreeMap<&Address, &serde_json::Value> = discovery
        .observed
        .iter()
        .filter(|one| one.kind.type_name() == listener_type())
        .filter_map(|one| Some((one.found.address.as_ref()?, &one.found.spec)))
        .collect();
    let wanted = &following(wanted, &listeners);
    Ok(plan::plan(&Intent {
        scope: &session.scope,
        wanted,
        observed: &discovery.observed,
        manifest: &session.past.manifest.entries(),
        delete_data,
    })?)
}

/// Writes a plan towards `wanted` to standard output.
pub fn show(
    session: &Session,
    wanted: &Resources,
    plan: &plan::Plan,
    format: PlanFormat,
    verbose: bool,
    gate: &Gate,
) {
    let cost = super::cost::lines(wanted, plan);
    let sections = session.loaded.sections();
    let view = PlanView {
        plan,
        cost: Some(&cost),
        sections: &sections,
        detail: if verbose { Detail::Full } else { Detail::Terse },
    };
    match format {
        PlanFormat::Human => gate.result(&view.human(&gate.results_look())),
        PlanFormat::Json => gate.document(&view.json()),
        PlanFormat::Markdown => gate.result(&view.markdown(gate.redactions())),
    }
}
