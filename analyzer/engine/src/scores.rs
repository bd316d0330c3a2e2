//! The two scores: security from 0 to 100, quality from 0 to 10. `docs/scores.md` says what they
//! mean and why they are so.
//!
//! Both are monotone. A further finding, or a higher severity or confidence of one, never raises
//! the security score; a function more or a more complex one, or a lower maintainability, never
//! raises that of quality. Neither depends on lines that a person may break as they please.

use crate::report::{Block, BlockKind, FileReport, Finding, Rank, Scores};

/// The scores of a file of which nothing is known: it cannot be read, or is no Python 3.13.
/// What has not been checked cannot be called secure, nor well written.
pub const UNKNOWN: Scores = Scores {
    security: 0,
    quality: 0.0,
};

/// The scores of a project without files.
const EMPTY: Scores = Scores {
    security: 100,
    quality: 10.0,
};

/// What findings of a severity and all graver ones can cost together.
struct Tier {
    from: Rank,
    /// The part of the score that is lost to very many of them.
    at_most: f64,
    /// How many points lose half of that. A finding has 1, 2 or 3 by its confidence.
    half_at: f64,
}

/// A finding counts in the tier of its severity and in those below, so that a graver one never
/// costs less.
const TIERS: [Tier; 3] = [
    Tier {
        from: Rank::Undefined,
        at_most: 0.3,
        half_at: 30.0,
    },
    Tier {
        from: Rank::Medium,
        at_most: 0.6,
        half_at: 12.0,
    },
    Tier {
        from: Rank::High,
        at_most: 1.0,
        half_at: 12.0,
    },
];

/// The security score of a file.
pub fn security(findings: &[Finding]) -> u32 {
    let left: f64 = TIERS
        .iter()
        .map(|tier| {
            let graver = findings
                .iter()
                .filter(|finding| finding.severity >= tier.from);
            let points: u64 = graver.map(|finding| points(finding.confidence)).sum();
            let points = points as f64;
            1.0 - tier.at_most * (points / (points + tier.half_at))
        })
        .product();
    floor(left * 100.0)
}

fn points(confidence: Rank) -> u64 {
    match confidence {
        Rank::Undefined | Rank::Low => 1,
        Rank::Medium => 2,
        Rank::High => 3,
    }
}

/// The complexity up to which a function costs nothing: Radon's rank A.
const SIMPLE: u64 = 5;

/// How much complexity beyond [`SIMPLE`], of all functions together, loses half of the part of
/// the score that complexity has.
const HALF_COMPLEXITY: f64 = 50.0;

/// The maintainability that has about half of its part of the score. Radon calls an index above
/// it good.
const GOOD_MAINTAINABILITY: f64 = 19.0;

/// The quality score of a file by its blocks, and by its maintainability from 0 to 100 without
/// regard to comments.
pub(crate) fn quality(blocks: &[Block], maintainability: f64) -> f64 {
    // A class's complexity is the average of its methods, which count themselves.
    let excess: u64 = blocks
        .iter()
        .filter(|block| block.kind != BlockKind::Class)
        .map(|block| block.complexity.saturating_sub(SIMPLE))
        .sum();
    let simplicity = HALF_COMPLEXITY / (HALF_COMPLEXITY + excess as f64);
    let best = 100.0 / (100.0 + GOOD_MAINTAINABILITY);
    let maintainability = maintainability / (maintainability + GOOD_MAINTAINABILITY) / best;
    tenths(5.0 * simplicity + 5.0 * maintainability)
}

/// The scores of a project: of each, the middle between its files' mean and the worst of them.
pub fn of_project(files: &[FileReport]) -> Scores {
    let securities = files.iter().map(|file| f64::from(file.scores.security));
    let qualities = files.iter().map(|file| file.scores.quality);
    match (mean_and_worst(securities), mean_and_worst(qualities)) {
        (Some(security), Some(quality)) => Scores {
            security: floor(security),
            quality: tenths(quality),
        },
        _ => EMPTY,
    }
}

fn mean_and_worst(scores: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut count, mut sum, mut worst) = (0.0, 0.0, f64::INFINITY);
    for score in scores {
        count += 1.0;
        sum += score;
        worst = worst.min(score);
    }
    (count > 0.0).then(|| (sum / count + worst) / 2.0)
}

/// Rounding down keeps 100 and 10 for what has no fault. The margin is for what falls short of
/// an integer by arithmetic alone.
const MARGIN: f64 = 1e-9;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn floor(score: f64) -> u32 {
    (score + MARGIN).floor() as u32
}

/// Rounded down to one decimal.
fn tenths(score: f64) -> f64 {
    f64::from(floor(score * 10.0)) / 10.0
}
