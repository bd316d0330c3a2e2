//! The keys of objects: what they hold, and a name for the person who looks into the bucket.

use object_store::path::Path;
use sha2::{Digest, Sha256};

/// The folder of all uploaded files.
pub const PREFIX: &str = "uploads/";

/// The object that says which database the others belong to.
pub const OWNER: &str = "uploads/.owner";

/// How much of a file's name a key keeps.
const NAME: usize = 64;

/// The hash of a content, in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// `uploads/<sha256>_<name>`: the same content under the same name is one object.
///
/// Of the name only the last part is kept, and of that only what is safe in a path of any
/// system and in an address; it ends with `.py` in any case.
pub fn object_key(sha256: &str, path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let stem = last.strip_suffix(".py").unwrap_or(last);
    let safe: String = stem
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => c,
            _ => '_',
        })
        .take(NAME)
        .collect();
    format!("{PREFIX}{sha256}_{safe}.py")
}

/// The key as the object store spells it, under a prefix in place of [`PREFIX`].
pub(super) fn location(prefix: &str, key: &str) -> Path {
    Path::from(format!(
        "{prefix}{}",
        key.strip_prefix(PREFIX).unwrap_or(key)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_the_hash_and_a_safe_name() {
        let hash = sha256(b"print(1)\n");
        assert_eq!(hash.len(), 64);
        for (path, name) in [
            ("code.py", "code.py"),
            ("src/app/main.py", "main.py"),
            ("../../etc/passwd", "passwd.py"),
            ("a b<script>.py", "a_b_script_.py"),
            ("..py", "_.py"),
            ("ünder.pyi", "_nder_pyi.py"),
        ] {
            assert_eq!(object_key(&hash, path), format!("uploads/{hash}_{name}"));
        }
        assert!(object_key(&hash, &"x".repeat(5000)).len() < 150);
    }

    #[test]
    fn the_place_in_a_bucket_has_the_prefix_that_was_configured() {
        assert_eq!(
            location("code/", "uploads/ab_c.py").as_ref(),
            "code/ab_c.py"
        );
        assert_eq!(
            location("uploads/", "uploads/ab_c.py").as_ref(),
            "uploads/ab_c.py"
        );
    }
}
