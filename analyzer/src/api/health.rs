//! `GET /api/health`, `GET /api/ready`, `GET /metrics`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Problem;
use crate::app::App;
use crate::config::Instance;
use crate::ops::health::Finding;
use crate::store::database::migrations::{SCHEMA, Schema};

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    timestamp: jiff::Timestamp,
    /// The versions of the schema that this release works beside.
    schema: Schema,
    /// What the database has, and from which version on a release works with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Whether the service can do its work: what a load balancer acts on.
pub(super) async fn health(State(app): State<App>) -> Response {
    answer(&app, &app.health.check(&app).await, "healthy", "unhealthy")
}

/// Whether it wants new work: not while it is about to end.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let finding = if app.is_draining() {
        Err("the service is shutting down".into())
    } else {
        app.health.check(&app).await
    };
    answer(&app, &finding, "ready", "not ready")
}

fn answer(app: &App, finding: &Finding, good: &'static str, bad: &'static str) -> Response {
    let (status, word) = match finding {
        Ok(_) => (StatusCode::OK, good),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, bad),
    };
    let health = Health {
        status: word,
        version: &app.config.version,
        instance: app.config.instance.as_ref().map(Instance::name),
        timestamp: jiff::Timestamp::now(),
        schema: SCHEMA,
        database: finding.as_ref().ok().copied(),
        reason: finding.as_ref().err().map(AsRef::as_ref),
    };
    (status, Json(health)).into_response()
}

/// What Prometheus reads.
pub(super) async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let text = app
        .metrics
        .text(&app)
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok((
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response())
}
