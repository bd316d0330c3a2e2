//! Radon 6.0.1's figures: complexity, raw counts, Halstead's, and the maintainability index.

mod complexity;
mod fstring;
mod halstead;
mod lines;
mod maintainability;
mod number;
mod operand;
mod raw;
mod surrogates;
mod tokenizer;
mod walk;

use crate::parse::{Parsed, parse};
use crate::report::{Analysis, AnalysisError, FileReport, Raw};
use crate::scores;
use crate::source::Source;

/// Adds Radon's figures of a file to its report, or why there are none, and the score of quality.
///
/// Radon reads every file as UTF-8 and is blind to coding comments. So where a file declares
/// another encoding but is UTF-8 all the same, its text is not the one that was parsed for the
/// security checks.
pub(crate) fn fill(
    report: &mut FileReport,
    bytes: &[u8],
    source: Result<&Source<'_>, &AnalysisError>,
    parsed: Result<&Parsed, &AnalysisError>,
) {
    let as_utf8 = match source {
        Ok(source) if source.is_utf8() => None,
        _ => Source::of_utf8(bytes),
    };
    match (&as_utf8, source) {
        (Some(source), _) => match parse(source) {
            Ok(parsed) => fill_from(report, source, Ok(&parsed)),
            Err(error) => fill_from(report, source, Err(&error)),
        },
        (None, Ok(source)) => fill_from(report, source, parsed),
        (None, Err(error)) => {
            for analysis in [
                Analysis::Complexity,
                Analysis::Raw,
                Analysis::Halstead,
                Analysis::Maintainability,
            ] {
                report.errors.push(AnalysisError {
                    analysis,
                    ..error.clone()
                });
            }
        }
    }
}

/// The raw counts need tokens only, the others a tree, and the index needs both.
fn fill_from(
    report: &mut FileReport,
    source: &Source<'_>,
    parsed: Result<&Parsed, &AnalysisError>,
) {
    let raw = raw::count(source.text());
    report.raw = raw.ok();
    match parsed {
        Ok(parsed) => fill_from_tree(report, source, parsed, raw.ok()),
        Err(error) => {
            for analysis in [
                Analysis::Complexity,
                Analysis::Halstead,
                Analysis::Maintainability,
            ] {
                report.errors.push(AnalysisError {
                    analysis,
                    ..error.clone()
                });
            }
        }
    }
    if let Err(error) = raw {
        report.errors.push(error.of(Analysis::Raw));
        if parsed.is_ok() {
            report.errors.push(error.of(Analysis::Maintainability));
        }
    }
}

fn fill_from_tree(report: &mut FileReport, source: &Source<'_>, parsed: &Parsed, raw: Option<Raw>) {
    let found = walk::walk(source.text(), parsed.suite());
    report.complexity = complexity::blocks(&found.scope, source);
    let halstead = found.tally.figures();
    let (volume, complexity) = (halstead.total.volume, found.scope.total());
    report.halstead = Some(halstead);
    report.maintainability = raw.map(|raw| maintainability::index(volume, complexity, &raw));
    // Where the lines could not be counted nothing speaks for the file.
    let maintainability = raw.map_or(0.0, |raw| {
        maintainability::without_comments(volume, complexity, raw.lloc)
    });
    report.scores.quality = scores::quality(&report.complexity, maintainability);
}

#[cfg(test)]
mod tests;
