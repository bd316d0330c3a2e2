//! What AWS lets go of late is waited for, and removed in the same run.

use std::time::Duration;

use aws_sdk_ec2::types::{
    InstanceNetworkInterfaceSpecification, ResourceType, Tag, TagSpecification,
};
use codedetect_infra::kinds::Kind;
use codedetect_infra::kinds::ec2::elastic_ip::{self, ElasticIp};
use codedetect_infra::kinds::ec2::internet_gateway::{self, InternetGateway};
use codedetect_infra::kinds::ec2::subnet::{self, Subnet};
use codedetect_infra::kinds::ec2::vpc::{self, Vpc};
use codedetect_infra::kinds::iam::instance_profile::InstanceProfile;
use codedetect_infra::kinds::logs::log_group::LogGroup;
use codedetect_infra::kinds::rds::instance::Instance;
use codedetect_infra::resource::Resources;
use codedetect_localcloud::{CloudOptions, Fault, LocalCloud};

use crate::data::sample_of;
use crate::support::Stack;

async fn stack() -> (LocalCloud, Stack) {
    let cloud =
        LocalCloud::start_in_process(&CloudOptions::below(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let stack = Stack::new(cloud.endpoint(), "removal").await;
    (cloud, stack)
}

/// Removes everything and demands that nothing is left.
async fn must_remove(stack: &Stack) {
    stack.must_apply(&Resources::default()).await;
    assert!(stack.observe(&Resources::default()).await.is_empty());
}

/// An instance with a public address, that says it is a stack's.
async fn run_instance(stack: &Stack, subnet: &str, of: &str) -> String {
    let interface = InstanceNetworkInterfaceSpecification::builder()
        .device_index(0)
        .subnet_id(subnet)
        .associate_public_ip_address(true)
        .build();
    let tags = TagSpecification::builder()
        .resource_type(ResourceType::Instance)
        .tags(Tag::builder().key("codedetect:stack").value(of).build())
        .build();
    let made = stack
        .cloud
        .ec2()
        .run_instances()
        .image_id("ami-12c6146b")
        .min_count(1)
        .max_count(1)
        .network_interfaces(interface)
        .tag_specifications(tags)
        .send()
        .await
        .unwrap();
    made.instances()[0].instance_id().unwrap().to_owned()
}

/// A network with a gateway and a public subnet.
fn public_network() -> Resources {
    let mut wanted = Resources::default();
    let vpc = wanted.add::<Vpc>(
        "network.vpc",
        "network",
        &vpc::Spec {
            cidr: "10.0.0.0/16".parse().unwrap(),
            dns_support: true,
            dns_hostnames: true,
        },
    );
    wanted.add::<InternetGateway>(
        "network.gateway",
        "network",
        &internet_gateway::Spec { vpc: vpc.link() },
    );
    wanted.add::<Subnet>(
        "network.subnet.a",
        "network",
        &subnet::Spec {
            vpc: vpc.link(),
            cidr: "10.0.1.0/24".parse().unwrap(),
            zone: "eu-west-1a".to_owned(),
            map_public_ip: true,
        },
    );
    wanted
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_destroy_waits_for_the_public_instances_that_are_going() {
    let (cloud, stack) = stack().await;
    let made = stack.must_apply(&public_network()).await.outputs;
    let subnet = &made[&"network.subnet.a".into()]["id"];
    let instance = run_instance(&stack, subnet, &stack.scope.prefix()).await;

    let nothing = Resources::default();
    // Its group ends the instance once the gateway and the subnet have been refused.
    let refused = |call: &str| {
        let log = cloud.log();
        log.iter()
            .any(|logged| logged.call == call && logged.status == Some(400))
    };
    let end = async {
        while !(refused("ec2:DetachInternetGateway") && refused("ec2:DeleteSubnet")) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let end = stack.cloud.ec2().terminate_instances();
        end.instance_ids(&instance).send().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(stack.apply(&nothing), end);
    assert!(outcome.complete(), "{:#?}", outcome.failed);
    assert!(stack.observe(&nothing).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_not_kept_waiting_by_somebody_elses_instance() {
    let (_cloud, stack) = stack().await;
    let made = stack.must_apply(&public_network()).await.outputs;
    let subnet = &made[&"network.subnet.a".into()]["id"];
    let instance = run_instance(&stack, subnet, "another-stack").await;
    let outcome = stack.apply(&Resources::default()).await;
    let address = "network.gateway".into();
    let failed = outcome.failed.iter().find(|one| one.address == address);
    let hint = failed.unwrap().error.hint.clone().unwrap();
    assert!(hint.contains(&instance), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_a_nat_gateway_still_has_is_released_later() {
    let (cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    wanted.add::<ElasticIp>("network.address", "network", &elastic_ip::Spec {});
    stack.must_apply(&wanted).await;
    cloud.add_fault(Fault::on("ec2", "ReleaseAddress").times(2).error(
        400,
        "AuthFailure",
        "You do not have permission to access the specified resource.",
    ));
    must_remove(&stack).await;
    assert_eq!(cloud.counts().by["ec2:ReleaseAddress"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_whose_policies_iam_still_sees_is_removed_later() {
    let (cloud, stack) = stack().await;
    stack
        .must_apply(&sample_of(&stack, InstanceProfile::TYPE))
        .await;
    for (call, message) in [
        ("DeleteRole", "must detach all policies first."),
        ("DeleteInstanceProfile", "must remove roles first."),
    ] {
        let message = format!("Cannot delete entity, {message}");
        let fault = Fault::on("iam", call).times(1);
        cloud.add_fault(fault.error(409, "DeleteConflict", &message));
    }
    must_remove(&stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_group_that_is_being_changed_is_removed_later() {
    let (cloud, stack) = stack().await;
    stack.must_apply(&sample_of(&stack, LogGroup::TYPE)).await;
    cloud.add_fault(Fault::on("logs", "DeleteLogGroup").times(1).error(
        400,
        "OperationAbortedException",
        "A conflicting operation is currently in progress against this resource.",
    ));
    must_remove(&stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_too_busy_to_be_unprotected_is_removed_later() {
    let (cloud, stack) = stack().await;
    stack.must_apply(&sample_of(&stack, Instance::TYPE)).await;
    cloud.add_fault(Fault::on("rds", "ModifyDBInstance").times(1).error(
        400,
        "InvalidDBInstanceState",
        "Database instance is not in available state.",
    ));
    must_remove(&stack).await;
}
