//! A page that is the same for all visitors but for the token of its forms.

use sha2::{Digest as _, Sha256};

use crate::web::csrf::Tokens;

/// The page, with gaps where each visitor's token goes.
pub struct Stencil {
    parts: Vec<String>,
    hash: [u8; 32],
}

impl Stencil {
    /// Makes the page with a token that nobody has, and leaves that out again.
    pub fn cut<E>(
        tokens: &Tokens,
        render: impl FnOnce(&str) -> Result<String, E>,
    ) -> Result<Self, E> {
        let nobodys = tokens.issue();
        let page = render(&nobodys)?;
        let parts: Vec<String> = page.split(&nobodys).map(str::to_owned).collect();
        let mut hash = Sha256::new();
        for part in &parts {
            hash.update(part);
            hash.update([0]);
        }
        Ok(Self {
            parts,
            hash: hash.finalize().into(),
        })
    }

    /// The page for the visitor who has this token.
    pub fn fill(&self, token: &str) -> String {
        self.parts.join(token)
    }

    /// What tells that page from any other.
    pub fn digest(&self, token: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update(token);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visitor_gets_the_page_with_their_own_token() {
        let tokens = Tokens::new(None);
        let page = |token: &str| format!("<a {token}><b {token}>");
        let stencil = Stencil::cut(&tokens, |token| Ok::<_, ()>(page(token))).unwrap();
        for token in [tokens.issue(), tokens.issue()] {
            assert_eq!(stencil.fill(&token), page(&token));
        }
        assert_ne!(stencil.digest("a"), stencil.digest("b"));
        let other = Stencil::cut(&tokens, |token| Ok::<_, ()>(format!("<a {token}>"))).unwrap();
        assert_ne!(stencil.digest("a"), other.digest("a"));
    }
}
