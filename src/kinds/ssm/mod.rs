//! Kinds of AWS Systems Manager.

mod put;

pub mod parameter;
pub mod release_parameter;
