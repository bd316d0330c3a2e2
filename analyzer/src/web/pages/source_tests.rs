use codedetect_engine::report::Rank;

use super::*;

fn finding(line: u32, col: i32, end_line: u32, end_col: i32) -> Finding {
    Finding {
        test_id: "B101".into(),
        test_name: "assert_used".into(),
        line,
        end_line,
        col,
        end_col,
        severity: Rank::Low,
        confidence: Rank::High,
        text: "Use of assert detected.".into(),
        cwe: 703,
    }
}

fn html(source: &str, findings: &[Finding]) -> Vec<String> {
    Listing::new(source, findings, 1)
        .lines
        .into_iter()
        .map(|line| line.code.to_string())
        .collect()
}

#[test]
fn code_is_coloured_and_escaped() {
    assert_eq!(
        html("if a < b: # <b>\n    x = '</code><script>'\n", &[]),
        [
            "<span class=\"k\">if</span> a &lt; b: <span class=\"c\"># &lt;b&gt;</span>",
            "    x = <span class=\"s\">&#39;&lt;/code&gt;&lt;script&gt;&#39;</span>",
        ]
    );
}

#[test]
fn a_string_over_lines_is_closed_and_opened_again_on_each() {
    assert_eq!(
        html("x = '''a\nb\n\nc''' + 1", &[]),
        [
            "x = <span class=\"s\">&#39;&#39;&#39;a</span>",
            "<span class=\"s\">b</span>",
            "",
            "<span class=\"s\">c&#39;&#39;&#39;</span> + <span class=\"n\">1</span>",
        ]
    );
}

#[test]
fn what_a_finding_speaks_of_is_marked() {
    let line = html("assert x == 1\n", &[finding(1, 0, 1, 13)]).remove(0);
    assert_eq!(
        line,
        "<span class=\"k m\">assert</span><span class=\"m\"> x == </span><span class=\"n m\">1</span>"
    );
    let line = html("é = run('x',\n  y)\n", &[finding(1, 5, 2, 4)]).remove(0);
    assert!(line.starts_with("é = <span class=\"m\">run("), "{line}");
}

#[test]
fn places_that_are_not_in_the_line_mark_nothing_and_break_nothing() {
    for (col, end_col) in [(-1, 4), (90, 95), (5, 2), (1, 1), (i32::MIN, i32::MAX)] {
        let lines = html("é = 'ü'", &[finding(1, col, 1, end_col)]);
        assert_eq!(lines.len(), 1);
    }
    let listing = Listing::new("x\ny", &[finding(0, 0, 0, 0), finding(9, 0, 9, 1)], 1);
    assert_eq!(listing.lines[0].findings, [0]);
    assert_eq!(listing.lines[1].findings, [1]);
}

#[test]
fn lines_end_as_python_ends_them() {
    let source = "a\r\nb\rc\n\nd\u{c}e\u{2028}f";
    let lines: Vec<&str> = lines(source).into_iter().map(|at| &source[at]).collect();
    assert_eq!(lines, ["a", "b", "c", "", "d\u{c}e\u{2028}f"]);
    assert!(super::lines("").is_empty());
    assert_eq!(Listing::new("", &[], 1).lines.len(), 0);
}

#[test]
fn a_long_file_is_shown_in_windows() {
    let source = "x = 1\n".repeat(4500);
    let listing = Listing::new(&source, &[], 2001);
    assert_eq!(
        (listing.first, listing.last, listing.total),
        (2001, 4000, 4500)
    );
    assert_eq!((listing.earlier(), listing.later()), (Some(1), Some(4001)));
    let end = Listing::new(&source, &[], usize::MAX);
    assert_eq!((end.first, end.last, end.later()), (4001, 4500, None));
    assert_eq!(Listing::new(&source, &[], 0).first, 1);
    assert_eq!(
        (window_of(0), window_of(2000), window_of(2001)),
        (1, 1, 2001)
    );
}

#[test]
fn a_line_without_end_is_cut_and_says_so() {
    let line = html(&format!("x = '{}'", "é".repeat(900_000)), &[]).remove(0);
    assert!(line.len() < 5000);
    assert!(line.contains("more bytes"));
}
