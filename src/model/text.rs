//! Texts of the stack file as texts that the engine fills in, and whole JSON documents as one text.

use serde_json::Value;

use super::databases;
use crate::reference::{Address, Piece, Text, unresolved};
use crate::scope::Scope;
use crate::stack::document::Document;
use crate::stack::interpolate::{Attribute, Piece as Part, Template, Value as Asked};
use crate::stack::reference::{Reference, Section};

/// A template of the file, with each value that it asks for as an output of the resource that will know it.
pub(crate) fn of(document: &Document, scope: &Scope, template: &Template) -> Text {
    let mut pieces = template.pieces().iter().map(|part| match part {
        Part::Literal(text) => Text::literal(text),
        Part::Value(asked, _) => value(document, scope, asked),
    });
    let first = pieces.next().unwrap_or_default();
    pieces.fold(first, Text::then)
}

fn value(document: &Document, scope: &Scope, asked: &Asked) -> Text {
    match asked {
        Asked::Stack => Text::literal(&scope.stack),
        Asked::Environment => Text::literal(&scope.environment),
        Asked::Region => Text::literal(&scope.region),
        Asked::Account => Text::literal(&scope.account),
        Asked::Of(reference, attribute) => attribute_of(document, reference, *attribute),
    }
}

fn attribute_of(document: &Document, reference: &Reference, attribute: Attribute) -> Text {
    let name = reference
        .name()
        .map(|name| name.as_str())
        .unwrap_or_default();
    let database = || document.databases.get(name);
    let output = |output: &str| Text::output(&address_of(reference), output);
    match (reference.section(), attribute) {
        (Section::Domain, _) => document
            .domain
            .as_ref()
            .map(|domain| Text::literal(domain.name.as_str()))
            .unwrap_or_default(),
        (Section::Databases, Attribute::Port) => database()
            .map(|database| Text::literal(database.engine.port().to_string()))
            .unwrap_or_default(),
        (Section::Databases, Attribute::Name) => {
            Text::literal(databases::name_on_server(document.stack.as_str()))
        }
        (Section::Databases, Attribute::User) => Text::literal(databases::USER),
        (Section::Databases, Attribute::Host) => output("host"),
        (Section::Network, Attribute::Vpc) => output("id"),
        (_, attribute) => output(attribute.key()),
    }
}

/// The resource that stands for a thing of the file.
fn address_of(reference: &Reference) -> Address {
    match reference.section() {
        Section::Alerts => Address::new(super::alerts::TOPIC),
        Section::Network => Address::new(super::network::VPC),
        _ => Address::new(reference.to_string()),
    }
}

/// A JSON document as one text: each `$text` in it stays a reference, within quotation marks. What is filled in later is not
/// escaped: identifiers, ARNs and host names have nothing to escape.
pub(crate) fn json(value: &Value) -> Text {
    let mut writing = Writing::default();
    writing.value(value);
    writing.finish()
}

#[derive(Default)]
struct Writing {
    done: Option<Text>,
    literal: String,
}

impl Writing {
    fn value(&mut self, value: &Value) {
        if let Some(text) = unresolved(value) {
            self.literal.push('"');
            for piece in text.pieces() {
                match piece {
                    Piece::Literal(literal) => {
                        let quoted = Value::from(literal.as_str()).to_string();
                        let bare = quoted.get(1..quoted.len() - 1);
                        self.literal.push_str(bare.unwrap_or_default());
                    }
                    Piece::Output(output) => {
                        self.push(Text::output(&output.address, &output.output));
                    }
                }
            }
            self.literal.push('"');
            return;
        }
        match value {
            Value::Array(items) => {
                self.literal.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.comma(index);
                    self.value(item);
                }
                self.literal.push(']');
            }
            Value::Object(map) => {
                self.literal.push('{');
                for (index, (key, item)) in map.iter().enumerate() {
                    self.comma(index);
                    self.literal
                        .push_str(&Value::from(key.as_str()).to_string());
                    self.literal.push(':');
                    self.value(item);
                }
                self.literal.push('}');
            }
            plain => self.literal.push_str(&plain.to_string()),
        }
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.literal.push(',');
        }
    }

    fn push(&mut self, text: Text) {
        let literal = std::mem::take(&mut self.literal);
        self.done = Some(match self.done.take() {
            Some(done) if literal.is_empty() => done.then(text),
            Some(done) => done.then(literal).then(text),
            None => Text::literal(literal).then(text),
        });
    }

    fn finish(self) -> Text {
        match self.done {
            Some(done) => done.then(self.literal),
            None => Text::literal(self.literal),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::tests::{scope, stack};

    #[test]
    fn a_template_asks_the_resource_that_knows() {
        let stack = stack(json!({
            "network": { "cidr": "10.0.0.0/16", "public": { "a": "10.0.1.0/24", "b": "10.0.2.0/24" } },
            "databases": { "main": { "engine": "postgres-15", "class": "db.t3.micro", "storage": "20GB" } },
            "domain": { "name": "app.example.com", "zone": "example.com" },
        }));
        let text =
            |template: &str| of(&stack.document, &scope(), &template.parse().unwrap()).to_string();
        assert_eq!(
            text("s3://${buckets.uploads.name}/x"),
            "s3://${buckets.uploads.name}/x"
        );
        assert_eq!(
            text(
                "postgres://${databases.main.user}@${databases.main.host}:${databases.main.port}/${databases.main.name}"
            ),
            "postgres://appowner@${databases.main.host}:5432/codedetectdb"
        );
        assert_eq!(
            text("https://${domain.name} ${stack} ${account}"),
            "https://app.example.com codedetect 123456789012"
        );
        assert_eq!(text("${alerts.arn}"), "${alerts.topic.arn}");
    }

    #[test]
    fn a_document_keeps_its_references() {
        let bucket = Address::new("buckets.uploads");
        let value = json!({ "a": [1, "x\"y"], "b": Text::literal("q\"").then(Text::output(&bucket, "name")) });
        let text = json(&value);
        assert_eq!(
            text.to_string(),
            r#"{"a":[1,"x\"y"],"b":"q\"${buckets.uploads.name}"}"#
        );
        let filled = crate::reference::resolve(&serde_json::to_value(&text).unwrap(), &|_| {
            Some("n".to_owned())
        });
        let back: Value = serde_json::from_str(filled.as_str().unwrap()).unwrap();
        assert_eq!(back, json!({ "a": [1, "x\"y"], "b": "q\"n" }));
    }
}
