//! References from one section to a thing of another, such as `buckets.uploads`.

use std::fmt;
use std::str::FromStr;

use crate::units::{ItemName, Unit, UnitEntry, UnitError, written_as_text};

/// A section whose things can be referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// The topic for alerts, of which there is one.
    Alerts,
    /// Buckets.
    Buckets,
    /// Databases.
    Databases,
    /// The domain, of which there is one.
    Domain,
    /// File systems.
    Files,
    /// The network, of which there is one.
    Network,
    /// Secrets.
    Parameters,
    /// Resources by their AWS fields.
    Resources,
}

impl Section {
    /// All of them, in the order of their keys.
    pub const ALL: [Self; 8] = [
        Self::Alerts,
        Self::Buckets,
        Self::Databases,
        Self::Domain,
        Self::Files,
        Self::Network,
        Self::Parameters,
        Self::Resources,
    ];

    /// The section's key in the file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Buckets => "buckets",
            Self::Databases => "databases",
            Self::Domain => "domain",
            Self::Files => "files",
            Self::Network => "network",
            Self::Parameters => "parameters",
            Self::Resources => "resources",
        }
    }

    /// The section of that key.
    pub fn by_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.key() == key)
    }

    /// Whether the section is itself the one thing to refer to.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Alerts | Self::Domain | Self::Network)
    }
}

/// One thing of a section.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    section: Section,
    name: Option<ItemName>,
}

impl Reference {
    /// The thing of that name.
    pub fn to(section: Section, name: ItemName) -> Self {
        Self {
            section,
            name: Some(name),
        }
    }

    /// The one thing that a section is.
    pub fn to_single(section: Section) -> Self {
        Self {
            section,
            name: None,
        }
    }

    /// The section.
    pub fn section(&self) -> Section {
        self.section
    }

    /// The name of the thing; nothing where the section is the thing.
    pub fn name(&self) -> Option<&ItemName> {
        self.name.as_ref()
    }
}

impl Unit for Reference {
    const FORMAT: &'static str = "reference";
    const WHAT: &'static str = "a reference";
    const WRITTEN: &'static str = "A thing of another section: section, dot, name.";
    const EXAMPLES: &'static [&'static str] = &["buckets.uploads", "alerts"];
    const PATTERN: &'static str = "^[a-z]+([.][a-z0-9-]+)?$";
}

impl FromStr for Reference {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (key, name) = match text.split_once('.') {
            Some((key, name)) => (key, Some(name)),
            None => (text, None),
        };
        let Some(section) = Section::by_key(key) else {
            let reason = "it begins with a section and a dot, such as buckets.uploads";
            let error = UnitError::new::<Self>(text, reason);
            let near = nearest(key, Section::ALL.iter().map(|section| section.key()));
            return Err(match (near, name) {
                (Some(near), Some(name)) => error.suggest(format!("{near}.{name}")),
                (Some(near), None) => error.suggest(near),
                (None, _) => error,
            });
        };
        match (section.is_single(), name) {
            (true, None) => Ok(Self::to_single(section)),
            (true, Some(_)) => Err(UnitError::new::<Self>(
                text,
                format!("{key} is one thing and has no names"),
            )
            .suggest(key)),
            (false, None) => Err(UnitError::new::<Self>(
                text,
                format!("it does not say which of the {key}"),
            )),
            (false, Some(name)) => match name.parse() {
                Ok(name) => Ok(Self::to(section, name)),
                Err(error) => Err(UnitError::new::<Self>(text, error.to_string())),
            },
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.pad(&format!("{}.{name}", self.section.key())),
            None => f.pad(self.section.key()),
        }
    }
}

written_as_text!(Reference);

/// A file system, as `files.NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilesRef(ItemName);

/// A secret, as `parameters.NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterRef(ItemName);

/// What a workload may be given access to, as `buckets.NAME`, `parameters.NAME` or `alerts`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessRef {
    /// Reading, writing and listing a bucket.
    Bucket(ItemName),
    /// Reading a secret.
    Parameter(ItemName),
    /// Publishing to the topic.
    Alerts,
}

