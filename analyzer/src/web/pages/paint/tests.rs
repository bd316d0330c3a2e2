use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use super::*;

fn painted(source: &str, ink: Ink) -> Vec<&str> {
    runs(source)
        .into_iter()
        .filter(|run| run.ink == ink)
        .map(|run| &source[run.at])
        .collect()
}

/// The stretches of `ink` as the parser's tokens have them.
fn tokens(source: &str, ink: Ink) -> Vec<Range<usize>> {
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module));
    assert!(
        parsed.errors().is_empty(),
        "{source}: {:?}",
        parsed.errors()
    );
    let kinds = |kind: TokenKind| match ink {
        Ink::Comment => kind == TokenKind::Comment,
        Ink::String => matches!(
            kind,
            TokenKind::String
                | TokenKind::FStringStart
                | TokenKind::FStringMiddle
                | TokenKind::FStringEnd
                | TokenKind::TStringStart
                | TokenKind::TStringMiddle
                | TokenKind::TStringEnd
        ),
        Ink::Number => matches!(kind, TokenKind::Int | TokenKind::Float | TokenKind::Complex),
        Ink::Constant => matches!(kind, TokenKind::True | TokenKind::False | TokenKind::None),
        Ink::Keyword => {
            kind.is_keyword()
                && !matches!(kind, TokenKind::True | TokenKind::False | TokenKind::None)
        }
        Ink::Definition | Ink::Decorator => false,
    };
    let found = parsed
        .tokens()
        .iter()
        .filter(|token| kinds(token.kind()) && !token.range().is_empty())
        .map(|token| token.range().start().to_usize()..token.range().end().to_usize());
    joined(found)
}

/// Stretches that touch are one: where one ends and the next begins has no colour.
fn joined(stretches: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for next in stretches {
        match out.last_mut() {
            Some(last) if last.end == next.start => last.end = next.end,
            _ => out.push(next),
        }
    }
    out
}

const SOURCES: &[&str] = &[
    "",
    "x = 1",
    "def f(a, *, b=None):\n    return a if b is not None else -1.5e-3\n",
    "class A(B):\n    '''doc\n    \"more\"'''\n    x: int = 0x_ff + 0b1 + 1_000j + .5 + 1.\n",
    "s = r'\\\\' + b\"\\\"\" + Rb'''x''' + u'é' + 'a\\\nb'\n",
    "s = 'a' 'b' \"\"\"c\"\"\" ''\n",
    "f'{a}{b!r:>{w}} {{x}} {c[\"k\"]:%H:%M}' # end\n",
    "f'''{\n  a # in\n  + {1: 2}[1]\n:.2f}\n'''\n",
    "f\"{f'{x}'} \\N{BULLET} \\{y} {lambda_}\"\n",
    "f'{a['b']}' + f\"{x=}\" + rf'\\d{n}' + F''\n",
    "t'hello {name:{width}}'\n",
    "@app.route('/x')\n@ deco\nasync def g():\n    await h()\n",
    "match x:\n    case [1, *rest]:\n        pass\n    case {'a': b} if b:\n        pass\n    case _:\n        pass\n",
    "match = re.match(x)\nmatch.group(1)\ncase = type(x)\ntype = 3\nprint(match, case, type)\n",
    "type Alias[T] = list[T]\n",
    "x = 1if y else 2\nw = 1 .real\nv = 1..real\n",
    "a = b @ c\nlambda: (yield)\nnot_a_keyword = true = is_ = 1\n",
    "\u{feff}# bom\r\nx = 'a\\\r\nb'\r\ny = 2\r",
    "naïve = 'ключ' # 日本語\n",
    "if True: pass; x = None\n",
    "x = \\\n  'a' # c\n",
    "f'{x:{\"{\"}>10}' f'{ {1} }' f'{x!r}' f'{x:}'\n",
    "f'{(lambda x: 1)}' f'{x[1:2]}' f'{y:=^5}'\n",
];

#[test]
fn colours_are_those_of_the_parsers_tokens() {
    for source in SOURCES {
        for ink in [
            Ink::Comment,
            Ink::String,
            Ink::Number,
            Ink::Constant,
            Ink::Keyword,
        ] {
            let ours = runs(source)
                .into_iter()
                .filter(|run| run.ink == ink)
                .map(|run| run.at);
            assert_eq!(joined(ours), tokens(source, ink), "{ink:?} of {source:?}");
        }
    }
}

#[test]
fn names_given_and_decorators_have_colours_too() {
    let source = "@app.get('/')\ndef index():\n    class Inner: pass\n    return a @ b\n";
    assert_eq!(painted(source, Ink::Definition), ["index", "Inner"]);
    assert_eq!(painted(source, Ink::Decorator), ["@app.get"]);
}

#[test]
fn what_does_not_parse_is_coloured_up_to_its_line_end() {
    assert_eq!(painted("x = 'open\ny = 2", Ink::String), ["'open"]);
    assert_eq!(painted("x = 'open\ny = 2", Ink::Number), ["2"]);
    assert_eq!(painted("f'{a\nc'", Ink::String), ["f'", "'"]);
    assert_eq!(painted("def (:\n  # why\n", Ink::Comment), ["# why"]);
}

#[test]
fn stretches_are_in_order_apart_and_on_character_boundaries_whatever_the_input() {
    let pieces = [
        "'", "\"", "'''", "f'", "rf\"\"\"", "{", "}", "{{", ":", "\\", "\n", "\r\n", "#", "é",
        "\u{202e}", "\0", "0x", "1e", ".", "@", "def", " ", "(", "]", "\\N{", "!", "=", "\u{feff}",
        "🐍",
    ];
    // A fixed sequence that visits the pieces in many orders.
    let mut seed = 0x2545_F491_u32;
    for length in 0..600 {
        let mut source = String::new();
        for _ in 0..length % 40 {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            source.push_str(pieces[seed as usize % pieces.len()]);
        }
        let mut last = 0;
        for run in runs(&source) {
            assert!(
                run.at.start >= last && run.at.start < run.at.end,
                "{source:?}"
            );
            assert!(source.get(run.at.clone()).is_some(), "{source:?}");
            last = run.at.end;
        }
    }
}

#[test]
fn time_grows_with_the_source_and_not_faster() {
    for open in ["f'{", "f'{x:{", "(", "'''", "match "] {
        let source = open.repeat(300_000);
        let began = std::time::Instant::now();
        runs(&source);
        assert!(
            began.elapsed().as_secs() < 10,
            "{open} takes {:?}",
            began.elapsed()
        );
    }
}
