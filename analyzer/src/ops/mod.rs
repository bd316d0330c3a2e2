//! What whoever runs the service looks at: health, metrics, logs.

pub mod health;
pub mod logs;
pub mod metrics;
pub mod reports;
pub mod sweeper;
