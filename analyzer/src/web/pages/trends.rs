//! Scores and findings from one scan to the next.

use askama::Template;

use crate::store::scan::ScanSummary;

use super::address;
use super::chart::{Chart, Point};
use super::figure::{self, Change};
use super::filter::Choice;
use super::scan_line::ScanLine;
use super::shell::Shell;
use super::visible::plain;

/// How many scans can be asked for.
const LASTS: &[u32] = &[10, 25, 50, 100];

/// How many are shown if nothing is said.
const LAST: u32 = 25;

/// The page.
#[derive(Template)]
#[template(path = "trends.html")]
pub struct Trends {
    shell: Shell,
    name: String,
    lasts: Vec<Choice>,
    charts: Vec<Chart>,
    rows: Vec<Row>,
}

struct Row {
    scan: ScanLine,
    security: u32,
    security_change: Option<Change>,
    quality: String,
    quality_change: Option<Change>,
    findings: String,
    compare: Option<String>,
}

/// The number of scans that an address asks for.
pub fn last(asked: Option<u32>) -> u32 {
    asked.filter(|last| LASTS.contains(last)).unwrap_or(LAST)
}

impl Trends {
    /// The page of `scans`, the newest first, whose names hold `name`.
    pub fn new(shell: Shell, name: &str, last: u32, scans: Vec<ScanSummary>) -> Self {
        let findings = |scan: &ScanSummary| scan.counts.high + scan.counts.medium + scan.counts.low;
        let draw = |id, title, most, value: &dyn Fn(&ScanSummary) -> f64, unit: &str| {
            let point = |scan: &ScanSummary| Point {
                value: value(scan),
                label: format!(
                    "{}, {}: {}{unit}",
                    plain(&scan.name),
                    figure::moment(scan.created_at),
                    value(scan)
                ),
                day: figure::day(scan.created_at),
            };
            let points: Vec<Point> = scans.iter().rev().map(point).collect();
            Chart::new(id, title, most, &points)
        };
        let charts = vec![
            draw(
                "security",
                "Security score",
                Some(100.0),
                &|scan| scan.scores.security.into(),
                " of 100",
            ),
            draw(
                "quality",
                "Quality score",
                Some(10.0),
                &|scan| scan.scores.quality,
                " of 10",
            ),
            draw(
                "findings",
                "Findings",
                None,
                &|scan| findings(scan).into(),
                " findings",
            ),
        ];
        let choice = |n: &u32| Choice {
            value: n.to_string(),
            word: format!("Last {n}"),
            chosen: *n == last,
        };
        Self {
            shell,
            name: name.to_owned(),
            lasts: LASTS.iter().map(choice).collect(),
            charts,
            rows: (0..scans.len()).map(|i| row(&scans, i)).collect(),
        }
    }

    fn summary(&self) -> String {
        let scans = figure::counted(self.rows.len() as u64, "scan");
        match self.name.as_str() {
            "" => format!("The last {scans}, oldest on the left."),
            name => format!(
                "The last {scans} with “{}” in the name, oldest on the left.",
                plain(name)
            ),
        }
    }
}

/// The line of a scan, compared with the last one before it of the same name.
fn row(scans: &[ScanSummary], i: usize) -> Row {
    let scan = &scans[i];
    let before = scans[i + 1..]
        .iter()
        .find(|before| before.name == scan.name);
    Row {
        security: scan.scores.security,
        security_change: before.map(|before| {
            figure::change(
                before.scores.security.into(),
                scan.scores.security.into(),
                0,
            )
        }),
        quality: format!("{:.1}", scan.scores.quality),
        quality_change: before
            .map(|before| figure::change(before.scores.quality, scan.scores.quality, 1)),
        findings: figure::count((scan.counts.high + scan.counts.medium + scan.counts.low).into()),
        compare: before.map(|before| comparison(before, scan)),
        scan: ScanLine::new(scan.clone()),
    }
}

/// Where two scans are compared.
pub fn comparison(base: &ScanSummary, head: &ScanSummary) -> String {
    let (base, head) = (base.id.to_string(), head.id.to_string());
    address::query("/compare", &[("base", &base), ("head", &head)])
}
