//! Text to syntax tree: what CPython 3.13's parser takes, and nothing else.

mod depth;
mod limits;
mod patterns;
mod tabs;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextSize};

use crate::report::{Analysis, AnalysisError};
use crate::source::Source;

/// A module's syntax tree and its tokens. No tree is deeper than [`MAX_DEPTH`].
pub type Parsed = ruff_python_parser::Parsed<ModModule>;

/// How deep expressions and statements may nest in each other. Bandit and Radon walk a tree by
/// recursion, and Python's limit of 1000 calls ends them before this.
pub const MAX_DEPTH: usize = 1000;

/// Why a text is not taken, and where.
struct Refusal {
    reason: String,
    at: Option<TextSize>,
}

/// Parses a module.
pub fn parse(source: &Source<'_>) -> Result<Parsed, AnalysisError> {
    let refused = |refusal: Refusal| AnalysisError {
        analysis: Analysis::Security,
        reason: refusal.reason,
        line: refusal.at.map(|at| source.line(at)),
    };
    let parsed = parse_text(source.text()).map_err(refused)?;
    match outside_comments(source, &parsed) {
        Some(refusal) => Err(refused(refusal)),
        None => Ok(parsed),
    }
}

/// Bytes that are no UTF-8, outside comments: CPython does not look at a comment's.
fn outside_comments(source: &Source<'_>, parsed: &Parsed) -> Option<Refusal> {
    let mut comments = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment)
        .peekable();
    let at = source
        .undecodable()
        .iter()
        .map(|&at| TextSize::from(at))
        .find(|&at| {
            while comments.next_if(|comment| comment.end() <= at).is_some() {}
            comments.peek().is_none_or(|comment| at < comment.start())
        })?;
    Some(Refusal {
        reason: "the file declares no encoding, and is not UTF-8".to_owned(),
        at: Some(at),
    })
}

fn parse_text(text: &str) -> Result<Parsed, Refusal> {
    limits::before_parsing(text)?;
    let mut parsed = module(text)?;
    if !parsed.errors().is_empty()
        && let Some(text) = without_bare_raise(text, &parsed)
    {
        parsed = module(&text)?;
    }
    let tokens = limits::of_tokens(text, parsed.tokens());
    if tokens.longest_line > limits::SHORT_LINE && depth::exceeds(parsed.suite(), MAX_DEPTH) {
        depth::release(parsed, tokens.longest_line + tokens.indents);
        return Err(Refusal {
            reason: format!("expressions are nested more than {MAX_DEPTH} deep"),
            at: Some(tokens.longest_line_at),
        });
    }
    if let Some(error) = parsed.errors().first() {
        let refusal = Refusal {
            reason: format!("syntax error: {}", error.error),
            at: Some(error.location.start()),
        };
        // Where an unindent matches nothing, all blocks after it are in each other.
        depth::release(parsed, tokens.longest_line + tokens.indents);
        return Err(refusal);
    }
    if let Some(error) = parsed.unsupported_syntax_errors().first() {
        return Err(Refusal {
            reason: format!("syntax error: {error}"),
            at: Some(error.range().start()),
        });
    }
    if let Some(refusal) = tokens.refusal {
        return Err(refusal);
    }
    if tokens.has_deep_fields && depth::has_deep_fields(parsed.suite()) {
        return Err(Refusal {
            reason: "syntax error: f-string: expressions nested too deeply".to_owned(),
            at: None,
        });
    }
    if tokens.has_match
        && let Some(refusal) = patterns::refused(parsed.suite(), parsed.tokens())
    {
        return Err(refusal);
    }
    match tabs::inconsistent(text, parsed.tokens()) {
        Some(refusal) => Err(refusal),
        None => Ok(parsed),
    }
}

fn module(text: &str) -> Result<Parsed, Refusal> {
    if text.starts_with('\u{feff}') {
        return Err(Refusal {
            reason: "syntax error: invalid non-printable character U+FEFF".to_owned(),
            at: Some(TextSize::default()),
        });
    }
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    parse_unchecked(text, options)
        .try_into_module()
        .ok_or_else(|| Refusal {
            reason: "syntax error".to_owned(),
            at: None,
        })
}

