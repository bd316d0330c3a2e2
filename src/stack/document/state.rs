use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::Duration;

/// The bucket in which the stack's journal and lock lie: always made, versioned and encrypted, and the first thing an apply makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// After how long old versions of its objects are removed.
    pub expire_old_versions: Duration,
}

impl Default for State {
    fn default() -> Self {
        Self {
            expire_old_versions: Duration::from_days(90),
        }
    }
}
