use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Keyed, LoadBalancer};
use crate::stack::interpolate::Template;
use crate::stack::reference::{AccessRef, FilesRef, ParameterRef};
use crate::units::{
    Cidr, Duration, HttpPath, ImageRef, InstanceType, MountPath, Percent, Port, Size, VariableName,
};

/// A program that the stack runs: a container on instances behind the load balancer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// The container image, with a tag or a digest. What runs later is what `deploy` brought.
    pub image: ImageRef,
    /// The port on which the container listens. The instance passes port 80 on to it.
    pub port: Port,
    /// How the load balancer asks whether an instance is well.
    #[serde(default)]
    pub health: Health,
    /// Two groups of instances of which one serves: a release goes to the idle one and is switched to. Either this or `rolling`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blue_green: Option<BlueGreen>,
    /// One group of instances that a release replaces one after the other. Either this or `blue_green`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolling: Option<Rolling>,
    /// When instances are added and taken away. Left out, their number stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// File systems by the folder on which they are mounted, in the instance and in the container.
    #[serde(default)]
    pub mounts: Keyed<MountPath, FilesRef>,
    /// Environment variables whose values are secrets: the instance fetches them as it starts.
    #[serde(default)]
    pub secrets: Keyed<VariableName, ParameterRef>,
    /// Environment variables. `${section.name.attribute}` stands for a value of another section, `$${` for a plain `${`.
    #[serde(default)]
    pub environment: Keyed<VariableName, Template>,
    /// What the instances may use; their role gets exactly this. Mounts and secrets are included by themselves.
    #[serde(default)]
    pub access: Vec<AccessRef>,
    /// How the load balancer treats connections.
    #[serde(default)]
    pub load_balancer: LoadBalancer,
    /// The ranges from which SSH is let in. Left empty, port 22 stays shut and Session Manager is the way in.
    #[serde(default)]
    pub ssh_from: Vec<Cidr>,
    /// The name of an existing EC2 key pair for SSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub ssh_key: Option<String>,
    /// That 0.0.0.0/0 in `ssh_from` is meant.
    #[serde(default)]
    pub ssh_from_world_acknowledged: bool,
    /// The size of each instance's disk (gp3, encrypted).
    #[serde(default = "disk")]
    pub disk: Size,
    /// How long the log is kept.
    #[serde(default = "logs")]
    pub logs: Duration,
}

/// How the load balancer asks whether an instance is well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Health {
    /// What is asked for; 200 is the answer of a healthy instance.
    pub path: HttpPath,
    /// How often, 5s to 5m.
    pub every: Duration,
    /// How long an answer may take, 2s to 2m and less than `every`.
    pub timeout: Duration,
    /// After how many good answers an instance is well again.
    #[schemars(range(min = 2, max = 10))]
    pub healthy: u8,
    /// After how many bad answers an instance is unwell.
    #[schemars(range(min = 2, max = 10))]
    pub unhealthy: u8,
    /// How long a new instance may take to start before its health counts, 0s to 2h.
    pub grace: Duration,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            path: HttpPath::default(),
            every: Duration::from_seconds(30),
            timeout: Duration::from_seconds(5),
            healthy: 2,
            unhealthy: 3,
            grace: Duration::from_minutes(5),
        }
    }
}

/// Two groups, blue and green. The active one has `min` to `max` instances, the idle one none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlueGreen {
    /// The type of the instances.
    pub instance: InstanceType,
    /// The least number of instances of the active colour.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 500))]
    pub min: u16,
    /// The largest number of instances of a colour.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 500))]
    pub max: u16,
}

/// One group whose instances a release replaces, a few at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rolling {
    /// The type of the instances.
    pub instance: InstanceType,
    /// The least number of instances.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 500))]
    pub min: u16,
    /// The largest number of instances.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 500))]
    pub max: u16,
    /// The share of instances that stay healthy while they are replaced. With 100%, or where less would leave none, each new
    /// instance is healthy before an old one ends; with less, old ones end first.
    #[serde(default = "all")]
    pub healthy: Percent,
}

/// When instances are added and taken away: so that the average over the group stays near the target.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scale {
    /// The processors' load to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Percent>,
    /// The share of memory in use to keep, as the CloudWatch agent on the instance measures it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Percent>,
}

/// How a workload is released.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Release<'a> {
    /// Two groups, switched between.
    BlueGreen(&'a BlueGreen),
    /// One group, replaced one after the other.
    Rolling(&'a Rolling),
}

impl Release<'_> {
    /// The type of the instances.
    pub fn instance(&self) -> &InstanceType {
        match self {
            Self::BlueGreen(group) => &group.instance,
            Self::Rolling(group) => &group.instance,
        }
    }

    /// The least and the largest number of serving instances.
    pub fn bounds(&self) -> (u16, u16) {
        match self {
            Self::BlueGreen(group) => (group.min, group.max),
            Self::Rolling(group) => (group.min, group.max),
        }
    }
}

impl Workload {
    /// How it is released. In a stack that has been loaded there is always an answer.
    pub fn release(&self) -> Option<Release<'_>> {
        match (&self.blue_green, &self.rolling) {
            (Some(group), None) => Some(Release::BlueGreen(group)),
            (None, Some(group)) => Some(Release::Rolling(group)),
            _ => None,
        }
    }
}

fn all() -> Percent {
    Percent::ALL
}

fn one() -> u16 {
    1
}

fn two() -> u16 {
    2
}

fn disk() -> Size {
    Size::from_gigabytes(16)
}

fn logs() -> Duration {
    Duration::from_days(30)
}
