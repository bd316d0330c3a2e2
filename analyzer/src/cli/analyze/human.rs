//! The report for reading: by file and line, legible without colour, in 80 columns.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use codedetect_engine::report::{Analysis, Block, BlockKind, FileReport, Finding, Rank, Report};

use super::excerpt;
use crate::export::{Lines, reasons, word};

const WIDTH: usize = 80;

/// Radon's limit of what is simple: above it a block is worth a line.
const COMPLEX: u64 = 10;

/// All of it.
pub(super) fn text<'a>(report: &Report, source: impl Fn(&str) -> Option<&'a [u8]>) -> String {
    let mut out = String::new();
    for file in &report.files {
        let lines = source(&file.path).and_then(Lines::of);
        // Writing to a string cannot fail.
        let _ = write_file(&mut out, file, lines.as_ref());
    }
    let _ = write_summary(&mut out, report);
    out
}

fn write_file(out: &mut String, file: &FileReport, lines: Option<&Lines<'_>>) -> std::fmt::Result {
    let path: String = excerpt::shown(&file.path).collect();
    for error in reasons(file) {
        let place = error
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        let which = which(file, &error.reason);
        let bold = Style::new().bold();
        writeln!(out, "{bold}{path}{place}{bold:#}  not analysed{which}")?;
        write_wrapped(out, &error.reason)?;
        out.push('\n');
    }
    let mut findings: Vec<_> = file.findings.iter().collect();
    findings.sort_by_key(|it| (it.line, it.col, it.test_id.as_str()));
    for finding in findings {
        write_finding(out, &path, finding, lines)?;
    }
    let mut complex: Vec<_> = file
        .complexity
        .iter()
        .filter(|block| block.complexity > COMPLEX && block.kind != BlockKind::Class)
        .collect();
    complex.sort_by_key(|block| (block.line, block.col));
    for block in complex {
        let Block {
            line,
            complexity,
            rank,
            ..
        } = block;
        let name: String = excerpt::shown(&full_name(block)).collect();
        writeln!(
            out,
            "{path}:{line}  complexity {complexity} ({rank})  {name}\n"
        )?;
    }
    Ok(())
}

fn write_finding(
    out: &mut String,
    path: &str,
    finding: &Finding,
    lines: Option<&Lines<'_>>,
) -> std::fmt::Result {
    let Finding {
        line,
        test_id,
        test_name,
        ..
    } = finding;
    let bold = Style::new().bold();
    let colour = colour(finding.severity);
    let severity = word(finding.severity);
    let column = lines
        .and_then(|lines| lines.column(*line, finding.col))
        .map(|column| format!(":{column}"))
        .unwrap_or_default();
    writeln!(
        out,
        "{bold}{path}:{line}{column}{bold:#}  {colour}{severity}{colour:#}  {test_id} {test_name}"
    )?;
    write_wrapped(out, &finding.text)?;
    let cwe = match finding.cwe {
        0 => String::new(),
        number => format!(", CWE-{number}"),
    };
    writeln!(out, "    confidence {}{cwe}", word(finding.confidence))?;
    let gutter = line.to_string().len();
    let width = WIDTH.saturating_sub(gutter + 9);
    if let Some((text, marks)) = lines.and_then(|lines| excerpt::of(finding, lines, width)) {
        writeln!(out, "    {line} | {text}")?;
        writeln!(out, "    {:gutter$} | {colour}{marks}{colour:#}", "")?;
    }
    out.push('\n');
    Ok(())
}

fn write_wrapped(out: &mut String, text: &str) -> std::fmt::Result {
    let text: String = excerpt::shown(&text.replace(['\n', '\r'], " ")).collect();
    for line in textwrap::wrap(&text, WIDTH - 4) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

fn write_summary(out: &mut String, report: &Report) -> std::fmt::Result {
    let files = &report.files;
    if files.is_empty() {
        return writeln!(out, "No Python file was found.");
    }
    let failed = files.iter().filter(|file| !file.errors.is_empty()).count();
    let code: u64 = files.iter().map(|file| file.loc).sum();
    let of = |rank| {
        let findings = files.iter().flat_map(|file| &file.findings);
        findings.filter(|it| it.severity == rank).count()
    };
    let plural = if files.len() == 1 { "file" } else { "files" };
    writeln!(out, "{} {plural}, {code} lines of code", files.len())?;
    if failed > 0 {
        writeln!(out, "not analysed  {failed}")?;
    }
    writeln!(
        out,
        "findings      {} HIGH, {} MEDIUM, {} LOW",
        of(Rank::High),
        of(Rank::Medium),
        of(Rank::Low)
    )?;
    writeln!(out, "security      {}/100", report.scores.security)?;
    writeln!(out, "quality       {:.1}/10", report.scores.quality)
}

/// Which analyses a reason has stopped, unless it is all of them.
fn which(file: &FileReport, reason: &str) -> String {
    const ALL: usize = 5;
    let stopped: Vec<_> = file
        .errors
        .iter()
        .filter(|error| error.reason == reason)
        .map(|error| match error.analysis {
            Analysis::Security => "security",
            Analysis::Complexity => "complexity",
            Analysis::Raw => "raw counts",
            Analysis::Halstead => "Halstead",
            Analysis::Maintainability => "maintainability",
        })
        .collect();
    if stopped.len() == ALL {
        return String::new();
    }
    format!(": {}", stopped.join(", "))
}

fn full_name(block: &Block) -> String {
    match &block.class {
        Some(class) => format!("{class}.{}", block.name),
        None => block.name.clone(),
    }
}

fn colour(severity: Rank) -> Style {
    let colour = match severity {
        Rank::High => AnsiColor::Red,
        Rank::Medium => AnsiColor::Yellow,
        Rank::Low | Rank::Undefined => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}
