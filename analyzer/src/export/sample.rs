//! A report for the tests of this folder.

use codedetect_engine::report::{
    Analysis, AnalysisError, FileReport, Finding, Rank, Report, Scores, VERSION,
};

/// Three findings in one file, whose source is [`SOURCE`], and one file that does not parse.
pub fn report() -> Report {
    let mut good = empty("src/app.py");
    good.findings = vec![
        finding(
            "B602",
            "subprocess_popen_with_shell_equals_true",
            2,
            4,
            20,
            Rank::High,
        ),
        finding("B101", "assert_used", 3, 0, 11, Rank::Low),
        finding("B101", "assert_used", 4, 0, 11, Rank::Low),
    ];
    "shell=True, a \"risk\"".clone_into(&mut good.findings[0].text);
    good.findings[0].confidence = Rank::Medium;
    good.findings[0].cwe = 78;
    let mut bad = empty("bad.py");
    bad.errors = vec![AnalysisError {
        analysis: Analysis::Security,
        reason: "invalid syntax".to_owned(),
        line: Some(3),
    }];
    Report {
        version: VERSION,
        files: vec![good, bad],
        scores: SCORES,
    }
}

/// What the findings of [`report`] are in. The second line has three bytes and two UTF-16 units
/// before its call.
pub const SOURCE: &str = "import os\né = call(shell=True)\nassert True\nassert True\n";

const SCORES: Scores = Scores {
    security: 80,
    quality: 9.5,
};

fn empty(path: &str) -> FileReport {
    FileReport {
        path: path.to_owned(),
        findings: Vec::new(),
        errors: Vec::new(),
        loc: 4,
        nosec: 0,
        skipped_tests: 0,
        complexity: Vec::new(),
        maintainability: None,
        raw: None,
        halstead: None,
        scores: SCORES,
    }
}

fn finding(id: &str, name: &str, line: u32, col: i32, end_col: i32, severity: Rank) -> Finding {
    Finding {
        test_id: id.to_owned(),
        test_name: name.to_owned(),
        line,
        end_line: line,
        col,
        end_col,
        severity,
        confidence: Rank::High,
        text: format!("text of {id}"),
        cwe: 0,
    }
}
