//! Secret values: where they come from, and a type that cannot be printed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AwsError;
use crate::reference::Address;

/// A secret value. It has no `Debug`, `Display` or `Serialize`: whoever needs the characters
/// says so by [`Secret::expose`].
pub struct Secret(String);

impl Secret {
    /// A secret from its characters.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The characters, for the one call that needs them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where a secret's value comes from. This, and never the value, stands in specifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// So many random characters, made once.
    Generate(u16),
    /// An environment variable of the process that applies.
    FromEnv(String),
    /// Asked of the person at the terminal.
    Prompt,
}

/// Gives secret values to the call that writes them.
pub trait Secrets: Send + Sync {
    /// The value for the resource at `address`.
    fn obtain(&self, address: &Address, source: &SecretSource) -> Result<Secret, AwsError>;
}
