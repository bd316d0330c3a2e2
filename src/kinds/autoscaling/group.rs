//! The group of instances that runs a workload, or one colour of it.

mod calls;
mod observed;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_autoscaling::types::Filter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::calls::{
    PROFILE, collect_metrics, create_group, describe, ids, lagging, move_target_groups, number,
    our_own, sdk_tags, tag, template,
};
use self::observed::{being_deleted, failure, in_service, outputs_of, passes, so_many, translate};
use super::not_found;
use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::ec2::launch_template::LaunchTemplate;
use crate::kinds::ec2::subnet::{self, Subnet};
use crate::kinds::ec2::vpc::Vpc;
use crate::kinds::elbv2::target_group::TargetGroup;
use crate::kinds::{
    After, Beside, Changes, Charge, Field, Found, Kind, Making, Outputs, Owner, Progress, Samples,
    Survey, Wait, outputs, sample,
};
use crate::reference::{Link, Text};
use crate::scope::{STACK_TAG, Scope, Tags};
use crate::units::Cidr;

const CREATE: &str = "autoscaling:CreateAutoScalingGroup";
const UPDATE: &str = "autoscaling:UpdateAutoScalingGroup";
const DESCRIBE: &str = "autoscaling:DescribeAutoScalingGroups";
/// A new instance profile takes up to half a minute to reach Auto Scaling.
const LAG: Duration = Duration::from_secs(60);
/// How long a group of the same name may take to go.
const GOING: Duration = Duration::from_secs(20 * 60);
/// Hours in AWS's month of account.
const HOURS: f64 = 730.0;
/// The version of a launch template that AWS takes where this stands: its default one, which an `apply` moves with every change.
pub const DEFAULT_VERSION: &str = "$Default";
/// Stands as the error code of a creation that waits for a predecessor to go.
const PREDECESSOR: &str = "PredecessorBeingDeleted";

/// An Auto Scaling group.
pub struct Group;

/// What a group is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name, unique in account and region.
    pub name: String,
    /// The fewest instances.
    pub min: u32,
    /// The most instances.
    pub max: u32,
    /// How many it starts with. Afterwards they are Auto Scaling's to decide.
    pub desired: u32,
    /// The subnets in which instances start.
    pub subnets: BTreeSet<Link<Subnet>>,
    /// The target groups that instances are registered with.
    pub target_groups: BTreeSet<Link<TargetGroup>>,
    /// What instances start from.
    pub launch_template: Link<LaunchTemplate>,
    /// The template's version: `$Default`, or a number.
    pub launch_template_version: Text,
    /// What one instance is, for its price. It follows from the launch template.
    pub instance: Instance,
    /// When an instance counts as unhealthy, and is replaced.
    pub health_check: HealthCheck,
    /// Which instance goes first when there are too many; the first policy that decides.
    pub termination_policies: Vec<String>,
    /// Seconds after a simple scaling in which none other starts.
    pub cooldown: u32,
    /// Seconds after its start in which an instance's own metrics do not count.
    pub warmup: u32,
    /// Whether its capacity is reported to CloudWatch each minute.
    pub metrics: bool,
    /// Whether an instance that AWS is likely to take back is replaced before it goes.
    pub capacity_rebalance: bool,
}

/// One instance, as far as its price goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Its type, such as `t3.small`.
    pub instance_type: String,
    /// The size of its root volume in GiB.
    pub root_gib: u16,
    /// The type of its root volume: `gp3`.
    pub volume_type: String,
    /// Whether it has a public address.
    pub public_ip: bool,
}

/// When an instance counts as unhealthy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// Whose word counts.
    pub by: Judge,
    /// Seconds after its start in which an instance is not judged. The API's default is 0,
    /// which kills whatever is slow to start.
    pub grace_period: u32,
}

/// Who says whether an instance is healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Judge {
    /// EC2: whether it runs.
    Ec2,
    /// The load balancer as well: whether it answers.
    Elb,
}

#[async_trait]
impl Kind for Group {
    type Spec = Spec;

