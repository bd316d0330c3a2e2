//! Names for AWS that are always legal in length and always the same for the same parts.

use sha2::{Digest, Sha256};

const HASH: usize = 6;

/// The parts joined with hyphens. What is longer than `longest` is cut and ends in six hexadecimal digits of the whole's
/// SHA-256, so that two long names stay different. Never begins with `internal-` (ELB refuses that) and never ends with a hyphen.
/// Parts are expected to hold only characters that the AWS type takes; empty ones are left out.
pub fn fit(parts: &[&str], longest: usize) -> String {
    let whole = parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("-");
    let plain = whole.trim_matches('-').to_owned();
    if plain.len() <= longest && !plain.starts_with("internal-") {
        return plain;
    }
    let mut hash = hex::encode(Sha256::digest(whole.as_bytes()));
    hash.truncate(HASH.min(longest));
    let mut kept = plain.as_str();
    while let Some(rest) = kept.strip_prefix("internal-") {
        kept = rest;
    }
    let room = longest.saturating_sub(HASH + 1);
    let end = kept
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= room)
        .last()
        .unwrap_or(0);
    match kept.get(..end).unwrap_or_default().trim_end_matches('-') {
        "" => hash,
        kept => format!("{kept}-{hash}"),
    }
}

/// Six hexadecimal digits that stand for `fields`: part of the name of a thing whose replacement must stand before it goes.
pub fn fingerprint(fields: &[&str]) -> String {
    let mut digest = Sha256::new();
    for field in fields {
        digest.update(field.len().to_be_bytes());
        digest.update(field.as_bytes());
    }
    let mut hash = hex::encode(digest.finalize());
    hash.truncate(HASH);
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_names_stay_as_they_are() {
        assert_eq!(
            fit(&["codedetect", "prod", "", "blue"], 32),
            "codedetect-prod-blue"
        );
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let one = fit(&["codedetect", "production", "analyzer", "blue"], 32);
        let two = fit(&["codedetect", "production", "analyzer", "green"], 32);
        assert_eq!(one.len(), 32);
        assert!(one.starts_with("codedetect-production-ana"), "{one}");
        assert_ne!(one, two);
    }

    #[test]
    fn the_prefix_elb_refuses_is_taken_away() {
        let name = fit(&["internal", "api"], 32);
        assert!(name.starts_with("api-"), "{name}");
        assert_ne!(name, fit(&["api"], 32));
    }

    #[test]
    fn fingerprints_tell_fields_apart() {
        assert_eq!(fingerprint(&["a", "b"]).len(), 6);
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }

    proptest! {
        #[test]
        fn always_legal(parts in prop::collection::vec("[a-z0-9-]{0,40}", 1..5), longest in 6usize..64) {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let name = fit(&parts, longest);
            prop_assert!(name.len() <= longest);
            prop_assert!(!name.ends_with('-') && !name.starts_with('-') && !name.starts_with("internal-"));
            prop_assert_eq!(&name, &fit(&parts, longest));
        }
    }
}
