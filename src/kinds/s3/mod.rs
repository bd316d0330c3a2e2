//! Kinds of Amazon S3.

pub mod bucket;

mod configure;
mod emptying;
pub mod lifecycle;
mod read;