    const TYPE: &'static str = "autoscaling:group";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a group cannot be renamed"),
        Field::owned("/desired", Owner::Autoscaling),
        Field::owned("/instance", Owner::Deploy),
    ];

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        outputs([("id", &spec.name), ("name", &spec.name)])
    }

    /// What runs at the least; more is Auto Scaling's to decide.
    fn charges(spec: &Spec) -> Vec<Charge> {
        let (count, one) = (f64::from(spec.min), &spec.instance);
        if spec.min == 0 || one.instance_type.is_empty() {
            return Vec::new();
        }
        let charge = |item: String, quantity: f64| Charge { item, quantity };
        let mut charges = vec![
            charge(format!("ec2.{}", one.instance_type), count * HOURS),
            charge(
                format!("ebs.{}.gb", one.volume_type),
                count * f64::from(one.root_gib),
            ),
        ];
        if one.public_ip {
            charges.push(charge("ec2.public_ipv4".to_owned(), count * HOURS));
        }
        charges
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let ours = Filter::builder()
            .name(format!("tag:{STACK_TAG}"))
            .values(survey.scope.prefix())
            .build();
        let groups: Vec<_> = cloud
            .autoscaling()
            .describe_auto_scaling_groups()
            .filters(ours)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during(DESCRIBE)?;
        Ok(groups
            .iter()
            .filter(|group| !being_deleted(group))
            .map(|group| {
                let tags = tags::from_sdk(group.tags(), |tag| (tag.key(), tag.value()));
                let address = survey.scope.address_of(&tags);
                let wanted = survey
                    .wanted
                    .iter()
                    .find(|wanted| Some(&wanted.address) == address.as_ref())
                    .map(|wanted| &wanted.spec.instance);
                let spec = translate(group, wanted);
                let running = in_service(group);
                Found {
                    address,
                    key: None,
                    tags,
                    outputs: outputs_of(group),
                    progress: match running < spec.min {
                        true => Progress::Pending(so_many(running, spec.min)),
                        false => Progress::Ready(Outputs::new()),
                    },
                    spec,
                }
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        making
            .patience
            .settle(
                "the group of the same name to be gone",
                GOING,
                |error| error.is(PREDECESSOR),
                || {
                    making.patience.settle(PROFILE, LAG, lagging, || async {
                        match create_group(making, spec).await {
                            Err(error) if error.already_exists() => {
                                our_own(making, &spec.name, error).await
                            }
                            other => other,
                        }
                    })
                },
            )
            .await?;
        if spec.metrics {
            collect_metrics(making.cloud, &spec.name, true).await?;
        }
        let arn = describe(making.cloud, &spec.name)
            .await?
            .and_then(|group| group.auto_scaling_group_arn)
            .unwrap_or_default();
        Ok(outputs([
            ("id", &spec.name),
            ("name", &spec.name),
            ("arn", &arn),
        ]))
    }

    /// Never sends the desired capacity: AWS itself moves it where it falls out of new bounds.
    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        let cloud = making.cloud;
        let moved = ["/launch_template", "/launch_template_version"];
        let template = match moved.iter().any(|field| changes.touch(field)) {
            true => Some(template(UPDATE, spec)?),
            false => None,
        };
        let subnets = ids(UPDATE, &spec.subnets)?.join(",");
        making
            .patience
            .settle(PROFILE, LAG, lagging, || async {
                cloud
                    .autoscaling()
                    .update_auto_scaling_group()
                    .auto_scaling_group_name(found.id())
                    .set_min_size(number(spec.min))
                    .set_max_size(number(spec.max))
                    .vpc_zone_identifier(&subnets)
                    .health_check_type(spec.health_check.by.name())
                    .set_health_check_grace_period(number(spec.health_check.grace_period))
                    .set_termination_policies(Some(spec.termination_policies.clone()))
                    .set_default_cooldown(number(spec.cooldown))
                    .set_default_instance_warmup(number(spec.warmup))
                    .capacity_rebalance(spec.capacity_rebalance)
                    .set_launch_template(template.clone())
                    .send()
                    .await
                    .during(UPDATE)
            })
            .await?;
        if changes.touch("/target_groups") {
            move_target_groups(cloud, spec, found).await?;
        }
        if changes.touch("/metrics") {
            collect_metrics(cloud, found.id(), spec.metrics).await?;
        }
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        if !set.is_empty() {
            making
                .cloud
                .autoscaling()
                .create_or_update_tags()
                .set_tags(Some(sdk_tags(found.id(), set)))
                .send()
                .await
                .during("autoscaling:CreateOrUpdateTags")?;
        }
        if !remove.is_empty() {
            let gone = remove.iter().map(|key| tag(found.id(), key, "")).collect();
            making
                .cloud
                .autoscaling()
                .delete_tags()
                .set_tags(Some(gone))
                .send()
                .await
                .during("autoscaling:DeleteTags")?;
        }
        Ok(())
    }

    /// Its instances go with it.
    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .patience
            .settle(
                "the group's own activities to end",
                GOING,
                |error| error.is("ScalingActivityInProgress") || error.is("ResourceInUse"),
                || async {
                    making
                        .cloud
                        .autoscaling()
                        .delete_auto_scaling_group()
                        .auto_scaling_group_name(found.id())
                        .force_delete(true)
                        .send()
                        .await
                        .during("autoscaling:DeleteAutoScalingGroup")
                },
            )
            .await;
        match gone {
            Err(error) if not_found(&error) => Ok(()),
            other => other.map(drop),
        }
    }

    /// AWS documents no bound. Ten minutes for capacity are what the AWS provider of Terraform
    /// allows by default; removing waits out the targets' deregistration besides.
    fn wait(after: After) -> Option<Wait> {
        let (until, usually, deadline) = match after {
            After::Create => ("the group's instances to be in service", 60, 600),
            After::Delete => ("the group and its instances to be gone", 90, 1200),
            After::Update => return None,
        };
        Some(Wait {
            until,
            every: Duration::from_secs(2),
            usually: Duration::from_secs(usually),
            deadline: Duration::from_secs(deadline),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let name = known.get("id").map_or("", String::as_str);
        let Some(group) = describe(cloud, name).await? else {
            return Ok(Progress::Gone);
        };
        if being_deleted(&group) {
            let left = group.instances().len();
            return Ok(Progress::Pending(format!("{left} instances are left")));
        }
        let running = in_service(&group);
        let wanted = count(group.desired_capacity());
        if running >= wanted {
            return Ok(Progress::Ready(Outputs::new()));
        }
        let activities = cloud
            .autoscaling()
            .describe_scaling_activities()
            .auto_scaling_group_name(name)
            .max_records(10)
            .send()
            .await
            .during("autoscaling:DescribeScalingActivities")?;
        Ok(match failure(activities.activities()) {
            Some(why) if !passes(&why) => Progress::Failed(why),
            Some(why) => Progress::Pending(format!("{}; {why}", so_many(running, wanted))),
            None => Progress::Pending(so_many(running, wanted)),
        })
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let other = Beside::new::<Subnet>(
            "subnet-b",
            &subnet::Spec {
                vpc: sample::<Vpc>(),
                cidr: Cidr::around([10, 9, 2, 0].into(), 24).unwrap_or(Cidr::WORLD),
                zone: format!("{}b", scope.region),
                map_public_ip: false,
            },
        );
        let one = sample::<Subnet>();
        let sample = Spec {
            name: scope.name("sample"),
            min: 1,
            max: 1,
            desired: 1,
            subnets: BTreeSet::from([one.clone()]),
            target_groups: BTreeSet::from([sample::<TargetGroup>()]),
            launch_template: sample::<LaunchTemplate>(),
            launch_template_version: DEFAULT_VERSION.into(),
            instance: Instance {
                instance_type: "t3.micro".to_owned(),
                root_gib: 20,
                volume_type: "gp3".to_owned(),
                public_ip: false,
            },
            health_check: HealthCheck {
                by: Judge::Elb,
                grace_period: 300,
            },
            termination_policies: vec!["OldestLaunchTemplate".to_owned(), "Default".to_owned()],
            cooldown: 300,
            warmup: 60,
            metrics: true,
            capacity_rebalance: false,
        };
        let changed = Spec {
            min: 0,
            max: 3,
            subnets: BTreeSet::from([one, other.link()]),
            target_groups: BTreeSet::new(),
            health_check: HealthCheck {
                by: Judge::Ec2,
                grace_period: 120,
            },
            termination_policies: vec!["Default".to_owned()],
            cooldown: 120,
            warmup: 30,
            metrics: false,
            capacity_rebalance: true,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![other],
        }
    }
}

impl Judge {
    fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Elb => "ELB",
        }
    }
}

fn count(value: Option<i32>) -> u32 {
    value
        .and_then(|v| u32::try_from(v).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
