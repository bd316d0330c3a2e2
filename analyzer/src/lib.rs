//! CodeDetect, the workload: a web service and a command line over [`codedetect_engine`].
//!
//! The way of an upload: [`upload`] reads files from a request, [`submit`] puts their bytes into
//! the object store while an [`analyze::Analyze`] looks at them, then [`store`] writes the rows,
//! and only then is it acknowledged. [`api`] is the JSON face of it, `web` the pages;
//! both are built on [`app::App`], which holds what all requests share.

pub mod alerts;
pub mod analyze;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod export;
pub mod ops;
pub mod server;
pub mod store;
pub mod submit;
pub mod upload;
pub mod web;
pub mod worker;
