//! Carrying a plan out: the walk over its steps, the journal of what was meant, the store and
//! lock they rest on.

pub mod bootstrap;
pub mod bucket;
mod discover;
pub mod folder;
pub mod journal;
pub mod lock;
pub mod pin;
mod process;
pub mod saved;
pub mod store;
#[cfg(test)]
mod tests;
mod walk;

pub use discover::{DiscoverError, Discovery, discover};
pub use walk::{Failure, NotStarted, Outcome, Run, StepTime, Stop, walk};
