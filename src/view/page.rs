//! Text for a person: styled spans that wrap at the width of the screen.
//!
//! Renderers speak in roles ([`Role`]), not colours, and every line is legible without them.
//! What comes from AWS or a file reaches the screen only as visible characters, so nothing in
//! a name or a message can move the cursor.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use super::redact::Redactions;

/// How text is to look on the stream that it goes to.
#[derive(Clone, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Whether ANSI colours are understood and wanted.
    pub colour: bool,
    /// What must not be shown.
    pub redactions: Redactions,
}

impl Look {
    /// Without colour, so many columns wide.
    pub fn plain(width: usize) -> Self {
        Self {
            width,
            colour: false,
            redactions: Redactions::default(),
        }
    }

    /// The same for what must stay one line, however long it is.
    pub(crate) fn unwrapped(&self) -> Self {
        Self {
            width: ENDLESS,
            ..self.clone()
        }
    }
}

/// The width at which a line never ends: line ends within a text become blanks.
const ENDLESS: usize = usize::MAX;

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Plain,
    Strong,
    Quiet,
    Good,
    Change,
    Bad,
    Warning,
}

impl Role {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Quiet => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Change => colour(AnsiColor::Yellow),
            Self::Bad => colour(AnsiColor::Red),
            Self::Warning => colour(AnsiColor::Magenta),
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    role: Role,
    text: String,
}

impl Span {
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// A piece with a meaning.
pub(crate) fn span(role: Role, text: impl Into<String>) -> Span {
    Span {
        role,
        text: text.into(),
    }
}

/// A piece without one.
pub(crate) fn plain(text: impl Into<String>) -> Span {
    span(Role::Plain, text)
}

/// A piece that matters less than the rest.
pub(crate) fn quiet(text: impl Into<String>) -> Span {
    span(Role::Quiet, text)
}

/// A piece that matters more than the rest.
pub(crate) fn strong(text: impl Into<String>) -> Span {
    span(Role::Strong, text)
}

/// A text that grows line by line.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    look: &'a Look,
    out: String,
}

/// Narrower than this, wrapping would leave no room for text beside the indentation.
const NARROWEST: usize = 20;

impl<'a> Page<'a> {
    pub(crate) fn new(look: &'a Look) -> Self {
        Self {
            look,
            out: String::new(),
        }
    }

    /// An empty line, unless the page begins here or the last line is empty.
    pub(crate) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A line that begins in column `indent`; what does not fit goes on in column `hang`.
    pub(crate) fn line(
        &mut self,
        indent: usize,
        hang: usize,
        spans: impl IntoIterator<Item = Span>,
    ) {
        let cells = self.cells(indent, spans, self.look.width == ENDLESS);
        let width = self.look.width.max(NARROWEST);
        for row in wrap(&cells, width, hang.min(width / 2)) {
            self.row(&row);
        }
    }

    /// A line that is never broken: what is there to be copied.
    pub(super) fn unbroken(&mut self, indent: usize, spans: impl IntoIterator<Item = Span>) {
        let cells = self.cells(indent, spans, true);
        self.row(&cells);
    }

    fn cells(
        &self,
        indent: usize,
        spans: impl IntoIterator<Item = Span>,
        one_line: bool,
    ) -> Vec<Cell> {
        let mut cells = vec![(' ', Role::Plain); indent];
        for span in spans {
            let text = self.look.redactions.clean(&span.text);
            visible(&text, &mut |c| match c {
                '\n' if one_line => cells.push((' ', span.role)),
                c => cells.push((c, span.role)),
            });
        }
        cells
    }

    /// A plain paragraph.
    pub(crate) fn text(&mut self, indent: usize, text: impl Into<String>) {
        self.line(indent, indent, [plain(text)]);
    }

    fn row(&mut self, cells: &[Cell]) {
        let mut role = Role::Plain;
        for (c, wanted) in cells {
            // Blanks look the same in every role, so they never switch.
            if self.look.colour && *wanted != role && *c != ' ' {
                self.switch(role, *wanted);
                role = *wanted;
            }
            self.out.push(*c);
        }
        if self.look.colour {
            self.switch(role, Role::Plain);
        }
        self.out.push('\n');
    }

    fn switch(&mut self, from: Role, to: Role) {
        use std::fmt::Write;
        // Writing to a string does not fail.
        let _ = write!(
            self.out,
            "{}{}",
            from.style().render_reset(),
            to.style().render()
        );
    }

    /// The text, every line ended.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// The text without its last line end.
    pub(crate) fn finish_line(mut self) -> String {
        if self.out.ends_with('\n') {
            self.out.pop();
        }
        self.out
    }
}

type Cell = (char, Role);

