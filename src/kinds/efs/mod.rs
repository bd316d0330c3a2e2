//! Kinds of Amazon EFS.

mod configure;
mod reads;
mod settings;
mod tagging;

pub mod access_point;
pub mod file_system;
pub mod mount_target;
