//! What an address asks: its query, of which no page need fear a word.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

/// The pairs of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Question(Vec<(String, String)>);

impl Question {
    /// The value of `name`, trimmed: the last one given, or nothing.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().rev().find(|(given, _)| given == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// All values of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let given = self.0.iter().filter(move |(given, _)| given == name);
        given.map(|(_, value)| value.trim())
    }

    /// The value of `name` as a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Question {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let mut pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
        for (_, value) in &mut pairs {
            // PostgreSQL takes no text that has one.
            value.retain(|character| character != '\0');
        }
        Ok(Self(pairs))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Question {
    fn from(pairs: [(&str, &str); N]) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(pairs.map(owned).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_nul_in_an_address_reaches_no_database() {
        let request = axum::http::Request::get("/?name=a%00b").body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        let question = Question::from_request_parts(&mut parts, &()).await.unwrap();
        assert_eq!(question.get("name"), "ab");
    }
}
