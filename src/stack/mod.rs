//! The stack language: a file becomes a typed [`document::Document`], or everything that is wrong with it is said at once.

pub mod document;
pub mod interpolate;
pub mod reference;
