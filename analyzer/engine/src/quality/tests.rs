//! What Radon 6.0.1 says of sources that show its ways. Each figure was taken from it.

use crate::analyze;
use crate::report::{Analysis, BlockKind, FileReport, HalsteadFigures};

fn report(source: &str) -> FileReport {
    analyze("example.py", source.as_bytes())
}

/// Name, first line, last line and complexity of each block.
fn blocks(source: &str) -> Vec<(String, u32, u32, u64)> {
    let blocks = report(source).complexity.into_iter();
    blocks
        .map(|block| (block.name, block.line, block.end_line, block.complexity))
        .collect()
}

/// loc, lloc, sloc, comments, multi, blank, single comments.
fn raw(source: &str) -> Option<[u64; 7]> {
    let raw = report(source).raw?;
    Some([
        raw.loc,
        raw.lloc,
        raw.sloc,
        raw.comments,
        raw.multi,
        raw.blank,
        raw.single_comments,
    ])
}

#[test]
fn decisions_count_as_radon_counts_them() {
    let source = "\
@decorated(a if b else c)
def f(x=1 if y else 2):
    assert a and b
    for i in x:
        pass
    else:
        return [j for j in i if j if k] and z
    def inner():
        return x or y

async def g():
    try:
        pass
    except A:
        pass
    except B:
        pass
    else:
        pass
    finally:
        pass
    match x:
        case 1 | 2 if a:
            pass
        case _:
            pass
";
    assert_eq!(
        blocks(source),
        [("f".into(), 2, 2, 8), ("g".into(), 11, 26, 5)]
    );
}

#[test]
fn a_handler_of_groups_counts_nothing() {
    assert_eq!(
        blocks("def f():\n    try: pass\n    except* A: pass\n"),
        [("f".into(), 1, 3, 1)]
    );
}

#[test]
fn a_class_has_the_average_of_its_methods_and_one() {
    let source = "\
class C(B if b else A):
    z = lambda: x and y
    def m(self):
        while x:
            pass
    if a:
        def n(self):
            pass
    class D:
        def o(self):
            def p(): pass
";
    let found = report(source).complexity;
    let of = |block: &crate::report::Block| {
        (
            block.kind,
            block.name.clone(),
            block.class.clone(),
            block.col,
            block.complexity,
        )
    };
    assert_eq!(
        found.iter().map(of).collect::<Vec<_>>(),
        [
            (BlockKind::Class, "C".into(), None, 0, 4),
            (BlockKind::Method, "m".into(), Some("C".into()), 4, 2),
            (BlockKind::Method, "n".into(), Some("C".into()), 8, 1),
        ]
    );
    assert_eq!((found[0].line, found[0].end_line), (1, 8));
}

#[test]
fn a_function_ends_where_the_last_node_of_its_last_statement_begins() {
    let source = "\
def f():
    x = f\"\"\"{a}
{b}
tail\"\"\"
def g():
    if (a and
            b):
        def h():
            pass
class K:
    def m(self):
        return (
            1,
        )
";
    assert_eq!(
        blocks(source),
        [
            ("f".into(), 1, 3, 1),
            ("g".into(), 5, 7, 3),
            ("K".into(), 10, 13, 2),
            ("m".into(), 11, 13, 1),
        ]
    );
}

#[test]
fn lines_count_by_stretches_that_the_tokenizer_takes() {
    for (source, counts) in [
        ("", [0, 0, 0, 0, 0, 0, 0]),
        ("a = 1\n", [1, 1, 1, 0, 0, 0, 0]),
        ("if a: b\n", [1, 2, 1, 0, 0, 0, 0]),
        ("if a: b; c\n", [1, 2, 1, 0, 0, 0, 0]),
        ("x: int = 1; y\n", [1, 3, 1, 0, 0, 0, 0]),
        ("'''a\n\nb'''\n", [3, 1, 0, 0, 2, 1, 0]),
        ("'a' \\\n\n\n", [1, 1, 0, 0, 0, 0, 1]),
        ("# a\x0cb = 1\n", [2, 1, 1, 1, 0, 0, 1]),
        ("f(\n# a\n\n)\n", [4, 1, 3, 1, 0, 1, 0]),
        ("f'{x:>3}'\n", [1, 2, 1, 0, 0, 0, 0]),
        ("a\n\n  # b\n", [3, 1, 1, 1, 0, 1, 1]),
        ("'doc'  # c\n", [1, 1, 1, 1, 0, 0, 0]),
        ("x = 1 \\\n\ny: z\n", [3, 2, 2, 0, 0, 1, 0]),
        ("d = {\r\n  1: 2}\r", [2, 2, 2, 0, 0, 0, 0]),
    ] {
        assert_eq!(raw(source), Some(counts), "{source:?}");
    }
}

