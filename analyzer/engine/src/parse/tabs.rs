//! Indentation that is one with tabs of eight columns and another with tabs of one, which CPython
//! refuses.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextSize};

use super::Refusal;

/// The columns of an indentation, by both measures.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Indentation {
    wide: usize,
    narrow: usize,
}

impl Indentation {
    fn of(space: &str) -> Self {
        space
            .bytes()
            .fold(Self::default(), |indentation, byte| match byte {
                b'\t' => Self {
                    wide: (indentation.wide / 8 + 1) * 8,
                    narrow: indentation.narrow + 1,
                },
                // A form feed begins the line anew.
                b'\x0c' => Self::default(),
                _ => Self {
                    wide: indentation.wide + 1,
                    narrow: indentation.narrow + 1,
                },
            })
    }
}

/// The first line whose indentation compares otherwise by one measure than by the other.
pub(super) fn inconsistent(text: &str, tokens: &Tokens) -> Option<Refusal> {
    memchr::memchr(b'\t', text.as_bytes())?;
    let mut open = vec![Indentation::default()];
    let mut begins_line = true;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => begins_line = true,
            TokenKind::NonLogicalNewline
            | TokenKind::Comment
            | TokenKind::Indent
            | TokenKind::Dedent => {}
            _ if begins_line => {
                begins_line = false;
                let space = space_before(text, token.start());
                // What a backslash continues has the indentation of the line before.
                if !space.is_none_or(|space| agrees(Indentation::of(space), &mut open)) {
                    return Some(Refusal {
                        reason: "syntax error: inconsistent use of tabs and spaces in indentation"
                            .to_owned(),
                        at: Some(token.start()),
                    });
                }
            }
            _ => {}
        }
    }
    None
}

fn space_before(text: &str, at: TextSize) -> Option<&str> {
    let before = text.get(..at.to_usize())?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (!before[..start].ends_with("\\\n")).then_some(&before[start..])
}

/// Whether a line's indentation is less, equal or more than the open ones alike by both measures.
fn agrees(line: Indentation, open: &mut Vec<Indentation>) -> bool {
    let last = open.last().copied().unwrap_or_default();
    if line.wide > last.wide {
        open.push(line);
        return line.narrow > last.narrow;
    }
    while open.len() > 1 && open.last().is_some_and(|last| last.wide > line.wide) {
        open.pop();
    }
    open.last().is_none_or(|last| *last == line)
}
