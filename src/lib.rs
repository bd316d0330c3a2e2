//! codedetect-infra: a stack file becomes AWS resources, and a new version becomes live
//! without losing a request.

pub mod aws;
pub mod cli;
pub mod diag;
pub mod event;
pub mod exec;
pub mod graph;
pub mod kinds;
pub mod model;
pub mod plan;
pub mod reference;
pub mod release;
pub mod resource;
pub mod scope;
pub mod stack;
pub mod units;
pub mod view;
