use std::fmt;
use std::str::FromStr;

use super::{Unit, UnitError, written_as_text};

/// A span of time in whole seconds, at most ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Duration(u32);

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;
/// Longer than anything AWS keeps or waits for (a log group's retention ends at ten years).
const LONGEST: u32 = 3_660 * DAY;

impl Duration {
    /// So many seconds.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// So many minutes.
    pub const fn from_minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(MINUTE))
    }

    /// So many days.
    pub const fn from_days(days: u32) -> Self {
        Self(days.saturating_mul(DAY))
    }

    /// What a bare number probably means: so many days or seconds, in words and as it is written.
    pub fn of_bare(number: &str, in_days: bool) -> Option<(String, String)> {
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let word = if in_days { "day" } else { "second" };
        let written = format!("{number}{}", word.get(..1)?);
        written.parse::<Self>().ok()?;
        let plural = if number == "1" { "" } else { "s" };
        Some((format!("{number} {word}{plural}"), written))
    }

    /// The whole span in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The span in days, if it is a whole number of them.
    pub fn whole_days(self) -> Option<u32> {
        self.0.is_multiple_of(DAY).then_some(self.0 / DAY)
    }

    /// The span in minutes, if it is a whole number of them.
    pub fn whole_minutes(self) -> Option<u32> {
        self.0.is_multiple_of(MINUTE).then_some(self.0 / MINUTE)
    }
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> Self {
        Self::from_secs(u64::from(duration.0))
    }
}

impl Unit for Duration {
    const FORMAT: &'static str = "time-span";
    const WHAT: &'static str = "a span of time";
    const WRITTEN: &'static str =
        "A span of time: a whole number and s, m, h or d (seconds, minutes, hours, days).";
    const EXAMPLES: &'static [&'static str] = &["30s", "5m", "1h", "30d"];
    const PATTERN: &'static str = "^[0-9]+[smhd]$";
}

impl FromStr for Duration {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        if number.is_empty() {
            return Err(UnitError::new::<Self>(
                text,
                "write a whole number and then s, m, h or d",
            ));
        }
        let (factor, spelt) = match unit.trim().to_ascii_lowercase().as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => (1, "s"),
            "m" | "min" | "mins" | "minute" | "minutes" => (MINUTE, "m"),
            "h" | "hr" | "hour" | "hours" => (HOUR, "h"),
            "d" | "day" | "days" => (DAY, "d"),
            "" => {
                return Err(UnitError::new::<Self>(text, "it has no unit: s, m, h or d")
                    .suggest(format!("{number}s")));
            }
            _ => return Err(UnitError::new::<Self>(text, "the unit is s, m, h or d")),
        };
        if unit != spelt {
            return Err(UnitError::new::<Self>(text, "the unit is s, m, h or d")
                .suggest(format!("{number}{spelt}")));
        }
        number
            .parse::<u32>()
            .ok()
            .and_then(|number| number.checked_mul(factor))
            .filter(|seconds| *seconds <= LONGEST)
            .map(Self)
            .ok_or_else(|| UnitError::new::<Self>(text, "it is longer than ten years"))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0;
        let (number, unit) = match seconds {
            0 => (0, 's'),
            _ if seconds.is_multiple_of(DAY) => (seconds / DAY, 'd'),
            _ if seconds.is_multiple_of(HOUR) => (seconds / HOUR, 'h'),
            _ if seconds.is_multiple_of(MINUTE) => (seconds / MINUTE, 'm'),
            _ => (seconds, 's'),
        };
        f.pad(&format!("{number}{unit}"))
    }
}

written_as_text!(Duration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_in_the_largest_whole_unit() {
        for (text, seconds, printed) in [
            ("30s", 30, "30s"),
            ("90s", 90, "90s"),
            ("60s", 60, "1m"),
            ("5m", 300, "5m"),
            ("24h", 86_400, "1d"),
            ("0s", 0, "0s"),
        ] {
            let duration: Duration = text.parse().unwrap();
            assert_eq!(
                (duration.seconds(), duration.to_string().as_str()),
                (seconds, printed)
            );
            assert_eq!(duration.to_string().parse::<Duration>().unwrap(), duration);
        }
        assert_eq!(Duration::from_days(30).whole_days(), Some(30));
        assert_eq!(Duration::from_seconds(90).whole_minutes(), None);
    }

    #[test]
    fn a_bare_number_is_so_many_days_or_seconds() {
        let bare = |number, in_days| {
            Duration::of_bare(number, in_days).map(|(words, written)| format!("{words} {written}"))
        };
        assert_eq!(bare("90", true).as_deref(), Some("90 days 90d"));
        assert_eq!(bare("1", true).as_deref(), Some("1 day 1d"));
        assert_eq!(bare("90", false).as_deref(), Some("90 seconds 90s"));
        for (number, in_days) in [("5000", true), ("", true), ("90d", true), ("-1", false)] {
            assert_eq!(bare(number, in_days), None, "{number}");
        }
    }

    #[test]
    fn wrong_units_are_refused_with_the_right_one() {
        for (text, suggestion) in [
            ("30", Some("30s")),
            ("30 s", Some("30s")),
            ("5min", Some("5m")),
            ("7 days", Some("7d")),
            ("5w", None),
            ("s", None),
        ] {
            assert_eq!(
                text.parse::<Duration>().unwrap_err().suggestion.as_deref(),
                suggestion,
                "{text}"
            );
        }
        for text in ["-5s", "1.5h", "99999999999s", "5000d", "1h30m"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }
}
