//! What counts.

use clap::{Args, ValueEnum};
use codedetect_engine::report::{Rank, Report};

/// What is reported, and so fails a build.
#[derive(Clone, Debug, Args)]
pub(super) struct Threshold {
    /// Report findings of this severity and above
    #[arg(long, short, value_enum, default_value_t = Level::All, value_name = "LEVEL")]
    severity: Level,
    /// Report findings of this confidence and above
    #[arg(long, short, value_enum, default_value_t = Level::All, value_name = "LEVEL")]
    confidence: Level,
    /// Exit with 1 also when the security score is below this
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u32).range(0..=100))]
    fail_below: Option<u32>,
    /// Exit with 1 also when the quality score is below this
    #[arg(long, value_name = "SCORE")]
    fail_below_quality: Option<f64>,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    All,
    Low,
    Medium,
    High,
}

impl Level {
    fn rank(self) -> Rank {
        match self {
            Level::All => Rank::Undefined,
            Level::Low => Rank::Low,
            Level::Medium => Rank::Medium,
            Level::High => Rank::High,
        }
    }
}

impl Threshold {
    /// Leaves the findings that count in the report (its scores stay those of all), and says
    /// whether the build should fail.
    pub fn apply(&self, report: &mut Report) -> bool {
        for file in &mut report.files {
            file.findings.retain(|finding| {
                finding.severity >= self.severity.rank()
                    && finding.confidence >= self.confidence.rank()
            });
        }
        let found = report.files.iter().any(|file| !file.findings.is_empty());
        let scores = report.scores;
        let below = !report.files.is_empty()
            && (self.fail_below.is_some_and(|least| scores.security < least)
                || self
                    .fail_below_quality
                    .is_some_and(|least| scores.quality < least));
        !self.exit_zero && (found || below)
    }
}
