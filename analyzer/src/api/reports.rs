//! `POST /api/reports`: somebody tells us what is wrong.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::app::App;
use crate::ops::reports::{NewReport, send};
use crate::store::scan::ScanId;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    title: String,
    description: String,
    contact: Option<String>,
    scan: Option<ScanId>,
}

#[derive(Serialize)]
struct Accepted {
    id: ScanId,
    /// Whether the alert topic has it; if not, it is only stored.
    published: bool,
}

/// Keeps a report and publishes it.
pub(super) async fn create(
    State(app): State<App>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(body) =
        body.map_err(|rejection| Problem::new(rejection.status(), rejection.body_text()))?;
    let report = NewReport::checked(
        &body.title,
        &body.description,
        body.contact.as_deref(),
        body.scan,
    )
    .map_err(|reason| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, reason))?;
    let sent = send(&app, report).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(Accepted {
            id: sent.id,
            published: sent.published,
        }),
    )
        .into_response())
}
