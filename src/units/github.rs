use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// A repository on GitHub, as `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GithubRepo(String);

/// The name of a git branch. Patterns are refused: a trust policy built of one would trust more than it says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BranchName(String);

keeps_its_text!(GithubRepo);
keeps_its_text!(BranchName);
written_as_text!(GithubRepo);
written_as_text!(BranchName);

/// `main`.
impl Default for BranchName {
    fn default() -> Self {
        Self("main".to_owned())
    }
}

impl Unit for GithubRepo {
    const FORMAT: &'static str = "github-repo";
    const WHAT: &'static str = "a GitHub repository";
    const WRITTEN: &'static str = "A repository on GitHub: owner, slash, name.";
    const EXAMPLES: &'static [&'static str] = &["example/codedetect"];
    const PATTERN: &'static str = "^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$";
}

impl Unit for BranchName {
    const FORMAT: &'static str = "branch-name";
    const WHAT: &'static str = "the name of a branch";
    const WRITTEN: &'static str = "The name of a git branch, without wildcards.";
    const EXAMPLES: &'static [&'static str] = &["main"];
    const PATTERN: &'static str = "^[A-Za-z0-9][A-Za-z0-9._/-]*$";
}

impl FromStr for GithubRepo {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let owner = |part: &str| {
            (1..=39).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !part.starts_with('-')
        };
        let name = |part: &str| {
            (1..=100).contains(&part.len())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        let legal = |text: &str| {
            text.split_once('/')
                .is_some_and(|(o, n)| owner(o) && name(n))
        };
        if legal(text) {
            return Ok(Self(text.to_owned()));
        }
        let bare = text
            .trim_start_matches("https://")
            .trim_start_matches("github.com/")
            .trim_end_matches(".git")
            .trim_end_matches('/');
        let error = UnitError::new::<Self>(text, "it is written as owner/name");
        Err(if bare != text && legal(bare) {
            error.suggest(bare)
        } else {
            error
        })
    }
}

impl FromStr for BranchName {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"._/-".contains(&b);
        if text.len() > 200
            || !text.bytes().all(legal)
            || text.contains("..")
            || !text.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            return Err(UnitError::new::<Self>(
                text,
                "it has letters, digits, dots, hyphens and slashes, and no wildcard",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories() {
        assert_eq!(
            "example/codedetect".parse::<GithubRepo>().unwrap().as_str(),
            "example/codedetect"
        );
        for text in ["example", "example/", "/x", "a/b/c", "*/x", "example/*"] {
            assert!(text.parse::<GithubRepo>().is_err(), "{text}");
        }
        let error = "https://github.com/example/codedetect.git"
            .parse::<GithubRepo>()
            .unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("example/codedetect"));
    }

    #[test]
    fn branches() {
        for text in ["main", "release/1.2"] {
            assert_eq!(text.parse::<BranchName>().unwrap().to_string(), text);
        }
        for text in ["*", "feature/*", "a..b", "/x", "a b"] {
            assert!(text.parse::<BranchName>().is_err(), "{text}");
        }
    }
}
