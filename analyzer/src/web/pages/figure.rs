//! Numbers and times as people read them.

use codedetect_engine::report::Scores;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A score with all that a page says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// `85`, `7.2`.
    pub value: String,
    /// `100`, `10`.
    pub of: &'static str,
    /// 0 to 100, for a bar.
    pub share: f64,
    /// `strong`, `fair`, `weak`, `poor`.
    pub grade: &'static str,
}

/// The security score.
pub fn security(scores: Scores) -> Score {
    let share = f64::from(scores.security.min(100));
    Score {
        value: scores.security.to_string(),
        of: "100",
        share,
        grade: grade(share),
    }
}

/// The quality score.
pub fn quality(scores: Scores) -> Score {
    let share = (10.0 * scores.quality).clamp(0.0, 100.0);
    Score {
        value: format!("{:.1}", scores.quality),
        of: "10",
        share,
        grade: grade(share),
    }
}

/// A word for a share of what could be had. The bounds are those of school marks: they say where
/// to look first, and nothing depends on them.
fn grade(share: f64) -> &'static str {
    match share {
        90.0.. => "strong",
        70.0.. => "fair",
        40.0.. => "weak",
        _ => "poor",
    }
}

/// `1,204`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `3 files`.
pub fn counted(n: u64, one: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(n))
}

/// Two decimals, with thousands apart.
pub fn decimal(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.2}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, "00"));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{whole}.{part}")
}

/// `512 B`, `12.5 KiB`.
pub fn size(bytes: u64) -> String {
    const STEP: f64 = 1024.0;
    // A size is far below 2^52, where the figure would begin to be rounded.
    let mut value = bytes as f64;
    if value < STEP {
        return format!("{bytes} B");
    }
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB"] {
        if value < STEP {
            break;
        }
        value /= STEP;
        unit = larger;
    }
    let text = format!("{value:.1}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// `25 Nov 2026, 18:46 UTC`.
pub fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%-d %b %Y, %H:%M UTC")
        .to_string()
}

/// `25 Nov 2026`.
pub fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y").to_string()
}

/// `+5`, `−0.4`, `±0`: how far a score moved, by `decimals`.
pub fn change(before: f64, after: f64, decimals: usize) -> Change {
    let moved = after - before;
    let text = format!("{:.decimals$}", moved.abs());
    if text.chars().all(|c| matches!(c, '0' | '.')) {
        return Change {
            text: "±0".to_owned(),
            class: "same",
        };
    }
    let (sign, class) = if moved > 0.0 {
        ("+", "better")
    } else {
        ("−", "worse")
    };
    Change {
        text: format!("{sign}{text}"),
        class,
    }
}

/// How far a score moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// With its sign.
    pub text: String,
    /// `better`, `worse`, `same`.
    pub class: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_read_as_the_page_says_them() {
        let scores = Scores {
            security: 85,
            quality: 7.2,
        };
        assert_eq!(
            (security(scores).value.as_str(), security(scores).grade),
            ("85", "fair")
        );
        assert_eq!(
            (quality(scores).value.as_str(), quality(scores).share),
            ("7.2", 72.0)
        );
        let best = Scores {
            security: 100,
            quality: 10.0,
        };
        assert_eq!(
            (security(best).grade, quality(best).value.as_str()),
            ("strong", "10.0")
        );
    }

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_204), "1,204");
        assert_eq!(count(12_345_678), "12,345,678");
        assert_eq!(decimal(1234.567), "1,234.57");
        assert_eq!(decimal(-0.5), "−0.50");
        assert_eq!(decimal(f64::NAN), "–");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(1200, "file"), "1,200 files");
    }

    #[test]
    fn sizes_have_their_unit() {
        assert_eq!(size(512), "512 B");
        assert_eq!(size(1 << 20), "1 MiB");
        assert_eq!(size(12_800), "12.5 KiB");
    }

    #[test]
    fn a_change_says_its_direction() {
        assert_eq!(change(80.0, 85.0, 0).text, "+5");
        assert_eq!(
            change(7.2, 6.8, 1),
            Change {
                text: "−0.4".into(),
                class: "worse"
            }
        );
        assert_eq!(change(7.2, 7.2, 1).class, "same");
        assert_eq!(change(7.21, 7.2, 1).text, "±0");
    }

    #[test]
    fn times_are_in_utc_and_say_so() {
        let at: Timestamp = "2026-11-05T08:06:00Z".parse().unwrap();
        assert_eq!(moment(at), "5 Nov 2026, 08:06 UTC");
        assert_eq!(day(at), "5 Nov 2026");
    }
}
