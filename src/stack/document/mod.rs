//! The typed stack file: one struct a section, exactly as a person writes it.
//!
//! The comments on the fields are what `explain` prints and what editors show, the defaults are what the schema says. Values that
//! a person never writes (a hop limit, a TLS policy) are the model's.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{EnvironmentName, ItemName, Region, StackName};

mod alarms;
mod alerts;
mod audit;
mod bucket;
mod dashboard;
mod database;
mod deployer;
mod domain;
mod engine;
mod files;
mod keyed;
mod load_balancer;
mod network;
mod parameter;
mod resource;
mod state;
mod tags;
mod workload;

pub use alarms::Alarms;
pub use alerts::Alerts;
pub use audit::Audit;
pub use bucket::Bucket;
pub use dashboard::Dashboard;
pub use database::{Database, StorageType};
pub use deployer::Deployer;
pub use domain::{Domain, OwnZone, Zone};
pub use engine::{Engine, EngineFamily};
pub use files::{Backup, Files, Owner, Throughput};
pub use keyed::Keyed;
pub use load_balancer::LoadBalancer;
pub use network::{Acls, Network, Tier, TierTags};
pub use parameter::{Parameter, ParameterSource};
pub use resource::Resource;
pub use state::State;
pub use tags::{TagKey, TagValue, Tags};
pub use workload::{BlueGreen, Health, Release, Rolling, Scale, Workload};

/// One stack: one environment in one region, with one set of resources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Stack")]
pub struct Document {
    /// The name of the stack. With the environment it begins every name in AWS.
    pub stack: StackName,
    /// The environment that the file describes; `--env` takes another one from `environments`.
    pub environment: EnvironmentName,
    /// The AWS region in which everything stands (billing alarms stand in us-east-1, where AWS keeps their metrics).
    pub region: Region,
    /// Tags for everything that can carry them.
    #[serde(default)]
    pub tags: Tags,
    /// The network: address range, subnets by zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The name under which the workload is reached. Brings the certificate, HTTPS and the redirect; without it the workload is served over HTTP under the load balancer's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
    /// The programs that the stack runs, by name.
    #[serde(default)]
    pub workloads: Keyed<ItemName, Workload>,
    /// Shared file systems (EFS), by name.
    #[serde(default)]
    pub files: Keyed<ItemName, Files>,
    /// Buckets (S3), by name. Always encrypted and never public.
    #[serde(default)]
    pub buckets: Keyed<ItemName, Bucket>,
    /// Databases (RDS), by name. Always encrypted and never public.
    #[serde(default)]
    pub databases: Keyed<ItemName, Database>,
    /// Secrets (SecureString parameters in Parameter Store), by name. Their values never stand in the file.
    #[serde(default)]
    pub parameters: Keyed<ItemName, Parameter>,
    /// Who is told when something is wrong (an SNS topic and its subscribers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<Alerts>,
    /// When something is wrong. Each alarm reports to `alerts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms: Option<Alarms>,
    /// Dashboards in CloudWatch.
    #[serde(default)]
    pub dashboards: Vec<Dashboard>,
    /// What is recorded of who did what and who spoke with whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The roles with which GitHub Actions plans, applies and releases: by OIDC, without keys, each with what its calls need and no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployer: Option<Deployer>,
    /// The bucket in which the journal and the lock of this stack lie.
    #[serde(default)]
    pub state: State,
    /// Any other AWS resource, by its kind and its AWS fields.
    #[serde(default)]
    pub resources: Keyed<ItemName, Resource>,
    /// What differs in other environments, by environment: mappings are merged, lists and values replaced, `null` removes. Taken with `--env NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "environments_schema")]
    pub environments: BTreeMap<String, serde_json::Value>,
}

/// How many overlays a file may have: each is checked with the whole file.
pub(super) const ENVIRONMENTS: usize = 32;

/// An overlay is checked where it is used, merged into the file: on its own it has no shape, since any part may be left out.
fn environments_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "propertyNames": generator.subschema_for::<EnvironmentName>(),
        "additionalProperties": { "type": "object" },
        "maxProperties": ENVIRONMENTS,
    })
}
