//! Internet protocols, by name for a person and by number for a network ACL.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An internet protocol: `all`, `tcp`, `udp`, `icmp`, `icmpv6`, or a number of IANA's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Every protocol.
    All,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP for IPv4.
    Icmp,
    /// ICMP for IPv6.
    Icmpv6,
    /// Another one, by its number.
    Number(u8),
}

impl Protocol {
    /// As a rule of a security group has it: names for what has ports, `-1` for all.
    pub(super) fn in_rule(self) -> String {
        match self {
            Self::All => "-1".to_owned(),
            other => other.to_string(),
        }
    }

    /// As an entry of a network ACL has it: always a number, `-1` for all.
    pub(super) fn in_entry(self) -> String {
        match self {
            Self::All => "-1".to_owned(),
            Self::Tcp => "6".to_owned(),
            Self::Udp => "17".to_owned(),
            Self::Icmp => "1".to_owned(),
            Self::Icmpv6 => "58".to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }

    /// Whether it is one of the ICMPs, which have types and codes in place of ports.
    pub(super) fn is_icmp(self) -> bool {
        matches!(self, Self::Icmp | Self::Icmpv6)
    }

    /// Whether it has ports.
    pub(super) fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }

    /// What AWS answered for ports, or for type and code, in one form: nothing for a protocol
    /// without them, and every port or type (0–65535, -1) where AWS leaves them out.
    pub(super) fn bounds(self, from: Option<i32>, to: Option<i32>) -> (Option<i32>, Option<i32>) {
        if self.has_ports() {
            (Some(from.unwrap_or(0)), Some(to.unwrap_or(65535)))
        } else if self.is_icmp() {
            (Some(from.unwrap_or(-1)), Some(to.unwrap_or(-1)))
        } else {
            (None, None)
        }
    }

    /// Whether these bounds can be wanted of this protocol; if not, what is wrong.
    pub(super) fn check(self, from: Option<i32>, to: Option<i32>) -> Result<(), String> {
        let range = 0..=65535;
        match (from, to) {
            (Some(from), Some(to)) if self.has_ports() => {
                if range.contains(&from) && range.contains(&to) && from <= to {
                    Ok(())
                } else {
                    Err(format!("{from} to {to} is not a range of ports"))
                }
            }
            (Some(_), Some(_)) if self.is_icmp() => Ok(()),
            (None, None) if !self.has_ports() && !self.is_icmp() => Ok(()),
            _ if self.has_ports() => Err(format!("{self} needs both `from` and `to`, its ports")),
            _ if self.is_icmp() => Err(format!(
                "{self} needs both `from` and `to`, its type and code (-1 for all)"
            )),
            _ => Err(format!(
                "protocol {self} has no ports: leave out `from` and `to`"
            )),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Tcp => f.write_str("tcp"),
            Self::Udp => f.write_str("udp"),
            Self::Icmp => f.write_str("icmp"),
            Self::Icmpv6 => f.write_str("icmpv6"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A text that names no protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no protocol: all, tcp, udp, icmp, icmpv6, or a number from 0 to 255")]
pub struct NotAProtocol(String);

impl FromStr for Protocol {
    type Err = NotAProtocol;

    fn from_str(text: &str) -> Result<Self, NotAProtocol> {
        Ok(match text {
            "all" | "-1" => Self::All,
            "tcp" | "6" => Self::Tcp,
            "udp" | "17" => Self::Udp,
            "icmp" | "1" => Self::Icmp,
            "icmpv6" | "58" => Self::Icmpv6,
            other => Self::Number(other.parse().map_err(|_| NotAProtocol(text.to_owned()))?),
        })
    }
}

impl Serialize for Protocol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Protocol {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Protocol".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "all, tcp, udp, icmp, icmpv6, or a number of IANA's list.",
            "examples": ["tcp", "all"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_mean_the_same() {
        for (number, name) in [
            ("-1", "all"),
            ("6", "tcp"),
            ("17", "udp"),
            ("1", "icmp"),
            ("58", "icmpv6"),
            ("50", "50"),
        ] {
            let protocol: Protocol = number.parse().unwrap();
            assert_eq!(Ok(protocol), name.parse());
            assert_eq!(protocol.to_string(), name);
            assert_eq!(protocol.in_entry(), number);
        }
        assert!("tpc".parse::<Protocol>().is_err());
        assert!("256".parse::<Protocol>().is_err());
    }

    #[test]
    fn what_aws_leaves_out_is_filled_in_and_what_means_nothing_is_dropped() {
        assert_eq!(Protocol::All.bounds(Some(-1), Some(-1)), (None, None));
        assert_eq!(Protocol::Number(50).bounds(Some(0), Some(0)), (None, None));
        assert_eq!(Protocol::Icmp.bounds(None, None), (Some(-1), Some(-1)));
        assert_eq!(
            Protocol::Tcp.bounds(Some(80), Some(80)),
            (Some(80), Some(80))
        );
    }

    #[test]
    fn bounds_that_do_not_fit_the_protocol_are_refused() {
        assert!(Protocol::Tcp.check(Some(80), Some(443)).is_ok());
        assert!(Protocol::Tcp.check(Some(443), Some(80)).is_err());
        assert!(Protocol::Tcp.check(None, None).is_err());
        assert!(Protocol::Tcp.check(Some(0), Some(70000)).is_err());
        assert!(Protocol::All.check(Some(0), Some(0)).is_err());
        assert!(Protocol::Icmp.check(Some(8), Some(-1)).is_ok());
        assert!(Protocol::Icmp.check(None, Some(0)).is_err());
    }
}
