//! A browser's request for a page, and the page as an answer.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::api::Problem;
use crate::app::App;
use crate::web::client;
use crate::web::csrf::Tokens;

use super::shell::{Part, Shell};
use super::stencil::Stencil;

/// The largest page that is compared with the one a browser has.
const COMPARED: usize = 256 << 10;

/// Who asks, and what they brought along.
pub struct Visit {
    /// What all requests share.
    pub app: App,
    /// The request's headers.
    pub headers: HeaderMap,
    token: String,
    is_new: bool,
}

impl<S> FromRequestParts<S> for Visit
where
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(App::from_ref(state), parts.headers.clone()))
    }
}

impl Visit {
    /// A request with these headers.
    pub fn new(app: App, headers: HeaderMap) -> Self {
        let (token, is_new) = app.tokens.of_request(&headers);
        Self {
            app,
            headers,
            token,
            is_new,
        }
    }

    /// The frame of a page.
    pub fn shell(&self, part: Part) -> Shell {
        Shell::new(part, &self.app.config.version, &self.token)
    }

    /// The site's own address, as this browser has it.
    pub fn origin(&self) -> String {
        let scheme = if client::is_https(&self.headers) {
            "https"
        } else {
            "http"
        };
        let host = self.headers.get(HOST).and_then(|host| host.to_str().ok());
        format!("{scheme}://{}", host.unwrap_or("localhost"))
    }

    /// Whether the request comes from the script rather than from a form or a link.
    pub fn wants_json(&self) -> bool {
        let accept = self
            .headers
            .get("accept")
            .and_then(|accept| accept.to_str().ok());
        accept.is_some_and(|accept| accept.starts_with("application/json"))
    }

    /// The page as an answer, or that the browser has it already.
    pub fn page(&self, page: &impl askama::Template) -> Result<Response, Problem> {
        self.page_with(StatusCode::OK, page)
    }

    /// The same under another status.
    pub fn page_with(
        &self,
        status: StatusCode,
        page: &impl askama::Template,
    ) -> Result<Response, Problem> {
        let html = page.render().map_err(unrendered)?;
        // No browser has a page with a token that is new, or one of which that was not said.
        let is_compared = status == StatusCode::OK && !self.is_new && html.len() <= COMPARED;
        let tag = is_compared.then(|| tag(Sha256::digest(&html)));
        Ok(self.answer(status, tag, || html))
    }

    /// A page that others see, too, with this visitor's token in it.
    pub fn page_of(&self, stencil: &Stencil) -> Response {
        let tag = (!self.is_new).then(|| tag(stencil.digest(&self.token)));
        self.answer(StatusCode::OK, tag, || stencil.fill(&self.token))
    }

    fn answer(
        &self,
        status: StatusCode,
        tag: Option<HeaderValue>,
        html: impl FnOnce() -> String,
    ) -> Response {
        let mut response = match &tag {
            Some(tag) if self.headers.get(IF_NONE_MATCH) == Some(tag) => {
                StatusCode::NOT_MODIFIED.into_response()
            }
            _ => (status, html()).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Some(tag) = tag {
            headers.insert(ETAG, tag);
        }
        if self.is_new {
            let cookie = Tokens::cookie(&self.token, client::is_https(&self.headers));
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                headers.insert(SET_COOKIE, cookie);
            }
        }
        response
    }
}

pub(super) fn unrendered(error: askama::Error) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

fn tag(digest: impl AsRef<[u8]>) -> HeaderValue {
    let hash = hex::encode(digest);
    HeaderValue::try_from(format!("W/\"{}\"", &hash[..24]))
        .unwrap_or(HeaderValue::from_static("W/\"none\""))
}
