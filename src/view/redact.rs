//! What must not be shown, and its removal from everything that is written.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

/// What stands in the place of a secret.
const INSTEAD: &str = "(secret)";

/// A value shorter than this is found in any text by chance; hiding it would garble the text
/// and tell the value by its gaps.
const SHORTEST: usize = 4;

/// A line of a secret of several lines is hidden by itself from this length on.
const LINE: usize = 12;

/// Secret values seen in this run. Clones share them.
///
/// Secrets are kept out of specifications, events and errors in the first place; this is the
/// second lock on the same door.
#[derive(Clone, Default)]
pub struct Redactions(Arc<RwLock<Vec<String>>>);

impl std::fmt::Debug for Redactions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).len();
        write!(f, "Redactions({known})")
    }
}

impl Redactions {
    /// Hides a value from now on, also as it reads inside a JSON string, in a URL, in base64,
    /// and line by line.
    pub fn hide(&self, value: &str) {
        let mut shapes = vec![value.to_owned(), value.trim().to_owned()];
        if let Ok(quoted) = serde_json::to_string(value) {
            shapes.push(quoted.trim_matches('"').to_owned());
        }
        shapes.push(percent(value));
        shapes.push(base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            value,
        ));
        shapes.extend(
            value
                .lines()
                .map(str::trim)
                .filter(|line| line.len() >= LINE)
                .map(str::to_owned),
        );
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(shapes.into_iter().filter(|shape| shape.len() >= SHORTEST));
        // The longest first: a secret may hold another one.
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
    }

    /// The text with `(secret)` for every value that is hidden.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut clean = Cow::Borrowed(text);
        for value in known.iter() {
            if clean.contains(value.as_str()) {
                clean = Cow::Owned(clean.replace(value.as_str(), INSTEAD));
            }
        }
        clean
    }
}

fn percent(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_however_it_is_written() {
        let redactions = Redactions::default();
        redactions.hide("p\"ss w/rd");
        for (text, clean) in [
            ("password=p\"ss w/rd;", "password=(secret);"),
            (r#"{"key":"p\"ss w/rd"}"#, r#"{"key":"(secret)"}"#),
            (
                "postgres://u:p%22ss%20w%2Frd@db",
                "postgres://u:(secret)@db",
            ),
            ("cCJzcyB3L3Jk", "(secret)"),
        ] {
            assert_eq!(redactions.clean(text), clean);
        }
    }

    #[test]
    fn a_secret_inside_a_longer_one_leaves_no_rest() {
        let redactions = Redactions::default();
        redactions.hide("tiger");
        redactions.hide("tiger-and-more");
        assert_eq!(
            redactions.clean("x tiger-and-more tiger"),
            "x (secret) (secret)"
        );
    }

    #[test]
    fn each_line_of_a_key_is_hidden() {
        let redactions = Redactions::default();
        redactions.hide("MIIEvQIBADANBgkqhkiG\nw0BAQEFAASCBKcwggSj\n");
        assert_eq!(redactions.clean("at w0BAQEFAASCBKcwggSj!"), "at (secret)!");
    }

    #[test]
    fn clones_share_what_is_hidden_and_short_values_garble_nothing() {
        let redactions = Redactions::default();
        let clone = redactions.clone();
        redactions.hide("hunter22");
        redactions.hide("a");
        redactions.hide("");
        assert_eq!(clone.clean("a hunter22"), "a (secret)");
        assert!(!format!("{clone:?}").contains("hunter22"));
    }
}
