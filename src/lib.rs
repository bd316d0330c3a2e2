//! codedetect-infra: a stack file becomes AWS resources, and a new version becomes live
//! without losing a request.

pub mod aws;
pub mod kinds;
pub mod reference;
pub mod scope;
