//! Which files are meant.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// How standard input is called in reports.
const STDIN: &str = "<stdin>";

/// A file to be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Input {
    /// What it is called in the report.
    pub name: String,
    /// It stands on the command line itself.
    pub was_named: bool,
    place: Place,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Stdin,
    File(PathBuf),
    /// A folder that could not be listed, and why.
    Unlisted(String),
}

/// All files that the paths mean, each once, by name. No file of configuration is looked at, and
/// no link to a folder is followed.
pub(super) fn find(paths: &[PathBuf]) -> Vec<Input> {
    let mut inputs = BTreeMap::new();
    for path in paths {
        if path.as_os_str() == "-" {
            add(&mut inputs, STDIN.to_owned(), true, Place::Stdin);
        } else if path.is_dir() {
            walk(path, &mut inputs);
        } else {
            add(&mut inputs, shown(path), true, Place::File(path.clone()));
        }
    }
    inputs.into_values().collect()
}

fn walk(folder: &Path, inputs: &mut BTreeMap<String, Input>) {
    for entry in WalkDir::new(folder).follow_links(false) {
        match entry {
            Ok(entry) => {
                let path = entry.path();
                if path.extension().is_some_and(|it| it == "py") && path.is_file() {
                    add(inputs, shown(path), false, Place::File(path.to_owned()));
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(folder);
                let reason = error
                    .io_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                let reason = format!("the folder could not be listed: {reason}");
                add(inputs, shown(path), path == folder, Place::Unlisted(reason));
            }
        }
    }
}

fn add(inputs: &mut BTreeMap<String, Input>, name: String, was_named: bool, place: Place) {
    inputs
        .entry(name.clone())
        .and_modify(|input| input.was_named |= was_named)
        .or_insert(Input {
            name,
            was_named,
            place,
        });
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Input {
    /// Its bytes, if they are no more than `limit`; else why there are none.
    pub fn read(&self, limit: u32) -> Result<Vec<u8>, String> {
        let read = match &self.place {
            Place::Stdin => bounded(std::io::stdin().lock(), limit),
            Place::File(path) => std::fs::File::open(path).and_then(|file| bounded(file, limit)),
            Place::Unlisted(reason) => return Err(reason.clone()),
        };
        match read {
            Err(error) => Err(format!("it could not be read: {error}")),
            Ok(bytes) if bytes.len() > limit as usize => {
                Err(format!("it is longer than {limit} bytes"))
            }
            Ok(bytes) => Ok(bytes),
        }
    }
}

fn bounded(from: impl Read, limit: u32) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(u64::from(limit) + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
