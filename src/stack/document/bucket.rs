use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Tags;
use crate::stack::interpolate::Template;
use crate::units::Duration;

/// A bucket (S3): always encrypted, never public, by HTTPS only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bucket {
    /// The bucket's name in AWS, where names are unique in the world. Left out, it is made of stack, environment, name, account and region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Template>,
    /// Whether overwritten and deleted objects are kept as old versions.
    pub versioned: bool,
    /// After how long old versions are removed. Left out, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["90d"]))]
    pub expire_old_versions: Option<Duration>,
    /// After how long the parts of an upload that was never finished are removed.
    pub abort_incomplete_uploads: Duration,
    /// After how long objects move to the class for infrequent access, at least 30d. Left out, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["30d"]))]
    pub to_infrequent_access: Option<Duration>,
    /// After how long objects are removed. Left out, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["365d"]))]
    pub expire: Option<Duration>,
    /// Further tags for the bucket.
    pub tags: Tags,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            name: None,
            versioned: true,
            expire_old_versions: None,
            abort_incomplete_uploads: Duration::from_days(7),
            to_infrequent_access: None,
            expire: None,
            tags: Tags::default(),
        }
    }
}
