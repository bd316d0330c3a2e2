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
        let hidden = self.hidden();
        let blocks: Vec<_> = self
            .iter()
            .map(|item| self.block(item, file, &hidden, &renderer))
            .collect();
        blocks.join("\n\n")
    }

    /// One of them. What any of them hides is hidden in all: a secret may stand beside another mistake.
    fn block(
        &self,
        item: &Diagnostic,
        file: &SourceText,
        hidden: &[Span],
        renderer: &Renderer,
    ) -> String {
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
                let mut snippet = excerpt
                    .snippet(source, &secrets(hidden, primary))
                    .annotation(annotation);
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
                    let secrets = secrets(hidden, label.span);
                    group = group.element(excerpt.snippet(source, &secrets).annotation(annotation));
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
        hidden: &[Span],
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let text = source.text.get(self.start..self.end).unwrap_or_default();
        let mut shown = Cow::Borrowed(text);
        for range in hidden.iter().map(|span| self.range(*span)) {
            if let Some(secret) = text.get(range.clone()).filter(|secret| !secret.is_empty()) {
                shown.to_mut().replace_range(range, &starred(secret));
            }
        }
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

/// What is hidden in the text in which a place lies.
fn secrets(hidden: &[Span], place: Span) -> Vec<Span> {
    let here = hidden.iter().filter(|span| span.source == place.source);
    here.copied().collect()
}

/// A star for each byte, so that places stay what they are; lines stay lines.
fn starred(secret: &str) -> String {
    let star = |byte| match byte {
        b'\n' => '\n',
        b'\r' => '\r',
        _ => '*',
    };
    secret.bytes().map(star).collect()
}

/// The last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

#[cfg(test)]
mod tests;
