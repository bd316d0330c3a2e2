//! The lines of a source as `str.splitlines` cuts them and `str.strip` trims them, which is how
//! Radon's raw analysis reads it.

/// The stripped lines of a source.
pub(super) struct Lines<'a> {
    rest: &'a str,
    /// Nothing but LF ends a line, and nothing but ASCII blanks stand around it.
    plain: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(source: &'a str) -> Lines<'a> {
        Lines {
            rest: source,
            // Without a way out of it the loop is done many bytes at a time.
            plain: !source.bytes().fold(false, |odd, byte| odd | is_odd(byte)),
        }
    }
}

/// Whether a byte is part of what only Python takes for a line's end or for white space, or may be.
fn is_odd(byte: u8) -> bool {
    !byte.is_ascii() | (byte < b' ') & (byte != b'\t') & (byte != b'\n')
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        if self.plain {
            let end = memchr::memchr(b'\n', self.rest.as_bytes());
            let (line, rest) = match end {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, ""),
            };
            self.rest = rest;
            return Some(line.trim_ascii());
        }
        let (line, rest) = match self.rest.find(ends_line) {
            Some(end) => {
                let rest = &self.rest[end..];
                let length = match rest.as_bytes() {
                    [b'\r', b'\n', ..] => 2,
                    _ => rest.chars().next().map_or(0, char::len_utf8),
                };
                (&self.rest[..end], &rest[length..])
            }
            None => (self.rest, ""),
        };
        self.rest = rest;
        Some(line.trim_matches(is_space))
    }
}

/// Whether `str.splitlines` ends a line here.
fn ends_line(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Whether `str.isspace` is true. Python counts four separators that Unicode does not.
fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn lines(source: &str) -> Vec<&str> {
        Lines::of(source).collect()
    }

    #[test]
    fn a_last_line_needs_no_end_and_an_empty_source_has_no_line() {
        assert_eq!(lines(""), Vec::<&str>::new());
        assert_eq!(lines("\n"), [""]);
        assert_eq!(lines("a\n\n  b\t"), ["a", "", "b"]);
    }

    #[test]
    fn every_separator_of_splitlines_ends_a_line() {
        assert_eq!(
            lines("a\x0bb\x0cc\x1cd\x1de\x1ef\u{85}g\u{2028}h\u{2029}i\r\nj\rk"),
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
        );
    }

    #[test]
    fn a_unit_separator_and_a_no_break_space_are_stripped() {
        assert_eq!(lines("\x1f\u{a0} é \u{3000}\n"), ["é"]);
    }
}
