//! Everything that a person or a machine reads of a run.
//!
//! Renderers are pure: they take what happened and give text or JSON. [`Gate`] alone writes.

pub mod cost;
pub mod doctor;
pub mod drift;
mod gate;
pub mod graph;
pub mod history;
pub mod log;
pub mod outputs;
pub(crate) mod page;
mod plan;
mod redact;
pub mod run;
pub mod status;
pub mod timings;
pub mod watch;
mod words;

#[cfg(test)]
mod fixture;

pub use gate::{Captured, Colour, Gate};
pub use page::Look;
pub use plan::{CostLines, Detail, PlanView};
pub use redact::Redactions;
