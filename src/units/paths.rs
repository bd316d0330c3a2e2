use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// A folder on an instance, as an absolute path in its shortest form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MountPath(String);

/// The name of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableName(String);

keeps_its_text!(MountPath);
keeps_its_text!(VariableName);
written_as_text!(MountPath);
written_as_text!(VariableName);

impl MountPath {
    /// Whether the absolute path `file` lies in this folder.
    pub fn holds(&self, file: &str) -> bool {
        file.strip_prefix(&self.0)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Unit for MountPath {
    const FORMAT: &'static str = "mount-path";
    const WHAT: &'static str = "a folder to mount on";
    const WRITTEN: &'static str = "An absolute path of a folder.";
    const EXAMPLES: &'static [&'static str] = &["/mnt/efs"];
    const PATTERN: &'static str = "^(/[A-Za-z0-9._-]+)+$";
}

impl Unit for VariableName {
    const FORMAT: &'static str = "variable-name";
    const WHAT: &'static str = "the name of an environment variable";
    const WRITTEN: &'static str = "Letters, digits and underscores, not beginning with a digit.";
    const EXAMPLES: &'static [&'static str] = &["DATABASE_URL"];
    const PATTERN: &'static str = "^[A-Za-z_][A-Za-z0-9_]*$";
}

impl FromStr for MountPath {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let part = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        match text.strip_prefix('/') {
            Some(rest) if text.len() <= 255 && rest.split('/').all(part) => {
                Ok(Self(text.to_owned()))
            }
            _ => {
                let error = UnitError::new::<Self>(
                    text,
                    "it begins with a slash, does not end with one, and has plain names between them",
                );
                let meant = format!("/{}", text.trim_matches('/'));
                Err(if meant != text && meant.split('/').skip(1).all(part) {
                    error.suggest(meant)
                } else {
                    error
                })
            }
        }
    }
}

impl FromStr for VariableName {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let legal = |text: &str| {
            text.len() <= 255
                && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if legal(text) {
            return Ok(Self(text.to_owned()));
        }
        let error = UnitError::new::<Self>(
            text,
            "it has letters, digits and underscores, and does not begin with a digit",
        );
        let meant = text.replace(['-', '.', ' '], "_");
        Err(if meant.len() > 1 && legal(&meant) {
            error.suggest(meant)
        } else {
            error
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders() {
        let path: MountPath = "/mnt/efs".parse().unwrap();
        assert!(
            path.holds("/mnt/efs/database/x.db")
                && !path.holds("/mnt/efsx/y")
                && !path.holds("/mnt/efs")
        );
        assert_eq!(
            "/mnt/efs/"
                .parse::<MountPath>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("/mnt/efs")
        );
        for text in ["/", "mnt", "/mnt//efs", "/mnt/../etc", "/mnt/e fs"] {
            assert!(text.parse::<MountPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn variables() {
        assert_eq!(
            "SECRET_KEY".parse::<VariableName>().unwrap().as_str(),
            "SECRET_KEY"
        );
        assert_eq!(
            "SECRET-KEY"
                .parse::<VariableName>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("SECRET_KEY")
        );
        assert!("1A".parse::<VariableName>().is_err());
    }
}
