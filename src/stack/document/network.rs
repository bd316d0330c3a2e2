use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Keyed, Tags};
use crate::units::{Cidr, ZoneLetter};

/// The network: a VPC with its subnets, internet gateway, route tables and network ACLs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The address range of the network, from /28 to /16.
    pub cidr: Cidr,
    /// The subnets that the internet reaches, by zone letter. The load balancer stands in them, and so do the instances unless `instances_in` says otherwise.
    #[schemars(extend("minProperties" = 1))]
    pub public: Keyed<ZoneLetter, Cidr>,
    /// The subnets that the internet does not reach, by zone letter. Databases and file systems stand in them.
    #[serde(default)]
    pub private: Keyed<ZoneLetter, Cidr>,
    /// Where instances stand. In `public` they have public addresses, and only the load balancer reaches them, by security group. In `private` they need `nat`.
    #[serde(default)]
    pub instances_in: Tier,
    /// One NAT gateway a zone, so that what stands in the private subnets reaches the internet. About 35 USD a month each.
    #[serde(default)]
    pub nat: bool,
    /// A gateway endpoint for S3: traffic with buckets stays inside AWS. It costs nothing.
    #[serde(default = "yes")]
    pub s3_endpoint: bool,
    /// The network ACLs, which stand before the security groups.
    #[serde(default)]
    pub acls: Acls,
    /// Further tags for the subnets of each tier.
    #[serde(default)]
    pub tags: TierTags,
}

/// A tier of subnets.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Reached from the internet.
    #[default]
    Public,
    /// Not reached from the internet.
    Private,
}

impl Tier {
    /// Both, public first.
    pub const ALL: [Self; 2] = [Self::Public, Self::Private];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// How strict the network ACLs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acls {
    /// Public subnets take HTTP, HTTPS, SSH from the workload's `ssh_from`, traffic of the network and answers to what they asked; private ones take traffic of the network, and answers where there is a NAT gateway.
    #[default]
    Standard,
    /// Everything passes, as with the ACL that AWS makes; the security groups alone decide.
    Open,
}

/// Tags of the subnets of a tier, beside the stack's own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TierTags {
    /// For the public subnets.
    pub public: Tags,
    /// For the private subnets.
    pub private: Tags,
}

impl Network {
    /// The subnets of a tier, by zone.
    pub fn subnets(&self, tier: Tier) -> &Keyed<ZoneLetter, Cidr> {
        match tier {
            Tier::Public => &self.public,
            Tier::Private => &self.private,
        }
    }

    /// The tags of a tier's subnets.
    pub fn tier_tags(&self, tier: Tier) -> &Tags {
        match tier {
            Tier::Public => &self.tags.public,
            Tier::Private => &self.tags.private,
        }
    }

    /// The tier in which databases and mount targets stand: the private one, or the public one where there is no other.
    pub fn data_tier(&self) -> Tier {
        if self.private.is_empty() {
            Tier::Public
        } else {
            Tier::Private
        }
    }
}

fn yes() -> bool {
    true
}
