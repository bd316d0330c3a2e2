use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An amount of US dollars, exact to a millionth: hourly prices have up to five decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Usd {
    micros: i64,
}

/// A text that is no amount of dollars.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an amount in US dollars is a number such as 10 or 0.50, below a billion")]
pub struct NotAnAmount;

const MICROS: i64 = 1_000_000;
const LIMIT: f64 = 1e9;

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self { micros: 0 };

    /// An amount in millionths of a dollar.
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// An amount of whole dollars.
    pub const fn from_dollars(dollars: i32) -> Self {
        Self {
            micros: dollars as i64 * MICROS,
        }
    }

    /// The nearest millionth to an amount in dollars; nothing for what is no number or a billion and more.
    pub fn from_f64(dollars: f64) -> Option<Self> {
        (dollars.abs() < LIMIT).then(|| Self {
            micros: (dollars * MICROS as f64).round() as i64,
        })
    }

    /// The amount in millionths of a dollar.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// The amount in dollars, for an API that takes a floating-point number.
    pub fn as_f64(self) -> f64 {
        self.micros as f64 / MICROS as f64
    }

    /// The amount in whole dollars, if it is one.
    pub fn whole_dollars(self) -> Option<i64> {
        (self.micros % MICROS == 0).then_some(self.micros / MICROS)
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            micros: self.micros.saturating_add(other.micros),
        }
    }
}

impl Sub for Usd {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            micros: self.micros.saturating_sub(other.micros),
        }
    }
}

impl Neg for Usd {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            micros: self.micros.saturating_neg(),
        }
    }
}

impl Mul<u32> for Usd {
    type Output = Self;

    fn mul(self, count: u32) -> Self {
        Self {
            micros: self.micros.saturating_mul(i64::from(count)),
        }
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl FromStr for Usd {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 9) || !digits(fraction, 6) {
            return Err(NotAnAmount);
        }
        let whole: i64 = whole.parse().map_err(|_| NotAnAmount)?;
        let fraction: i64 = format!("{fraction:0<6}").parse().map_err(|_| NotAnAmount)?;
        Ok(Self {
            micros: whole * MICROS + fraction,
        })
    }
}

/// Whole dollars without decimals, all else with two, rounded half away from zero: `10`, `57.31`, `-0.50`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = (self.micros.unsigned_abs() + 5_000) / 10_000;
        let sign = if self.micros < 0 && cents > 0 {
            "-"
        } else {
            ""
        };
        let (dollars, rest) = (cents / 100, cents % 100);
        if self.whole_dollars().is_some() {
            f.pad(&format!("{sign}{dollars}"))
        } else {
            f.pad(&format!("{sign}{dollars}.{rest:02}"))
        }
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole_dollars() {
            Some(dollars) => serializer.serialize_i64(dollars),
            None => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        Self::from_f64(dollars).ok_or_else(|| de::Error::custom(NotAnAmount))
    }
}

impl JsonSchema for Usd {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Usd".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number",
            "minimum": 0,
            "exclusiveMaximum": 1_000_000_000,
            "description": "An amount in US dollars.",
            "examples": [10, 0.5],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_prints_and_adds_exactly() {
        for (text, micros, printed) in [
            ("10", 10_000_000, "10"),
            ("0.5", 500_000, "0.50"),
            ("0.0208", 20_800, "0.02"),
            ("57.316", 57_316_000, "57.32"),
        ] {
            let amount: Usd = text.parse().unwrap();
            assert_eq!(
                (amount.micros(), amount.to_string().as_str()),
                (micros, printed)
            );
        }
        let tenth: Usd = "0.1".parse().unwrap();
        assert_eq!((0..10).map(|_| tenth).sum::<Usd>(), Usd::from_dollars(1));
        assert_eq!((Usd::ZERO - tenth).to_string(), "-0.10");
        assert_eq!((tenth * 30).to_string(), "3");
        for text in ["", "-1", "1e3", "1.", ".5", "1,000", "NaN", "10000000000"] {
            assert_eq!(text.parse::<Usd>(), Err(NotAnAmount), "{text}");
        }
    }

    #[test]
    fn is_a_number_in_json() {
        assert_eq!(
            serde_json::to_string(&[Usd::from_dollars(10), Usd::from_micros(500_000)]).unwrap(),
            "[10,0.5]"
        );
        assert_eq!(
            serde_json::from_str::<Usd>("0.0208").unwrap().micros(),
            20_800
        );
        assert!(serde_json::from_str::<Usd>("1e30").is_err());
    }
}