macro_rules! named_reference {
    ($type:ident, $section:ident, $format:literal, $what:literal, $written:literal, $example:literal, $pattern:literal) => {
        impl $type {
            /// The name of the thing.
            pub fn name(&self) -> &ItemName {
                &self.0
            }

            /// The reference, whatever its section.
            pub fn reference(&self) -> Reference {
                Reference::to(Section::$section, self.0.clone())
            }
        }

        impl Unit for $type {
            const FORMAT: &'static str = $format;
            const WHAT: &'static str = $what;
            const WRITTEN: &'static str = $written;
            const EXAMPLES: &'static [&'static str] = &[$example];
            const PATTERN: &'static str = $pattern;
        }

        impl FromStr for $type {
            type Err = UnitError;

            fn from_str(text: &str) -> Result<Self, UnitError> {
                let key = Section::$section.key();
                match text.parse::<Reference>() {
                    Ok(Reference {
                        section: Section::$section,
                        name: Some(name),
                    }) => Ok(Self(name)),
                    Ok(_) => Err(UnitError::new::<Self>(
                        text,
                        format!("it must be one of the {key}"),
                    )),
                    Err(_) if text.parse::<ItemName>().is_ok() => {
                        let error = UnitError::new::<Self>(text, "it has no section");
                        Err(error.suggest(format!("{key}.{text}")))
                    }
                    Err(error) => Err(UnitError {
                        what: Self::WHAT,
                        ..error
                    }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{}.{}", Section::$section.key(), self.0))
            }
        }

        written_as_text!($type);
    };
}

named_reference!(
    FilesRef,
    Files,
    "files-reference",
    "a reference to a file system",
    "A file system of this stack: files, dot, name.",
    "files.shared",
    "^files[.][a-z0-9-]+$"
);
named_reference!(
    ParameterRef,
    Parameters,
    "parameters-reference",
    "a reference to a parameter",
    "A parameter of this stack: parameters, dot, name.",
    "parameters.secret-key",
    "^parameters[.][a-z0-9-]+$"
);

impl AccessRef {
    /// The reference, whatever its section.
    pub fn reference(&self) -> Reference {
        match self {
            Self::Bucket(name) => Reference::to(Section::Buckets, name.clone()),
            Self::Parameter(name) => Reference::to(Section::Parameters, name.clone()),
            Self::Alerts => Reference::to_single(Section::Alerts),
        }
    }
}

impl Unit for AccessRef {
    const FORMAT: &'static str = "access-reference";
    const WHAT: &'static str = "something to be given access to";
    const WRITTEN: &'static str = "A thing of this stack: buckets.NAME, parameters.NAME or alerts.";
    const EXAMPLES: &'static [&'static str] = &["buckets.uploads", "alerts"];
    const PATTERN: &'static str = "^((buckets|parameters)[.][a-z0-9-]+|alerts)$";
}

impl FromStr for AccessRef {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let reference: Reference = text.parse().map_err(|error| UnitError {
            what: Self::WHAT,
            ..error
        })?;
        match (reference.section, reference.name) {
            (Section::Buckets, Some(name)) => Ok(Self::Bucket(name)),
            (Section::Parameters, Some(name)) => Ok(Self::Parameter(name)),
            (Section::Alerts, None) => Ok(Self::Alerts),
            (Section::Files, _) => Err(UnitError::new::<Self>(
                text,
                "access to file systems comes with `mounts`",
            )),
            (Section::Databases, _) => Err(UnitError::new::<Self>(
                text,
                "the network lets every workload of the stack reach its databases",
            )),
            _ => Err(UnitError::new::<Self>(
                text,
                "access is given to buckets, parameters and alerts",
            )),
        }
    }
}

impl fmt::Display for AccessRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reference().fmt(f)
    }
}

written_as_text!(AccessRef);

/// The kinds of references, for the check of shapes.
pub(super) const REFERENCES: &[UnitEntry] = &[
    UnitEntry::of::<AccessRef>(),
    UnitEntry::of::<FilesRef>(),
    UnitEntry::of::<ParameterRef>(),
];

/// The one of `candidates` that is most like `word`, if it is like it at all.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&word, &candidate.replace('-', "_")),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let reference: Reference = "buckets.uploads".parse().unwrap();
        assert_eq!(
            (reference.section(), reference.name().map(ItemName::as_str)),
            (Section::Buckets, Some("uploads"))
        );
        assert_eq!(
            "alerts".parse::<Reference>().unwrap(),
            Reference::to_single(Section::Alerts)
        );
        assert_eq!(
            "bucket.uploads"
                .parse::<Reference>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("buckets.uploads")
        );
        for text in [
            "",
            "buckets",
            "alerts.x",
            "buckets.",
            "buckets.a.b",
            "Buckets.a",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }

    #[test]
    fn typed_references_take_their_section_only() {
        assert_eq!(
            "files.shared".parse::<FilesRef>().unwrap().name().as_str(),
            "shared"
        );
        assert_eq!(
            "shared"
                .parse::<FilesRef>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("files.shared")
        );
        assert!("buckets.uploads".parse::<FilesRef>().is_err());
        assert!("files.shared".parse::<AccessRef>().is_err());
        for text in ["alerts", "buckets.uploads", "parameters.secret-key"] {
            assert_eq!(text.parse::<AccessRef>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nearest_names() {
        assert_eq!(nearest("cdir", ["cidr", "public"]), Some("cidr"));
        assert_eq!(
            nearest("blue-green", ["blue_green", "rolling"]),
            Some("blue_green")
        );
        assert_eq!(nearest("zzz", ["cidr", "public"]), None);
    }
}
