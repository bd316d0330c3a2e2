//! Kinds of Amazon SNS.

pub mod subscription;
pub mod topic;
