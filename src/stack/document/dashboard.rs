use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dashboard in CloudWatch.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Dashboard {
    /// Requests, answers by status, response times, healthy instances of each colour.
    Application,
    /// Processors, memory, network, file systems, databases.
    Infrastructure,
    /// The month's bill so far, by service.
    Cost,
}

impl Dashboard {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Infrastructure => "infrastructure",
            Self::Cost => "cost",
        }
    }
}
