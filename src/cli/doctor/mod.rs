//! `doctor`: what would make an apply fail, found before anything is touched.
//!
//! One check a file, each listed in [`checks`]; they run side by side, and none of them changes anything.

mod certificates;
mod clock;
mod credentials;
mod delegation;
mod dns;
mod names;
mod permissions;
mod quotas;
mod subject;

use clap::Args;
use futures::future::{BoxFuture, join_all};

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::session::{self, Session};
use crate::aws::{AwsError, ErrorClass};
use crate::view::Gate;
use crate::view::doctor::{Check, DoctorReport, Verdict};
use subject::Subject;

/// Check permissions, quotas, names, clock, delegation and certificates before anything is touched
#[derive(Args, Debug)]
pub struct Doctor {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A check at work.
type Examination<'a> = BoxFuture<'a, Result<Vec<Check>, AwsError>>;

/// Every check, by its name.
fn checks<'a>(subject: &'a Subject<'a>) -> Vec<(&'static str, Examination<'a>)> {
    vec![
        ("credentials", Box::pin(credentials::check(subject))),
        ("clock", Box::pin(clock::check(subject))),
        ("permissions", Box::pin(permissions::check(subject))),
        ("quotas", Box::pin(quotas::check(subject))),
        ("names", Box::pin(names::check(subject))),
        ("delegation", Box::pin(delegation::check(subject))),
        ("certificates", Box::pin(certificates::check(subject))),
    ]
}

impl Doctor {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let subject = Subject::of(&session).await;
        let examined = checks(&subject)
            .into_iter()
            .map(|(name, check)| async move {
                check
                    .await
                    .unwrap_or_else(|error| vec![unexamined(name, &error)])
            });
        let report = DoctorReport {
            stack: session.scope.prefix(),
            checks: join_all(examined).await.into_iter().flatten().collect(),
        };
        match self.format {
            Format::Human => gate.result(&report.human(&gate.results_look())),
            Format::Json => gate.document(&report.json()),
        }
        Ok(if report.ok() {
            Exit::Done
        } else {
            Exit::Failed
        })
    }
}

fn found(name: &str, verdict: Verdict, says: impl Into<String>, remedy: Option<&str>) -> Check {
    Check {
        name: name.to_owned(),
        verdict,
        says: says.into(),
        remedy: remedy.map(str::to_owned),
    }
}

/// A check that AWS did not let run says so; it neither passes nor fails.
fn unexamined(name: &str, error: &AwsError) -> Check {
    let remedy = (error.class == ErrorClass::Denied)
        .then_some("allow this read to have it examined; apply itself does not need it");
    found(
        name,
        Verdict::Skipped,
        format!("not examined: {error}"),
        remedy,
    )
}
