use crate::diag::{SourceText, Span};
use crate::stack::schema::{Described, yaml};
use crate::stack::source::{Content, Node, Step};

/// The texts that a tree was read from.
#[derive(Clone, Copy, Default)]
pub(in crate::stack) struct Texts<'a> {
    /// The file.
    pub(in crate::stack) file: &'a str,
    /// What `--set` gave, in its order.
    pub(in crate::stack) sets: &'a [SourceText],
}

impl<'a> Texts<'a> {
    /// What stands at a place.
    fn at(&self, span: Span) -> Option<&'a str> {
        let text = match usize::from(span.source).checked_sub(1) {
            None => self.file,
            Some(index) => &self.sets.get(index)?.text,
        };
        text.get(span.start..span.end)
    }
}

/// The place that an error means.
pub(super) struct Place<'a> {
    pub(super) tree: &'a Node,
    texts: Texts<'a>,
    pub(super) steps: Vec<Step>,
    pub(super) node: &'a Node,
    pub(super) span: Option<Span>,
    pub(super) described: Option<Described<'static>>,
    pub(super) name: String,
}

impl<'a> Place<'a> {
    pub(super) fn of(tree: &'a Node, texts: Texts<'a>, pointer: &str) -> Self {
        let mut node = tree;
        let mut described = Described::root();
        let mut steps = Vec::new();
        let mut name = String::new();
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let (step, next, schema) = match &node.content {
                Content::List(items) => {
                    let index = part.parse().unwrap_or(usize::MAX);
                    (
                        Step::Index(index),
                        items.get(index),
                        described.and_then(|schema| schema.item()),
                    )
                }
                _ => {
                    let next = node.entry(&part).map(|entry| &entry.value);
                    let schema = described.and_then(|schema| schema.key(&part));
                    (Step::Key(part.clone()), next, schema)
                }
            };
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&part);
            steps.push(step);
            described = schema;
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        let span = tree.locate(&steps);
        Self {
            tree,
            texts,
            steps,
            node,
            span,
            described,
            name,
        }
    }

    /// How to speak of it: by its path, or as the stack.
    pub(super) fn title(&self) -> String {
        if self.name.is_empty() {
            "the stack".to_owned()
        } else {
            format!("`{}`", self.name)
        }
    }

    /// The keys that lead to it; those of lists are left out.
    pub(super) fn keys(&self) -> Vec<&str> {
        keys(&self.steps)
    }

    /// The value as it stands in the text, which a number does not keep: 1.10 is 1.1 when it is read.
    pub(super) fn written(&self) -> String {
        match self.texts.at(self.node.span) {
            Some(text) if !text.is_empty() && !text.contains(char::is_whitespace) => {
                text.to_owned()
            }
            _ => yaml(&self.node.to_value()),
        }
    }
}

/// The keys of a path.
pub(super) fn keys(steps: &[Step]) -> Vec<&str> {
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect()
}
