//! Kinds of AWS Systems Manager.

mod list;
mod put;

pub mod parameter;
pub mod release_parameter;
