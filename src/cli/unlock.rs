//! `unlock`: takes a lock away whose owner is gone.

use clap::Args;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, StackArgs};
use super::prompt;
use super::session::{self, Session};
use crate::exec::lock;
use crate::view::Gate;

/// Show who holds the stack's lock, and take it away
#[derive(Args, Debug)]
pub struct Unlock {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// Do it without asking
    #[arg(long, short)]
    yes: bool,
}

impl Unlock {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let Some(held) = lock::held(session.store.as_ref()).await? else {
            gate.result("Nobody holds the lock.");
            return Ok(Exit::Done);
        };
        gate.news(&held.to_string());
        if !self.yes {
            let stop = tokio_util::sync::CancellationToken::new();
            match prompt::agree("Take the lock away?", &stop).await {
                prompt::Answer::Yes => {}
                prompt::Answer::NobodyThere => {
                    return Err(Trouble::Usage(
                        "standard input is not a terminal, so nobody can be asked; add --yes"
                            .to_owned(),
                    ));
                }
                _ => {
                    gate.news("The lock was left as it is.");
                    return Err(Trouble::Told(Exit::Failed));
                }
            }
        }
        if lock::break_it(session.store.as_ref(), &held).await? {
            gate.result("The lock is gone.");
            Ok(Exit::Done)
        } else {
            gate.news("The lock changed hands meanwhile and was left as it is.");
            Ok(Exit::Failed)
        }
    }
}
