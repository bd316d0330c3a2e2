//! What is around the content of every page.

use super::assets;

/// A part of the site, as the navigation has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The list of scans, and scans.
    Scans,
    /// The upload form.
    Upload,
    /// Scores over time.
    Trends,
    /// Two scans side by side.
    Compare,
    /// What is looked for.
    Checks,
    /// The bug report form.
    Report,
    /// Not in the navigation: errors.
    Elsewhere,
}

const LINKS: &[(Part, &str, &str)] = &[
    (Part::Scans, "/", "Scans"),
    (Part::Upload, "/upload", "Upload"),
    (Part::Trends, "/trends", "Trends"),
    (Part::Compare, "/compare", "Compare"),
    (Part::Checks, "/checks", "Checks"),
    (Part::Report, "/report", "Report a bug"),
];

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Shell {
    part: Part,
    /// The version that the foot says.
    pub version: String,
    /// The token of the page's forms.
    pub csrf: String,
}

/// A link of the navigation.
pub struct Link {
    /// Where it leads.
    pub address: &'static str,
    /// What it says.
    pub word: &'static str,
    /// Whether it is this page.
    pub here: bool,
}

impl Shell {
    /// The frame of a page of `part`.
    pub fn new(part: Part, version: impl Into<String>, csrf: impl Into<String>) -> Self {
        Self {
            part,
            version: version.into(),
            csrf: csrf.into(),
        }
    }

    /// The navigation.
    pub fn links(&self) -> Vec<Link> {
        let link = |(part, address, word): &(Part, &'static str, &'static str)| Link {
            address,
            word,
            here: *part == self.part,
        };
        LINKS.iter().map(link).collect()
    }

    /// Where an asset is served.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}
