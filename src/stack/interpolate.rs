//! Texts with values of other sections in them: `s3://${buckets.uploads.name}/uploads/`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::reference::{Reference, Section, nearest};
use crate::diag::Code;
use crate::units::{Unit, UnitError, written_as_text};

/// A text made of literal pieces and of values that are known only when the stack is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    written: String,
    pieces: Vec<Piece>,
}

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stays as it is; `$${` has become `${`.
    Literal(String),
    /// A value, and where in the written text it is asked for, in bytes.
    Value(Value, Range<usize>),
}

/// A value that a text can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// The stack's name.
    Stack,
    /// The environment's name.
    Environment,
    /// The region.
    Region,
    /// The number of the AWS account.
    Account,
    /// Something of a thing of another section.
    Of(Reference, Attribute),
}

/// What can be asked of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// The ARN.
    Arn,
    /// The host name of a database.
    Host,
    /// The id of a file system, or of a resource by its fields.
    Id,
    /// The name in AWS; of a database, the database's name on its server.
    Name,
    /// The port of a database.
    Port,
    /// The user name of a database.
    User,
    /// The id of the network's VPC.
    Vpc,
}

impl Attribute {
    /// As it is written.
    pub fn key(self) -> &'static str {
        match self {
            Self::Arn => "arn",
            Self::Host => "host",
            Self::Id => "id",
            Self::Name => "name",
            Self::Port => "port",
            Self::User => "user",
            Self::Vpc => "vpc",
        }
    }

    /// What can be asked of the things of a section.
    pub fn of(section: Section) -> &'static [Self] {
        match section {
            Section::Alerts => &[Self::Arn],
            Section::Buckets | Section::Parameters => &[Self::Arn, Self::Name],
            Section::Databases => &[Self::Arn, Self::Host, Self::Name, Self::Port, Self::User],
            Section::Domain => &[Self::Name],
            Section::Files => &[Self::Arn, Self::Id],
            Section::Network => &[Self::Vpc],
            // Every kind gives an id, and only that is given by every kind.
            Section::Resources => &[Self::Id],
        }
    }
}

/// The words that stand for themselves.
const WORDS: [(&str, Value); 4] = [
    ("account", Value::Account),
    ("environment", Value::Environment),
    ("region", Value::Region),
    ("stack", Value::Stack),
];

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(reference, attribute) => write!(f, "{reference}.{}", attribute.key()),
            word => f.write_str(
                WORDS
                    .iter()
                    .find(|(_, value)| value == word)
                    .map_or("", |(key, _)| key),
            ),
        }
    }
}

/// Why a text cannot be read as a template, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// Malformed, a reference to nothing, or an unknown attribute.
    pub code: Code,
    /// The place in the text, in bytes.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What was probably meant, or what can be written.
    pub help: String,
}

impl Template {
    /// Reads a text; the error says where in it.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(after) = rest.strip_prefix("$${") {
                literal.push_str("${");
                at = text.len() - after.len();
            } else if let Some(inner) = rest.strip_prefix("${") {
                let Some(length) = inner.find('}') else {
                    return Err(TemplateError {
                        code: Code::MalformedReference,
                        range: at..text.len(),
                        message: "a `${` is not closed".to_owned(),
                        help: "write `}` after the reference, or `$${` for a plain `${`".to_owned(),
                    });
                };
                let range = at..at + 2 + length + 1;
                let value = read_value(inner.get(..length).unwrap_or_default(), range.clone())?;
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                at = range.end;
                pieces.push(Piece::Value(value, range));
            } else {
                // The first character may itself be a `$`, and may be longer than a byte.
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let next = rest
                    .get(first..)
                    .and_then(|tail| tail.find('$'))
                    .map_or(rest.len(), |next| first + next);
                literal.push_str(rest.get(..next).unwrap_or_default());
                at += next;
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self {
            written: text.to_owned(),
            pieces,
        })
    }

    /// The pieces in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// As it stands in the file.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The whole text, if no value is asked for.
    pub fn literal(&self) -> Option<String> {
        let mut whole = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => whole.push_str(text),
                Piece::Value(..) => return None,
            }
        }
        Some(whole)
    }

    /// The values that are asked for, and where.
    pub fn values(&self) -> impl Iterator<Item = (&Value, &Range<usize>)> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(value, range) => Some((value, range)),
            Piece::Literal(_) => None,
        })
    }
}

