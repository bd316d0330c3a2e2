//! Kinds of CloudTrail.

mod bucket_policy;
mod selectors;
pub mod trail;

pub use bucket_policy::bucket_statements;
