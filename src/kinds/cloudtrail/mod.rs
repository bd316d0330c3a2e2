//! Kinds of CloudTrail.

pub mod trail;
