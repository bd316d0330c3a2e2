//! Pages that say what went wrong and what to do.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::api::Problem;
use crate::app::App;

use super::shell::{Part, Shell};
use super::visible::Visible;
use super::visit::Visit;

/// Gives a browser that asked for a page a page, where the answer is a problem.
pub async fn as_pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let by_browser = accept.is_some_and(|accept| accept.contains("text/html"));
    let api = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    if !by_browser || api {
        return answer;
    }
    let Some(problem) = answer.extensions().get::<Problem>() else {
        return answer;
    };
    let visit = Visit::new(app, headers);
    let shell = visit.shell(Part::Elsewhere);
    let page = ErrorPage::new(shell, problem.status.as_u16(), sentence(&problem.detail));
    let mut shown = visit
        .page_with(problem.status, &page)
        .unwrap_or_else(|problem| problem.into_response());
    if let Some(after) = answer.headers().get(RETRY_AFTER) {
        shown.headers_mut().insert(RETRY_AFTER, after.clone());
    }
    shown
}

/// The address is good, what was asked of it is not.
pub(super) async fn wrong_method() -> Problem {
    let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(status, "this address does not take such a request")
}

/// A reason as a sentence of a page: a capital at its start, unless that is the name of a file,
/// and a full stop at its end.
pub fn sentence(reason: &str) -> String {
    let first = reason.split(' ').next().unwrap_or_default();
    let mut chars = reason.chars();
    let mut text: String = if first.contains(['.', '/']) {
        reason.to_owned()
    } else {
        let start = chars.next().into_iter().flat_map(char::to_uppercase);
        start.chain(chars).collect()
    };
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// The page of an error.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub shell: Shell,
    /// The number that HTTP has for it.
    pub status: u16,
    /// In a few words.
    pub title: &'static str,
    /// What happened.
    pub what: String,
    /// What to do.
    pub advice: &'static str,
}

impl ErrorPage {
    /// The page of a status, with what happened.
    pub fn new(shell: Shell, status: u16, what: impl Into<String>) -> Self {
        let (title, advice) = words(status);
        Self {
            shell,
            status,
            title,
            what: what.into(),
            advice,
        }
    }

    fn what(&self) -> Visible<'_> {
        Visible(&self.what)
    }
}

fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => (
            "That could not be understood",
            "Go back, change it and send it again.",
        ),
        403 => (
            "The form is too old",
            "Load its page again, and send it once more.",
        ),
        404 => (
            "There is nothing here",
            "The address may be mistyped, or what was there is gone. All scans are in the list.",
        ),
        405 => (
            "That cannot be done here",
            "Start again from the list of scans.",
        ),
        408 => (
            "That took too long",
            "Send it again on a steadier connection.",
        ),
        413 => ("That is too large", "Send fewer or smaller files."),
        415 => (
            "That is no Python",
            "Send .py files, or a .zip that holds some.",
        ),
        429 => ("Too much at once", "Wait a moment and send it again."),
        503 => (
            "Not available at the moment",
            "Try again in a minute. Nothing that was acknowledged is lost.",
        ),
        _ => (
            "Something broke here",
            "Try again. If it stays so, a report of what you did helps us.",
        ),
    }
}
