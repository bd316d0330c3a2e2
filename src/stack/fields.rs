//! The texts in the fields of `resources:`. The schema does not know them as templates, so they are read here.

use super::interpolate::{Template, TemplateError};
use super::secret;
use super::shape::within;
use super::source::{Content, Node};
use crate::diag::Span;

/// One text, as it was read.
pub(super) struct Field<'a> {
    /// The name of the resource.
    pub(super) resource: &'a str,
    /// What it says, or why it cannot be read.
    pub(super) template: Result<Template, TemplateError>,
    node: &'a Node,
}

impl Field<'_> {
    /// Where the text stands, if a secret stands in it.
    pub(super) fn secret(&self) -> Option<Span> {
        let text = self.node.text()?;
        secret::stands_in(text).then_some(self.node.span)
    }

    /// Where a part of the text stands.
    pub(super) fn part(&self, range: &std::ops::Range<usize>) -> Span {
        within(self.node.span, self.node, range)
    }
}

/// Every text in the fields of every resource, at any depth.
pub(super) fn all(tree: &Node) -> Vec<Field<'_>> {
    let mut texts = Vec::new();
    let resources = tree
        .entry("resources")
        .and_then(|entry| entry.value.entries());
    for resource in resources.unwrap_or_default() {
        if let Some(fields) = resource.value.entry("fields") {
            gather(&resource.key, &fields.value, &mut texts);
        }
    }
    texts
}

fn gather<'a>(resource: &'a str, node: &'a Node, texts: &mut Vec<Field<'a>>) {
    match &node.content {
        Content::Text(text) => texts.push(Field {
            resource,
            template: Template::parse(text),
            node,
        }),
        Content::List(items) => items.iter().for_each(|item| gather(resource, item, texts)),
        Content::Mapping(entries) => entries
            .iter()
            .for_each(|entry| gather(resource, &entry.value, texts)),
        _ => {}
    }
}
