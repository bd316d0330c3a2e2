use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An AWS resource by its fields, for what the sections do not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The kind, such as `sns.topic`. `explain resources` lists them.
    #[schemars(length(min = 1, max = 64))]
    pub kind: String,
    /// The fields of the kind, as AWS calls them, in snake case.
    #[serde(default)]
    pub fields: serde_json::Map<String, serde_json::Value>,
}
