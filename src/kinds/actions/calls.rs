//! The calls that the code of a kind makes, read from its source: what the tables are compared with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A module without its tests, the files of its own folder included: what stands before the first
/// function of each file, and each function by its name.
#[derive(Default)]
struct Source {
    head: String,
    functions: Vec<(String, String)>,
}

impl Source {
    fn read(folder: &str, module: &str) -> Option<Self> {
        let module = kinds().join(folder).join(module);
        let mut source = Self::default();
        source.add(&std::fs::read_to_string(module.with_extension("rs")).ok()?);
        for file in std::fs::read_dir(module).into_iter().flatten() {
            let file = file.unwrap().path();
            if file.file_stem().is_some_and(|name| name != "tests") {
                source.add(&std::fs::read_to_string(file).unwrap());
            }
        }
        Some(source)
    }

    fn add(&mut self, text: &str) {
        let mut within = false;
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in text.lines() {
            if let Some(name) = function(line) {
                self.functions.push((name.to_owned(), String::new()));
                within = true;
            }
            let part = match self.functions.last_mut() {
                Some((_, body)) if within => body,
                _ => &mut self.head,
            };
            part.push_str(line);
            part.push('\n');
        }
    }

    fn has(&self, name: &str) -> bool {
        self.functions.iter().any(|(one, _)| one == name)
    }

    /// The calls to AWS that a function names itself.
    fn calls(&self, body: &str) -> BTreeSet<String> {
        let named = constants(&self.head)
            .into_iter()
            .filter(|(name, _)| words(body).iter().any(|word| word.name == *name))
            .map(|(_, call)| call);
        literals(body)
            .filter(|(before, _)| {
                ["during(", "let operation =", ": &str ="]
                    .iter()
                    .any(|mark| before.trim_end().ends_with(mark))
            })
            .map(|(_, call)| call)
            .chain(named)
            .map(str::to_owned)
            .collect()
    }

    /// The module of this folder from which `name` is imported.
    fn import(&self, name: &str) -> Option<&str> {
        self.head.split("use super::").skip(1).find_map(|rest| {
            let (module, names) = rest.split(';').next()?.split_once("::")?;
            words(names)
                .iter()
                .any(|word| word.name == name)
                .then_some(module)
        })
    }
}

fn kinds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kinds")
}

/// The name of the function that begins on this line.
fn function(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let only_words = before
        .split_whitespace()
        .all(|word| word.starts_with("pub") || ["const", "async"].contains(&word));
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    only_words.then_some(&rest[..end])
}

/// Texts of the form `service:Operation`, with all that stands before each.
fn literals(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('"').filter_map(move |(at, _)| {
        let inside = text[at + 1..].split('"').next()?;
        let (service, operation) = inside.split_once(':')?;
        let named = service
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && operation.starts_with(|c: char| c.is_ascii_uppercase())
            && operation.bytes().all(|b| b.is_ascii_alphanumeric());
        named.then_some((&text[..at], inside))
    })
}

/// The constants that name a call.
fn constants(text: &str) -> Vec<(&str, &str)> {
    literals(text)
        .filter_map(|(before, call)| {
            let before = before.trim_end().strip_suffix(": &str =")?;
            Some((before.rsplit(' ').next()?, call))
        })
        .collect()
}

/// A word of the code, with the path segment before it.
struct Word<'a> {
    module: Option<&'a str>,
    name: &'a str,
    called: bool,
    method: bool,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(part).map(|n| at + n) {
        let end = text[start..]
            .find(|c| !part(c))
            .map_or(text.len(), |n| start + n);
        let (before, after) = (&text[..start], &text[end..]);
        words.push(Word {
            module: before
                .strip_suffix("::")
                .and_then(|path| path.rsplit(|c| !part(c)).next()),
            name: &text[start..end],
            called: after.starts_with('(') || after.starts_with("::<"),
            method: before.ends_with('.'),
        });
        at = end;
    }
    words
}

/// What a function leads to: calls to AWS, and functions not looked at yet.
#[derive(Default)]
struct Walk {
    calls: BTreeSet<String>,
    seen: BTreeSet<(String, String, String)>,
}

impl Walk {
    fn function(&mut self, folder: &str, module: &str, name: &str) {
        let key = (folder.to_owned(), module.to_owned(), name.to_owned());
        if !self.seen.insert(key) {
            return;
        }
        let Some(source) = Source::read(folder, module) else {
            return;
        };
        for (_, body) in source.functions.iter().filter(|(one, _)| one == name) {
            self.calls.extend(source.calls(body));
            for word in words(body) {
                self.follow(folder, module, &source, &word);
            }
        }
    }

    fn follow(&mut self, folder: &str, module: &str, source: &Source, word: &Word<'_>) {
        if let Some(other) = word.module {
            let away = source
                .head
                .split("crate::kinds::")
                .skip(1)
                .find_map(|rest| {
                    let (folder, rest) = rest.split(';').next()?.split_once("::")?;
                    (words(rest).first()?.name == other).then_some(folder)
                });
            let folder = away.unwrap_or(folder);
            if Source::read(folder, other).is_some_and(|other| other.has(word.name)) {
                self.function(folder, other, word.name);
            }
        } else if word.called && !word.method {
            if source.has(word.name) {
                self.function(folder, module, word.name);
            } else if let Some(other) = source.import(word.name) {
                self.function(folder, other, word.name);
            }
        }
    }
}

/// The folder and module of each kind, by its type name.
fn files() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(kinds()).unwrap() {
        let folder = folder.unwrap().path();
        let Ok(files) = std::fs::read_dir(&folder) else {
            continue;
        };
        let folder = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for file in files {
            let file = file.unwrap().path();
            if file.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let Some(source) = Source::read(&folder, &module) else {
                continue;
            };
            let text: String = std::iter::once(source.head)
                .chain(source.functions.into_iter().map(|(_, body)| body))
                .collect();
            if let Some((_, rest)) = text.split_once("const TYPE: &'static str = \"") {
                let kind = rest.split('"').next().unwrap().to_owned();
                found.push((kind, folder.clone(), module));
            }
        }
    }
    found.sort();
    found
}

/// The calls that the code of each kind makes.
pub(super) fn calls() -> Vec<(String, BTreeSet<String>)> {
    files()
        .into_iter()
        .map(|(kind, folder, module)| {
            let mut walk = Walk::default();
            let source = Source::read(&folder, &module).unwrap();
            for (name, _) in &source.functions {
                walk.function(&folder, &module, name);
            }
            (kind, walk.calls)
        })
        .collect()
}
