//! Two scans side by side: what is new, what is fixed, what stayed.

use std::collections::HashMap;

use askama::Template;
use codedetect_engine::report::{Finding, Rank};

use crate::store::scan::{Scan, ScanSummary};

use super::figure::{self, Change};
use super::file_page;
use super::findings::PlaceLink;
use super::matching::{self, Place, Version};
use super::scan_line::ScanLine;
use super::severity::{self, Severity};
use super::shell::Shell;
use super::source::{self, Code};
use super::visible::Visible;

/// How many findings one list shows.
const MOST: usize = 200;

/// The comparison of two scans.
#[derive(Template)]
#[template(path = "compare.html")]
pub struct Compare {
    shell: Shell,
    base: ScanLine,
    head: ScanLine,
    cards: Vec<Card>,
    unread: Option<String>,
    lists: Vec<List>,
}

/// The form that asks which two.
#[derive(Template)]
#[template(path = "choose.html")]
pub struct Choose {
    /// The frame.
    pub shell: Shell,
    /// Why the form is shown again.
    pub problem: Option<String>,
    /// The scans to choose from.
    pub scans: Vec<ScanLine>,
    /// The one that is chosen as the first.
    pub base: String,
    /// The one that is chosen as the second.
    pub head: String,
}

impl Choose {
    /// The form over the latest scans, the two newest chosen unless others are.
    pub fn new(shell: Shell, latest: Vec<ScanSummary>, problem: Option<String>) -> Self {
        let id = |i: usize| {
            latest
                .get(i)
                .map(|scan| scan.id.to_string())
                .unwrap_or_default()
        };
        Self {
            shell,
            problem,
            base: id(1),
            head: id(0),
            scans: latest.into_iter().map(ScanLine::new).collect(),
        }
    }
}

struct Card {
    title: &'static str,
    before: String,
    after: String,
    change: Change,
}

struct List {
    id: &'static str,
    title: &'static str,
    nothing: &'static str,
    folded: bool,
    total: usize,
    items: Vec<Item>,
}

impl List {
    fn more(&self) -> usize {
        self.total - self.items.len()
    }
}

struct Item {
    severity: Severity,
    test_id: String,
    text: String,
    code: Option<Code>,
    places: Vec<PlaceLink>,
}

impl Item {
    fn text(&self) -> Visible<'_> {
        Visible(&self.text)
    }
}

/// A scan with the texts of those of its files that could be read, by their place in it.
pub struct Side {
    /// The scan.
    pub scan: Scan,
    /// The texts.
    pub sources: HashMap<usize, String>,
}

impl Side {
    fn versions(&self) -> Vec<Version<'_>> {
        let files = self.scan.files.iter().enumerate();
        files
            .map(|(i, file)| Version {
                report: &file.report,
                source: self.sources.get(&i).map(String::as_str),
            })
            .collect()
    }

    fn finding(&self, place: Place) -> Option<&Finding> {
        self.scan
            .files
            .get(place.file)?
            .report
            .findings
            .get(place.finding)
    }

    fn gravity(&self, place: Place) -> (std::cmp::Reverse<Rank>, Place) {
        let rank = self
            .finding(place)
            .map_or(Rank::Undefined, |finding| finding.severity);
        (std::cmp::Reverse(rank), place)
    }

    fn link(&self, place: Place, line: &ScanLine) -> Option<PlaceLink> {
        let file = self.scan.files.get(place.file)?;
        let finding = self.finding(place)?;
        let page = file_page::address(line, file.summary.index);
        let path = (self.scan.files.len() > 1).then_some(file.summary.path.as_str());
        Some(PlaceLink::new(&page, path, finding.line))
    }

    fn item(&self, place: Place, places: Vec<PlaceLink>) -> Option<Item> {
        let finding = self.finding(place)?;
        let code = self.sources.get(&place.file);
        Some(Item {
            severity: severity::of(finding),
            test_id: finding.test_id.clone(),
            text: finding.text.clone(),
            code: code.and_then(|text| source::one_line(text, finding)),
            places,
        })
    }
}

impl Compare {
    /// Compares `base`, the earlier one, with `head`.
    pub fn new(shell: Shell, base: Side, head: Side) -> Self {
        let found = matching::matched(&base.versions(), &head.versions());
        let (base_line, head_line) = (
            ScanLine::new(base.scan.summary.clone()),
            ScanLine::new(head.scan.summary.clone()),
        );
        let alone = |side: &Side, line: &ScanLine, places: Vec<Place>, list: List| {
            let mut places = places;
            places.sort_by_key(|place| side.gravity(*place));
            let item =
                |place: Place| side.item(place, side.link(place, line).into_iter().collect());
            List {
                total: places.len(),
                items: places.into_iter().take(MOST).filter_map(item).collect(),
                ..list
            }
        };
        let new = alone(
            &head,
            &head_line,
            found.new,
            list("new", "New", "Nothing is new."),
        );
        let fixed = alone(
            &base,
            &base_line,
            found.fixed,
            list("fixed", "Fixed", "Nothing is fixed."),
        );
        let mut pairs = found.unchanged;
        pairs.sort_by_key(|(_, now)| head.gravity(*now));
        let pair = |(then, now): (Place, Place)| {
            let then = base.link(then, &base_line).map(|link| link.before());
            let now_link = head.link(now, &head_line);
            head.item(now, now_link.into_iter().chain(then).collect())
        };
        let unchanged = List {
            total: pairs.len(),
            folded: true,
            items: pairs.into_iter().take(MOST).filter_map(pair).collect(),
            ..list("unchanged", "Unchanged", "No finding is in both.")
        };
        let unread = [&base, &head]
            .iter()
            .any(|side| side.sources.len() < side.scan.files.len());
        Self {
            shell,
            cards: cards(&base.scan.summary, &head.scan.summary),
            unread: unread.then(|| {
                "Some source could not be read, so its findings are compared by check and function alone."
                    .to_owned()
            }),
            lists: vec![new, fixed, unchanged],
            base: base_line,
            head: head_line,
        }
    }
}

fn list(id: &'static str, title: &'static str, nothing: &'static str) -> List {
    List {
        id,
        title,
        nothing,
        folded: false,
        total: 0,
        items: Vec::new(),
    }
}

fn cards(base: &ScanSummary, head: &ScanSummary) -> Vec<Card> {
    let (before, after) = (base.scores, head.scores);
    let findings = |scan: &ScanSummary| scan.counts.high + scan.counts.medium + scan.counts.low;
    let fewer_is_better = |before: f64, after: f64| {
        let change = figure::change(before, after, 0);
        Change {
            class: match change.class {
                "better" => "worse",
                "worse" => "better",
                same => same,
            },
            ..change
        }
    };
    vec![
        Card {
            title: "Security",
            before: format!("{}/100", before.security),
            after: after.security.to_string(),
            change: figure::change(before.security.into(), after.security.into(), 0),
        },
        Card {
            title: "Quality",
            before: format!("{:.1}/10", before.quality),
            after: format!("{:.1}", after.quality),
            change: figure::change(before.quality, after.quality, 1),
        },
        Card {
            title: "Findings",
            before: figure::count(findings(base).into()),
            after: figure::count(findings(head).into()),
            change: fewer_is_better(findings(base).into(), findings(head).into()),
        },
        Card {
            title: "Lines of code",
            before: figure::count(base.loc),
            after: figure::count(head.loc),
            change: Change {
                class: "same",
                ..figure::change(base.loc as f64, head.loc as f64, 0)
            },
        },
    ]
}
