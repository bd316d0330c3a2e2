//! Analyses in processes of their own.
//!
//! What people upload is parsed where it can harm nobody: in a [`process`] that may neither open
//! a file nor a socket, has no secret in its environment, and is stopped when it takes too long,
//! too much memory or says too much. A [`Pool`] keeps such processes warm. One that dies, hangs
//! or grows costs the scan that it was on a [`Failure`], and is replaced.

mod attendant;
mod failure;
pub mod frame;
mod limits;
mod nursery;
mod pool;
pub mod process;
pub mod sandbox;
mod unanalysed;

pub use failure::Failure;
pub use limits::Limits;
pub use nursery::Program;
pub use pool::{Counts, Pool, StartError};
pub use sandbox::Isolation;
pub use unanalysed::unanalysed;
