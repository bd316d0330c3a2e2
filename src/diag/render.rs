use std::borrow::Cow;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Severity, SourceText, Span};

/// How diagnostics look on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// How many columns there are.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            colour: false,
            width: 100,
        }
    }
}

impl Diagnostics {
    /// All of them with their source lines, one blank line between two. `file` is the source with number 0.
    pub fn render(&self, file: &SourceText, style: Style) -> String {
        let renderer = if style.colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer
            .term_width(style.width.max(40))
            .decor_style(DecorStyle::Ascii);
        let blocks: Vec<_> = self
            .iter()
            .map(|item| self.block(item, file, &renderer))
            .collect();
        blocks.join("\n\n")
    }

    fn block(&self, item: &Diagnostic, file: &SourceText, renderer: &Renderer) -> String {
        let level = match item.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(
            level
                .primary_title(item.message.as_str())
                .id(item.code.id()),
        );
        match item.primary {
            None => group = group.element(Origin::path(file.name.as_str())),
            Some(primary) => {
                let source = self.source_of(file, primary);
                let (here, elsewhere): (Vec<_>, Vec<_>) = item
                    .secondary
                    .iter()
                    .partition(|label| label.span.source == primary.source);
                let spans = here.iter().map(|label| label.span).chain([primary]);
                let excerpt = Excerpt::around(source, spans);
                let mut annotation = AnnotationKind::Primary.span(excerpt.range(primary));
                if let Some(label) = &item.label {
                    annotation = annotation.label(label.as_str());
                }
                let mut snippet = excerpt.snippet(source, item.hidden).annotation(annotation);
                for label in here {
                    snippet = snippet.annotation(
                        AnnotationKind::Context
                            .span(excerpt.range(label.span))
                            .label(label.text.as_str()),
                    );
                }
                group = group.element(snippet);
                for label in elsewhere {
                    let source = self.source_of(file, label.span);
                    let excerpt = Excerpt::around(source, [label.span].into_iter());
                    let annotation = AnnotationKind::Context
                        .span(excerpt.range(label.span))
                        .label(label.text.as_str());
                    group =
                        group.element(excerpt.snippet(source, item.hidden).annotation(annotation));
                }
            }
        }
        if let Some(note) = item.environment_note() {
            group = group.element(Level::NOTE.message(note));
        }
        if let Some(help) = &item.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// All of them as JSON: code, severity, message, source, line, column and end in bytes, label, other places, help.
    pub fn json(&self, file: &SourceText) -> Value {
        let place = |span: Span| {
            json!({
                "source": self.source_of(file, span).name,
                "line": span.line,
                "column": span.column,
                "start": span.start,
                "end": span.end,
            })
        };
        let one = |item: &Diagnostic| {
            let others = item.secondary.iter().map(|label| {
                let mut value = place(label.span);
                if let Value::Object(fields) = &mut value {
                    fields.insert("text".to_owned(), json!(label.text));
                }
                value
            });
            json!({
                "code": item.code.id(),
                "severity": item.severity,
                "message": item.message,
                "place": item.primary.map(place),
                "label": item.label,
                "also": others.collect::<Vec<_>>(),
                "help": item.help,
                "environments": item.environments,
            })
        };
        self.iter().map(one).collect()
    }
}

/// The lines that matter: the renderer's work then depends on them, not on the length of the file.
struct Excerpt {
    start: usize,
    end: usize,
    line: usize,
}

impl Excerpt {
    fn around(source: &SourceText, spans: impl Iterator<Item = Span>) -> Self {
        let text = source.text.as_str();
        let (mut start, mut end, mut line) = (text.len(), 0, usize::MAX);
        for span in spans {
            start = start.min(span.start);
            end = end.max(span.end);
            line = line.min(span.line);
        }
        let start = floor(text, start);
        let end = floor(text, end.max(start));
        let start = text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let end = text
            .get(end..)
            .and_then(|after| after.find('\n'))
            .map_or(text.len(), |at| end + at);
        let end = end
            - usize::from(
                end > start
                    && text
                        .get(start..end)
                        .is_some_and(|lines| lines.ends_with('\r')),
            );
        Self {
            start,
            end,
            line: line.max(1),
        }
    }

