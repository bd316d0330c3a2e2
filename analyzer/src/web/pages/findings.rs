//! Findings as a page lists them: by check, with a link to each place.

use codedetect_engine::report::{Analysis, AnalysisError, FileReport, Finding, Rank};

use super::address;
use super::severity::{self, Severity};
use super::source;
use super::visible::Visible;

/// How many places of one check are listed.
const PLACES: usize = 60;

/// The least severity that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Least {
    /// All findings.
    #[default]
    Low,
    /// Those of medium and high severity.
    Medium,
    /// Those of high severity.
    High,
}

impl Least {
    /// From the word in an address. What is no severity asks for all.
    pub fn from_word(word: &str) -> Self {
        match word {
            "high" => Self::High,
            "medium" => Self::Medium,
            _ => Self::Low,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Low => "",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Whether a finding is shown.
    pub fn shows(self, finding: &Finding) -> bool {
        let rank = match finding.severity {
            Rank::High => Self::High,
            Rank::Medium => Self::Medium,
            Rank::Low | Rank::Undefined => Self::Low,
        };
        rank >= self
    }
}

/// A link that shows the findings from a severity on.
pub struct Level {
    /// Where it leads.
    pub address: String,
    /// What it says.
    pub word: &'static str,
    /// How many it shows.
    pub count: usize,
    /// Whether they are shown now.
    pub here: bool,
}

/// The findings of one check.
pub struct Group {
    /// The gravest of them.
    pub severity: Severity,
    /// The check.
    pub test_id: String,
    text: String,
    /// Where they are.
    pub places: Vec<PlaceLink>,
    /// How many places are not listed.
    pub more: usize,
}

impl Group {
    /// What they say.
    pub fn text(&self) -> Visible<'_> {
        Visible(&self.text)
    }
}

/// A link to a place in the source.
pub struct PlaceLink {
    /// Where it leads.
    pub address: String,
    word: String,
}

impl PlaceLink {
    /// A link to a line of a file, in whose page it is if `path` is none.
    pub fn new(page: &str, path: Option<&str>, line: u32) -> Self {
        let from = source::window_of(line);
        let from = if from > 1 {
            from.to_string()
        } else {
            String::new()
        };
        let page = address::query(page, &[("from", &from)]);
        Self {
            address: format!("{page}#L{line}"),
            word: match path {
                Some(path) => format!("{path}:{line}"),
                None => format!("line {line}"),
            },
        }
    }

    /// What it says.
    pub fn word(&self) -> Visible<'_> {
        Visible(&self.word)
    }

    /// The same place, said to be that of the earlier of two scans.
    pub fn before(self) -> Self {
        Self {
            word: format!("before: {}", self.word),
            ..self
        }
    }
}

/// A file whose findings are listed.
pub struct Listed<'a> {
    /// Its page.
    pub page: String,
    /// Its path, where several files are listed.
    pub path: Option<&'a str>,
    /// What was found.
    pub report: &'a FileReport,
}

/// The findings of some files by check, the gravest and most frequent first.
pub fn groups(files: &[Listed<'_>], least: Least) -> Vec<Group> {
    let mut groups: Vec<(Rank, usize, Group)> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for file in files {
        for finding in file
            .report
            .findings
            .iter()
            .filter(|finding| least.shows(finding))
        {
            let at = *known
                .entry((finding.severity, finding.test_id.as_str()))
                .or_insert_with(|| {
                    let group = Group {
                        severity: severity::of(finding),
                        test_id: finding.test_id.clone(),
                        text: finding.text.clone(),
                        places: Vec::new(),
                        more: 0,
                    };
                    groups.push((finding.severity, 0, group));
                    groups.len() - 1
                });
            let Some((_, count, group)) = groups.get_mut(at) else {
                continue;
            };
            *count += 1;
            if group.text != finding.text {
                group.text = in_words(&finding.test_name);
            }
            if group.places.len() < PLACES {
                group
                    .places
                    .push(PlaceLink::new(&file.page, file.path, finding.line));
            } else {
                group.more += 1;
            }
        }
    }
    groups.sort_by(|a, b| (b.0, b.1, &a.2.test_id).cmp(&(a.0, a.1, &b.2.test_id)));
    groups.into_iter().map(|(_, _, group)| group).collect()
}

/// Whether the checks have seen the file.
pub fn looked_at(report: &FileReport) -> bool {
    let security = |error: &AnalysisError| error.analysis == Analysis::Security;
    !report.errors.iter().any(security)
}

/// Links from all findings to the high ones, where that makes a difference.
pub fn levels(files: &[Listed<'_>], page: &str, here: Least) -> Vec<Level> {
    let count = |least: Least| {
        let findings = files.iter().flat_map(|file| &file.report.findings);
        findings.filter(|finding| least.shows(finding)).count()
    };
    if count(Least::Low) == 0 {
        return Vec::new();
    }
    [
        (Least::Low, "All"),
        (Least::Medium, "Medium and high"),
        (Least::High, "High"),
    ]
    .map(|(least, word)| Level {
        address: format!(
            "{}#findings",
            address::query(page, &[("severity", least.word())])
        ),
        word,
        count: count(least),
        here: least == here,
    })
    .into()
}

/// `hardcoded_sql_expressions` → `Hardcoded sql expressions`.
pub fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