/// The text with `break` for each `raise` before a semicolon, which the parser does not take. It is
/// as long, and as much as nothing to every analysis.
fn without_bare_raise(text: &str, parsed: &Parsed) -> Option<String> {
    let mut patched: Option<String> = None;
    for pair in parsed.tokens().windows(2) {
        if let [raise, after] = pair
            && raise.kind() == TokenKind::Raise
            && after.kind() == TokenKind::Semi
        {
            patched
                .get_or_insert_with(|| text.to_owned())
                .replace_range(std::ops::Range::<usize>::from(raise.range()), "break");
        }
    }
    patched
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<String> {
        parse_text(text).err().map(|refusal| refusal.reason)
    }

    #[test]
    fn python_3_13_is_taken() {
        for text in [
            "type A[T = int] = list[T]\n",
            "match x:\n    case {'a': 1, **rest}: pass\n",
            "try: pass\nexcept* E: pass\n",
            "f'{x!r:>{width}} {f'{y}'}'\n",
            "",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn later_syntax_is_refused() {
        for text in [
            "t'{x}'\n",
            "try: pass\nexcept A, B: pass\n",
            "lazy import a\n",
            "[*x for x in y]\n",
        ] {
            assert!(refusal(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_bare_raise_ends_before_a_semicolon() {
        assert_eq!(refusal("try: f()\nexcept: g(); raise; h()\n"), None);
        assert!(refusal("raise; )").is_some());
    }

    #[test]
    fn what_cpython_refuses_is_refused() {
        for text in [
            "\u{feff}x = 1\n",
            "f'{a:{b:{c:{d}}}}'\n",
            "if x:\n\tif y:\n        z\n",
            "if x:\n        y\n\tz\n",
            "if x:\n\t if y:\n        z\n",
            "x = yield,\n",
            "match x:\n    case [a b]: pass\n",
            "match x:\n    case ([a # ,\n b], c): pass\n",
            "match x:\n    case [(a)(b)]: pass\n",
        ] {
            assert!(refusal(text).is_some(), "{text:?}");
        }
        for text in [
            "f'{a:{b:{c}}}'\n",
            "f'{a[{1:{2:{3:4}}}]}'\n",
            "if x:\n\ty\n\tz\n",
            "x = (yield), (yield a, b)\n",
        ] {
            assert_eq!(refusal(text), None, "{text:?}");
        }
        assert!(refusal(&"9".repeat(4301)).is_some());
        assert_eq!(refusal(&"9".repeat(4300)), None);
        assert_eq!(refusal(&format!("0x{}", "f".repeat(5000))), None);
    }

    #[test]
    fn bytes_that_are_no_utf_8_may_stand_in_comments() {
        let parse =
            |bytes: &[u8]| Source::decode(bytes).and_then(|source| parse(&source).map(drop));
        assert_eq!(parse(b"x = 1\n# \xe9\n"), Ok(()));
        for bytes in [
            &b"# \xe9\n"[..],
            b"x = 1\ny = '\xe9'\n",
            b"x = 1\n# a\n\xe9 = 1 # b\n",
        ] {
            assert!(parse(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn nesting_has_cpythons_limits() {
        let nested = |count| format!("{}1{}\n", "(".repeat(count), ")".repeat(count));
        assert_eq!(refusal(&nested(200)), None);
        assert_eq!(
            refusal(&nested(201)).as_deref(),
            Some("syntax error: too many nested parentheses")
        );
        let indented = |count: usize| {
            (0..count)
                .map(|level| format!("{}if 1:\n", " ".repeat(level)))
                .collect::<String>()
                + &" ".repeat(count)
                + "pass\n"
        };
        assert_eq!(refusal(&indented(99)), None);
        assert_eq!(
            refusal(&indented(100)).as_deref(),
            Some("syntax error: too many levels of indentation")
        );
    }

    #[test]
    fn no_depth_overflows_the_stack() {
        for (open, inner) in [
            ("-", "1"),
            ("not ", "1"),
            ("1 + ", "1"),
            ("lambda: ", "1"),
            ("1 ** ", "1"),
            ("a.", "b"),
            ("1 if 1 else ", "1"),
            ("f'{", "1"),
            ("(", "1"),
            ("await ", "a"),
        ] {
            for count in [10_000, 300_000] {
                assert!(
                    refusal(&(open.repeat(count) + inner + "\n")).is_some(),
                    "{open} {count}"
                );
            }
        }
        assert!(refusal(&format!("a{}\n", "()".repeat(300_000))).is_some());
        assert!(refusal(&format!("a{}\n", "[0]".repeat(300_000))).is_some());
    }

    #[test]
    fn blocks_that_no_unindent_ends_do_not_overflow_the_stack() {
        for count in [100, 4_000, 100_000] {
            assert!(
                refusal(&"if x:\n  y\n z\n".repeat(count)).is_some(),
                "{count}"
            );
        }
    }

    #[test]
    fn long_lines_are_not_deep() {
        let list = format!("[{}]\n", "a.b(1, x=2), ".repeat(30_000));
        assert_eq!(refusal(&list), None);
        let either = format!("{} c\n", "a == 'b' or ".repeat(30_000));
        assert_eq!(refusal(&either), None);
        assert_eq!(refusal(&"'a' ".repeat(30_000)), None);
    }
}