fn read_value(path: &str, range: Range<usize>) -> Result<Value, TemplateError> {
    let fail = |code, message: String, help: String| TemplateError {
        code,
        range: range.clone(),
        message,
        help,
    };
    if let Some((_, value)) = WORDS.iter().find(|(word, _)| *word == path) {
        return Ok(value.clone());
    }
    if let Some((word, _)) = WORDS.iter().find(|(word, _)| {
        path.strip_prefix(word)
            .is_some_and(|rest| rest.starts_with('.'))
    }) {
        return Err(fail(
            Code::UnknownAttribute,
            format!("`{word}` has no attributes"),
            format!("write `${{{word}}}`"),
        ));
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if path.is_empty() || !path.chars().all(legal) {
        let message = "a reference has only names with dots between them".to_owned();
        let help = "write it like `${buckets.uploads.name}`, or `$${` for a plain `${`".to_owned();
        return Err(fail(Code::MalformedReference, message, help));
    }
    let first = path.split('.').next().unwrap_or_default();
    let Some(section) = Section::by_key(first) else {
        let sections = Section::ALL
            .iter()
            .map(|section| section.key())
            .chain(WORDS.iter().map(|(word, _)| *word));
        let help = match nearest(first, sections.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "it begins with one of {}",
                sections.collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(fail(
            Code::UnknownReference,
            format!("there is no `{first}` to refer to"),
            help,
        ));
    };
    let attributes: Vec<_> = Attribute::of(section)
        .iter()
        .map(|attribute| attribute.key())
        .collect();
    let Some((thing, asked)) = path
        .rsplit_once('.')
        .filter(|(thing, _)| section.is_single() || thing.contains('.'))
    else {
        let name = if section.is_single() { "" } else { ".NAME" };
        let whole = path.contains('.') || section.is_single();
        let stem = if whole {
            path.to_owned()
        } else {
            format!("{path}{name}")
        };
        let help = format!(
            "write `${{{stem}.{}}}`",
            attributes.first().copied().unwrap_or_default()
        );
        return Err(fail(
            Code::MalformedReference,
            format!("`{path}` does not say what of it"),
            help,
        ));
    };
    let reference: Reference = thing.parse().map_err(|error: UnitError| {
        fail(
            Code::MalformedReference,
            error.to_string(),
            "write `${section.name.attribute}`".to_owned(),
        )
    })?;
    match Attribute::of(section)
        .iter()
        .find(|attribute| attribute.key() == asked)
    {
        Some(attribute) => Ok(Value::Of(reference, *attribute)),
        None => {
            let help = match nearest(asked, attributes.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", attributes.join(", ")),
            };
            Err(fail(
                Code::UnknownAttribute,
                format!("`{thing}` has no `{asked}`"),
                help,
            ))
        }
    }
}

impl Unit for Template {
    const FORMAT: &'static str = "template";
    const WHAT: &'static str = "a text with references";
    const WRITTEN: &'static str =
        "A text; ${section.name.attribute} stands for a value of another section.";
    const EXAMPLES: &'static [&'static str] = &["s3://${buckets.uploads.name}/uploads/"];
    const PATTERN: &'static str = "";
}

impl FromStr for Template {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Self::parse(text).map_err(|error| UnitError::new::<Self>(text, error.message))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.written)
    }
}

written_as_text!(Template);

#[cfg(test)]
mod tests;
