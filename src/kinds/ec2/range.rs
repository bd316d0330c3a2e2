//! Ranges of addresses of either family, as AWS writes them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::units::Cidr;

/// A range of IPv4 or IPv6 addresses in CIDR notation, such as `10.0.0.0/16` or `::/0`.
///
/// Bits beyond the prefix are cleared and IPv6 is shortened, as AWS does before it answers, so
/// that a range which was written otherwise does not differ for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Range {
    /// IPv4.
    V4(Cidr),
    /// IPv6: first address and prefix length.
    V6(Ipv6Addr, u8),
}

impl Range {
    /// Every IPv4 address.
    pub const WORLD: Self = Self::V4(Cidr::WORLD);

    /// The text, if this is IPv4.
    pub(super) fn v4(&self) -> Option<String> {
        matches!(self, Self::V4(_)).then(|| self.to_string())
    }

    /// The text, if this is IPv6.
    pub(super) fn v6(&self) -> Option<String> {
        matches!(self, Self::V6(..)).then(|| self.to_string())
    }
}

impl From<Cidr> for Range {
    fn from(range: Cidr) -> Self {
        Self::V4(range)
    }
}

/// A text that is not a range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a range of addresses such as 10.0.0.0/16 or ::/0")]
pub struct NotARange(String);

impl FromStr for Range {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let read = || {
            let (address, prefix) = text.split_once('/')?;
            let prefix: u8 = prefix.parse().ok()?;
            match address.parse().ok()? {
                IpAddr::V4(address) => Cidr::around(address, prefix).map(Self::V4),
                IpAddr::V6(address) => {
                    let host = 128_u32.checked_sub(u32::from(prefix))?;
                    let mask = u128::MAX.checked_shl(host).unwrap_or(0);
                    let first = Ipv6Addr::from(u128::from(address) & mask);
                    Some(Self::V6(first, prefix))
                }
            }
        };
        read().ok_or_else(|| NotARange(text.to_owned()))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(range) => fmt::Display::fmt(range, f),
            Self::V6(first, prefix) => write!(f, "{first}/{prefix}"),
        }
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Range {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Range".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A range of IPv4 or IPv6 addresses in CIDR notation.",
            "examples": ["10.0.0.0/16", "::/0"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        text.parse::<Range>().unwrap().to_string()
    }

    #[test]
    fn a_range_is_written_as_aws_answers_it() {
        assert_eq!(written("100.68.0.18/18"), "100.68.0.0/18");
        assert_eq!(written("0.0.0.0/0"), "0.0.0.0/0");
        assert_eq!(written("2001:DB8:0:0:0:0:0:1/32"), "2001:db8::/32");
        assert_eq!(written("::/0"), "::/0");
        assert_eq!(written("::1/128"), "::1/128");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "10.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "x/8",
            "10.0.0.0/-1",
        ] {
            assert!(text.parse::<Range>().is_err(), "{text}");
        }
    }
}
