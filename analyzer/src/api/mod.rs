//! The JSON face of the service. `openapi.json` describes it, and a test holds the answers to
//! that description.

mod health;
mod openapi;
pub use openapi::DOCUMENT as OPENAPI;
pub mod problem;
mod query;
mod reports;
mod scans;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
pub use problem::Problem;
pub use query::ListParameters;

/// The routes under `/api`, and `/metrics`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/scans", get(scans::list).post(scans::create))
        .route("/api/scans/{id}", get(scans::show))
        .route("/api/scans/{id}/source", get(scans::source))
        .route("/api/reports", post(reports::create))
        .route("/api/health", get(health::health))
        .route("/api/ready", get(health::ready))
        .route("/api/openapi.json", get(openapi::document))
        .route("/metrics", get(health::metrics))
        .route(
            "/api/{*rest}",
            axum::routing::any(async || Problem::not_found("the API has no such address")),
        )
}
