use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::Duration;

/// How the load balancer treats connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LoadBalancer {
    /// How long a connection may be silent, 1s to 4000s. At least as long as the slowest answer.
    pub idle_timeout: Duration,
    /// How long an instance that is taken out may finish what it is doing, 0s to 1h. At least as long as the slowest answer.
    pub drain: Duration,
    /// How long a client is sent to the same instance, 1s to 7d. Left out, each request goes where there is room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stickiness: Option<Duration>,
    /// Whether AWS refuses to delete the load balancer.
    pub deletion_protection: bool,
}

impl Default for LoadBalancer {
    fn default() -> Self {
        Self {
            idle_timeout: Duration::from_seconds(60),
            drain: Duration::from_seconds(30),
            stickiness: None,
            deletion_protection: false,
        }
    }
}
