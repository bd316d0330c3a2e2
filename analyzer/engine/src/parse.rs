//! Text to syntax tree: what CPython 3.13's parser takes, and nothing else.

mod depth;
mod limits;

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
    parse_text(source.text()).map_err(|refusal| AnalysisError {
        analysis: Analysis::Security,
        reason: refusal.reason,
        line: refusal.at.map(|at| source.line(at)),
    })
}

fn parse_text(text: &str) -> Result<Parsed, Refusal> {
    limits::before_parsing(text)?;
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    let parsed = parse_unchecked(text, options).try_into_module();
    let Some(parsed) = parsed else {
        return Err(Refusal {
            reason: "syntax error".to_owned(),
            at: None,
        });
    };
    let tokens = limits::of_tokens(parsed.tokens());
    if tokens.longest_line > limits::SHORT_LINE && depth::exceeds(parsed.suite(), MAX_DEPTH) {
        depth::release(parsed, tokens.longest_line);
        return Err(Refusal {
            reason: format!("expressions are nested more than {MAX_DEPTH} deep"),
            at: Some(tokens.longest_line_at),
        });
    }
    if let Some(error) = parsed.errors().first() {
        return Err(Refusal {
            reason: format!("syntax error: {}", error.error),
            at: Some(error.location.start()),
        });
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
    Ok(parsed)
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
    fn long_lines_are_not_deep() {
        let list = format!("[{}]\n", "a.b(1, x=2), ".repeat(30_000));
        assert_eq!(refusal(&list), None);
        let either = format!("{} c\n", "a == 'b' or ".repeat(30_000));
        assert_eq!(refusal(&either), None);
        assert_eq!(refusal(&"'a' ".repeat(30_000)), None);
    }
}
