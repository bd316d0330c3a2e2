//! A file's bytes become a tree in which every key and value has its place.
//!
//! The parser hands out events; depth, size and the growth of aliases are bounded while they come, so that no input costs more than
//! its own length. A tree is never deeper than [`DEPTH`], which makes recursion over it safe.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use crate::diag::Span;

mod parse;
mod read;
mod scalar;

pub use parse::parse;
pub use read::read;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 1 << 20;
/// The deepest nesting.
pub const DEPTH: usize = 64;
/// How many values aliases may add.
pub const ALIASED: usize = 20_000;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub content: Content,
}

/// A value, as YAML 1.2's core schema reads it.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// Everything else that is not a collection.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Mapping(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// One step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a list.
    Index(usize),
}

impl Node {
    /// An empty mapping at a place.
    pub fn empty_mapping(span: Span) -> Self {
        Self {
            span,
            content: Content::Mapping(Vec::new()),
        }
    }

    /// The entries, if it is a mapping.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of a key, if it is a mapping and has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a list or a mapping.
    pub fn is_collection(&self) -> bool {
        matches!(self.content, Content::List(_) | Content::Mapping(_))
    }

    /// The value without its places.
    pub fn to_value(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(bool) => Value::Bool(*bool),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => items.iter().map(Self::to_value).collect(),
            Content::Mapping(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// The value at a path, with the place of the key that leads to it.
    pub fn find(&self, path: &[Step]) -> Option<(Option<Span>, &Self)> {
        let mut here = (None, self);
        for step in path {
            here = match (step, &here.1.content) {
                (Step::Key(key), Content::Mapping(_)) => {
                    let entry = here.1.entry(key)?;
                    (Some(entry.key_span), &entry.value)
                }
                (Step::Index(index), Content::List(items)) => (None, items.get(*index)?),
                _ => return None,
            };
        }
        Some(here)
    }

    /// Where a diagnostic about the value at a path points: to the value itself, or to its key where the value is a collection or
    /// nothing. For a path that leads nowhere, to the nearest thing around it.
    pub fn locate(&self, path: &[Step]) -> Option<Span> {
        let mut path = path;
        loop {
            if let Some((key, node)) = self.find(path) {
                let whole = node.is_collection() || node.content == Content::Null;
                return match (whole, key) {
                    (true, Some(key)) => Some(key),
                    (true, None) if path.is_empty() => None,
                    _ => Some(node.span),
                };
            }
            path = path.split_last()?.1;
        }
    }

    /// Every value in it, this one included.
    pub fn count(&self) -> usize {
        match &self.content {
            Content::List(items) => 1 + items.iter().map(Self::count).sum::<usize>(),
            Content::Mapping(entries) => {
                1 + entries
                    .iter()
                    .map(|entry| entry.value.count())
                    .sum::<usize>()
            }
            _ => 1,
        }
    }
}

/// The steps of a path with dots, such as `workloads.analyzer.port`, as far as the tree has them. A key that has dots itself is
/// found too: the longest key that fits is taken.
pub fn steps(tree: &Node, path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut here = Some(tree);
    let mut rest = path;
    while !rest.is_empty() {
        let found = here.and_then(|node| node.entries()).and_then(|entries| {
            let fits = |key: &str| {
                rest.strip_prefix(key)
                    .is_some_and(|after| after.is_empty() || after.starts_with('.'))
            };
            entries
                .iter()
                .filter(|entry| !entry.key.is_empty() && fits(&entry.key))
                .max_by_key(|entry| entry.key.len())
        });
        let (step, length, next) = match found {
            Some(entry) => (
                Step::Key(entry.key.clone()),
                entry.key.len(),
                Some(&entry.value),
            ),
            None => {
                let word = rest.split('.').next().unwrap_or(rest);
                match (word.parse::<usize>(), here.map(|node| &node.content)) {
                    (Ok(index), Some(Content::List(items))) => {
                        (Step::Index(index), word.len(), items.get(index))
                    }
                    _ => (Step::Key(word.to_owned()), word.len(), None),
                }
            }
        };
        steps.push(step);
        here = next;
        rest = rest.get(length..).unwrap_or_default();
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    steps
}

/// Byte offsets of a text's characters, since the parser counts characters.
struct Offsets {
    /// Nothing where every character is one byte.
    table: Option<Vec<usize>>,
    length: usize,
}

impl Offsets {
    fn of(text: &str) -> Self {
        let table = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self {
            table,
            length: text.len(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        match &self.table {
            None => character.min(self.length),
            Some(table) => table.get(character).copied().unwrap_or(self.length),
        }
    }
}

/// The keys of a mapping that is being read, and where each was first given.
type Seen = HashMap<String, Span>;

#[cfg(test)]
mod tests;
