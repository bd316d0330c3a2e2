//! What `docs/scores.md` promises, on figures of real analyses.

use codedetect_engine::report::{FileReport, Finding, Rank};
use codedetect_engine::{analyze, project, scores};
use proptest::prelude::*;

fn report(source: &str) -> FileReport {
    analyze("example.py", source.as_bytes())
}

fn rank() -> impl Strategy<Value = Rank> {
    prop::sample::select(vec![Rank::Undefined, Rank::Low, Rank::Medium, Rank::High])
}

fn finding(severity: Rank, confidence: Rank) -> Finding {
    Finding {
        test_id: "B101".into(),
        test_name: "assert_used".into(),
        line: 1,
        end_line: 1,
        col: 0,
        end_col: 1,
        severity,
        confidence,
        text: String::new(),
        cwe: 703,
    }
}

fn findings() -> impl Strategy<Value = Vec<Finding>> {
    prop::collection::vec((rank(), rank()).prop_map(|(s, c)| finding(s, c)), 0..40)
}

/// Statements that stand alone, each with something to find or to count.
fn statement() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "import subprocess\n",
        "x = eval(input())  # why\n",
        "assert x == 1\n",
        "password = 'hunter2'\n",
        "    # a comment of its own\n",
        "y = [a * 2 for a in x if a > 1]\n",
        "def f(a, b):\n    # within\n    if a and b:\n        return a + b\n    return None\n",
        "class C:\n    def m(self):\n        while self.x:\n            self.x -= 1\n",
        "def g(n):\n    for i in n:\n        if i > 1 and n or not i:\n            for j in i:\n                \
         if j or i:\n                    yield j if i else n\n",
        "\"\"\"words\nand words\"\"\"\n",
        "z = call(x, y, 'text' 'more')\n",
        "try:\n    import pickle\nexcept ImportError:\n    pass\n",
    ])
}

fn source() -> impl Strategy<Value = String> {
    prop::collection::vec(statement(), 0..25).prop_map(|statements| statements.concat())
}

/// Another way to write the same: blank lines, trailing blanks, comments elsewhere.
fn respaced(source: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().copied().cycle();
    let mut in_string = false;
    let mut result = String::new();
    for line in source.lines() {
        let choice = choices.next().unwrap_or_default();
        in_string ^= line.matches("\"\"\"").count() % 2 == 1;
        if !in_string {
            result.push_str(["", "\n", "  \n\n", "\t\n"][usize::from(choice % 4)]);
        }
        match line.trim_start().starts_with('#') {
            true => result.push_str(&" ".repeat(usize::from(choice % 7))),
            false => result.push_str(&line[..line.len() - line.trim_start().len()]),
        }
        let code = line.trim_start();
        match choice / 64 {
            0 if !in_string => result.push_str(&code.replace("call(x, y,", "call(\n x,\n\n  y,")),
            _ => result.push_str(code),
        }
        if !in_string {
            result.push_str(["", " ", "\t ", "   "][usize::from(choice / 4 % 4)]);
        }
        result.push('\n');
    }
    result
}

proptest! {
    #[test]
    fn a_further_finding_never_raises_security(found in findings(), severity in rank(), confidence in rank()) {
        let before = scores::security(&found);
        let mut found = found;
        found.push(finding(severity, confidence));
        prop_assert!(scores::security(&found) <= before);
    }

    #[test]
    fn a_graver_or_surer_finding_never_raises_security(
        found in findings(), from in (rank(), rank()), to in (rank(), rank()),
    ) {
        let mut found = found;
        found.push(finding(from.0.min(to.0), from.1.min(to.1)));
        let before = scores::security(&found);
        let last = found.len() - 1;
        found[last] = finding(from.0.max(to.0), from.1.max(to.1));
        prop_assert!(scores::security(&found) <= before);
    }

    #[test]
    fn code_that_is_added_raises_neither_score(source in source(), added in statement()) {
        let before = report(&source);
        let after = report(&(source + added));
        prop_assert!(after.findings.len() >= before.findings.len());
        prop_assert!(after.scores.security <= before.scores.security);
        prop_assert!(after.scores.quality <= before.scores.quality);
    }

    #[test]
    fn white_space_changes_neither_score(
        source in source(), choices in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let again = respaced(&source, &choices);
        prop_assert_eq!(report(&again).scores, report(&source).scores, "{}", again);
    }

    #[test]
    fn a_project_is_no_better_for_a_worse_file(
        sources in prop::collection::vec(source(), 1..6), worse in any::<prop::sample::Index>(),
        added in statement(),
    ) {
        let files: Vec<_> = sources.iter().map(|source| report(source)).collect();
        let before = project(files.clone()).scores;
        let mut files = files;
        let at = worse.index(files.len());
        files[at] = report(&format!("{}{added}", sources[at]));
        let after = project(files).scores;
        prop_assert!(after.security <= before.security);
        prop_assert!(after.quality <= before.quality);
    }
}

#[test]
fn the_examples_of_the_page_hold() {
    let one = |severity| vec![finding(severity, Rank::High)];
    assert_eq!(scores::security(&[]), 100);
    assert_eq!(scores::security(&one(Rank::Low)), 97);
    assert_eq!(scores::security(&one(Rank::Medium)), 85);
    assert_eq!(scores::security(&one(Rank::High)), 68);
    assert_eq!(
        scores::security(&vec![finding(Rank::Low, Rank::High); 100]),
        72
    );
    assert_eq!(
        scores::security(&vec![finding(Rank::High, Rank::High); 100_000]),
        0
    );
}

#[test]
fn an_empty_file_is_perfect_and_a_broken_one_is_not() {
    let empty = report("").scores;
    assert_eq!((empty.security, empty.quality), (100, 10.0));
    for broken in ["def f(:\n", "x = '\0'\n"] {
        assert_eq!(report(broken).scores, scores::UNKNOWN);
    }
    assert_eq!(project(Vec::new()).scores, empty);
}

#[test]
fn a_bad_file_does_not_hide_among_good_ones() {
    let bad = report("import os\nos.system('rm ' + x)\neval(x)\nexec(x)\n");
    let mut files = vec![report("x = 1\n"); 99];
    files.push(bad.clone());
    let together = project(files).scores;
    assert!(together.security <= u32::midpoint(100, bad.scores.security));
    assert!(together.security > bad.scores.security);
}
