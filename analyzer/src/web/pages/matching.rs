//! Which findings of two scans are the same one, though the lines around it moved.
//!
//! A finding is recognised by its check and by the code it speaks of, never by its number of
//! line. The closest likeness is looked for first: the same code between the same neighbours,
//! then the same code, then the same function (the line itself was edited), then the same code in
//! another file (it was moved there). Each finding is matched once at most.

use std::collections::HashMap;
use std::hash::Hash;

use codedetect_engine::report::{Block, BlockKind, FileReport, Finding};

use super::source;

/// A file of a scan with its text, if that could be had.
pub struct Version<'a> {
    /// What was found.
    pub report: &'a FileReport,
    /// Its source. Without it findings are recognised by their check and function alone.
    pub source: Option<&'a str>,
}

/// A finding of a scan: which file, which finding of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The place of the file in its scan.
    pub file: usize,
    /// The place of the finding in its file.
    pub finding: usize,
}

/// What became of the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// Only in the second scan.
    pub new: Vec<Place>,
    /// Only in the first scan.
    pub fixed: Vec<Place>,
    /// In both: where in the first, where in the second.
    pub unchanged: Vec<(Place, Place)>,
}

/// What a finding is recognised by.
struct Trace {
    place: Place,
    path: usize,
    test_id: String,
    code: Option<String>,
    around: Option<(String, String)>,
    block: Option<String>,
}

/// Compares the findings of two scans.
pub fn matched(base: &[Version<'_>], head: &[Version<'_>]) -> Matched {
    let paths = paired(base, head);
    let mut before = traces(base, |file| file);
    let mut after = traces(head, |file| {
        paths.get(&file).copied().unwrap_or(usize::MAX - file)
    });
    let mut unchanged = Vec::new();

    let mut pass = |key: &dyn Fn(&Trace) -> Option<Likeness>| {
        pair_off(&mut before, &mut after, key, &mut unchanged);
    };
    pass(&|t| {
        Some((
            Some(t.path),
            t.test_id.clone(),
            t.code.clone()?,
            t.around.clone(),
        ))
    });
    pass(&|t| Some((Some(t.path), t.test_id.clone(), t.code.clone()?, None)));
    pass(&|t| Some((Some(t.path), t.test_id.clone(), t.block.clone()?, None)));
    pass(&|t| Some((None, t.test_id.clone(), t.code.clone()?, t.around.clone())));
    pass(&|t| Some((None, t.test_id.clone(), t.code.clone()?, None)));
    pass(&|t| {
        let unread = t.code.is_none() && t.block.is_none();
        unread.then(|| (Some(t.path), t.test_id.clone(), String::new(), None))
    });

    unchanged.sort_unstable_by_key(|(_, head)| *head);
    Matched {
        new: after.into_iter().map(|trace| trace.place).collect(),
        fixed: before.into_iter().map(|trace| trace.place).collect(),
        unchanged,
    }
}

/// File, check, code (or function), neighbours: as much of them as a pass asks for.
type Likeness = (Option<usize>, String, String, Option<(String, String)>);

/// Takes out of both lists what is alike by `key`, in order.
fn pair_off<K: Hash + Eq>(
    before: &mut Vec<Trace>,
    after: &mut Vec<Trace>,
    key: impl Fn(&Trace) -> Option<K>,
    pairs: &mut Vec<(Place, Place)>,
) {
    let mut waiting: HashMap<K, std::collections::VecDeque<Place>> = HashMap::new();
    for trace in before.iter() {
        if let Some(key) = key(trace) {
            waiting.entry(key).or_default().push_back(trace.place);
        }
    }
    let mut taken = std::collections::HashSet::new();
    after.retain(|trace| {
        let alike = key(trace).and_then(|key| waiting.get_mut(&key)?.pop_front());
        if let Some(place) = alike {
            taken.insert(place);
            pairs.push((place, trace.place));
        }
        alike.is_none()
    });
    before.retain(|trace| !taken.contains(&trace.place));
}

/// For files of the second scan, the file of the first that each one is: the one of the same
/// path, else the only one left of the same name, else the only one left at all.
fn paired(base: &[Version<'_>], head: &[Version<'_>]) -> HashMap<usize, usize> {
    let mut pairs = HashMap::new();
    let mut base_left: Vec<usize> = (0..base.len()).collect();
    let mut head_left: Vec<usize> = (0..head.len()).collect();
    let rules: [fn(&str) -> &str; 3] = [
        |path| path,
        |path| path.rsplit('/').next().unwrap_or(path),
        |_| "",
    ];
    for rule in rules {
        let by_rule = |versions: &[Version<'_>], left: &[usize]| {
            let mut files: HashMap<String, Vec<usize>> = HashMap::new();
            for file in left {
                let name = rule(&versions[*file].report.path).to_owned();
                files.entry(name).or_default().push(*file);
            }
            files
        };
        let before = by_rule(base, &base_left);
        for (name, files) in by_rule(head, &head_left) {
            if let ([now], Some([then])) = (&files[..], before.get(&name).map(|f| &f[..])) {
                pairs.insert(*now, *then);
            }
        }
        head_left.retain(|file| !pairs.contains_key(file));
        base_left.retain(|file| !pairs.values().any(|then| then == file));
    }
    pairs
}

fn traces(versions: &[Version<'_>], path: impl Fn(usize) -> usize) -> Vec<Trace> {
    let mut traces = Vec::new();
    for (file, version) in versions.iter().enumerate() {
        let lines: Vec<&str> = version
            .source
            .map(|text| {
                source::lines(text)
                    .into_iter()
                    .map(|at| text[at].trim())
                    .collect()
            })
            .unwrap_or_default();
        for (i, finding) in version.report.findings.iter().enumerate() {
            let code = code(&lines, finding);
            traces.push(Trace {
                place: Place { file, finding: i },
                path: path(file),
                test_id: finding.test_id.clone(),
                around: code.is_some().then(|| around(&lines, finding)),
                code,
                block: block(&version.report.complexity, finding.line),
            });
        }
    }
    traces
}

/// The lines a finding speaks of. A class or a long call is known by its first lines.
fn code(lines: &[&str], finding: &Finding) -> Option<String> {
    const ENOUGH: usize = 8;
    let first = (finding.line as usize).checked_sub(1)?;
    let last = (finding.end_line as usize).clamp(first + 1, lines.len().max(first + 1));
    let code = lines.get(first..last.min(first + ENOUGH))?;
    Some(code.join("\n"))
}

/// The nearest lines before and after that are not blank.
fn around(lines: &[&str], finding: &Finding) -> (String, String) {
    let filled = |line: &&&str| !line.is_empty();
    let first = (finding.line as usize).saturating_sub(1).min(lines.len());
    let last = (finding.end_line as usize).clamp(first, lines.len());
    let before = lines[..first].iter().rev().find(filled);
    let after = lines[last..].iter().find(filled);
    let text = |line: Option<&&str>| line.copied().unwrap_or_default().to_owned();
    (text(before), text(after))
}

/// The innermost function around a line.
fn block(blocks: &[Block], line: u32) -> Option<String> {
    blocks
        .iter()
        .filter(|block| block.kind != BlockKind::Class)
        .filter(|block| (block.line..=block.end_line).contains(&line))
        .max_by_key(|block| block.line)
        .map(|block| match &block.class {
            Some(class) => format!("{class}.{}", block.name),
            None => block.name.clone(),
        })
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
