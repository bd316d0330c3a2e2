//! The lines of a source, and places in them.

use codedetect_engine::source::Source;

/// The lines of a source, decoded as the analysis decoded it. A file may be one long line with
/// many findings, so no question costs the length of a line.
pub struct Lines<'a> {
    source: Source<'a>,
    /// Where each line begins.
    starts: Vec<usize>,
    /// For each character that is not ASCII: where it ends, and how many more bytes than units
    /// there have been by then.
    wide: Vec<(usize, usize)>,
}

impl<'a> Lines<'a> {
    /// `None` for what is no text: nothing was found in it either.
    pub fn of(bytes: &'a [u8]) -> Option<Lines<'a>> {
        let source = Source::decode(bytes).ok()?;
        let ends = source.text().match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        let mut saved = 0;
        let wide = source
            .text()
            .char_indices()
            .filter(|(_, char)| !char.is_ascii())
            .map(|(at, char)| {
                saved += char.len_utf8() - char.len_utf16();
                (at + char.len_utf8(), saved)
            })
            .collect();
        Some(Lines {
            source,
            starts,
            wide,
        })
    }

    /// A line, from 1, without its end.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let text = self.source.text();
        let end = self
            .starts
            .get(index + 1)
            .map_or(text.len(), |next| next - 1);
        text.get(start..end)
    }

    /// The column, from 1 and in UTF-16 units, of a byte of a line.
    pub fn column(&self, line: u32, byte: i32) -> Option<u32> {
        let byte = usize::try_from(byte).ok()?;
        self.line(line).filter(|text| text.is_char_boundary(byte))?;
        let start = *self.starts.get(line as usize - 1)?;
        let saved = self.saved(start + byte) - self.saved(start);
        u32::try_from(byte - saved + 1).ok()
    }

    /// How many more bytes than units there are before a place of the text.
    fn saved(&self, at: usize) -> usize {
        let before = self.wide.partition_point(|&(end, _)| end <= at);
        before
            .checked_sub(1)
            .and_then(|last| self.wide.get(last))
            .map_or(0, |&(_, saved)| saved)
    }
}
