use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Email, Usd};

/// Who is told when something is wrong, and when the bill is one of those things.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alerts {
    /// E-mail addresses. Each must be confirmed once by the link that AWS sends there.
    pub email: Vec<Email>,
    /// Amounts of the month's bill in US dollars, ascending, each with an alarm. The account must have billing alerts turned on.
    pub billing: Vec<Usd>,
}
