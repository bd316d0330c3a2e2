//! Tokens for the forms of pages: a page sets a cookie and repeats its value in a hidden field,
//! and whoever posts must bring both. Another site can make a browser send the cookie, not read
//! it, and cannot make one up, for it is signed.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use sha2::Sha256;

use crate::config::Secret;

/// The cookie's name.
pub const COOKIE_NAME: &str = "codedetect_csrf";

/// The form field's name.
pub const FIELD: &str = "csrf_token";

/// Bytes of chance in a token.
const CHANCE: usize = 16;

/// Issues and checks tokens.
#[derive(Clone)]
pub struct Tokens {
    key: [u8; 32],
}

/// The form was not ours, or its page is older than the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form's token is missing or is not this browser's: load the page again")]
pub struct NotOurs;

impl Tokens {
    /// With the key of all instances, or one of this process's own.
    pub fn new(secret: Option<&Secret>) -> Self {
        use sha2::Digest as _;
        let key = match secret {
            Some(secret) => Sha256::digest(secret.reveal()).into(),
            None => rand::rng().random(),
        };
        Self { key }
    }

    /// The token of the request's cookie if it has a good one, or a new one, whose cookie the
    /// answer must set with [`Tokens::cookie`].
    pub fn of_request(&self, headers: &HeaderMap) -> (String, bool) {
        match cookie(headers).filter(|token| self.is_signed(token)) {
            Some(token) => (token.to_owned(), false),
            None => (self.issue(), true),
        }
    }

    /// A new token.
    pub fn issue(&self) -> String {
        let chance: [u8; CHANCE] = rand::rng().random();
        let signature = self.mac(&chance).finalize().into_bytes();
        BASE64.encode([chance.as_slice(), signature.as_slice()].concat())
    }

    /// The `Set-Cookie` of a token. Over HTTPS, which a load balancer ends, it never leaves it.
    pub fn cookie(token: &str, https: bool) -> String {
        let secure = if https { "; Secure" } else { "" };
        format!("{COOKIE_NAME}={token}; Path=/; HttpOnly; SameSite=Strict{secure}")
    }

    /// Whether a form's token is that of the browser which sent it.
    pub fn check(&self, headers: &HeaderMap, field: &str) -> Result<(), NotOurs> {
        match cookie(headers) {
            // Both sides of the comparison came with the request: there is nothing to time.
            Some(cookie) if cookie == field && self.is_signed(field) => Ok(()),
            _ => Err(NotOurs),
        }
    }

    fn is_signed(&self, token: &str) -> bool {
        let Ok(bytes) = BASE64.decode(token) else {
            return false;
        };
        let Some((chance, signature)) = bytes.split_at_checked(CHANCE) else {
            return false;
        };
        self.mac(chance).verify_slice(signature).is_ok()
    }

    fn mac(&self, chance: &[u8]) -> Hmac<Sha256> {
        // SHA-256's block is longer than this key, so it is taken as it is.
        let mut mac = Hmac::<Sha256>::new(&block(&self.key).into());
        mac.update(b"csrf");
        mac.update(chance);
        mac
    }
}

/// The key, filled up to the hash's block as HMAC does it.
fn block(key: &[u8; 32]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    block
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cookie(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = format!("other=1; {COOKIE_NAME}={token}");
        headers.insert(COOKIE, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_form_with_the_cookies_token_is_ours() {
        let tokens = Tokens::new(Some(&Secret::new("key")));
        let token = tokens.issue();
        assert_eq!(tokens.check(&with_cookie(&token), &token), Ok(()));
        assert_eq!(tokens.of_request(&with_cookie(&token)), (token, false));
    }

    #[test]
    fn any_instance_with_the_same_key_takes_it() {
        let token = Tokens::new(Some(&Secret::new("key"))).issue();
        let other = Tokens::new(Some(&Secret::new("key")));
        assert_eq!(other.check(&with_cookie(&token), &token), Ok(()));
    }

    #[test]
    fn no_cookie_another_token_or_one_that_nobody_signed_is_refused() {
        let tokens = Tokens::new(Some(&Secret::new("key")));
        let (token, other) = (tokens.issue(), tokens.issue());
        let foreign = Tokens::new(None).issue();
        assert_eq!(tokens.check(&HeaderMap::new(), &token), Err(NotOurs));
        assert_eq!(tokens.check(&with_cookie(&token), &other), Err(NotOurs));
        assert_eq!(tokens.check(&with_cookie(&foreign), &foreign), Err(NotOurs));
        for word in ["", "x", "AAAA", "\u{fc}"] {
            assert_eq!(tokens.check(&with_cookie("x"), word), Err(NotOurs));
        }
        assert!(tokens.of_request(&with_cookie(&foreign)).1);
    }
}
