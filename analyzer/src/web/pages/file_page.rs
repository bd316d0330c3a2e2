//! The page of one file: its findings, its source, its figures.

use askama::Template;
use codedetect_engine::report::{Analysis, AnalysisError, BlockKind, FileReport, HalsteadFigures};

use crate::store::scan::{Counts, ScanFile, ScanSummary};

use super::figure::{self, Score};
use super::findings::{self, Group, Least, Level, Listed, PlaceLink};
use super::scan_line::ScanLine;
use super::severity::{self, Severity};
use super::shell::Shell;
use super::source::Listing;
use super::visible::{Visible, plain};

/// What is asked of the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The least severity.
    pub least: Least,
    /// The line to show.
    pub from: usize,
}

/// The page of a file, which is that of its scan where it is the only one.
#[derive(Template)]
#[template(path = "file.html")]
pub struct FilePage {
    shell: Shell,
    scan: ScanLine,
    path: String,
    plain_path: String,
    alone: bool,
    earlier: Option<String>,
    position: u32,
    file_before: Option<String>,
    file_after: Option<String>,
    report: FileReport,
    page: String,
    security: Score,
    quality: Score,
    counts: Counts,
    loc: String,
    silenced: String,
    groups: Vec<Group>,
    levels: Vec<Level>,
    /// What is said in place of "nothing was found" where the checks have not seen all.
    doubt: Option<&'static str>,
    least: Least,
    size: String,
    source_address: String,
    shown_findings: String,
    listing: Option<Listing>,
    source_problem: String,
    parsed: bool,
    blocks: Vec<BlockRow>,
    tables: Vec<FigureTable>,
    functions: Vec<FunctionRow>,
}

/// An analysis that gave nothing.
struct Problem<'a> {
    what: &'static str,
    reasons: Vec<Reason<'a>>,
}

/// Why.
struct Reason<'a> {
    text: &'a str,
    line: Option<u32>,
    address: String,
}

impl Reason<'_> {
    fn text(&self) -> Visible<'_> {
        Visible(self.text)
    }
}

/// A finding below its line.
struct Note<'a> {
    severity: Severity,
    anchor: String,
    text: &'a str,
    test_id: &'a str,
    test_name: &'a str,
    confidence: &'static str,
    cwe: u32,
    place: String,
}

impl Note<'_> {
    fn text(&self) -> Visible<'_> {
        Visible(self.text)
    }
}

struct BlockRow {
    kind: &'static str,
    name: String,
    line: u32,
    address: String,
    complexity: u64,
    rank: char,
}

impl BlockRow {
    fn name(&self) -> Visible<'_> {
        Visible(&self.name)
    }
}

struct FigureTable {
    title: &'static str,
    rows: Vec<(&'static str, String)>,
}

struct FunctionRow {
    name: String,
    values: Vec<String>,
}

impl FunctionRow {
    fn name(&self) -> Visible<'_> {
        Visible(&self.name)
    }
}

impl FilePage {
    /// The page of `file`. `source` is its text, or why it cannot be shown.
    pub fn new(
        shell: Shell,
        summary: ScanSummary,
        file: ScanFile,
        source: Result<&str, String>,
        earlier: Option<String>,
        asked: Asked,
    ) -> Self {
        let scan = ScanLine::new(summary);
        let ScanFile { summary, report } = file;
        let alone = scan.files() == 1;
        let page = address(&scan, summary.index);
        let listed = [Listed {
            page: page.clone(),
            path: None,
            report: &report,
        }];
        let groups = findings::groups(&listed, asked.least);
        let levels = findings::levels(&listed, &page, asked.least);
        let listing = source.as_ref().ok();
        let listing = listing.map(|text| Listing::new(text, &report.findings, asked.from));
        let after = summary.index + 1;
        Self {
            shell,
            plain_path: plain(&summary.path),
            alone,
            earlier,
            position: after,
            file_before: summary
                .index
                .checked_sub(1)
                .map(|index| address(&scan, index)),
            file_after: (after < scan.files()).then(|| address(&scan, after)),
            security: figure::security(summary.scores),
            quality: figure::quality(summary.scores),
            counts: summary.counts,
            loc: figure::count(summary.loc),
            silenced: silenced(&[&report]),
            groups,
            levels,
            doubt: (!findings::looked_at(&report))
                .then_some("Not known: the checks could not look at this file."),
            least: asked.least,
            size: figure::size(summary.size),
            source_address: format!("/api/scans/{}/source?file={}", scan.id, summary.index),
            shown_findings: figure::counted(report.findings.len() as u64, "finding"),
            listing,
            source_problem: source.err().unwrap_or_default(),
            parsed: report.raw.is_some(),
            blocks: blocks(&report, &page),
            tables: tables(&report),
            functions: functions(&report),
            path: summary.path,
            page,
            scan,
            report,
        }
    }

