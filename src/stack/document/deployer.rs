use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{BranchName, GithubRepo};

/// Who may plan, apply and release from GitHub Actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deployer {
    /// The repository whose workflows may do so.
    pub github: GithubRepo,
    /// The branch on which workflows must run that apply or release; pull requests of the repository are planned.
    #[serde(default)]
    pub branch: BranchName,
    /// Whether the stack makes GitHub's OIDC provider, of which an account has one. Turn it off where the account has it already.
    #[serde(default = "yes")]
    pub provider: bool,
}

fn yes() -> bool {
    true
}
