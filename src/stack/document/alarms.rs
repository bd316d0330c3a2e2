use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Percent, Size};

/// When something is wrong. What is left out is not watched.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// The instances' processors are busier than this, averaged over five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Percent>,
    /// The instances' memory is fuller than this, averaged over five minutes, as the CloudWatch agent on the instance measures it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Percent>,
    /// So many instances or more are unwell by the load balancer's health check.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub unhealthy_targets: Option<u32>,
    /// A database has less free storage than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_storage: Option<Size>,
    /// A file system with `throughput: bursting` has fewer credits left than this. A new one starts with 2 TB of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst_credits: Option<Size>,
}
