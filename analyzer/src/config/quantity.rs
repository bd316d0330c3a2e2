//! Counts, sizes and durations as people write them.

use std::time::Duration;

/// The words that say how a size is written.
pub(super) const SIZE: &str = "say a number of bytes, as 1048576, 512KiB or 16MiB";
/// The words that say how a count is written.
pub(super) const COUNT: &str = "say a whole number of at least 1";
/// The words that say how a duration is written.
pub(super) const DURATION: &str = "say a duration, as 500ms, 30s, 5m or 1h";

pub(super) fn count(word: &str) -> Option<usize> {
    word.parse().ok().filter(|count| *count > 0)
}

pub(super) fn size(word: &str) -> Option<usize> {
    let (number, unit) = match word.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => word.split_at(at),
        None => (word, ""),
    };
    let unit = match unit.trim() {
        "" | "B" => 1,
        "KiB" | "K" | "k" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    number
        .parse::<usize>()
        .ok()?
        .checked_mul(unit)
        .filter(|size| *size > 0)
}

pub(super) fn duration(word: &str) -> Option<Duration> {
    let at = word.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = word.split_at(at);
    let number: u64 = number.parse().ok()?;
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("1048576"), Some(1 << 20));
        assert_eq!(size("16MiB"), Some(16 << 20));
        assert_eq!(size("2GiB"), Some(2 << 30));
        assert_eq!(size("0"), None);
        assert_eq!(size("99999999999999999999"), None);
        assert_eq!(size("16 elephants"), None);
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("1h"), Some(Duration::from_secs(3_600)));
        assert_eq!(duration("30"), None);
        assert_eq!(duration("h"), None);
    }
}
