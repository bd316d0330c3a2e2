//! What each check looks for.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use codedetect_engine::{Check, checks};

use crate::api::Problem;

use super::question::Question;
use super::shell::{Part, Shell};
use super::source::Listing;
use super::visit::Visit;

/// The list of checks.
#[derive(Template)]
#[template(path = "checks.html")]
struct List {
    shell: Shell,
    text: String,
    checks: Vec<Row>,
}

struct Row {
    id: &'static str,
    name: &'static str,
    summary: String,
}

/// One check.
#[derive(Template)]
#[template(path = "check.html")]
struct One {
    shell: Shell,
    check: &'static Check,
    paragraphs: Vec<Vec<Piece>>,
    examples: Vec<Example>,
}

/// A piece of prose, or of code within it.
struct Piece {
    text: String,
    is_code: bool,
}

struct Example {
    id: String,
    title: &'static str,
    listing: Listing,
}

/// The list, or what of it holds a word.
pub(super) async fn list(visit: Visit, question: Question) -> Result<Response, Problem> {
    let text: String = question.get("text").chars().take(100).collect();
    let word = text.to_lowercase();
    let speaks_of = |check: &&Check| {
        let parts = [check.id, check.name, check.docs];
        parts.iter().any(|part| part.to_lowercase().contains(&word))
    };
    let row = |check: &'static Check| Row {
        id: check.id,
        name: check.name,
        summary: check.summary(),
    };
    visit.page(&List {
        shell: visit.shell(Part::Checks),
        checks: checks()
            .iter()
            .copied()
            .filter(speaks_of)
            .map(row)
            .collect(),
        text,
    })
}

/// A check, by its id in any case.
pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let known = |check: &&Check| check.id.eq_ignore_ascii_case(&id);
    let check = checks().iter().copied().find(known);
    let check = check.ok_or_else(|| Problem::not_found("no check has that number"))?;
    let example = |kind, titles: [&'static str; 2]| {
        move |(i, source): (usize, &&str)| Example {
            id: format!("{kind}-{}", i + 1),
            title: titles[i.min(1)],
            listing: Listing::new(source, &[], 1),
        }
    };
    let fires = check
        .fires
        .iter()
        .take(2)
        .enumerate()
        .map(example("found", ["Found", "Found as well"]));
    let silent = check
        .silent
        .iter()
        .take(2)
        .enumerate()
        .map(example("not-found", ["Not found", "Not found either"]));
    visit.page(&One {
        shell: visit.shell(Part::Checks),
        check,
        paragraphs: check.docs.split("\n\n").map(pieces).collect(),
        examples: fires.chain(silent).collect(),
    })
}

/// What stands between backticks is code.
fn pieces(paragraph: &str) -> Vec<Piece> {
    let parts = paragraph.split('`').enumerate();
    parts
        .filter(|(_, text)| !text.is_empty())
        .map(|(i, text)| Piece {
            text: text.to_owned(),
            is_code: i % 2 == 1,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_within_prose_is_told_apart() {
        let found: Vec<_> = pieces("Use `a` not `b`.")
            .into_iter()
            .map(|p| (p.text, p.is_code))
            .collect();
        let wanted = [
            ("Use ", false),
            ("a", true),
            (" not ", false),
            ("b", true),
            (".", false),
        ];
        assert_eq!(
            found,
            wanted.map(|(text, is_code)| (text.to_owned(), is_code))
        );
    }
}
