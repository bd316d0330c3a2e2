//! Findings as SARIF 2.1.0, which code hosts and editors read.

mod document;
mod region;

use std::collections::{BTreeMap, HashMap};

use codedetect_engine::report::{FileReport, Finding, Rank, Report};
use codedetect_engine::{Check, checks};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use document::*;

use super::{Lines, csv, reasons};

/// Where the document's schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How much of a line tells it from others; a file may be one line with a finding a word.
const LONGEST_LINE: usize = 400;

/// What stays as it is in the path of a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The report as one SARIF document. `source` gives a file's bytes by its path; where it gives
/// none, places are lines without columns, because a report counts columns in UTF-8 bytes and
/// SARIF in UTF-16 units.
pub fn sarif<'a>(
    report: &Report,
    source: impl Fn(&str) -> Option<&'a [u8]>,
) -> serde_json::Result<String> {
    let rules = rules(report);
    let index: HashMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let mut results = Vec::new();
    for file in &report.files {
        let lines = source(&file.path).and_then(Lines::of);
        results.extend(results_of(file, lines.as_ref(), &index));
    }
    let notifications: Vec<_> = report.files.iter().flat_map(notifications).collect();
    let document = Document {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "CodeDetect",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: rules.into_values().collect(),
                },
            },
            column_kind: "utf16CodeUnits",
            invocations: [Invocation {
                execution_successful: notifications.is_empty(),
                tool_execution_notifications: notifications,
            }],
            results,
        }],
    };
    serde_json::to_string(&document)
}

/// Each check that found something, once, by its id.
fn rules(report: &Report) -> BTreeMap<&str, Rule> {
    let findings = report.files.iter().flat_map(|file| &file.findings);
    let mut rules = BTreeMap::new();
    for finding in findings {
        rules
            .entry(finding.test_id.as_str())
            .or_insert_with(|| rule(finding));
    }
    rules
}

/// A check as its own words describe it. A finding that an earlier release has kept may be of a
/// check that is no more: of that one the name is known.
fn rule(finding: &Finding) -> Rule {
    let mut tags = vec!["security".to_owned()];
    if finding.cwe > 0 {
        tags.push(format!("external/cwe/cwe-{:03}", finding.cwe));
    }
    let check = checks()
        .iter()
        .copied()
        .find(|check| check.id == finding.test_id);
    let name = finding.test_name.replace('_', " ");
    let summary = check.map_or(name, Check::summary);
    let docs = check.map_or_else(|| summary.clone(), |check| check.docs.to_owned());
    Rule {
        id: finding.test_id.clone(),
        name: finding.test_name.clone(),
        short_description: Message { text: summary },
        full_description: Message {
            text: docs.replace('`', ""),
        },
        help: Help {
            text: docs.replace('`', ""),
            markdown: check.map_or(docs, markdown),
        },
        properties: Tags { tags },
    }
}

/// What a check looks for, with an example of what it finds and of what it leaves alone.
fn markdown(check: &Check) -> String {
    let mut text = check.docs.to_owned();
    for (title, examples) in [("Found", check.fires), ("Not found", check.silent)] {
        // Some are about characters that no one should be shown.
        if let Some(example) = examples.iter().find(|example| example.is_ascii()) {
            text += &format!("\n\n{title}:\n\n```python\n{}\n```", example.trim_end());
        }
    }
    text
}

fn results_of<'r>(
    file: &'r FileReport,
    lines: Option<&Lines<'_>>,
    index: &HashMap<&str, usize>,
) -> Vec<ResultObject<'r>> {
    let mut seen = HashMap::new();
    let result = |finding: &'r Finding| {
        let words = lines
            .and_then(|lines| lines.line(finding.line))
            .map_or(finding.text.as_str(), str::trim);
        let words = &words[..words.floor_char_boundary(LONGEST_LINE)];
        let nth = seen
            .entry((finding.test_id.as_str(), words))
            .and_modify(|nth: &mut u32| *nth += 1)
            .or_insert(0);
        ResultObject {
            rule_id: &finding.test_id,
            rule_index: index.get(finding.test_id.as_str()).copied(),
            level: level(finding.severity),
            message: Message {
                text: finding.text.clone(),
            },
            locations: [Location {
                physical_location: PhysicalLocation {
                    artifact_location: artifact(&file.path),
                    region: Some(region::of(finding, lines)),
                },
            }],
            partial_fingerprints: Fingerprints {
                finding: fingerprint(&file.path, &finding.test_id, words, *nth),
            },
            properties: Ranks {
                severity: csv::word(finding.severity),
                confidence: csv::word(finding.confidence),
            },
        }
    };
    file.findings.iter().map(result).collect()
}

/// The same for the same finding when lines above it come or go.
fn fingerprint(path: &str, test_id: &str, words: &str, nth: u32) -> String {
    let mut hash = Sha256::new();
    for part in [path, test_id, words, &nth.to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}

fn notifications(file: &FileReport) -> Vec<Notification> {
    reasons(file)
        .into_iter()
        .map(|error| Notification {
            level: "error",
            message: Message {
                text: format!("{}: {}", file.path, error.reason),
            },
            locations: [Location {
                physical_location: PhysicalLocation {
                    artifact_location: artifact(&file.path),
                    region: error.line.filter(|&line| line > 0).map(Region::line),
                },
            }],
        })
        .collect()
}

fn level(severity: Rank) -> &'static str {
    match severity {
        Rank::High => "error",
        Rank::Medium => "warning",
        Rank::Low | Rank::Undefined => "note",
    }
}

fn artifact(path: &str) -> ArtifactLocation {
    let encoded = utf8_percent_encode(path, PATH);
    ArtifactLocation {
        uri: if path.starts_with('/') {
            format!("file://{encoded}")
        } else {
            encoded.to_string()
        },
    }
}

#[cfg(test)]
mod tests;
