use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Range, Tag};

use super::scalar::core_schema;
use super::{ALIASED, Content, DEPTH, Entry, Node, Offsets, Seen};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};

/// Reads YAML into a tree. `source` is the number of the text, for [`Span::source`].
///
/// What does not hinder reading on is added to `found`; the tree is then what is left.
///
/// # Errors
/// What makes reading on senseless: malformed YAML, or a limit that was passed.
pub fn parse(text: &str, source: u16, found: &mut Diagnostics) -> Result<Node, Box<Diagnostic>> {
    let builder = Builder {
        text,
        source,
        offsets: Offsets::of(text),
        frames: Vec::new(),
        anchors: HashMap::new(),
        copied: 0,
        root: None,
        found,
    };
    builder.run()
}

struct Builder<'a> {
    text: &'a str,
    source: u16,
    offsets: Offsets,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    /// How many values anchors and aliases have copied.
    copied: usize,
    root: Option<Node>,
    found: &'a mut Diagnostics,
}

/// A collection that is being read.
struct Frame {
    span: Span,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        seen: Seen,
        key: Option<(String, Span)>,
    },
}

impl Builder<'_> {
    fn run(mut self) -> Result<Node, Box<Diagnostic>> {
        let mut parser = Parser::new_from_str(self.text);
        let mut documents = 0;
        while let Some(event) = parser.next_event() {
            let (event, range) = event.map_err(|error| Box::new(self.syntax(&error)))?;
            let span = self.span(range);
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(Box::new(
                            Diagnostic::new(
                                Code::SeveralDocuments,
                                "a second document begins here",
                            )
                            .at(span.first(3))
                            .help("put it into a file of its own, or under `environments:`"),
                        ));
                    }
                }
                Event::MappingStart(anchor, tag) => {
                    self.tag(tag.as_deref(), span);
                    let kind = Kind::Mapping {
                        entries: Vec::new(),
                        seen: Seen::new(),
                        key: None,
                    };
                    self.open(Frame { span, anchor, kind })?;
                }
                Event::SequenceStart(anchor, tag) => {
                    self.tag(tag.as_deref(), span);
                    self.open(Frame {
                        span,
                        anchor,
                        kind: Kind::List(Vec::new()),
                    })?;
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    if let Some(frame) = self.frames.pop() {
                        let end = span.end.max(frame.span.start);
                        let content = match frame.kind {
                            Kind::List(items) => Content::List(items),
                            Kind::Mapping { entries, .. } => Content::Mapping(entries),
                        };
                        let span = self.trimmed(Span { end, ..frame.span });
                        self.value(Node { span, content }, frame.anchor)?;
                    }
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let span = self.trimmed(span);
                    let is_text = self.tag(tag.as_deref(), span);
                    let plain = style == ScalarStyle::Plain && !is_text;
                    let content = if plain {
                        core_schema(&text)
                    } else {
                        Content::Text(text.to_string())
                    };
                    let node = Node { span, content };
                    if self.awaits_key() {
                        self.anchor(&node, anchor)?;
                        self.key(text.into_owned(), span, style)?;
                    } else {
                        self.value(node, anchor)?;
                    }
                }
                Event::Alias(anchor) => {
                    if self.awaits_key() {
                        return Err(key_not_text(span).into());
                    }
                    let Some(node) = self.anchors.get(&anchor).cloned() else {
                        return Err(Box::new(
                            Diagnostic::new(
                                Code::AliasExpansion,
                                "the alias stands inside what it repeats",
                            )
                            .at(span),
                        ));
                    };
                    self.copy(&node, span)?;
                    self.deep_enough(&node, span)?;
                    self.value(node, 0)?;
                }
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Nothing => {}
            }
        }
        self.root.ok_or_else(|| {
            Box::new(
                Diagnostic::new(Code::EmptyFile, "the stack is empty")
                    .help("`init` writes a stack to start from"),
            )
        })
    }

    fn open(&mut self, frame: Frame) -> Result<(), Box<Diagnostic>> {
        if self.awaits_key() {
            return Err(key_not_text(frame.span).into());
        }
        if self.frames.len() >= DEPTH {
            return Err(too_deep(frame.span).into());
        }
        self.frames.push(frame);
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                kind: Kind::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn key(&mut self, text: String, span: Span, style: ScalarStyle) -> Result<(), Box<Diagnostic>> {
        if text.is_empty() || (style == ScalarStyle::Plain && core_schema(&text) == Content::Null) {
            return Err(key_not_text(span).into());
        }
        if let Some(Frame {
            kind: Kind::Mapping { key, .. },
            ..
        }) = self.frames.last_mut()
        {
            *key = Some((text, span));
        }
        Ok(())
    }

    fn value(&mut self, node: Node, anchor: usize) -> Result<(), Box<Diagnostic>> {
        self.anchor(&node, anchor)?;
        match self.frames.last_mut().map(|frame| &mut frame.kind) {
            None => self.root = Some(node),
            Some(Kind::List(items)) => items.push(node),
            Some(Kind::Mapping { entries, seen, key }) => {
                let Some((key, key_span)) = key.take() else {
                    return Err(key_not_text(node.span).into());
                };
                if key == "<<" {
                    self.found.push(
                        Diagnostic::new(Code::MergeKey, "merge keys are not taken")
                            .at(key_span)
                            .help("say what differs under `environments:`, or repeat the keys"),
                    );
                } else if let Some(first) = seen.get(&key) {
                    self.found.push(
                        Diagnostic::new(Code::DuplicateKey, format!("`{key}` is given twice"))
                            .at(key_span)
                            .label("again here")
                            .also(Some(*first), "first here")
                            .help("remove one of them"),
                    );
                } else {
                    seen.insert(key.clone(), key_span);
                    entries.push(Entry {
                        key,
                        key_span,
                        value: node,
                    });
                }
            }
        }
        Ok(())
    }

    /// Keeps what an alias may repeat; an anchor of 0 is none.
    fn anchor(&mut self, node: &Node, anchor: usize) -> Result<(), Box<Diagnostic>> {
        if anchor != 0 {
            self.copy(node, node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(())
    }

    /// Counts what an anchor or alias copies.
    fn copy(&mut self, node: &Node, span: Span) -> Result<(), Box<Diagnostic>> {
        self.copied += node.count();
        if self.copied > ALIASED {
            return Err(Box::new(
                Diagnostic::new(
                    Code::AliasExpansion,
                    format!("aliases add more than {ALIASED} values"),
                )
                .at(span)
                .help("write out what is meant"),
            ));
        }
        Ok(())
    }

    /// An alias can put a deep value deeper.
    fn deep_enough(&self, node: &Node, span: Span) -> Result<(), Box<Diagnostic>> {
        if self.frames.len() + height(node) > DEPTH {
            Err(too_deep(span).into())
        } else {
            Ok(())
        }
    }

    /// Whether the tag asks for a text. Other tags are wrong.
    fn tag(&mut self, tag: Option<&Tag>, span: Span) -> bool {
        let Some(tag) = tag else {
            return false;
        };
        let known = ["str", "map", "seq"].contains(&tag.suffix.as_str());
        if !(tag.is_yaml_core_schema() && known) {
            self.found.push(
                Diagnostic::new(Code::Tag, format!("the tag `{tag}` has no meaning here"))
                    .at(span)
                    .help("a reference is written `buckets.uploads`, in a text `${buckets.uploads.name}`"),
            );
        }
        tag.is_yaml_core_schema() && tag.suffix == "str"
    }

    fn span(&self, range: Range) -> Span {
        let start = self.offsets.byte(range.start.index());
        let end = self.offsets.byte(range.end.index()).max(start);
        Span {
            source: self.source,
            start,
            end,
            line: range.start.line().max(1),
            column: range.start.col() + 1,
        }
    }

    /// The place without the white space at its end.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.text.get(span.start..span.end).unwrap_or_default();
        Span {
            end: span.start + text.trim_end().len(),
            ..span
        }
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let marker = error.marker();
        let start = self.offsets.byte(marker.index());
        let at = Span {
            source: self.source,
            start,
            end: start,
            line: marker.line().max(1),
            column: marker.col() + 1,
        };
        let info = error.info();
        if info.contains("recursion limit") {
            return too_deep(at);
        }
        if info.contains("unknown anchor") {
            return Diagnostic::new(
                Code::Syntax,
                "the alias names an anchor that was not set before it",
            )
            .at(at);
        }
        if let Some(tab) = self.tab_before(at) {
            return Diagnostic::new(Code::TabIndent, "a tab stands in the indentation")
                .at(tab)
                .help("indent with spaces");
        }
        if info.contains("':' must be followed")
            && let Some(tab) = self.tab_after_colon(at)
        {
            return Diagnostic::new(Code::TabIndent, "a tab stands after the colon")
                .at(tab)
                .help("write a space there");
        }
        let end = self
            .text
            .get(start..)
            .and_then(|rest| rest.chars().next())
            .filter(|c| !c.is_control());
        Diagnostic::new(Code::Syntax, format!("this is not YAML: {info}"))
            .at(Span { end: start + end.map_or(0, char::len_utf8), ..at })
            .help("the cause is often a little above: a missing quote, colon or space, or the indentation")
    }

    /// The first tab between a colon and what stands at a place of the same line.
    fn tab_after_colon(&self, at: Span) -> Option<Span> {
        let before = self.text.get(..at.start)?;
        let blank = before.trim_end_matches([' ', '\t']);
        let tab = before.get(blank.len()..)?.find('\t')?;
        let start = blank.len() + tab;
        blank.ends_with(':').then(|| Span {
            start,
            end: start + 1,
            column: at.column.saturating_sub(at.start - start),
            ..at
        })
    }

    /// A tab in the indentation of the line of `at` or of the line before it.
    fn tab_before(&self, at: Span) -> Option<Span> {
        let first = at.line.saturating_sub(2);
        let mut start = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            if index >= first && index < at.line {
                let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
                if let Some(tab) = line.get(..indentation).and_then(|blank| blank.find('\t')) {
                    let start = start + tab;
                    return Some(Span {
                        source: self.source,
                        start,
                        end: start + 1,
                        line: index + 1,
                        column: tab + 1,
                    });
                }
            }
            start += line.len();
        }
        None
    }
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::TooDeep,
        format!("nested more than {DEPTH} levels deep"),
    )
    .at(span.first(1))
}

fn key_not_text(span: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyNotText, "a key must be a plain word")
        .at(span.first(40))
        .help("write `key: value`")
}

fn height(node: &Node) -> usize {
    match &node.content {
        Content::List(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Content::Mapping(entries) => {
            1 + entries
                .iter()
                .map(|entry| height(&entry.value))
                .max()
                .unwrap_or(0)
        }
        _ => 0,
    }
}
