use codedetect_engine::report::{Rank, Scores};

use super::*;

/// A report with a finding of B101 at each `assert` and of B307 at each `eval(`.
fn report(path: &str, source: &str) -> FileReport {
    let mut findings = Vec::new();
    let mut complexity: Vec<Block> = Vec::new();
    let lines: Vec<&str> = source.lines().collect();
    for (line, text) in (1..).zip(&lines) {
        let text = text.trim_start();
        for (word, id) in [("assert ", "B101"), ("eval(", "B307")] {
            if text.contains(word) {
                findings.push(Finding {
                    test_id: id.into(),
                    test_name: String::new(),
                    line,
                    end_line: line,
                    col: 0,
                    end_col: 1,
                    severity: Rank::Low,
                    confidence: Rank::High,
                    text: String::new(),
                    cwe: 0,
                });
            }
        }
        if let Some(name) = text.strip_prefix("def ") {
            if let Some(open) = complexity.last_mut() {
                open.end_line = line - 1;
            }
            complexity.push(Block {
                kind: BlockKind::Function,
                name: name.split('(').next().unwrap().into(),
                class: None,
                line,
                end_line: lines.len() as u32,
                col: 0,
                complexity: 1,
                rank: 'A',
            });
        }
    }
    FileReport {
        path: path.into(),
        findings,
        errors: vec![],
        loc: 0,
        nosec: 0,
        skipped_tests: 0,
        complexity,
        maintainability: None,
        raw: None,
        halstead: None,
        scores: Scores {
            security: 100,
            quality: 10.0,
        },
    }
}

/// The lines of new, fixed and unchanged findings.
fn compare(base: &[(&str, &str)], head: &[(&str, &str)]) -> (Vec<u32>, Vec<u32>, Vec<(u32, u32)>) {
    let reports = |files: &[(&str, &str)]| -> Vec<FileReport> {
        files
            .iter()
            .map(|(path, source)| report(path, source))
            .collect()
    };
    let (before, after) = (reports(base), reports(head));
    fn versions<'a>(reports: &'a [FileReport], files: &[(&'a str, &'a str)]) -> Vec<Version<'a>> {
        let pairs = reports.iter().zip(files);
        pairs
            .map(|(report, (_, source))| Version {
                report,
                source: Some(source),
            })
            .collect()
    }
    let found = matched(&versions(&before, base), &versions(&after, head));
    let line =
        |reports: &[FileReport], place: Place| reports[place.file].findings[place.finding].line;
    (
        found.new.iter().map(|place| line(&after, *place)).collect(),
        found
            .fixed
            .iter()
            .map(|place| line(&before, *place))
            .collect(),
        found
            .unchanged
            .iter()
            .map(|(b, h)| (line(&before, *b), line(&after, *h)))
            .collect(),
    )
}

fn one(base: &str, head: &str) -> (Vec<u32>, Vec<u32>, Vec<(u32, u32)>) {
    compare(&[("code.py", base)], &[("code.py", head)])
}

#[test]
fn lines_inserted_above_change_nothing() {
    let base = "import os\nassert a\neval(b)\n";
    let head = "# a licence\n# of two lines\n\nimport os\nimport sys\nassert a\n\n    eval(b)\n";
    assert_eq!(one(base, head), (vec![], vec![], vec![(2, 6), (3, 8)]));
}

#[test]
fn new_and_fixed_are_told_apart() {
    let base = "assert a\nx = 1\neval(b)\n";
    let head = "assert a\nx = 1\nassert c\n";
    assert_eq!(one(base, head), (vec![3], vec![3], vec![(1, 1)]));
}

#[test]
fn of_equal_lines_the_one_that_went_is_named() {
    let base = "a = 1\nassert x\nb = 2\nassert x\nc = 3\nassert x\n";
    let head = "a = 1\nb = 2\nassert x\nc = 3\nassert x\n";
    assert_eq!(one(base, head), (vec![], vec![2], vec![(4, 3), (6, 5)]));
}

#[test]
fn functions_that_changed_places_bring_their_findings_along() {
    let base = "def f():\n    assert a\n\ndef g():\n    eval(b)\n";
    let head = "def g():\n    eval(b)\n\ndef f():\n    assert a\n";
    assert_eq!(one(base, head), (vec![], vec![], vec![(5, 2), (2, 5)]));
}

#[test]
fn an_edited_line_in_the_same_function_stays_the_same_finding() {
    let base = "def f(x):\n    return eval(x)\n";
    let head = "def f(x, y):\n    y += 1\n    return eval(x + y)\n";
    assert_eq!(one(base, head), (vec![], vec![], vec![(2, 3)]));
}

#[test]
fn a_renamed_file_is_still_the_same_file() {
    let source = "assert a\neval(b)\n";
    assert_eq!(
        compare(&[("code.py", source)], &[("code_v2.py", source)]),
        (vec![], vec![], vec![(1, 1), (2, 2)])
    );
    let edited = "def f():\n    eval(c)\n";
    assert_eq!(
        compare(
            &[("a/x.py", "def f():\n    eval(b)\n"), ("a/y.py", source)],
            &[("b/y.py", source), ("b/x.py", edited)]
        ),
        (vec![], vec![], vec![(1, 1), (2, 2), (2, 2)])
    );
}

#[test]
fn code_moved_to_another_file_is_no_new_finding() {
    assert_eq!(
        compare(
            &[("a.py", "x = 1\neval(secret)\n"), ("b.py", "y = 1\n")],
            &[("a.py", "x = 1\n"), ("b.py", "y = 1\neval(secret)\n")]
        ),
        (vec![], vec![], vec![(2, 2)])
    );
}

#[test]
fn the_same_scan_twice_has_no_difference_and_nothing_is_matched_twice() {
    let source = "assert a\nassert a\nassert a\neval(a); eval(a)\n";
    let (new, fixed, same) = one(source, source);
    assert!(new.is_empty() && fixed.is_empty());
    assert_eq!(same, [(1, 1), (2, 2), (3, 3), (4, 4)]);
    assert_eq!(one("assert a\n", "assert a\nassert a\n").0, [2]);
}

#[test]
fn without_sources_the_check_and_the_function_decide() {
    let reports = [
        report("a.py", "def f():\n    eval(a)\nx\n"),
        report("a.py", "\ndef f():\n    eval(a)\n"),
    ];
    let version = |i: usize| {
        [Version {
            report: &reports[i],
            source: None,
        }]
    };
    let found = matched(&version(0), &version(1));
    assert_eq!(
        (found.new.len(), found.fixed.len(), found.unchanged.len()),
        (0, 0, 1)
    );
}
