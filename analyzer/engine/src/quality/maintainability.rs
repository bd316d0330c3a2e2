//! Radon's maintainability index (`mi_visit` with `multi`), from the figures of the others.

use crate::report::{Maintainability, Raw};

/// The index of a file by its Halstead volume, its whole cyclomatic complexity and its raw
/// counts.
pub(super) fn index(volume: f64, complexity: u64, raw: &Raw) -> Maintainability {
    let comments = if raw.sloc > 0 {
        (raw.comments + raw.multi) as f64 / raw.sloc as f64 * 100.0
    } else {
        0.0
    };
    let index = with_comments(volume, complexity, raw.lloc, comments);
    Maintainability {
        index,
        rank: rank(index),
    }
}

/// The index as it would be without a comment. Neither white space nor the breaking of lines
/// changes it.
pub(super) fn without_comments(volume: f64, complexity: u64, lloc: u64) -> f64 {
    with_comments(volume, complexity, lloc, 0.0)
}

/// The index where so many per cent of the source lines are comments, by the same operations in
/// the same order as Radon. Where the formula says source lines, Radon puts logical ones.
fn with_comments(volume: f64, complexity: u64, lloc: u64, comments: f64) -> f64 {
    if volume <= 0.0 || lloc == 0 {
        return 100.0;
    }
    let comments = (2.46 * (comments * (std::f64::consts::PI / 180.0))).sqrt();
    let index = 171.0 - 5.2 * volume.ln() - 0.23 * complexity as f64 - 16.2 * (lloc as f64).ln()
        + 50.0 * comments.sin();
    (index * 100.0 / 171.0).clamp(0.0, 100.0)
}

/// Radon's rank of an index.
fn rank(index: f64) -> char {
    if index > 19.0 {
        'A'
    } else if index > 9.0 {
        'B'
    } else {
        'C'
    }
}
