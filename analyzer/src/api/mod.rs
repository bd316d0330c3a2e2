//! The JSON face of the service. `openapi.json` describes it, and a test holds the answers to
//! that description.

mod health;
mod openapi;
mod operations;
pub mod problem;
mod query;
mod reports;
mod scans;

use axum::Router;

use crate::app::App;
pub use openapi::DOCUMENT as OPENAPI;
pub use problem::Problem;
pub use query::ListParameters;

/// The routes under `/api`, and `/metrics`.
pub fn routes() -> Router<App> {
    operations::routes().route(
        "/api/{*rest}",
        axum::routing::any(async || Problem::not_found("the API has no such address")),
    )
}
