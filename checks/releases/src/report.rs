//! What came of it, as a table.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ledger::Acknowledged;
use crate::load::Shared;
use crate::tally::{Kind, ON_TIME, Part, Sum};

/// What came of it.
pub struct Report<'a> {
    /// Requests a second.
    pub rate: u32,
    /// All requests.
    pub shared: &'a Shared,
    /// How long each release took, by verb.
    pub releases: &'a BTreeMap<&'static str, Vec<Duration>>,
    /// What was acknowledged.
    pub acknowledged: &'a [Acknowledged],
    /// What could not be read again, by what came instead.
    pub lost: &'a BTreeMap<String, u64>,
}

impl Report<'_> {
    /// Whether nothing was lost, and everything was sent.
    pub fn good(&self) -> bool {
        self.shared.tally.sum(|_| true).failed() == 0
            && self.lost.is_empty()
            && !self.acknowledged.is_empty()
    }

    /// The table, in markdown.
    pub fn table(&self) -> String {
        let tally = &self.shared.tally;
        let mut text = format!(
            "| at {} requests a second | requests | failed | p50 ms | p99 ms | longest ms | sent over {} ms late |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n",
            self.rate,
            ON_TIME.as_millis()
        );
        for part in Part::ALL {
            text += &row(part.name(), &tally.sum(|one| one.part == part));
        }
        for kind in Kind::ALL {
            text += &row(kind.name(), &tally.sum(|one| one.kind == kind));
        }
        let all = tally.sum(|_| true);
        text += &row("**all**", &all);
        text.push('\n');
        for (failure, number) in &all.failures {
            text += &format!("failed: {number} × {failure}\n");
        }
        let lost: u64 = self.lost.values().sum();
        text += &format!(
            "{} uploads acknowledged, {} read back byte by byte, {lost} lost\n",
            self.acknowledged.len(),
            self.acknowledged.len() as u64 - lost
        );
        for (what, number) in self.lost {
            text += &format!("lost: {number} × {what}\n");
        }
        for (verb, took) in self.releases {
            let mut took = took.clone();
            took.sort();
            let at = |rank: usize| took.get(rank).map_or(0.0, Duration::as_secs_f64);
            text += &format!(
                "{} × {verb}: half within {:.1} s, the longest {:.1} s\n",
                took.len(),
                at(took.len().saturating_sub(1) / 2),
                at(took.len().saturating_sub(1))
            );
        }
        text
    }
}

fn row(name: &str, sum: &Sum) -> String {
    let within = |hundredths| {
        sum.within(hundredths)
            .map_or_else(|| "–".to_owned(), |took| format!("{took:.1}"))
    };
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} |\n",
        sum.requests,
        sum.failed(),
        within(50),
        within(99),
        within(100),
        sum.late
    )
}
