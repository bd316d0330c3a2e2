use std::fmt;
use std::str::FromStr;

use super::{Unit, UnitError, written_as_text};

/// A whole percentage, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent(u8);

impl Percent {
    /// 100%.
    pub const ALL: Self = Self(100);

    /// The percentage, if it is 1 to 100.
    pub const fn new(value: u8) -> Option<Self> {
        if value >= 1 && value <= 100 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The number before the sign.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl Unit for Percent {
    const FORMAT: &'static str = "percent";
    const WHAT: &'static str = "a percentage";
    const WRITTEN: &'static str = "A whole percentage with its sign, 1% to 100%.";
    const EXAMPLES: &'static [&'static str] = &["80%"];
    const PATTERN: &'static str = "^([1-9][0-9]?|100)%$";
}

impl FromStr for Percent {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let number = text.trim_end_matches('%').trim();
        let read = number
            .parse::<u8>()
            .ok()
            .filter(|_| !number.starts_with(['+', '0']))
            .and_then(Self::new);
        match read {
            Some(percent) if percent.to_string() == text => Ok(percent),
            Some(percent) => Err(UnitError::new::<Self>(
                text,
                "write the number and then the sign",
            )
            .suggest(percent.to_string())),
            None => Err(UnitError::new::<Self>(
                text,
                "write a whole number from 1 to 100 and then the sign",
            )),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", self.0))
    }
}

written_as_text!(Percent);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_a_hundred() {
        assert_eq!("80%".parse::<Percent>().unwrap().value(), 80);
        assert_eq!("100%".parse::<Percent>().unwrap().to_string(), "100%");
        for text in ["0%", "101%", "80.5%", "%", "-1%", "+8%", "08%"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_without_its_sign_is_suggested_with_it() {
        for text in ["80", "80 %", "80%%"] {
            assert_eq!(
                text.parse::<Percent>().unwrap_err().suggestion.as_deref(),
                Some("80%"),
                "{text}"
            );
        }
    }
}
