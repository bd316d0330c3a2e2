//! The page with the upload form and what it leads to.

use askama::Template;

use super::figure;
use super::shell::Shell;

/// What an upload may be, in words.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes in all, for the script.
    pub bytes: usize,
    /// Bytes in all.
    pub all: String,
    /// Bytes of a file.
    pub each: String,
    /// How many files.
    pub files: usize,
}

impl Limits {
    /// Says the service's limits.
    pub fn new(limits: &crate::config::Limits) -> Self {
        Self {
            bytes: limits.upload_bytes,
            all: figure::size(limits.upload_bytes as u64),
            each: figure::size(limits.file_bytes as u64),
            files: limits.files,
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "upload.html")]
pub struct Upload {
    /// The frame.
    pub shell: Shell,
    /// What an upload may be.
    pub upload: Limits,
    /// Why the last one was refused.
    pub problem: Option<String>,
    /// The site's own address, for the commands.
    pub origin: String,
}
