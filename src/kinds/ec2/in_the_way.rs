//! Removing what something may still use: waiting where AWS is about to let go of it, naming
//! who holds it where nobody is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_ec2::types::{AttachmentStatus, Filter, NetworkInterface, NetworkInterfaceStatus};
use tokio::time::Instant;

use crate::aws::{AwsError, Cloud, During, ErrorClass};
use crate::kinds::Making;

/// How long interfaces which an AWS service made are waited for. A load balancer keeps its own
/// for some minutes after it was deleted.
const SERVICE: Duration = Duration::from_secs(600);
/// How long a violation without any interface is taken for lag of an earlier deletion.
const LAG: Duration = Duration::from_secs(30);
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

    fn what(self) -> String {
        match self {
            Self::Subnet(id) | Self::Group(id) | Self::Vpc(id) | Self::Nothing(id) => {
                format!("{id} to be unused")
            }
            Self::GatewayOf(id) => format!("public addresses in {id} to go"),
        }
    }
}

/// A network interface that is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    id: String,
    /// What it belongs to, as a person would look for it.
    whose: String,
    /// Whether AWS is to remove it without anybody's doing.
    passing: bool,
}

impl Holder {
    fn of(interface: &NetworkInterface) -> Self {
        let attachment = interface.attachment();
        let detaching = attachment.and_then(|it| it.status()) == Some(&AttachmentStatus::Detaching);
        let by_service = interface.requester_managed().unwrap_or_default();
        let description = interface.description().unwrap_or_default();
        let owner = match attachment {
            Some(it) if it.instance_id().is_some() => {
                format!("instance {}", it.instance_id().unwrap_or_default())
            }
            Some(it) if it.instance_owner_id().is_some() => {
                format!("owner {}", it.instance_owner_id().unwrap_or_default())
            }
            _ => format!("owner {}", interface.owner_id().unwrap_or("unknown")),
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
            passing: by_service
                || detaching
                || interface.status() == Some(&NetworkInterfaceStatus::Detaching),
        }
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

async fn holders(cloud: &Cloud, held: Held<'_>) -> Result<Vec<Holder>, AwsError> {
    let Some(filter) = held.filter() else {
        return Ok(Vec::new());
    };
    let interfaces: Vec<_> = cloud
        .ec2()
        .describe_network_interfaces()
        .filters(filter)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeNetworkInterfaces")?;
    Ok(interfaces
        .iter()
        .filter(|it| !matches!(held, Held::GatewayOf(_)) || it.association().is_some())
        .map(Holder::of)
        .collect())
}

/// Calls `remove` until AWS lets the thing go. Gone already is success. A violation is waited
/// out only while all that is in the way belongs to AWS's services or is being detached; else
/// the error names it and its owner.
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
    let answer = making
        .patience
        .settle(
            &held.what(),
            SERVICE,
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
                    let found = holders(making.cloud, held).await?;
                    let goes_by_itself = if found.is_empty() {
                        began.elapsed() < LAG
                    } else {
                        found.iter().all(|holder| holder.passing)
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
            let found = holders(making.cloud, held).await?;
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
    use aws_sdk_ec2::types::NetworkInterfaceAttachment;

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

    #[test]
    fn an_interface_of_a_load_balancer_goes_by_itself_one_of_an_instance_does_not() {
        let balancer = Holder::of(&interface("ELB app/shop/1", true, None));
        assert!(balancer.passing);
        assert_eq!(balancer.whose, "ELB app/shop/1, owner amazon-elb");
        let instance = Holder::of(&interface("", false, Some("i-1")));
        assert!(!instance.passing);
        assert_eq!(instance.whose, "instance i-1");
    }

    #[test]
    fn a_hint_names_a_few_and_counts_the_rest() {
        let one = Holder::of(&interface("db", false, None));
        let text = named(&vec![one; SHOWN + 2]);
        assert!(text.starts_with("eni-1 (db, owner amazon-elb), "), "{text}");
        assert!(text.ends_with(", 2 more"), "{text}");
    }
}
