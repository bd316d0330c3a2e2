//! Errors of the API, as problem details (RFC 9457).

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::analyze::AnalyzeError;
use crate::store::StoreError;
use crate::submit::SubmitError;
use crate::upload::UploadError;
use crate::web::shared::NotFoundOut;

/// A problem, for the person who reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The status's own words.
    pub title: &'static str,
    /// The status.
    #[serde(serialize_with = "number")]
    pub status: StatusCode,
    /// What is wrong, and what to do.
    pub detail: String,
    /// When the same may succeed, in seconds.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

fn number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or("Error"),
            status,
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// The thing is not there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The request makes no sense.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The same may succeed after some seconds.
    pub fn later(status: StatusCode, detail: impl Into<String>, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(status, detail)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        // For whoever makes a page of it.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<NotFoundOut> for Problem {
    fn from(error: NotFoundOut) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        Self::new(error.status(), error.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        // What exactly failed is for the log: it may name paths and hosts.
        if error.is_passing() {
            return Self::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "the scans cannot be reached at the moment: try again",
                2,
            );
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the scans cannot be reached: the log says why, under this answer's x-request-id",
        )
    }
}

impl From<AnalyzeError> for Problem {
    fn from(error: AnalyzeError) -> Self {
        let detail = error.to_string();
        match error {
            AnalyzeError::Overloaded => {
                Self::later(StatusCode::SERVICE_UNAVAILABLE, detail + ": try again", 2)
            }
            AnalyzeError::Stopped { .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
            AnalyzeError::Unavailable(_) => {
                tracing::error!(detail, "the analyser failed");
                Self::later(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "files cannot be analysed at the moment: try again",
                    5,
                )
            }
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Analyze(error) => error.into(),
            SubmitError::Store(error) => error.into(),
        }
    }
}
