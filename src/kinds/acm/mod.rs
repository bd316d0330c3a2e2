//! Kinds of AWS Certificate Manager.

pub mod certificate;
pub mod issued;