    fn path(&self) -> Visible<'_> {
        Visible(&self.path)
    }

    /// Analyses that failed for the same reason at the same line are one problem.
    fn problems(&self) -> Vec<Problem<'_>> {
        let mut problems: Vec<(&AnalysisError, usize)> = Vec::new();
        for error in &self.report.errors {
            let same =
                |known: &&AnalysisError| (&known.reason, known.line) == (&error.reason, error.line);
            match problems.iter_mut().find(|(known, _)| same(known)) {
                Some((_, times)) => *times += 1,
                None => problems.push((error, 1)),
            }
        }
        let mut told: Vec<Problem<'_>> = Vec::new();
        for (error, times) in problems {
            let what = match times > 1 || !self.parsed {
                true => "This file could not be analysed.",
                false => what(error.analysis),
            };
            let reason = self.reason(error);
            match told.iter_mut().find(|problem| problem.what == what) {
                Some(problem) => problem.reasons.push(reason),
                None => told.push(Problem {
                    what,
                    reasons: vec![reason],
                }),
            }
        }
        told
    }

    fn reason<'a>(&self, error: &'a AnalysisError) -> Reason<'a> {
        Reason {
            text: &error.reason,
            line: error.line,
            address: PlaceLink::new(&self.page, None, error.line.unwrap_or(1)).address,
        }
    }

    fn note(&self, i: &usize) -> Option<Note<'_>> {
        let finding = self
            .report
            .findings
            .get(*i)
            .filter(|finding| self.least.shows(finding))?;
        let place = match (finding.end_line > finding.line, finding.col) {
            (true, _) => format!("lines {} to {}", finding.line, finding.end_line),
            (false, 0..) => format!("line {}, column {}", finding.line, finding.col + 1),
            (false, _) => format!("line {}", finding.line),
        };
        Some(Note {
            severity: severity::of(finding),
            anchor: format!("finding-{}", i + 1),
            text: &finding.text,
            test_id: &finding.test_id,
            test_name: &finding.test_name,
            confidence: severity::word(finding.confidence),
            cwe: finding.cwe,
            place,
        })
    }
}

/// The page of a scan's file.
pub fn address(scan: &ScanLine, index: u32) -> String {
    match scan.files() {
        1 => format!("/scans/{}", scan.id),
        _ => format!("/scans/{}/files/{index}", scan.id),
    }
}

/// How many findings comments silenced.
pub fn silenced(reports: &[&FileReport]) -> String {
    match reports
        .iter()
        .map(|report| report.nosec + report.skipped_tests)
        .sum()
    {
        0 => "nothing silenced by # nosec".to_owned(),
        n => format!("{} silenced by # nosec", figure::counted(n, "finding")),
    }
}

fn what(analysis: Analysis) -> &'static str {
    match analysis {
        Analysis::Security => "The security checks did not end.",
        Analysis::Complexity => "The complexity is not known.",
        Analysis::Raw => "The lines were not counted.",
        Analysis::Halstead => "The Halstead figures are not known.",
        Analysis::Maintainability => "The maintainability is not known.",
    }
}

fn blocks(report: &FileReport, page: &str) -> Vec<BlockRow> {
    let mut blocks: Vec<BlockRow> = report
        .complexity
        .iter()
        .map(|block| BlockRow {
            kind: match block.kind {
                BlockKind::Function => "function",
                BlockKind::Method => "method",
                BlockKind::Class => "class",
            },
            name: match &block.class {
                Some(class) => format!("{class}.{}", block.name),
                None => block.name.clone(),
            },
            line: block.line,
            address: PlaceLink::new(page, None, block.line).address,
            complexity: block.complexity,
            rank: block.rank,
        })
        .collect();
    blocks.sort_by(|a, b| (b.complexity, a.line).cmp(&(a.complexity, b.line)));
    blocks
}

fn tables(report: &FileReport) -> Vec<FigureTable> {
    let mut tables = Vec::new();
    if let Some(found) = report.maintainability {
        tables.push(FigureTable {
            title: "Maintainability",
            rows: vec![
                ("Index of 100", figure::decimal(found.index)),
                ("Rank", found.rank.to_string()),
            ],
        });
    }
    if let Some(raw) = report.raw {
        let rows = [
            ("Lines", raw.loc),
            ("Logical lines", raw.lloc),
            ("Source lines", raw.sloc),
            ("Comments", raw.comments),
            ("Comment lines", raw.single_comments),
            ("Lines of texts", raw.multi),
            ("Blank lines", raw.blank),
        ];
        tables.push(FigureTable {
            title: "Lines",
            rows: rows.map(|(word, n)| (word, figure::count(n))).into(),
        });
    }
    if let Some(halstead) = &report.halstead {
        let total = &halstead.total;
        tables.push(FigureTable {
            title: "Halstead",
            rows: vec![
                ("Distinct operators", figure::count(total.h1)),
                ("Distinct operands", figure::count(total.h2)),
                ("Operators", figure::count(total.n1)),
                ("Operands", figure::count(total.n2)),
                ("Vocabulary", figure::count(total.vocabulary)),
                ("Length", figure::count(total.length)),
                (
                    "Calculated length",
                    figure::decimal(total.calculated_length),
                ),
                ("Volume", figure::decimal(total.volume)),
                ("Difficulty", figure::decimal(total.difficulty)),
                ("Effort", figure::decimal(total.effort)),
                ("Time, seconds", figure::decimal(total.time)),
                ("Bugs expected", figure::decimal(total.bugs)),
            ],
        });
    }
    tables
}

fn functions(report: &FileReport) -> Vec<FunctionRow> {
    let row = |name: &str, of: &HalsteadFigures| FunctionRow {
        name: name.to_owned(),
        values: vec![
            figure::count(of.vocabulary),
            figure::count(of.length),
            figure::decimal(of.volume),
            figure::decimal(of.difficulty),
            figure::decimal(of.effort),
            figure::decimal(of.bugs),
        ],
    };
    let functions = report
        .halstead
        .iter()
        .flat_map(|halstead| &halstead.functions);
    functions
        .map(|function| row(&function.name, &function.figures))
        .collect()
}
