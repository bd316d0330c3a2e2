use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A TCP port, 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Port(u16);

/// A number that is no TCP port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a port is a whole number from 1 to 65535")]
pub struct NotAPort;

impl Port {
    /// HTTP.
    pub const HTTP: Self = Self(80);
    /// HTTPS.
    pub const HTTPS: Self = Self(443);
    /// NFS, which EFS speaks.
    pub const NFS: Self = Self(2049);
    /// MySQL and MariaDB.
    pub const MYSQL: Self = Self(3306);
    /// PostgreSQL.
    pub const POSTGRES: Self = Self(5432);
    /// SSH.
    pub const SSH: Self = Self(22);

    /// The port's number.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Port {
    type Error = NotAPort;

    fn try_from(number: u16) -> Result<Self, NotAPort> {
        if number == 0 {
            Err(NotAPort)
        } else {
            Ok(Self(number))
        }
    }
}

impl From<Port> for u16 {
    fn from(port: Port) -> Self {
        port.0
    }
}

impl FromStr for Port {
    type Err = NotAPort;

    fn from_str(text: &str) -> Result<Self, NotAPort> {
        text.parse::<u16>().map_err(|_| NotAPort)?.try_into()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonSchema for Port {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Port".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "minimum": 1,
            "maximum": 65535,
            "description": "A TCP port, 1 to 65535.",
            "examples": [5000],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ports_are_ports() {
        assert_eq!("5000".parse::<Port>().unwrap().number(), 5000);
        assert_eq!("65535".parse::<Port>().unwrap().to_string(), "65535");
        for text in ["0", "65536", "-1", "http", ""] {
            assert_eq!(text.parse::<Port>(), Err(NotAPort), "{text}");
        }
        assert!(serde_json::from_str::<Port>("0").is_err());
        assert_eq!(serde_json::to_string(&Port::HTTPS).unwrap(), "443");
    }
}
