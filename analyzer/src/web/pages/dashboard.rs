//! The list of scans: the first page that a person sees.

use askama::Template;

use crate::store::list::Page;

use super::filter::Filter;
use super::scan_line::ScanLine;
use super::shell::Shell;
use super::upload::Limits;

/// How many scans a page lists.
pub const LIMIT: u32 = 25;

/// The page.
#[derive(Template)]
#[template(path = "dashboard.html")]
pub struct Dashboard {
    shell: Shell,
    upload: Limits,
    form: Filter,
    problem: Option<String>,
    nothing_yet: bool,
    scans: Vec<ScanLine>,
    previous: Option<String>,
    next: Option<String>,
}

impl Dashboard {
    /// The page of what the store answered to `form`.
    pub fn new(
        shell: Shell,
        upload: Limits,
        form: Filter,
        problem: Option<String>,
        page: Page,
    ) -> Self {
        Self {
            shell,
            upload,
            nothing_yet: page.scans.is_empty() && !form.is_filtered() && form.is_at_start(),
            previous: page.previous.map(|place| form.page_link(&place)),
            next: page.next.map(|place| form.page_link(&place)),
            scans: page.scans.into_iter().map(ScanLine::new).collect(),
            form,
            problem,
        }
    }
}
