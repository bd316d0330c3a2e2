//! No file, no TCP port, no socket or signal to anybody outside.

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, RestrictionStatus, Ruleset, RulesetAttr,
    RulesetError, RulesetStatus, Scope,
};

use super::Layer;

/// The newest rights known; a kernel that knows fewer of them forbids those.
const NEWEST: ABI = ABI::V10;

/// Forbids every file, port and scope that the kernel can forbid, and allows none.
pub fn restrict() -> Layer {
    match try_restrict() {
        Ok(status) => layer_of(&status),
        Err(error) => Layer::Off(error.to_string()),
    }
}

fn try_restrict() -> Result<RestrictionStatus, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()
}

fn layer_of(status: &RestrictionStatus) -> Layer {
    match (&status.ruleset, &status.landlock) {
        (RulesetStatus::NotEnforced, LandlockStatus::NotImplemented) => {
            Layer::Off("the kernel is built without it".to_owned())
        }
        (RulesetStatus::NotEnforced, LandlockStatus::NotEnabled) => {
            Layer::Off("the kernel was started without it".to_owned())
        }
        (RulesetStatus::NotEnforced, _) => Layer::Off("the kernel did not enforce it".to_owned()),
        (_, LandlockStatus::Available { effective_abi, .. }) => {
            Layer::On(format!("{effective_abi:?}"))
        }
        (_, _) => Layer::On("of unknown version".to_owned()),
    }
}
