//! An AWS for one machine: moto's server, pinned and provisioned on first use, behind a thin gateway of our own that
//! speaks AWS's wire.
//!
//! [`up`], [`status`] and [`down`] manage a local cloud that lives in the background and belongs to a folder.
//! [`LocalCloud::start_in_process`] gives one to a test. [`Gateway`] counts calls, adds latency and injects faults.

mod additions;
mod call;
mod cbor;
mod classify;
mod cloud;
mod error;
mod fault;
mod gateway;
mod lifetime;
mod moto;
mod plane;
mod protocol;
mod provision;
mod python;
mod xml;

pub use cloud::{CloudOptions, LocalCloud};
pub use error::LocalError;
pub use fault::{Fault, FaultState, Faults, Rewrite, What, When};
pub use gateway::{Counts, Gateway, GatewayOptions, Logged};
pub use lifetime::{
    Down, IDLE_EXIT_VARIABLE, Running, Status, UpOptions, down, plane, serve, status, up,
};
pub use plane::PlaneOptions;
pub use provision::{MotoVenv, Progress, VENV_VARIABLE};
pub use python::PYTHON_VARIABLE;

/// The account of every local cloud, moto's own.
pub const ACCOUNT: &str = "123456789012";
