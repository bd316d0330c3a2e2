//! Carrying a plan out: the walk over its steps, the journal of what was meant, the store and
//! lock they rest on.

mod discover;
pub mod folder;
pub mod journal;
pub mod saved;
pub mod store;
mod walk;

pub use discover::{DiscoverError, Discovery, discover};
pub use walk::{Failure, NotStarted, Outcome, Run, StepTime, Stop, walk};
