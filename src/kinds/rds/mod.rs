//! Kinds of Amazon RDS.

mod observed;
mod password;
mod tagging;

pub mod instance;
pub mod subnet_group;
