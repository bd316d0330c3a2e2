//! Names that say password, as B105, B106 and B107 know them.

use super::super::issue::Issue;
use super::super::python::ignoring_case;
use crate::report::Rank;

pub(super) fn issue(value: &str) -> Issue {
    Issue::new(
        Rank::Low,
        Rank::Medium,
        format!("Possible hardcoded password: '{value}'"),
    )
}

/// Whether a name has between underscores, or as a whole, one of
/// `pas+wo?r?d|pass(phrase)?|pwd|token|secrete?`, ignoring case.
pub(super) fn is_candidate(name: &str) -> bool {
    let starts = std::iter::once(0).chain(name.match_indices('_').map(|(at, _)| at + 1));
    starts
        .into_iter()
        .any(|start| begins_by_word(&name[start..]))
}

fn begins_by_word(text: &str) -> bool {
    match text.chars().next().map(ignoring_case) {
        Some('p') => {
            after(text, "pwd").is_some_and(ends)
                || after(text, "pass").is_some_and(ends)
                || after(text, "passphrase").is_some_and(ends)
                || is_passwd(text)
        }
        Some('t') => after(text, "token").is_some_and(ends),
        Some('s') => after(text, "secret")
            .is_some_and(|rest| ends(rest) || after(rest, "e").is_some_and(ends)),
        _ => false,
    }
}

/// `pas+wo?r?d`.
fn is_passwd(text: &str) -> bool {
    let rest = after(text, "pas").map(|rest| rest.trim_start_matches(|s| ignoring_case(s) == 's'));
    let rest = rest.and_then(|rest| after(rest, "w"));
    let rest = rest.map(|rest| after(rest, "o").unwrap_or(rest));
    let rest = rest.map(|rest| after(rest, "r").unwrap_or(rest));
    rest.and_then(|rest| after(rest, "d")).is_some_and(ends)
}

/// What follows a word, ignoring case.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for expected in word.chars() {
        if rest.next().map(ignoring_case) != Some(expected) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// Whether a word may end before this. `$` also stands before a line end that is the last.
fn ends(rest: &str) -> bool {
    rest.is_empty() || rest == "\n" || rest.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone_or_between_underscores() {
        for name in [
            "password",
            "PASS",
            "pass_",
            "_pwd",
            "my_token_x",
            "passsswd",
            "passwrd",
            "pasword",
            "paswod",
            "secrete",
            "a_SECRET",
            "passphrase",
            "pa\u{17f}s",
            "to\u{212a}en",
            "password\n",
            "x__pwd__",
        ] {
            assert!(is_candidate(name), "{name}");
        }
        for name in [
            "",
            "passwords",
            "pas",
            "apass",
            "tokens",
            "pass word",
            "secretee",
            "password\n\n",
            "passwword",
        ] {
            assert!(!is_candidate(name), "{name}");
        }
    }
}
