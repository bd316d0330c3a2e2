use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use super::{Unit, UnitError, written_as_text};

/// A range of IPv4 addresses in CIDR notation. Only the network address is accepted, as AWS does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    network: u32,
    prefix: u8,
}

impl Cidr {
    /// Every address: `0.0.0.0/0`.
    pub const WORLD: Self = Self {
        network: 0,
        prefix: 0,
    };

    /// The range of that prefix length (at most 32) in which `address` lies.
    pub fn around(address: Ipv4Addr, prefix: u8) -> Option<Self> {
        (prefix <= 32).then(|| Self {
            network: u32::from(address) & mask(prefix),
            prefix,
        })
    }

    /// The first address of the range.
    pub fn network(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.network)
    }

    /// The number of fixed bits, 0 to 32.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// How many addresses the range has.
    pub fn addresses(&self) -> u64 {
        1 << (32 - u32::from(self.prefix))
    }

    /// Whether all of `other` lies in this range.
    pub fn contains(&self, other: &Self) -> bool {
        self.prefix <= other.prefix && other.network & mask(self.prefix) == self.network
    }

    /// Whether the two ranges share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether this is every address there is.
    pub fn is_world(&self) -> bool {
        self.prefix == 0
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl Unit for Cidr {
    const FORMAT: &'static str = "cidr";
    const WHAT: &'static str = "an IPv4 range";
    const WRITTEN: &'static str =
        "An IPv4 range in CIDR notation: network address, slash, prefix length.";
    const EXAMPLES: &'static [&'static str] = &["10.0.0.0/16", "10.0.1.0/24"];
    const PATTERN: &'static str = r"^(\d{1,3}\.){3}\d{1,3}/\d{1,2}$";
}

impl FromStr for Cidr {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let Some((address, prefix)) = text.split_once('/') else {
            let error = UnitError::new::<Self>(text, "it has no prefix length");
            return Err(match text.parse::<Ipv4Addr>() {
                Ok(_) => error.suggest(format!("{text}/32")),
                Err(_) => error,
            });
        };
        let address: Ipv4Addr = address.parse().map_err(|_| {
            UnitError::new::<Self>(text, "the part before the slash is not an IPv4 address")
        })?;
        let digits =
            !prefix.is_empty() && prefix.len() <= 2 && prefix.bytes().all(|b| b.is_ascii_digit());
        let cidr = digits
            .then(|| prefix.parse().ok())
            .flatten()
            .and_then(|prefix| Self::around(address, prefix))
            .ok_or_else(|| {
                UnitError::new::<Self>(text, "the prefix length is a number from 0 to 32")
            })?;
        if cidr.network() != address {
            let reason = format!(
                "with that prefix length the network begins at {}",
                cidr.network()
            );
            return Err(UnitError::new::<Self>(text, reason).suggest(cidr.to_string()));
        }
        if cidr.to_string() != text {
            return Err(
                UnitError::new::<Self>(text, "it has leading zeros").suggest(cidr.to_string())
            );
        }
        Ok(cidr)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.network(), self.prefix))
    }
}

written_as_text!(Cidr);

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_prints() {
        for text in ["0.0.0.0/0", "10.0.0.0/16", "192.0.2.7/32", "128.0.0.0/1"] {
            assert_eq!(cidr(text).to_string(), text);
        }
        for text in [
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0/16",
            "::/0",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "a/b",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }

    #[test]
    fn host_bits_are_refused_with_the_network_that_was_meant() {
        let error = "10.0.1.5/24".parse::<Cidr>().unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("10.0.1.0/24"));
        assert_eq!(
            "192.0.2.7"
                .parse::<Cidr>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("192.0.2.7/32")
        );
    }

    #[test]
    fn containment_and_overlap() {
        let vpc = cidr("10.0.0.0/16");
        assert!(vpc.contains(&cidr("10.0.1.0/24")));
        assert!(vpc.contains(&vpc));
        assert!(!vpc.contains(&cidr("10.1.0.0/24")));
        assert!(!cidr("10.0.1.0/24").contains(&vpc));
        assert!(cidr("10.0.1.0/24").overlaps(&vpc));
        assert!(!cidr("10.0.1.0/24").overlaps(&cidr("10.0.2.0/24")));
        assert!(Cidr::WORLD.contains(&vpc) && Cidr::WORLD.is_world());
        assert_eq!(
            (
                vpc.addresses(),
                Cidr::WORLD.addresses(),
                cidr("192.0.2.7/32").addresses()
            ),
            (65_536, 1 << 32, 1)
        );
    }
}
