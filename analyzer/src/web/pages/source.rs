//! A file's source as a page shows it: numbered lines, coloured, with findings below theirs.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::ops::Range;

use askama::filters::HtmlSafe;
use codedetect_engine::report::Finding;

use super::paint::{self, Run};
use super::visible;

/// How many lines one page shows. A browser lays this many out at once without a pause.
pub const WINDOW: usize = 2000;

/// How many bytes of one line are shown: enough to judge it, and a bundle in one line stays a line.
const LINE: usize = 2000;

/// A part of a file's lines.
pub struct Listing {
    /// The lines, from `first` on.
    pub lines: Vec<Line>,
    /// The number of the first of them.
    pub first: usize,
    /// The number of the last of them.
    pub last: usize,
    /// How many the file has.
    pub total: usize,
}

/// A line of source.
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its text as HTML.
    pub code: Code,
    /// The places, in the list that was given, of the findings to show below it.
    pub findings: Vec<usize>,
}

/// Source as HTML: escaped, in spans of [`paint::Ink::class`].
pub struct Code(String);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Code {}

impl Listing {
    /// The window of `source` that holds line `from`.
    pub fn new(source: &str, findings: &[Finding], from: usize) -> Self {
        let lines = lines(source);
        let total = lines.len();
        let first = from.clamp(1, total.max(1)).saturating_sub(1) / WINDOW * WINDOW;
        let last = (first + WINDOW).min(total);
        let runs = paint::runs(source);
        let mut below = by_line(findings, total);
        let mut next = 0;
        let shown = lines[first..last].iter().zip(first + 1..);
        Self {
            lines: shown
                .map(|(at, number)| {
                    next += runs[next..].partition_point(|run| run.at.end <= at.start);
                    let here = below.remove(&number).unwrap_or_default();
                    let marks = here
                        .iter()
                        .filter_map(|i| mark(&findings[*i], number, source, at));
                    Line {
                        number,
                        code: code(source, at, &runs[next..], &marks.collect::<Vec<_>>()),
                        findings: here,
                    }
                })
                .collect(),
            first: first + 1,
            last,
            total,
        }
    }

    /// The first line of the window before, if there is one.
    pub fn earlier(&self) -> Option<usize> {
        (self.first > 1).then(|| self.first.saturating_sub(WINDOW).max(1))
    }

    /// The first line of the window after, if there is one.
    pub fn later(&self) -> Option<usize> {
        (self.last < self.total).then_some(self.last + 1)
    }
}

/// The first line of the window in which line `number` is shown, for a link to it.
pub fn window_of(number: u32) -> usize {
    (number as usize).saturating_sub(1) / WINDOW * WINDOW + 1
}

/// The line of a finding as HTML, without its indentation.
pub fn one_line(source: &str, finding: &Finding) -> Option<Code> {
    let at = lines(source)
        .get((finding.line as usize).checked_sub(1)?)?
        .clone();
    let text = source.get(at.clone())?;
    let start = at.end - text.trim_start().len();
    let runs = paint::runs(source);
    let first = runs.partition_point(|run| run.at.end <= start);
    Some(code(source, &(start..at.end), &runs[first..], &[]))
}

/// Where the lines lie, without their ends: `\n`, `\r\n` and `\r`, as Python has them.
pub fn lines(source: &str) -> Vec<Range<usize>> {
    let bytes = source.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at], b'\n' | b'\r') {
            lines.push(start..at);
            at += usize::from(bytes[at..].starts_with(b"\r\n"));
            start = at + 1;
        }
        at += 1;
    }
    if start < bytes.len() {
        lines.push(start..bytes.len());
    }
    lines
}

/// The findings by the line they are shown below: their own, or the last one there is.
fn by_line(findings: &[Finding], total: usize) -> HashMap<usize, Vec<usize>> {
    let mut lines: HashMap<usize, Vec<usize>> = HashMap::new();
    for (i, finding) in findings.iter().enumerate() {
        let line = (finding.line as usize).min(total).max(1);
        lines.entry(line).or_default().push(i);
    }
    lines
}

/// The part of its line that a finding speaks of.
fn mark(finding: &Finding, number: usize, source: &str, at: &Range<usize>) -> Option<Range<usize>> {
    let text = source.get(at.clone())?;
    let from = usize::try_from(finding.col).ok()?;
    let to = match usize::try_from(finding.end_col) {
        Ok(to) if finding.end_line as usize == number && to > from => to,
        _ => text.trim_end().len(),
    };
    let from = text.floor_char_boundary(from.min(text.len()));
    let to = text.floor_char_boundary(to.min(text.len()));
    (from < to && finding.line as usize == number).then_some(at.start + from..at.start + to)
}

/// The line at `at` as HTML. `runs` starts at the first run that reaches it.
fn code(source: &str, at: &Range<usize>, runs: &[Run], marks: &[Range<usize>]) -> Code {
    let end = source.floor_char_boundary(at.end.min(at.start + LINE));
    let line = at.start..end;
    let mut edges: Vec<usize> = vec![line.start, line.end];
    let runs: Vec<&Run> = runs
        .iter()
        .take_while(|run| run.at.start < line.end)
        .collect();
    let stretches = runs.iter().map(|run| &run.at).chain(marks);
    edges.extend(
        stretches
            .flat_map(|at| [at.start, at.end])
            .filter(|edge| line.contains(edge)),
    );
    edges.sort_unstable();
    edges.dedup();

    let mut html = String::with_capacity(2 * line.len());
    let mut run = 0;
    for piece in edges.windows(2) {
        let (from, to) = (piece[0], piece[1]);
        while runs.get(run).is_some_and(|run| run.at.end <= from) {
            run += 1;
        }
        let ink = runs
            .get(run)
            .filter(|run| run.at.start <= from)
            .map(|run| run.ink.class());
        let marked = marks.iter().any(|mark| mark.contains(&from));
        let class = match (ink, marked) {
            (Some(ink), true) => Some(format!("{ink} m")),
            (Some(ink), false) => Some(ink.to_owned()),
            (None, true) => Some("m".to_owned()),
            (None, false) => None,
        };
        write(
            &mut html,
            source.get(from..to).unwrap_or_default(),
            class.as_deref(),
        );
    }
    if end < at.end {
        let more = format!(" … {} more bytes", at.end - end);
        write(&mut html, &more, Some("cut"));
    }
    Code(html)
}

/// Writing to a `String` cannot fail.
fn write(html: &mut String, text: &str, class: Option<&str>) {
    if let Some(class) = class {
        let _ = write!(html, "<span class=\"{class}\">");
    }
    for c in text.chars() {
        let _ = visible::write_char(html, c);
    }
    if class.is_some() {
        html.push_str("</span>");
    }
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