#[test]
fn a_string_that_radon_cuts_in_two_has_no_raw_counts_and_no_index() {
    let report = report("y = 1\nx = 'a\x1cb'\n");
    assert_eq!(report.raw, None);
    assert_eq!(report.maintainability, None);
    assert!(report.halstead.is_some());
    let errors: Vec<_> = report
        .errors
        .iter()
        .map(|error| (error.analysis, error.line))
        .collect();
    assert_eq!(
        errors,
        [
            (Analysis::Raw, Some(2)),
            (Analysis::Maintainability, Some(2))
        ]
    );
}

#[test]
fn raw_counts_need_no_syntax() {
    let report = report("if x\n  y z # c\n");
    assert_eq!(report.raw.map(|raw| (raw.lloc, raw.comments)), Some((2, 1)));
    assert_eq!(report.halstead, None);
    let failed = |analysis| report.errors.iter().any(|error| error.analysis == analysis);
    assert!(!failed(Analysis::Raw));
    for analysis in [
        Analysis::Security,
        Analysis::Complexity,
        Analysis::Halstead,
        Analysis::Maintainability,
    ] {
        assert!(failed(analysis), "{analysis:?}");
    }
}

#[test]
fn operands_are_counted_by_the_innermost_function_and_by_value() {
    let source = "\
def f(a):
    def g():
        return a * 2
    return a + 2 == True
def f(b):
    return a and not b
x = a + 1.0
x += 1
";
    let halstead = report(source).halstead.unwrap();
    let counts = |figures: HalsteadFigures| [figures.h1, figures.h2, figures.n1, figures.n2];
    assert_eq!(counts(halstead.total), [5, 11, 7, 13]);
    let functions: Vec<_> = halstead
        .functions
        .iter()
        .map(|function| (&*function.name, counts(function.figures)))
        .collect();
    assert_eq!(functions, [("f", [3, 6, 3, 6]), ("f", [2, 3, 2, 3])]);
}

#[test]
fn figures_are_equal_to_the_last_bit() {
    let source = "def f(a):\n    return a + 2 * a - a  # c\n\n\nx = f(1) or f(2) < 3\n".repeat(9);
    let report = report(&source);
    assert_eq!(
        report.halstead.unwrap().total,
        HalsteadFigures {
            h1: 5,
            h2: 48,
            n1: 45,
            n2: 90,
            vocabulary: 53,
            length: 135,
            calculated_length: 279.6878405090523,
            volume: 773.269261366032,
            difficulty: 4.6875,
            effort: 3624.699662653275,
            time: 201.3722034807375,
            bugs: 0.25775642045534397,
        }
    );
    assert_eq!(report.maintainability.unwrap().index, 74.42050142736494);
}

#[test]
fn radon_is_blind_to_coding_comments() {
    let bytes = "# coding: latin-1\nx = 'Å'\n".as_bytes();
    assert_eq!(analyze("example.py", bytes).raw.unwrap().sloc, 1);
    let unknown = analyze("example.py", b"# coding: nothing\nx = 1\n");
    assert_eq!(unknown.raw.map(|raw| raw.sloc), Some(1));
    assert!(unknown.halstead.is_some());
    assert_eq!(unknown.errors.len(), 1);
    let latin = analyze("example.py", b"# coding: latin-1\nx = '\xe5'\n");
    assert!(latin.halstead.is_some());
    let nothing = analyze("example.py", b"x = '\xe5'\n");
    assert_eq!(nothing.errors.len(), 5);
}
