//! The pages: what a person sees. Made on the server, whole without a script; each page is a file
//! with its data, its words are in `templates/`, its looks in `static/`.
//!
//! Whatever somebody uploaded reaches a page through [`visible`] or [`source`], which escape it.

pub mod address;
pub mod assets;
pub mod chart;
mod checks;
pub mod compare;
pub mod dashboard;
pub mod errors;
pub mod figure;
pub mod file_page;
pub mod filter;
pub mod findings;
pub mod matching;
pub mod paint;
pub mod project_page;
pub mod question;
pub mod report;
mod routes;
pub mod scan_line;
mod scans;
pub mod severity;
pub mod shell;
pub mod source;
pub mod stencil;
pub mod trends;
pub mod upload;
pub mod visible;
pub mod visit;

pub use errors::as_pages;
pub use routes::routes;

#[cfg(test)]
mod flow_tests;
