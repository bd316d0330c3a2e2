//! Kinds of AWS Identity and Access Management.

mod attachments;
mod statement;
mod tagging;

pub mod instance_profile;
pub mod oidc_provider;
pub mod policy;
pub mod role;
