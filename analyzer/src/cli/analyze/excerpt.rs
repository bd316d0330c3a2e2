//! The line of a finding, with what was found underlined.

use codedetect_engine::report::Finding;
use unicode_width::UnicodeWidthChar;

use crate::export::Lines;
use crate::upload::name;

/// Two lines: the source, and marks under it. `None` where the report's place is not in it.
pub(super) fn of(finding: &Finding, lines: &Lines<'_>, width: usize) -> Option<(String, String)> {
    let line = lines.line(finding.line)?;
    let start = usize::try_from(finding.col).ok()?;
    let before = line.get(..start)?;
    let one_line = finding.end_line <= finding.line;
    let end = usize::try_from(finding.end_col)
        .ok()
        .filter(|&end| one_line && end > start && end <= line.len());
    let marked = line.get(start..end.unwrap_or(line.len()))?;
    let after = line.get(start + marked.len()..)?;

    let indent = before.len() - before.trim_start().len();
    let before: Vec<char> = shown(&before[indent..]).collect();
    let marked: Vec<char> = shown(marked.trim_end()).collect();
    // A long line is shown from a little before what was found.
    let skip = before.len().saturating_sub(width / 3);
    let skip = if before.len() + marked.len() <= width {
        0
    } else {
        skip
    };
    let lead = if skip > 0 { "…" } else { "" };
    let kept = &before[skip..];
    let text: String = lead
        .chars()
        .chain(kept.iter().copied())
        .chain(marked.iter().copied())
        .chain(shown(after))
        .collect();
    let gap = columns(kept) + lead.chars().count();
    let text = cut(text.trim_end(), width);
    let room = text.chars().map(column).sum::<usize>().saturating_sub(gap);
    let marks = "^".repeat(columns(&marked).clamp(1, room.max(1)));
    Some((text, format!("{}{marks}", " ".repeat(gap))))
}

/// What a terminal would obey is not sent to one.
pub(super) fn shown(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|char| match char {
        '\t' => ' ',
        char if name::is_obeyed(char) => '\u{fffd}',
        char => char,
    })
}

fn columns(chars: &[char]) -> usize {
    chars.iter().copied().map(column).sum()
}

fn column(char: char) -> usize {
    char.width().unwrap_or(0)
}

fn cut(text: &str, width: usize) -> String {
    let mut taken = 0;
    let fits = |char: &char| {
        taken += column(*char);
        taken <= width
    };
    let kept: String = text.chars().take_while(fits).collect();
    if kept.len() == text.len() {
        return kept;
    }
    let mut kept: String = kept;
    while kept.pop().is_some_and(|last| column(last) == 0) {}
    kept + "…"
}
