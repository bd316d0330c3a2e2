//! Everything that a person or a machine reads of a run.
//!
//! Renderers are pure: they take what happened and give text or JSON. [`Gate`] alone writes.

mod gate;
mod page;
mod plan;
mod redact;
pub mod run;
mod words;

#[cfg(test)]
mod fixture;

pub use gate::{Captured, Colour, Gate};
pub use page::Look;
pub use plan::{CostLines, Detail, PlanView, WhatIf};
pub use redact::Redactions;
