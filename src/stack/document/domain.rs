use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::DomainName;

/// The name under which the workload is reached, with its certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The name, such as codedetect.example.com.
    pub name: DomainName,
    /// The hosted zone in which the name is written: `zone: example.com` for one that the account has, `zone: { create: example.com }` for one that belongs to the stack.
    pub zone: Zone,
    /// Further names for the same workload, on the same certificate.
    #[serde(default)]
    pub aliases: Vec<DomainName>,
}

/// A hosted zone in Route 53.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Zone {
    /// A public hosted zone that the account already has, by its name.
    Existing(DomainName),
    /// A public hosted zone that the stack makes and owns. Its name servers must be entered at the parent zone before the world sees it.
    Own(OwnZone),
}

/// A hosted zone of the stack's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnZone {
    /// The name of the zone to make.
    pub create: DomainName,
}

impl Zone {
    /// The zone's name.
    pub fn name(&self) -> &DomainName {
        match self {
            Self::Existing(name) => name,
            Self::Own(zone) => &zone.create,
        }
    }

    /// Whether the stack makes it.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

impl Domain {
    /// Every name of the workload, the main one first.
    pub fn names(&self) -> impl Iterator<Item = &DomainName> {
        std::iter::once(&self.name).chain(&self.aliases)
    }
}
