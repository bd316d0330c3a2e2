//! Kinds of EC2 Auto Scaling.

pub mod group;
pub mod policy;

use crate::aws::AwsError;

/// Auto Scaling has no code for what does not exist: it is a `ValidationError` that says so.
fn not_found(error: &AwsError) -> bool {
    error.not_found() || (error.is("ValidationError") && error.message.contains("not found"))
}
