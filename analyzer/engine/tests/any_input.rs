//! No input brings the engine down, or lets it take more than its share of time.

use codedetect_engine::{analyze, project};
use proptest::prelude::*;

/// Pieces that meet in odd ways.
const PIECES: &[&str] = &[
    "f\"",
    "f'''",
    "rf\"",
    "\"",
    "'",
    "\"\"\"",
    "{",
    "}",
    "{{",
    "(",
    ")",
    "[",
    "]",
    ":",
    ";",
    "!r",
    "=",
    ":=",
    "\\",
    "\\\n",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "\x0c",
    "\x0b",
    "\x1c",
    "\u{2028}",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "x",
    "é",
    "→",
    "0x",
    "1_",
    "1e+",
    ".",
    "...",
    "0777",
    "1j",
    "# nosec",
    "# nosec B101",
    "\\N{DASH}",
    "\\ud800",
    "b\"",
    "lambda ",
    "if x:\n    ",
    "def f():\n    ",
    "class A:\n    ",
    "@a\n",
    "assert ",
    "import ",
    "from . import ",
    "async ",
    "await ",
    "yield ",
    "match x:\n    case ",
    "try:\n    ",
    "except* ",
    "not ",
    " and ",
    " if ",
    " else ",
    " for x in ",
    "eval(",
    "exec(",
    "subprocess.Popen(",
    "shell=True",
    "**",
    "*",
    "-",
    "->",
    "<>",
    "$",
    "?",
    "`",
    "# coding: latin-1\n",
    "# coding: utf-7\n",
    "type X = ",
    "del ",
    "global ",
    "\u{202e}",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// Real Python: the examples of all checks.
fn example() -> impl Strategy<Value = &'static str> {
    let examples = codedetect_engine::checks()
        .iter()
        .flat_map(|check| check.fires.iter().chain(check.silent))
        .copied()
        .collect::<Vec<_>>();
    prop::sample::select(examples)
}

/// Bytes put into, or taken out of, real Python.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let place = any::<prop::sample::Index>();
    let change = (place, 0..4_usize, prop::sample::select(PIECES));
    let sources = prop::collection::vec(example(), 1..4);
    (sources, prop::collection::vec(change, 1..6)).prop_map(|(sources, changes)| {
        let mut bytes = sources.concat().into_bytes();
        for (place, removed, piece) in changes {
            let at = place.index(bytes.len() + 1);
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
        }
        bytes
    })
}

/// What holds for every report.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let report = analyze("input.py", bytes);
    prop_assert!(report.scores.security <= 100);
    prop_assert!((0.0..=10.0).contains(&report.scores.quality));
    // Each analysis gives its figures, or says why it does not.
    use codedetect_engine::report::Analysis;
    let failed = |analysis| report.errors.iter().any(|error| error.analysis == analysis);
    prop_assert_ne!(report.raw.is_some(), failed(Analysis::Raw));
    prop_assert_ne!(report.halstead.is_some(), failed(Analysis::Halstead));
    prop_assert_ne!(
        report.maintainability.is_some(),
        failed(Analysis::Maintainability)
    );
    let lines = u32::try_from(bytes.len()).unwrap() + 1;
    for block in &report.complexity {
        prop_assert!(block.line >= 1 && block.line <= block.end_line && block.end_line <= lines);
        prop_assert!(block.complexity >= 1);
    }
    // The same input has the same report, and the report is JSON both ways.
    prop_assert_eq!(&analyze("input.py", bytes), &report);
    let json = serde_json::to_string(&project(vec![report])).unwrap();
    let read: codedetect_engine::report::Report = serde_json::from_str(&json).unwrap();
    prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_bytes_have_a_report(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes)?;
    }

    #[test]
    fn any_mixture_of_tokens_has_a_report(source in soup()) {
        check(source.as_bytes())?;
    }

    #[test]
    fn any_mutant_of_python_has_a_report(bytes in mutated()) {
        check(&bytes)?;
    }
}
