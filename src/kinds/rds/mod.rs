//! Kinds of Amazon RDS.

mod modify;
mod observed;
mod password;
mod removal;
mod spec;
mod storage;
mod tagging;

pub mod instance;
pub mod subnet_group;
