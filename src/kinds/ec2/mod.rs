//! Kinds of Amazon EC2 and VPC.

mod tagging;

pub mod vpc;
