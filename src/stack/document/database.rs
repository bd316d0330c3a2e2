use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Engine, Tags};
use crate::stack::reference::ParameterRef;
use crate::units::{DbClass, Duration, Size};

/// A database (RDS): always encrypted, never reached from the internet, minor versions upgraded by AWS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Whether it exists. A database that is turned off again is data that is deleted, so that needs `--delete-data`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The engine and its major version.
    pub engine: Engine,
    /// The class of the instance.
    pub class: DbClass,
    /// How much storage it has. It can grow and never shrink.
    pub storage: Size,
    /// The kind of storage.
    #[serde(default)]
    pub storage_type: StorageType,
    /// Whether a standby in a second zone takes over. Doubles the price.
    #[serde(default)]
    pub multi_zone: bool,
    /// How long daily backups are kept, and so how far back it can be restored to any second: 0d to 35d, where 0d means none.
    #[serde(default = "week")]
    pub backups: Duration,
    /// Whether AWS records which queries take how long, kept for seven days without charge.
    #[serde(default = "yes")]
    pub performance_insights: bool,
    /// Whether AWS installs minor versions in the maintenance window.
    #[serde(default = "yes")]
    pub minor_upgrades: bool,
    /// The parameter that holds the password. Left out, RDS makes one and keeps it in Secrets Manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<ParameterRef>,
    /// Whether AWS refuses to delete it.
    #[serde(default = "yes")]
    pub deletion_protection: bool,
    /// Further tags for the database.
    #[serde(default)]
    pub tags: Tags,
}

/// A kind of storage for a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageType {
    /// 3,000 operations a second at any size.
    #[default]
    Gp3,
    /// Three operations a second for each gigabyte, with bursts.
    Gp2,
}

impl StorageType {
    /// The name that the RDS API takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gp3 => "gp3",
            Self::Gp2 => "gp2",
        }
    }
}

fn yes() -> bool {
    true
}

fn week() -> Duration {
    Duration::from_days(7)
}
