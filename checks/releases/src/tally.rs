//! What became of the requests: counted by part of the run, by kind and by failure.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A part of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Before the first release.
    Before,
    /// While a version is deployed.
    Deploys,
    /// While the traffic is switched or rolled back.
    Moves,
    /// After the last one.
    After,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Part; 4] = [Part::Before, Part::Deploys, Part::Moves, Part::After];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Part::Before => "before",
            Part::Deploys => "during deploys",
            Part::Moves => "during switches and rollbacks",
            Part::After => "after",
        }
    }
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A new file.
    Upload,
    /// The list of scans, as a page.
    Dashboard,
    /// A scan that was acknowledged, as a page.
    Scan,
    /// Whether the service is well.
    Health,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Upload, Kind::Dashboard, Kind::Scan, Kind::Health];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Upload => "uploads",
            Kind::Dashboard => "dashboard",
            Kind::Scan => "scan pages",
            Kind::Health => "health",
        }
    }
}

/// A request that is over.
#[derive(Debug)]
pub struct Sample {
    /// In which part it was due.
    pub part: Part,
    /// What it asked for.
    pub kind: Kind,
    /// From when it was due to the end of its answer: a late start counts as a late answer.
    pub took: Duration,
    /// By how much it was sent too late.
    pub late: Duration,
    /// What went wrong.
    pub failure: Option<String>,
}

/// All requests that are over.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Vec<Sample>>);

/// A request that was sent later than this was not sent on time.
pub const ON_TIME: Duration = Duration::from_millis(50);

/// Requests added up.
#[derive(Debug, Default)]
pub struct Sum {
    /// How many.
    pub requests: u64,
    /// Of these, not sent on time.
    pub late: u64,
    /// What went wrong, by kind.
    pub failures: BTreeMap<String, u64>,
    took: Vec<Duration>,
}

impl Tally {
    /// Notes a request.
    pub fn note(&self, sample: Sample) {
        self.inner().push(sample);
    }

    /// Those that are wanted, added up.
    pub fn sum(&self, wanted: impl Fn(&Sample) -> bool) -> Sum {
        let mut sum = Sum::default();
        for sample in self.inner().iter().filter(|one| wanted(one)) {
            sum.requests += 1;
            sum.late += u64::from(sample.late > ON_TIME);
            sum.took.push(sample.took);
            if let Some(failure) = &sample.failure {
                *sum.failures.entry(failure.clone()).or_default() += 1;
            }
        }
        sum.took.sort();
        sum
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Vec<Sample>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sum {
    /// How many failed.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// The time within which so many of a hundred were answered, in milliseconds.
    pub fn within(&self, hundredths: usize) -> Option<f64> {
        let rank = (self.took.len() * hundredths).div_ceil(100).max(1) - 1;
        self.took.get(rank).map(|took| took.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(took: u64, late: u64, failure: Option<&str>) -> Sample {
        Sample {
            part: Part::Before,
            kind: Kind::Health,
            took: Duration::from_millis(took),
            late: Duration::from_millis(late),
            failure: failure.map(str::to_owned),
        }
    }

    #[test]
    fn requests_are_added_up() {
        let tally = Tally::default();
        for took in 1..=100 {
            tally.note(sample(took, 0, None));
        }
        tally.note(sample(200, 60, Some("502")));
        let sum = tally.sum(|_| true);
        assert_eq!((sum.requests, sum.late, sum.failed()), (101, 1, 1));
        assert_eq!(sum.within(50), Some(51.0));
        assert_eq!(sum.within(100), Some(200.0));
        assert_eq!(tally.sum(|one| one.kind == Kind::Upload).within(50), None);
    }
}
