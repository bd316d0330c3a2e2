use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Tags;
use crate::units::Duration;

/// A shared file system (EFS): general purpose, always encrypted, with a mount target in each zone and an access point.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// After how long without use a file moves to the cheaper class: 1d, 7d, 14d, 30d, 60d, 90d, 180d, 270d or 365d. Left out, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["30d"]))]
    pub to_infrequent_access: Option<Duration>,
    /// Whether AWS Backup copies it.
    pub backup: Backup,
    /// How its speed is measured out.
    pub throughput: Throughput,
    /// The user and group, by number, as which all files are read and written.
    pub owner: Owner,
    /// Further tags for the file system.
    pub tags: Tags,
}

/// Whether and how often a file system is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Backup {
    /// Once a day, kept for 35 days: EFS's automatic backups.
    #[default]
    Daily,
    /// Never.
    Never,
}

/// How the speed of a file system is measured out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Throughput {
    /// As much as is needed, charged by the amount read and written.
    #[default]
    Elastic,
    /// In proportion to what is stored, with credits for bursts: without further charge, and slow once they are spent.
    Bursting,
}

/// A POSIX user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Owner {
    /// The user's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}

impl Default for Owner {
    fn default() -> Self {
        Self {
            uid: 1000,
            gid: 1000,
        }
    }
}
