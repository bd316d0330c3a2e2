//! Where findings stand, in which order they come, and what suppresses them. What is expected is
//! what Bandit 1.9.4 gives on CPython 3.13.

use crate::analyze;

/// The findings as id, line, last line, column and end column.
fn placed(source: &str) -> Vec<(String, u32, u32, i32, i32)> {
    let findings = analyze("example.py", source.as_bytes()).findings;
    let placed = findings.into_iter().map(|finding| {
        (
            finding.test_id,
            finding.line,
            finding.end_line,
            finding.col,
            finding.end_col,
        )
    });
    placed.collect()
}

#[track_caller]
fn expect(source: &str, expected: &[(&str, u32, u32, i32, i32)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|&(id, line, end_line, col, end_col)| (id.to_owned(), line, end_line, col, end_col))
        .collect();
    assert_eq!(placed(source), expected, "{source}");
}

#[test]
fn the_texts_of_an_f_string_are_constants() {
    expect("x = \"/tmp\" f\"a{b}\"\n", &[("B108", 1, 1, 4, 14)]);
    expect(
        "x = f\"\"\"/tmp\n{a}\n/var/tmp\"\"\"\n",
        &[("B108", 1, 3, 8, 0)],
    );
    expect("x = f\"/tmp{{\"\n", &[("B108", 1, 1, 6, 12)]);
    expect("x = f\"{a:/tmp{b}}\"\n", &[("B108", 1, 1, 9, 13)]);
}

#[test]
fn columns_count_bytes() {
    expect("x = (\"é\"\n  \"b\", \"/tmp\")\n", &[("B108", 2, 2, 7, 13)]);
    expect("x = \"é\", \"/tmp\"\n", &[("B108", 1, 1, 10, 16)]);
}

#[test]
fn a_definition_begins_after_its_decorators_which_are_visited_after_its_body() {
    expect(
        "@a(\"/tmp\")\n# b\ndef f(password=\"x\"):\n  \"/tmp\"\n",
        &[("B107", 3, 4, 0, 8), ("B108", 1, 1, 3, 9)],
    );
}

#[test]
fn a_string_has_the_lines_of_what_it_stands_in() {
    expect("f(\n  \"/tmp\" for x in y\n)\n", &[("B108", 2, 3, 2, 8)]);
    expect(
        "def f(a,\n  b=\"/tmp\",\n  c=1): pass\n",
        &[("B108", 2, 3, 4, 10)],
    );
    expect(
        "with \"/tmp\" as a, \\\n  b: pass\n",
        &[("B108", 1, 1, 5, 11)],
    );
    expect(
        "if a: pass\nelif \"/tmp\":\n  pass\nelse:\n  pass\n",
        &[("B108", 2, 5, 5, 11)],
    );
    expect(
        "match x:\n  case \"/tmp\" if \"/var/tmp\":\n    pass\n",
        &[("B108", 2, 2, 7, 13), ("B108", 2, 2, 17, 27)],
    );
}

#[test]
fn a_finding_at_an_argument_has_its_line_and_the_columns_of_the_call() {
    expect("f(password=(\n  \"a\"\n))\n", &[("B106", 2, 3, 0, 2)]);
}

#[test]
fn a_body_ends_after_its_semicolon() {
    expect(
        "for i in y:\n  try: f()\n  except: continue;\n",
        &[("B112", 3, 3, 2, 19)],
    );
}

#[test]
fn keys_come_before_values_and_a_call_before_what_it_calls() {
    expect(
        "x = {\"/tmp\": \"/var/tmp\", \"/dev/shm\": 1}\n",
        &[
            ("B108", 1, 1, 5, 11),
            ("B108", 1, 1, 25, 35),
            ("B108", 1, 1, 13, 23),
        ],
    );
    expect(
        "a(\"/tmp\", shell=True)(\n  shell=1)\n",
        &[
            ("B604", 2, 2, 0, 10),
            ("B604", 1, 1, 0, 21),
            ("B108", 1, 1, 2, 8),
        ],
    );
}

#[test]
fn every_line_end_is_one() {
    expect(
        "\r\nassert x\rassert y\r\n",
        &[("B101", 2, 2, 0, 8), ("B101", 3, 3, 0, 8)],
    );
}

/// The findings left, and how many a bare comment and one that names the test suppressed.
#[track_caller]
fn expect_suppressed(source: &str, found: usize, nosec: u64, skipped_tests: u64) {
    let report = analyze("example.py", source.as_bytes());
    let counts = (report.findings.len(), report.nosec, report.skipped_tests);
    assert_eq!(counts, (found, nosec, skipped_tests), "{source}");
}

#[test]
fn a_comment_on_any_line_of_a_finding_suppresses_it() {
    expect_suppressed("assert (x,\n  y) # nosec\n", 0, 1, 0);
    expect_suppressed("assert x # nosec: B101\n", 0, 0, 1);
    expect_suppressed("assert x # nosec B102\n", 1, 0, 0);
    expect_suppressed("def f(password=\"x\"):\n  pass # nosec\n", 0, 1, 0);
    expect_suppressed("assert x; eval(y) # nosec assert_used\n", 1, 0, 1);
}

#[test]
fn of_several_comments_the_first_counts_and_that_of_the_argument() {
    expect_suppressed("assert (x, # nosec B102\n  y) # nosec B101\n", 1, 0, 0);
    expect_suppressed(
        "f(a, # nosec B101\n  password=\"a\") # nosec B106\n",
        0,
        0,
        1,
    );
    expect_suppressed("f(a, # nosec\n  password=\"a\") # nosec B101\n", 1, 0, 0);
}

#[test]
fn the_file_as_a_whole_is_suppressed_on_its_first_line_or_that_of_the_finding() {
    expect_suppressed("# nosec\n\nx = '\u{202e}'\n", 0, 1, 0);
    expect_suppressed("\n\nx = '\u{202e}' # nosec B613\n", 0, 0, 1);
    expect_suppressed("\n# nosec\nx = '\u{202e}'\n", 1, 0, 0);
}

#[test]
fn what_raises_in_a_check_is_no_finding() {
    expect(
        "import subprocess\nsubprocess.run({[1]}, shell=True)\n",
        &[("B404", 1, 1, 0, 17)],
    );
    expect("f(**\"x\", password=\"b\")\n", &[]);
}

#[test]
fn code_too_deep_for_bandit_is_an_error_and_its_lines_are_counted() {
    let deep = |count: usize| format!("import pickle\nx = {}1\n", "-".repeat(count));
    let (within, beyond) = (deep(988), deep(989));
    assert_eq!(analyze("a.py", within.as_bytes()).findings.len(), 1);
    let report = analyze("a.py", beyond.as_bytes());
    assert_eq!(report.findings, []);
    assert!(
        report
            .errors
            .iter()
            .any(|error| error.reason.contains("recursion"))
    );
    assert_eq!(report.loc, 2);
}

#[test]
fn thousands_of_anything_take_no_square_of_time() {
    let uses = "x = '<b>'\nmark_safe(x)\n".repeat(5_000);
    let marked = format!("from django.utils.safestring import mark_safe\n{uses}");
    let parameters: String = (0..20_000)
        .map(|number| format!("a{number}='/tmp',"))
        .collect();
    let many = [
        marked,
        format!("def f({parameters}): pass\n"),
        "x = {'password': 'a'}\n".repeat(9_000),
    ];
    let started = std::time::Instant::now();
    for source in many {
        assert!(!analyze("a.py", source.as_bytes()).findings.is_empty());
    }
    // Squares of these took minutes.
    assert!(started.elapsed().as_secs() < 30);
}
