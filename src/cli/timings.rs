//! `--timings`: where the time went.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::exit::Trouble;
use crate::aws::Cloud;
use crate::exec::Outcome;
use crate::plan::Plan;
use crate::view::Gate;
use crate::view::timings::Timings;

/// What is told of a run's time.
#[derive(Args, Clone, Debug, Default)]
pub struct TimingArgs {
    /// Tell where the time went; with a file name, write a Chrome trace there as well
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    timings: Option<Option<PathBuf>>,
}

impl TimingArgs {
    /// Tells it, if it was asked for.
    pub fn tell(
        &self,
        gate: &Gate,
        wall: Duration,
        cloud: &Cloud,
        walked: Option<(&Plan, &Outcome)>,
    ) -> Result<(), Trouble> {
        let Some(file) = &self.timings else {
            return Ok(());
        };
        let times = walked.map_or(&[][..], |(_, outcome)| &outcome.times);
        let plan = walked.map(|(plan, _)| plan);
        let timings = Timings::of(wall, cloud.meter().calls(), plan, times);
        gate.news(&timings.human(&gate.news_look()));
        if let Some(file) = file {
            let trace = timings.chrome_trace().to_string();
            std::fs::write(file, trace)
                .map_err(|error| Trouble::File(format!("{}: {error}", file.display())))?;
        }
        Ok(())
    }
}
