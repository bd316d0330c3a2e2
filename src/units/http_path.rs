use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// A path on a web server, with its query if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HttpPath(String);

keeps_its_text!(HttpPath);
written_as_text!(HttpPath);

/// The root.
impl Default for HttpPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl Unit for HttpPath {
    const FORMAT: &'static str = "http-path";
    const WHAT: &'static str = "a path";
    const WRITTEN: &'static str = "A path on the web server, beginning with a slash.";
    const EXAMPLES: &'static [&'static str] = &["/api/health"];
    const PATTERN: &'static str = r"^/[^\s#]*$";
}

impl FromStr for HttpPath {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let refuse = |reason: &str| UnitError::new::<Self>(text, reason);
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
            return Err(refuse(
                "it has a space, a # or a character that is not ASCII",
            ));
        }
        if !text.starts_with('/') {
            let error = refuse("it begins with a slash");
            return Err(if text.contains(':') {
                error
            } else {
                error.suggest(format!("/{text}"))
            });
        }
        // A target group's health-check path may have 1024 characters.
        if text.len() > 1024 {
            return Err(refuse("it is longer than 1024 characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for text in ["/", "/api/health", "/health?deep=1"] {
            assert_eq!(text.parse::<HttpPath>().unwrap().as_str(), text);
        }
        assert_eq!(
            "api/health"
                .parse::<HttpPath>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("/api/health")
        );
        for text in [
            "http://x/",
            "/a b",
            "/a#b",
            &format!("/{}", "x".repeat(1024)),
        ] {
            assert!(text.parse::<HttpPath>().is_err(), "{text}");
        }
    }
}
