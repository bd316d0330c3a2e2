//! B613: text that reads otherwise than it runs.

use super::super::issue::Issue;
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B613",
    name: "trojansource",
    docs: "The file holds control characters of bidirectional text. An editor shows such a line \
           in another order than Python reads it, so that what looks like a comment may be code. \
           Remove them, or write them as escapes.",
    severities: &[Rank::High],
    confidences: &[Rank::Medium],
    cwe: 838,
    fires: &["x = \"a\u{202e}b\"\n", "# \u{2066}\n"],
    silent: &["x = \"a\\\\u202eb\"\n", "x = \"\u{05d0}\"\n"],
    run: Run::File(run),
};

/// The characters, in the order in which they are looked for.
const CONTROLS: [char; 10] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}', '\u{200f}',
];

fn run(text: &str) -> Option<(Issue, u32, u32)> {
    // All of them begin by this byte.
    memchr::memchr(0xe2, text.as_bytes())?;
    let first = text.find(CONTROLS)?;
    let line_end = text[first..]
        .find(is_line_end)
        .map_or(text.len(), |length| first + length);
    let line_start = text[..first].rfind(is_line_end).map_or(0, |end| {
        end + text[end..].chars().next().map_or(0, char::len_utf8)
    });
    let line = &text[line_start..line_end];
    let number = 1 + text[..line_start]
        .chars()
        .filter(|&character| is_line_end(character))
        .count();
    let control = CONTROLS
        .into_iter()
        .find(|&control| line.contains(control))?;
    let column = line.chars().position(|character| character == control)? + 1;
    let number = u32::try_from(number).ok()?;
    let text = format!(
        "A Python source file contains bidirectional control characters ('\\u{:04x}').",
        u32::from(control)
    );
    let issue = Issue::new(Rank::High, Rank::Medium, text).at(Some(number));
    Some((issue, number, u32::try_from(column).ok()?))
}

/// What ends a line to `str.splitlines`.
fn is_line_end(character: char) -> bool {
    matches!(
        character,
        '\n' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
