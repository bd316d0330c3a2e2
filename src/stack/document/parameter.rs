use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::VariableName;

/// A secret: a SecureString in Parameter Store. The file says where its value comes from, never what it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Parameter {
    /// The value is made at random, of so many letters and digits, when the parameter is first created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 16, max = 128))]
    pub generate: Option<u16>,
    /// The value is taken from this environment variable of whoever applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_env: Option<VariableName>,
    /// The value is asked for on the terminal when the parameter is first created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<bool>,
}

/// Where a secret's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterSource<'a> {
    /// So many random characters.
    Generate(u16),
    /// An environment variable of whoever applies.
    FromEnv(&'a VariableName),
    /// The terminal.
    Prompt,
}

impl Parameter {
    /// Where the value comes from. In a stack that has been loaded there is always an answer.
    pub fn source(&self) -> Option<ParameterSource<'_>> {
        match (self.generate, &self.from_env, self.prompt) {
            (Some(length), None, None) => Some(ParameterSource::Generate(length)),
            (None, Some(name), None) => Some(ParameterSource::FromEnv(name)),
            (None, None, Some(true)) => Some(ParameterSource::Prompt),
            _ => None,
        }
    }
}
