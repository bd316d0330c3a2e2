//! The bug report form.

use askama::Template;

use crate::ops::reports::{DESCRIPTION, TITLE};
use crate::store::scan::ScanId;

use super::shell::Shell;

/// The page: the form, with what was filled in, or the word that it arrived.
#[derive(Template)]
#[template(path = "report.html")]
pub struct Report {
    shell: Shell,
    sent: bool,
    number: Option<String>,
    problem: Option<String>,
    title: String,
    description: String,
    scan: String,
    contact: String,
    most_title: usize,
    most_description: usize,
}

/// What was filled in.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// In a line.
    pub title: String,
    /// In full.
    pub description: String,
    /// The scan, by its address or id.
    pub scan: String,
    /// Where to answer.
    pub contact: String,
}

impl Filled {
    /// The scan that was named, by its id or by the address of its page.
    pub fn scan_id(&self) -> Result<Option<ScanId>, String> {
        let word = self.scan.trim();
        if word.is_empty() {
            return Ok(None);
        }
        let parts = word.split(['/', '?', '#']);
        let ids: Vec<ScanId> = parts.filter_map(|part| part.parse().ok()).collect();
        match ids.first() {
            Some(id) => Ok(Some(*id)),
            None => Err("the scan is neither an id nor the address of a scan's page".to_owned()),
        }
    }
}

impl Report {
    /// The form.
    pub fn form(shell: Shell, filled: Filled, problem: Option<String>) -> Self {
        Self {
            shell,
            sent: false,
            number: None,
            problem,
            title: filled.title,
            description: filled.description,
            scan: filled.scan,
            contact: filled.contact,
            most_title: TITLE,
            most_description: DESCRIPTION,
        }
    }

    /// The word that it arrived.
    pub fn sent(shell: Shell, number: Option<String>) -> Self {
        Self {
            sent: true,
            number,
            ..Self::form(shell, Filled::default(), None)
        }
    }
}
