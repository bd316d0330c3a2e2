use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::Duration;

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// Whether CloudTrail records every call to AWS in the account, into a bucket of the stack.
    pub trail: bool,
    /// Whether the network's flows are recorded: who spoke with whom, and what was refused.
    pub flow_logs: bool,
    /// How long records are kept.
    pub retention: Duration,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            trail: true,
            flow_logs: true,
            retention: Duration::from_days(90),
        }
    }
}
