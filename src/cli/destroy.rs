//! `destroy`: removes everything that is the stack's.

use clap::Args;

use super::again;
use super::ended;
use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, ConsentArgs, RunFormat, StackArgs};
use super::run::{Order, run};
use super::session::{self, Session};
use crate::resource::Resources;
use crate::view::Gate;

/// Remove everything that is the stack's; protected data only with --delete-data
#[derive(Args, Debug)]
pub struct Destroy {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    /// How the run is told
    #[arg(long, value_enum, default_value_t)]
    format: RunFormat,
}

impl Destroy {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let mut session = Session::open(loaded, &self.cloud, gate).await?;
        let order = Order {
            verb: "destroy",
            wanted: &Resources::default(),
            consent: &self.consent,
            format: self.format,
            verbose: false,
            next: again::command(
                "destroy",
                &self.stack.file,
                &self.stack.overlay,
                &self.cloud,
                &self.consent,
            ),
        };
        let ran = run(&mut session, &order, gate, |_| Ok(())).await?;
        if self.format == RunFormat::Json {
            gate.document(&ended::document("destroy", &session, &ran).into());
        }
        Ok(ran.exit)
    }
}
