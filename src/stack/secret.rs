//! What looks like a secret: a file lies in a repository, and what is said of it lands in logs.

/// The last words of names that hold secrets.
const SECRET_WORDS: &[&str] = &[
    "CREDENTIAL",
    "CREDENTIALS",
    "KEY",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PWD",
    "SECRET",
    "TOKEN",
];

/// Whether a name says that what it names is a secret, as `DB_PASSWORD` and `secret-key` do.
pub(crate) fn is_named_like_one(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words: Vec<_> = upper.split(['_', '-', '.']).collect();
    words.last().is_some_and(|word| SECRET_WORDS.contains(word)) && !words.contains(&"PUBLIC")
}

/// Whether a text has a secret in it that its form gives away, whatever it is called.
pub(super) fn stands_in(text: &str) -> bool {
    has_password(text) || has_access_key(text)
}

/// Whether an address has a user with a password: `scheme://user:password@host`.
pub(crate) fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(person, _)| person.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    })
}

/// Whether the id of an AWS access key stands in it.
pub(crate) fn has_access_key(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| {
            word.len() == 20
                && (word.starts_with("AKIA") || word.starts_with("ASIA"))
                && word
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_so_by_its_last_word() {
        for name in ["DB_PASSWORD", "secret-key", "password", "api.token"] {
            assert!(is_named_like_one(name), "{name}");
        }
        for name in ["PUBLIC_KEY", "KEYBOARD", "SECRET_KEY_FILE", "kms_key_id"] {
            assert!(!is_named_like_one(name), "{name}");
        }
    }

    #[test]
    fn an_address_with_a_password_gives_itself_away() {
        assert!(stands_in("postgres://u:hunter2@${databases.mian}/x"));
        assert!(stands_in("AKIAIOSFODNN7EXAMPLE"));
        assert!(!stands_in("https://example.com/a:b@c"));
    }
}
