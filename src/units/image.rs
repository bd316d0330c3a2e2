use std::fmt;
use std::str::FromStr;

use super::{Unit, UnitError, written_as_text};

/// A container image with its version: a tag, a digest or both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageRef {
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageRef {
    /// The registry, if one is named: a first part with a dot or a port, or `localhost`.
    pub fn registry(&self) -> Option<&str> {
        let (first, _) = self.repository.split_once('/')?;
        (first.contains(['.', ':']) || first == "localhost").then_some(first)
    }

    /// Registry and repository, without the version.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, such as `1.0.0`.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, such as `sha256:…`, which alone names the image for ever.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl Unit for ImageRef {
    const FORMAT: &'static str = "image-ref";
    const WHAT: &'static str = "a container image";
    const WRITTEN: &'static str =
        "A container image: registry, repository, and a tag or a sha256 digest.";
    const EXAMPLES: &'static [&'static str] = &["ghcr.io/example/codedetect:1.0.0"];
    const PATTERN: &'static str =
        "^[a-z0-9][a-z0-9._:/-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$";
}

impl FromStr for ImageRef {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let refuse = |reason: &str| UnitError::new::<Self>(text, reason);
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (text, None),
        };
        if let Some(digest) = digest {
            let hex = digest
                .strip_prefix("sha256:")
                .ok_or_else(|| refuse("a digest begins with sha256:"))?;
            if hex.len() != 64
                || !hex
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            {
                return Err(refuse("a sha256 digest has 64 hexadecimal digits"));
            }
        }
        // A colon before the last slash belongs to the registry's port.
        let (repository, tag) = match named.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (named, None),
        };
        let mut parts = repository.split('/');
        let first = parts.next().unwrap_or_default();
        let is_registry =
            repository.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        if !(if is_registry {
            is_host(first)
        } else {
            is_component(first)
        }) || !parts.all(is_component)
            || repository.len() > 255
        {
            return Err(refuse(
                "a repository has small letters, digits and single separators between slashes",
            ));
        }
        if let Some(tag) = tag {
            let legal = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
            if tag.is_empty()
                || tag.len() > 128
                || !tag.bytes().all(legal)
                || tag.starts_with(['.', '-'])
            {
                return Err(refuse(
                    "a tag has up to 128 letters, digits, dots, hyphens and underscores",
                ));
            }
        }
        if tag.is_none() && digest.is_none() {
            return Err(
                refuse("it does not say which version: add a tag or a digest")
                    .suggest(format!("{text}:1.0.0")),
            );
        }
        Ok(Self {
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }
}

fn is_component(part: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    edge(part.chars().next())
        && edge(part.chars().next_back())
        && part
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

fn is_host(part: &str) -> bool {
    let (host, port) = part.split_once(':').unwrap_or((part, "1"));
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

written_as_text!(ImageRef);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let image: ImageRef = "ghcr.io/example/codedetect:1.0.0".parse().unwrap();
        assert_eq!(
            (image.registry(), image.repository(), image.tag()),
            (Some("ghcr.io"), "ghcr.io/example/codedetect", Some("1.0.0"))
        );
        let local: ImageRef = "localhost:5000/codedetect:abc".parse().unwrap();
        assert_eq!(
            (local.registry(), local.tag()),
            (Some("localhost:5000"), Some("abc"))
        );
        let hub: ImageRef = "nginx:1".parse().unwrap();
        assert_eq!((hub.registry(), hub.repository()), (None, "nginx"));
        let digest = format!("ghcr.io/example/x@sha256:{}", "0".repeat(64));
        assert_eq!(digest.parse::<ImageRef>().unwrap().to_string(), digest);
    }

    #[test]
    fn a_version_is_demanded() {
        let error = "localhost:5000/codedetect".parse::<ImageRef>().unwrap_err();
        assert_eq!(
            error.suggestion.as_deref(),
            Some("localhost:5000/codedetect:1.0.0")
        );
        for text in [
            "x",
            "x:",
            "X:1",
            "x@sha256:00",
            "x@md5:0",
            "a//b:1",
            "-a:1",
            "x:.1",
            "ghcr.io:0/x:1",
            "a b:1",
        ] {
            assert!(text.parse::<ImageRef>().is_err(), "{text}");
        }
    }
}
