//! Text that somebody else wrote, shown so that it cannot mislead: what HTML would read as
//! markup is escaped, and what an eye would not see (control characters, changes of writing
//! direction, characters of no width) is shown by its name.

use std::fmt;

use askama::filters::HtmlSafe;

/// Shows `0` as text in HTML.
pub struct Visible<'a>(pub &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write_char(f, c))
    }
}

impl HtmlSafe for Visible<'_> {}

/// Writes one character of foreign text as HTML.
pub(super) fn write_char(out: &mut dyn fmt::Write, c: char) -> fmt::Result {
    match c {
        '&' => out.write_str("&amp;"),
        '<' => out.write_str("&lt;"),
        '>' => out.write_str("&gt;"),
        '"' => out.write_str("&quot;"),
        '\'' => out.write_str("&#39;"),
        '\t' => out.write_char(c),
        c if is_unseen(c) => {
            write!(out, "<span class=\"unseen\">U+{:04X}</span>", u32::from(c))
        }
        c => out.write_char(c),
    }
}

/// `text` in one line of plain characters, for where no markup can stand (a page's title, a
/// header): what an eye would not see becomes `U+FFFD`.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_unseen(c) || c == '\t' {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// Whether a reader would not see `c`, or would see the text after it in another order.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_as_text() {
        assert_eq!(
            Visible("<img src=x onerror=\"a('&')\">.py").to_string(),
            "&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;.py"
        );
    }

    #[test]
    fn a_reversed_name_shows_what_reverses_it() {
        let shown = Visible("gpj.\u{202E}yp.exe").to_string();
        assert_eq!(shown, "gpj.<span class=\"unseen\">U+202E</span>yp.exe");
        assert_eq!(plain("gpj.\u{202E}yp.exe"), "gpj.\u{FFFD}yp.exe");
    }

    #[test]
    fn nothing_unseen_is_left() {
        for c in [
            '\0',
            '\u{1b}',
            '\r',
            '\n',
            '\u{85}',
            '\u{200b}',
            '\u{2066}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            assert!(!Visible(&c.to_string()).to_string().contains(c), "{c:?}");
            assert!(!plain(&c.to_string()).contains(c), "{c:?}");
        }
    }

    #[test]
    fn letters_of_every_script_stay() {
        let text = "naïve ключ 日本語 שלום 🐍 e\u{301}";
        assert_eq!(Visible(text).to_string(), text);
        assert_eq!(plain(text), text);
    }
}
