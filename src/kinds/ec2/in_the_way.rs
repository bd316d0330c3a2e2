//! Removing what something may still use: waiting where AWS is about to let go of it, naming
//! who holds it where nobody is.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_ec2::types::{
    AttachmentStatus, Filter, Instance, InstanceStateName, NetworkInterface, NetworkInterfaceStatus,
};
use tokio::time::Instant;

use super::tagging;
use crate::aws::{AwsError, Cloud, During, ErrorClass};
use crate::kinds::Making;
use crate::scope::STACK_TAG;

/// How long interfaces that go without anybody's doing are waited for. A load balancer keeps its
/// own for some minutes after it was deleted; the instances of an Auto Scaling group may take the
/// 1,200 s that its removal is given, and a gateway begins to wait before the group is asked to go.
const PASSING: Duration = Duration::from_secs(1500);
/// How long a violation without any interface is taken for lag of an earlier deletion.
const LAG: Duration = Duration::from_secs(30);
/// Values that a filter takes ("DescribeInstances", EC2 API reference).
const FILTERED: usize = 200;
/// Interfaces named in a hint.
const SHOWN: usize = 5;

/// A thing that network interfaces can hold, by its id.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held<'a> {
    Subnet(&'a str),
    Group(&'a str),
    Vpc(&'a str),
    /// The internet gateway of this VPC: held by public addresses.
    GatewayOf(&'a str),
    /// A thing that no interface uses: only lag is waited out.
    Nothing(&'a str),
}

impl Held<'_> {
    fn filter(self) -> Option<Filter> {
        let (name, id) = match self {
            Self::Subnet(id) => ("subnet-id", id),
            Self::Group(id) => ("group-id", id),
            Self::Vpc(id) | Self::GatewayOf(id) => ("vpc-id", id),
            Self::Nothing(_) => return None,
        };
        Some(Filter::builder().name(name).values(id).build())
    }

    /// Whether an instance of the stack that still runs may be waited for. Under an address or in a
    /// subnet that is to go it is about to go as well, its Auto Scaling group being removed or turned
    /// elsewhere in the same run. A security group it wears until the next release replaces it.
    fn waits_for_instances(self) -> bool {
        !matches!(self, Self::Group(_))
    }

    fn what(self) -> String {
        match self {
            Self::Subnet(id) | Self::Group(id) | Self::Vpc(id) | Self::Nothing(id) => {
                format!("{id} to be unused")
            }
            Self::GatewayOf(id) => format!("public addresses in {id} to go"),
        }
    }
}

/// Whether what is in the way goes without anybody's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    /// AWS is to remove it.
    ByItself,
    /// An instance of the stack runs on it, which this run may be about to end.
    WithTheStack,
    /// Nobody has begun to remove it.
    Not,
}

/// A network interface that is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    id: String,
    /// What it belongs to, as a person would look for it.
    whose: String,
    goes: Goes,
}

impl Holder {
    /// An interface, with the instances that EC2 still tells of, by their ids.
    fn of(
        interface: &NetworkInterface,
        instances: &HashMap<String, Instance>,
        stack: &str,
    ) -> Self {
        let attachment = interface.attachment();
        let instance = instance_of(interface);
        let detaching = attachment.and_then(|it| it.status()) == Some(&AttachmentStatus::Detaching)
            || interface.status() == Some(&NetworkInterfaceStatus::Detaching);
        let by_service = interface.requester_managed().unwrap_or_default();
        let description = interface.description().unwrap_or_default();
        let owner = match (instance, attachment.and_then(|it| it.instance_owner_id())) {
            (Some(instance), _) => format!("instance {instance}"),
            (None, Some(owner)) => format!("owner {owner}"),
            (None, None) => format!("owner {}", interface.owner_id().unwrap_or("unknown")),
        };
        Self {
            id: interface
                .network_interface_id()
                .unwrap_or_default()
                .to_owned(),
            whose: if description.is_empty() {
                owner
            } else {
                format!("{description}, {owner}")
            },
            goes: match instance {
                _ if by_service || detaching => Goes::ByItself,
                Some(id) => goes_with(instances.get(id), stack),
                None => Goes::Not,
            },
        }
    }

    fn goes_by_itself(&self, held: Held<'_>, lagging: bool) -> bool {
        match self.goes {
            Goes::ByItself => true,
            Goes::WithTheStack => lagging || held.waits_for_instances(),
            Goes::Not => false,
        }
    }
}

/// The id of the instance that an interface is attached to.
fn instance_of(interface: &NetworkInterface) -> Option<&str> {
    interface.attachment().and_then(|it| it.instance_id())
}

/// Whether the interfaces of an instance go; of one that is not told any more they do.
fn goes_with(instance: Option<&Instance>, stack: &str) -> Goes {
    let Some(instance) = instance else {
        return Goes::ByItself;
    };
    let ends = matches!(
        instance.state().and_then(|state| state.name()),
        Some(InstanceStateName::ShuttingDown | InstanceStateName::Terminated)
    );
    if ends {
        Goes::ByItself
    } else if tagging::read(instance.tags())
        .get(STACK_TAG)
        .is_some_and(|of| of == stack)
    {
        Goes::WithTheStack
    } else {
        Goes::Not
    }
}

/// Those holders as they stand in a hint.
fn named(holders: &[Holder]) -> String {
    let mut names: Vec<String> = holders
        .iter()
        .take(SHOWN)
        .map(|holder| format!("{} ({})", holder.id, holder.whose))
        .collect();
    if holders.len() > SHOWN {
        names.push(format!("{} more", holders.len() - SHOWN));
    }
    names.join(", ")
}

async fn holders(making: &Making<'_>, held: Held<'_>) -> Result<Vec<Holder>, AwsError> {
    let Some(filter) = held.filter() else {
        return Ok(Vec::new());
    };
    let mut interfaces: Vec<_> = making
        .cloud
        .ec2()
        .describe_network_interfaces()
        .filters(filter)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeNetworkInterfaces")?;
    interfaces.retain(|it| !matches!(held, Held::GatewayOf(_)) || it.association().is_some());
    let instances = instances(making.cloud, &interfaces).await?;
    let stack = making.scope.prefix();
    Ok(interfaces
        .iter()
        .map(|it| Holder::of(it, &instances, &stack))
        .collect())
}

/// The instances that these interfaces are attached to, by id.
async fn instances(
    cloud: &Cloud,
    interfaces: &[NetworkInterface],
) -> Result<HashMap<String, Instance>, AwsError> {
    let ids: BTreeSet<&str> = interfaces.iter().filter_map(instance_of).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut found = HashMap::new();
    for ids in ids.chunks(FILTERED) {
        // By a filter, because one id that is unknown by now would fail a list of them.
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let reservations: Vec<_> = cloud
            .ec2()
            .describe_instances()
            .filters(
                Filter::builder()
                    .name("instance-id")
                    .set_values(Some(ids))
                    .build(),
            )
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeInstances")?;
        let told = reservations
            .into_iter()
            .flat_map(|reservation| reservation.instances.unwrap_or_default());
        found.extend(told.filter_map(|it| Some((it.instance_id.clone()?, it))));
    }
    Ok(found)
}

/// Calls `remove` until AWS lets the thing go. Gone already is success. A violation is waited
/// out only while all that is in the way belongs to AWS's services, is being detached, or goes
/// with instances of the stack; else the error names it and its owner.
pub(super) async fn remove<F, Fut>(
    making: &Making<'_>,
    held: Held<'_>,
    mut remove: F,
) -> Result<(), AwsError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), AwsError>>,
{
    let began = Instant::now();
    let passing = AtomicBool::new(true);
    // When something was last in the way, in seconds since the beginning: lag follows upon it.
    let last = AtomicU64::new(0);
    let answer = making
        .patience
        .settle(
            &held.what(),
            PASSING,
            |error| error.class == ErrorClass::InUse && passing.load(Ordering::Relaxed),
            || {
                let attempt = remove();
                async {
                    let Err(error) = attempt.await else {
                        return Ok(());
                    };
                    if error.class != ErrorClass::InUse {
                        return Err(error);
                    }
                    let found = holders(making, held).await?;
                    let now = began.elapsed().as_secs();
                    let goes_by_itself = if found.is_empty() {
                        now - last.load(Ordering::Relaxed) < LAG.as_secs()
                    } else {
                        last.store(now, Ordering::Relaxed);
                        let lagging = now < LAG.as_secs();
                        found.iter().all(|it| it.goes_by_itself(held, lagging))
                    };
                    passing.store(goes_by_itself, Ordering::Relaxed);
                    Err(error)
                }
            },
        )
        .await;
    match answer {
        Err(error) if error.not_found() => Ok(()),
        Err(error) if error.class == ErrorClass::InUse => {
            let found = holders(making, held).await?;
            if found.is_empty() {
                return Err(error);
            }
            let hint = format!(
                "in the way: {}; remove what it belongs to, then run again",
                named(&found)
            );
            Err(error.hint(hint))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{InstanceState, NetworkInterfaceAttachment, Tag};

    use super::*;

    fn interface(description: &str, managed: bool, instance: Option<&str>) -> NetworkInterface {
        NetworkInterface::builder()
            .network_interface_id("eni-1")
            .description(description)
            .requester_managed(managed)
            .owner_id("123456789012")
            .attachment(
                NetworkInterfaceAttachment::builder()
                    .set_instance_id(instance.map(str::to_owned))
                    .instance_owner_id("amazon-elb")
                    .status(AttachmentStatus::Attached)
                    .build(),
            )
            .build()
    }

    fn holder(interface: &NetworkInterface, instances: &[Instance]) -> Holder {
        let by_id = instances
            .iter()
            .map(|it| (it.instance_id().unwrap().to_owned(), it.clone()));
        Holder::of(interface, &by_id.collect(), "shop-prod")
    }

    fn instance(state: InstanceStateName, stack: &str) -> Instance {
        Instance::builder()
            .instance_id("i-1")
            .state(InstanceState::builder().name(state).build())
            .tags(Tag::builder().key(STACK_TAG).value(stack).build())
            .build()
    }

    #[test]
    fn an_interface_of_a_load_balancer_goes_by_itself_one_of_an_instance_does_not() {
        let balancer = holder(&interface("ELB app/shop/1", true, None), &[]);
        assert_eq!(balancer.goes, Goes::ByItself);
        assert_eq!(balancer.whose, "ELB app/shop/1, owner amazon-elb");
        let running = instance(InstanceStateName::Running, "elses-prod");
        let instance = holder(&interface("", false, Some("i-1")), &[running]);
        assert_eq!(instance.goes, Goes::Not);
        assert_eq!(instance.whose, "instance i-1");
    }

    #[test]
    fn an_instance_that_ends_or_is_the_stacks_own_is_waited_for() {
        let eni = interface("", false, Some("i-1"));
        for ended in [
            InstanceStateName::ShuttingDown,
            InstanceStateName::Terminated,
        ] {
            let ended = holder(&eni, &[instance(ended, "elses-prod")]);
            assert_eq!(ended.goes, Goes::ByItself);
        }
        assert_eq!(holder(&eni, &[]).goes, Goes::ByItself);
        let own = holder(&eni, &[instance(InstanceStateName::Running, "shop-prod")]);
        assert!(own.goes_by_itself(Held::GatewayOf("vpc-1"), false));
        assert!(own.goes_by_itself(Held::Subnet("subnet-1"), false));
    }

    #[test]
    fn a_group_that_running_instances_wear_until_the_next_release_is_not_waited_for() {
        let own = instance(InstanceStateName::Running, "shop-prod");
        let own = holder(&interface("", false, Some("i-1")), &[own]);
        assert!(own.goes_by_itself(Held::Group("sg-1"), true));
        assert!(!own.goes_by_itself(Held::Group("sg-1"), false));
    }

    #[test]
    fn a_hint_names_a_few_and_counts_the_rest() {
        let one = holder(&interface("db", false, None), &[]);
        let text = named(&vec![one; SHOWN + 2]);
        assert!(text.starts_with("eni-1 (db, owner amazon-elb), "), "{text}");
        assert!(text.ends_with(", 2 more"), "{text}");
    }
}
