//! Which scans, in which order, from where on.

use serde::{Deserialize, Serialize};

use super::scan::{ScanId, ScanSummary};

/// The most scans of one page.
pub const MOST: u32 = 100;

/// What is asked of the list of scans.
#[derive(Clone, Debug, PartialEq)]
pub struct ListQuery {
    /// Only those whose name holds this, whatever its case.
    pub name: Option<String>,
    /// Only those with a finding of this severity at least.
    pub severity: Option<Severity>,
    /// Only those whose security score is this at least.
    pub security_at_least: Option<u32>,
    /// Only those whose security score is this at most.
    pub security_at_most: Option<u32>,
    /// Only those of this time or later.
    pub since: Option<jiff::Timestamp>,
    /// Only those before this time.
    pub until: Option<jiff::Timestamp>,
    /// By what they are sorted.
    pub sort: Sort,
    /// The other way round.
    pub order: Order,
    /// How many.
    pub limit: u32,
    /// From where on: [`Page::next`] or [`Page::previous`] of another answer.
    pub cursor: Option<Cursor>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            name: None,
            severity: None,
            security_at_least: None,
            security_at_most: None,
            since: None,
            until: None,
            sort: Sort::Created,
            order: Order::Descending,
            limit: 25,
            cursor: None,
        }
    }
}

/// The least severity of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Any finding.
    Low,
    /// Medium or high.
    Medium,
    /// High.
    High,
}

/// By what scans are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By time.
    #[default]
    Created,
    /// By name, whatever its case.
    Name,
    /// By security score.
    Security,
    /// By quality score.
    Quality,
}

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Smallest first.
    #[serde(rename = "asc")]
    Ascending,
    /// Greatest first.
    #[default]
    #[serde(rename = "desc")]
    Descending,
}

/// A place between two scans of a sorted list. Lists are read from a place on, not by the number
/// of a page: the hundredth page costs what the first one does, and none shows a scan twice
/// because another one came meanwhile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// What the scan at this place is sorted by.
    pub key: Key,
    /// The scan.
    pub id: ScanId,
    /// Whether what stands before the place is wanted, rather than what follows.
    pub backwards: bool,
}

/// What a scan is sorted by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// Its id tells its time.
    Created,
    /// Its name, folded.
    Name(String),
    /// Its security score.
    Security(u32),
    /// Its quality score.
    Quality(f64),
}

/// The word is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not a place of this list: take `next` or `previous` of an answer")]
pub struct NoCursor;

impl Cursor {
    fn at(scan: &ScanSummary, sort: Sort, backwards: bool) -> Self {
        let key = match sort {
            Sort::Created => Key::Created,
            Sort::Name => Key::Name(folded(&scan.name)),
            Sort::Security => Key::Security(scan.scores.security),
            Sort::Quality => Key::Quality(scan.scores.quality),
        };
        Self {
            key,
            id: scan.id,
            backwards,
        }
    }

    /// As a word for an address.
    pub fn to_word(&self) -> String {
        hex::encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// From such a word.
    pub fn from_word(word: &str) -> Result<Self, NoCursor> {
        let bytes = hex::decode(word).map_err(|_| NoCursor)?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| NoCursor)?;
        match &cursor.key {
            Key::Name(name) if name.contains('\0') => Err(NoCursor),
            _ => Ok(cursor),
        }
    }

    /// Whether it is a place in a list sorted so.
    pub fn fits(&self, sort: Sort) -> bool {
        matches!(
            (&self.key, sort),
            (Key::Created, Sort::Created)
                | (Key::Name(_), Sort::Name)
                | (Key::Security(_), Sort::Security)
                | (Key::Quality(_), Sort::Quality)
        )
    }
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The scans, in the order asked for.
    pub scans: Vec<ScanSummary>,
    /// Where the following ones start, if there are any.
    pub next: Option<Cursor>,
    /// Where the former ones end, if there are any.
    pub previous: Option<Cursor>,
}

impl Page {
    /// A page from what was read: up to one more than asked for, in the direction of reading.
    pub(super) fn of(query: &ListQuery, mut read: Vec<ScanSummary>) -> Self {
        let limit = query.limit as usize;
        let more = read.len() > limit;
        read.truncate(limit);
        let backwards = query.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
        if backwards {
            read.reverse();
        }
        let (before, after) = if backwards {
            (more, true)
        } else {
            (query.cursor.is_some(), more)
        };
        let place = |scan: Option<&ScanSummary>, there: bool, backwards| {
            scan.filter(|_| there)
                .map(|scan| Cursor::at(scan, query.sort, backwards))
        };
        Self {
            next: place(read.last(), after, false),
            previous: place(read.first(), before, true),
            scans: read,
        }
    }
}

/// A name as it is sorted and searched: by no database's idea of case.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}
