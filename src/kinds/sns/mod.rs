//! Kinds of Amazon SNS.

pub mod topic;