/// Cells of a row as they are wrapped: at the last blank that fits, else after the last mark
/// of punctuation, else wherever the row is full.
fn wrap(cells: &[Cell], width: usize, hang: usize) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (index, part) in cells.split(|(c, _)| *c == '\n').enumerate() {
        let mut rest: &[Cell] = part;
        let mut indent = if index == 0 { 0 } else { hang };
        loop {
            let lead = if indent == 0 {
                rest.iter().take_while(|(c, _)| *c == ' ').count()
            } else {
                0
            };
            let cut = fits(rest, width - indent, lead);
            let mut row = vec![(' ', Role::Plain); indent];
            row.extend_from_slice(&rest[..cut]);
            while row.last().is_some_and(|(c, _)| *c == ' ') {
                row.pop();
            }
            rows.push(row);
            rest = &rest[cut..];
            while let [(' ', _), after @ ..] = rest {
                rest = after;
            }
            if rest.is_empty() {
                break;
            }
            indent = hang;
        }
    }
    rows
}

/// How many cells stand in a row of `room` columns. `lead` blanks open it and are no place to
/// break at. Never nothing, so wrapping ends.
fn fits(cells: &[Cell], room: usize, lead: usize) -> usize {
    let mut columns = 0;
    let mut full = cells.len();
    for (index, (c, _)) in cells.iter().enumerate() {
        columns += c.width().unwrap_or(0);
        if columns > room {
            full = index;
            break;
        }
    }
    if full == cells.len() {
        return full;
    }
    if cells[full].0 == ' ' {
        return full.max(1);
    }
    let within = &cells[..full];
    let blank = within.iter().rposition(|(c, _)| *c == ' ');
    if let Some(blank) = blank.filter(|at| *at > lead) {
        return blank;
    }
    let mark = within
        .iter()
        .rposition(|(c, _)| matches!(c, '/' | ':' | ',' | '=' | '.' | '-' | '_'));
    match mark.filter(|at| *at > lead) {
        Some(mark) => mark + 1,
        None => full.max(1),
    }
}

/// Only characters that take a place on the screen; line ends stay, tabs become blanks.
fn visible(text: &str, each: &mut impl FnMut(char)) {
    for c in text.chars() {
        match c {
            '\n' => each('\n'),
            '\t' => "  ".chars().for_each(&mut *each),
            c if c.is_control() || reorders(c) => c.escape_unicode().for_each(&mut *each),
            c => each(c),
        }
    }
}

/// Characters that reorder what stands around them.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line: line ends become blanks.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many columns of a text, the cut marked.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns {
            while used + 1 > columns {
                match kept.pop() {
                    Some(last) => used -= last.width().unwrap_or(0),
                    None => return kept,
                }
            }
            kept.push('…');
            return kept;
        }
        used += wide;
        kept.push(c);
    }
    kept
}

/// Columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// A text followed by blanks up to a column.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(columns(text));
    format!("{text}{}", " ".repeat(blanks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, indent: usize, hang: usize, text: &str) -> String {
        let look = Look::plain(width);
        let mut page = Page::new(&look);
        page.line(indent, hang, [plain(text)]);
        page.finish()
    }

    #[test]
    fn a_long_line_goes_on_under_its_text() {
        assert_eq!(
            page(24, 2, 4, "the quick brown fox jumps over the dog"),
            "  the quick brown fox\n    jumps over the dog\n"
        );
    }

    #[test]
    fn a_word_longer_than_the_line_breaks_after_punctuation() {
        assert_eq!(
            page(
                24,
                0,
                2,
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:x"
            ),
            "arn:aws:\n  elasticloadbalancing:\n  eu-west-1:\n  123456789012:x\n"
        );
    }

    #[test]
    fn no_width_makes_it_hang() {
        for width in 0..4 {
            let text = page(width, 30, 90, "äöü 漢字漢字漢字漢字漢字漢字漢字漢字 x");
            assert!(text.ends_with("x\n"), "{text}");
        }
    }

    #[test]
    fn nothing_in_a_text_moves_the_cursor() {
        let text = page(80, 0, 0, "a\u{1b}[2Jb\rc\u{202e}d\te");
        assert_eq!(text, "a\\u{1b}[2Jb\\u{d}c\\u{202e}d  e\n");
    }

    #[test]
    fn colour_adds_codes_and_changes_no_character() {
        let look = Look {
            colour: true,
            ..Look::plain(80)
        };
        let mut page = Page::new(&look);
        page.line(0, 0, [span(Role::Good, "+ "), strong("a"), plain(" b")]);
        let text = page.finish();
        assert!(text.contains("\u{1b}[32m"), "{text:?}");
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), "+ a b\n");
    }

    #[test]
    fn a_cut_text_says_so_and_fits() {
        assert_eq!(cut("listener", 8), "listener");
        assert_eq!(cut("listeners", 8), "listene…");
        assert_eq!(cut("漢字", 3), "漢…");
        assert_eq!(cut("ab", 0), "");
    }
}
