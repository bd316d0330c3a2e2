use std::fmt;
use std::str::FromStr;

use super::{Unit, UnitError, written_as_text};

/// An amount of storage. `1GB` is 1,073,741,824 bytes, as EBS, RDS and EFS count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size {
    megabytes: u64,
}

const MEGABYTE: u64 = 1 << 20;
const UNITS: [(&str, u64); 3] = [("TB", 1 << 20), ("GB", 1 << 10), ("MB", 1)];
/// 1,024 TB, sixteen times the largest RDS volume.
const LARGEST: u64 = 1 << 30;

impl Size {
    /// So many gigabytes.
    pub const fn from_gigabytes(gigabytes: u32) -> Self {
        Self {
            megabytes: (gigabytes as u64) << 10,
        }
    }

    /// The amount in bytes.
    pub fn bytes(self) -> u64 {
        self.megabytes * MEGABYTE
    }

    /// The amount in gigabytes, if it is a whole number of them.
    pub fn whole_gigabytes(self) -> Option<u32> {
        self.megabytes
            .is_multiple_of(1 << 10)
            .then(|| u32::try_from(self.megabytes >> 10).ok())
            .flatten()
    }
}

impl Unit for Size {
    const FORMAT: &'static str = "storage-size";
    const WHAT: &'static str = "an amount of storage";
    const WRITTEN: &'static str =
        "An amount of storage: a whole number and MB, GB or TB. 1GB is 1024MB, as AWS counts.";
    const EXAMPLES: &'static [&'static str] = &["20GB", "512MB"];
    const PATTERN: &'static str = "^[0-9]+(MB|GB|TB)$";
}

impl FromStr for Size {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        if number.is_empty() {
            return Err(UnitError::new::<Self>(
                text,
                "write a whole number and then MB, GB or TB",
            ));
        }
        let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let error = UnitError::new::<Self>(text, "the unit is MB, GB or TB");
            let letter = unit.trim().to_ascii_uppercase();
            let meant = if unit.is_empty() {
                Some("GB")
            } else {
                UNITS
                    .iter()
                    .map(|(name, _)| *name)
                    .find(|name| name.chars().next() == letter.chars().next())
            };
            return Err(match meant {
                Some(meant) => error.suggest(format!("{number}{meant}")),
                None => error,
            });
        };
        number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*factor))
            .filter(|megabytes| *megabytes <= LARGEST)
            .map(|megabytes| Self { megabytes })
            .ok_or_else(|| UnitError::new::<Self>(text, "it is more than 1024TB"))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = UNITS
            .iter()
            .find(|(_, factor)| self.megabytes > 0 && self.megabytes.is_multiple_of(*factor))
            .copied()
            .unwrap_or(("MB", 1));
        f.pad(&format!("{}{unit}", self.megabytes / factor))
    }
}

written_as_text!(Size);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_aws_does() {
        let size: Size = "20GB".parse().unwrap();
        assert_eq!(
            (size.bytes(), size.whole_gigabytes()),
            (21_474_836_480, Some(20))
        );
        assert_eq!(size, Size::from_gigabytes(20));
        assert_eq!("512MB".parse::<Size>().unwrap().whole_gigabytes(), None);
        for (text, printed) in [
            ("1024MB", "1GB"),
            ("1536MB", "1536MB"),
            ("2TB", "2TB"),
            ("0MB", "0MB"),
        ] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn wrong_units_are_refused_with_the_right_one() {
        for (text, suggestion) in [
            ("20", Some("20GB")),
            ("20 GB", Some("20GB")),
            ("20gb", Some("20GB")),
            ("20GiB", Some("20GB")),
            ("5KB", None),
        ] {
            assert_eq!(
                text.parse::<Size>().unwrap_err().suggestion.as_deref(),
                suggestion,
                "{text}"
            );
        }
        assert!("99999999999999999999GB".parse::<Size>().is_err());
        assert!("18014398509481984TB".parse::<Size>().is_err());
    }
}