    fn snippet<'a>(
        &self,
        source: &'a SourceText,
        hidden: Option<Span>,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let text = source.text.get(self.start..self.end).unwrap_or_default();
        let shown = match hidden.map(|span| self.range(span)) {
            Some(range) if text.get(range.clone()).is_some() => {
                let mut shown = text.to_owned();
                shown.replace_range(range.clone(), &"*".repeat(range.len()));
                Cow::Owned(shown)
            }
            _ => Cow::Borrowed(text),
        };
        Snippet::source(shown)
            .path(source.name.as_str())
            .line_start(self.line)
            .fold(true)
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let within = |at: usize| at.clamp(self.start, self.end) - self.start;
        within(span.start)..within(span.end.max(span.start))
    }
}

/// The last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

#[cfg(test)]
mod tests {
    use crate::diag::Code;

    use super::*;

    const TEXT: &str = "stack: demo\r\nnetwork:\r\n  cidr: 10.0.0.0/16\r\n  cdir: 10.0.0.0/16\r\n";

    fn sample() -> (SourceText, Diagnostics) {
        let span = Span {
            source: 0,
            start: 46,
            end: 50,
            line: 4,
            column: 3,
        };
        let network = Span {
            source: 0,
            start: 13,
            end: 20,
            line: 2,
            column: 1,
        };
        let item = Diagnostic::new(Code::UnknownKey, "unknown key `cdir`")
            .at(span)
            .label("not a key of `network`")
            .also(Some(network), "this section")
            .help("did you mean `cidr`?");
        (SourceText::new("demo.yaml", TEXT), item.into())
    }

    #[test]
    fn as_rustc_shows_it() {
        let (file, all) = sample();
        insta::assert_snapshot!(all.render(&file, Style::default()), @r"
        error[E0101]: unknown key `cdir`
         --> demo.yaml:4:3
          |
        2 | network:
          | ------- this section
        3 |   cidr: 10.0.0.0/16
        4 |   cdir: 10.0.0.0/16
          |   ^^^^ not a key of `network`
          |
          = help: did you mean `cidr`?
        ");
    }

    #[test]
    fn colour_on_request_only() {
        let (file, all) = sample();
        assert!(
            all.render(
                &file,
                Style {
                    colour: true,
                    width: 80
                }
            )
            .contains('\u{1b}')
        );
        assert!(
            !all.render(
                &file,
                Style {
                    colour: false,
                    width: 80
                }
            )
            .contains('\u{1b}')
        );
    }

    #[test]
    fn a_place_in_a_set_shows_the_set() {
        let span = Span {
            source: 1,
            start: 5,
            end: 7,
            line: 1,
            column: 6,
        };
        let all = Diagnostics::from(Diagnostic::new(Code::WrongUnit, "bad").at(span))
            .with_sets(vec![SourceText::new("--set", "a.b=80")]);
        let shown = all.render(&SourceText::new("demo.yaml", TEXT), Style::default());
        assert!(
            shown.contains("--set:1:") && shown.contains("a.b=80") && !shown.contains("demo.yaml"),
            "{shown}"
        );
    }

    #[test]
    fn places_outside_the_text_do_not_break_the_view() {
        for (start, end) in [(0, 0), (5_000, 6_000), (TEXT.len(), TEXT.len()), (7, 3)] {
            let span = Span {
                source: 0,
                start,
                end,
                line: 1,
                column: 1,
            };
            let all = Diagnostics::from(Diagnostic::new(Code::Syntax, "bad").at(span));
            assert!(
                all.render(&SourceText::new("x", TEXT), Style::default())
                    .contains("bad")
            );
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let span = Span {
            source: 0,
            start: 7,
            end: 11,
            line: 1,
            column: 8,
        };
        let item = Diagnostic::new(Code::LiteralVariable, "bad")
            .at(span.first(1))
            .hiding(Some(span));
        let shown = Diagnostics::from(item).render(&SourceText::new("x", TEXT), Style::default());
        assert!(
            shown.contains("stack: ****") && !shown.contains("demo"),
            "{shown}"
        );
    }

    #[test]
    fn json_has_the_place() {
        let (file, all) = sample();
        let json = all.json(&file);
        assert_eq!(json[0]["code"], "E0101");
        assert_eq!(json[0]["place"]["source"], "demo.yaml");
        assert_eq!(
            (
                json[0]["place"]["line"].as_u64(),
                json[0]["place"]["column"].as_u64()
            ),
            (Some(4), Some(3))
        );
        assert_eq!(json[0]["also"][0]["text"], "this section");
    }
}
