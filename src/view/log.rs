//! Lines of a workload's log.

use serde_json::{Value, json};

use super::page::{Look, Page, plain, quiet};

/// Version of the event.
const VERSION: u32 = 1;

/// A line as it is told.
#[derive(Clone, Copy, Debug)]
pub struct LogEntry<'a> {
    /// When, RFC 3339 with milliseconds.
    pub at: &'a str,
    /// The instance that wrote it.
    pub instance: &'a str,
    /// Its colour, where it still has one.
    pub colour: Option<&'a str>,
    /// What it wrote.
    pub text: &'a str,
}

impl LogEntry<'_> {
    /// For a person: never broken, so that it can be searched; nothing in it can move the cursor.
    pub fn human(&self, look: &Look) -> String {
        let unwrapped = look.unwrapped();
        let mut page = Page::new(&unwrapped);
        let colour = self.colour.unwrap_or("-");
        page.line(
            0,
            0,
            [
                quiet(format!("{} {colour} {} ", self.at, self.instance)),
                plain(self.text),
            ],
        );
        page.finish()
    }

    /// As an event, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        json!({
            "version": VERSION,
            "event": "log",
            "at": self.at,
            "instance": self.instance,
            "colour": self.colour,
            "text": self.text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> LogEntry<'_> {
        LogEntry {
            at: "2026-01-01T00:00:00.000Z",
            instance: "i-1",
            colour: Some("blue"),
            text,
        }
    }

    #[test]
    fn a_line_stays_one_line_and_cannot_move_the_cursor() {
        let text = entry("GET /\u{1b}[2J done").human(&Look::plain(20));
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("2026-01-01T00:00:00.000Z blue i-1 GET /"));
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn as_an_event_it_has_its_parts() {
        let event = entry("{\"a\":1}").json();
        assert_eq!(event["event"], "log");
        assert_eq!(event["text"], "{\"a\":1}");
    }
}
