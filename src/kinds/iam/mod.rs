//! Kinds of AWS Identity and Access Management.

pub mod policy;
