//! What happens to a network behind the program's back, and in an unlucky moment.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{IpPermission, IpRange, UserIdGroupPair};
use codedetect_infra::kinds::ec2::internet_gateway::{self, InternetGateway};
use codedetect_infra::kinds::ec2::network_acl::{self, Entry, NetworkAcl};
use codedetect_infra::kinds::ec2::range::Range;
use codedetect_infra::kinds::ec2::security_group::{self, SecurityGroup};
use codedetect_infra::kinds::ec2::security_rules::{self, Peer, Rule, SecurityRules};
use codedetect_infra::kinds::ec2::subnet::{self, Subnet};
use codedetect_infra::kinds::ec2::vpc::{self, Vpc};
use codedetect_infra::plan::Action;
use codedetect_infra::resource::{Handle, Resources};
use codedetect_localcloud::{CloudOptions, Fault, LocalCloud};

use crate::support::Stack;

async fn stack() -> (LocalCloud, Stack) {
    let cloud =
        LocalCloud::start_in_process(&CloudOptions::below(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let stack = Stack::new(cloud.endpoint(), "net").await;
    (cloud, stack)
}

fn network(resources: &mut Resources) -> Handle<Vpc> {
    resources.add::<Vpc>(
        "network.vpc",
        "network",
        &vpc::Spec {
            cidr: "10.0.0.0/16".parse().unwrap(),
            dns_support: true,
            dns_hostnames: true,
        },
    )
}

fn group(resources: &mut Resources, vpc: &Handle<Vpc>, name: &str) -> Handle<SecurityGroup> {
    resources.add::<SecurityGroup>(
        "network.group.one",
        "network",
        &security_group::Spec {
            name: name.to_owned(),
            description: name.to_owned(),
            vpc: vpc.link(),
        },
    )
}

fn rules(
    resources: &mut Resources,
    address: &str,
    group: &Handle<SecurityGroup>,
    ingress: BTreeSet<Rule>,
) {
    resources.add::<SecurityRules>(
        address,
        "network",
        &security_rules::Spec {
            group: group.link(),
            ingress,
            egress: BTreeSet::from([Rule::all(Peer::Cidr(Range::WORLD), "")]),
        },
    );
}

fn web(description: &str) -> BTreeSet<Rule> {
    BTreeSet::from([Rule::tcp(80, Peer::Cidr(Range::WORLD), description)])
}

fn tcp(port: i32) -> IpPermission {
    IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(port)
        .to_port(port)
        .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build())
        .build()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_detached_is_attached_again() {
    let (_cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
    wanted.add::<InternetGateway>(
        "network.gateway",
        "network",
        &internet_gateway::Spec { vpc: vpc.link() },
    );
    let made = stack.must_apply(&wanted).await.outputs;
    let id = |address: &str| made[&address.into()]["id"].clone();
    let ec2 = stack.cloud.ec2();
    ec2.detach_internet_gateway()
        .internet_gateway_id(id("network.gateway"))
        .vpc_id(id("network.vpc"))
        .send()
        .await
        .unwrap();

    let plan = stack.plan(&wanted).await;
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].action, Action::Update);
    assert!(stack.carry_out(&plan).await.complete());
    stack.must_be_settled(&wanted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_added_by_hand_is_drift_and_goes() {
    let (_cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
    let one = group(&mut wanted, &vpc, "net-test-one");
    rules(&mut wanted, "network.rules.one", &one, web("web"));
    let made = stack.must_apply(&wanted).await.outputs;
    let id = made[one.address()]["id"].clone();
    let ec2 = stack.cloud.ec2();
    ec2.authorize_security_group_ingress()
        .group_id(&id)
        .ip_permissions(tcp(22))
        .send()
        .await
        .unwrap();

    let plan = stack.plan(&wanted).await;
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].changes[0].path, "/ingress");
    assert!(stack.carry_out(&plan).await.complete());
    stack.must_be_settled(&wanted).await;
    let live = ec2.describe_security_groups().group_ids(&id).send().await;
    let live = live.unwrap();
    let ports: Vec<_> = live.security_groups()[0]
        .ip_permissions()
        .iter()
        .map(|permission| permission.from_port())
        .collect();
    assert_eq!(ports, [Some(80)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_there_under_another_description_is_described() {
    let (_cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
    let one = group(&mut wanted, &vpc, "net-test-one");
    let made = stack.must_apply(&wanted).await.outputs;
    // The group is there, its rules are not managed yet, and one of them exists otherwise.
    stack
        .cloud
        .ec2()
        .authorize_security_group_ingress()
        .group_id(&made[one.address()]["id"])
        .ip_permissions(tcp(80))
        .send()
        .await
        .unwrap();
    rules(&mut wanted, "network.rules.one", &one, web("the web"));
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_success_only_where_the_rule_is_there() {
    for took_effect in [true, false] {
        let (cloud, stack) = stack().await;
        let mut wanted = Resources::default();
        let vpc = network(&mut wanted);
        let one = group(&mut wanted, &vpc, "net-test-one");
        rules(&mut wanted, "network.rules.one", &one, web("web"));
        let duplicate = Fault::on("ec2", "AuthorizeSecurityGroupIngress")
            .times(1)
            .error(400, "InvalidPermission.Duplicate", "it exists");
        cloud.add_fault(if took_effect {
            duplicate.after()
        } else {
            duplicate
        });
        stack.must_apply(&wanted).await;
        stack.must_be_settled(&wanted).await;
        let asked = if took_effect { 1 } else { 2 };
        let calls = cloud.counts();
        assert_eq!(
            calls.by.get("ec2:AuthorizeSecurityGroupIngress"),
            Some(&asked)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_name_each_other_can_be_destroyed() {
    let (_cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
    let one = group(&mut wanted, &vpc, "net-test-one");
    let two = wanted.add::<SecurityGroup>(
        "network.group.two",
        "network",
        &security_group::Spec {
            name: "net-test-two".to_owned(),
            description: "two".to_owned(),
            vpc: vpc.link(),
        },
    );
    let from = |group: &Handle<SecurityGroup>| {
        BTreeSet::from([Rule::tcp(5000, Peer::Group(group.link()), "")])
    };
    rules(&mut wanted, "network.rules.one", &one, from(&two));
    rules(&mut wanted, "network.rules.two", &two, from(&one));
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;

    stack.must_apply(&Resources::default()).await;
    assert!(stack.observe(&Resources::default()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_group_stands_with_its_rules_before_the_old_one_goes() {
    let (cloud, stack) = stack().await;
    let wanted = |name: &str| {
        let mut wanted = Resources::default();
        let vpc = network(&mut wanted);
        let one = group(&mut wanted, &vpc, name);
        rules(&mut wanted, "network.rules.one", &one, web("web"));
        wanted
    };
    let before = stack.must_apply(&wanted("net-test-one-a")).await.outputs;
    cloud.reset();
    let after = stack.must_apply(&wanted("net-test-one-b")).await.outputs;
    let address = &"network.group.one".into();
    assert_ne!(before[address]["id"], after[address]["id"]);
    stack.must_be_settled(&wanted("net-test-one-b")).await;
    let calls: Vec<String> = cloud.log().into_iter().map(|logged| logged.call).collect();
    let place = |call: &str| calls.iter().position(|made| made == call).unwrap();
    let ruled = place("ec2:AuthorizeSecurityGroupIngress");
    assert!(place("ec2:CreateSecurityGroup") < ruled, "{calls:?}");
    assert!(ruled < place("ec2:DeleteSecurityGroup"), "{calls:?}");
    // The old group keeps its rules for as long as it stands.
    assert!(
        !calls
            .iter()
            .any(|call| call == "ec2:RevokeSecurityGroupIngress"),
        "{calls:?}"
    );
    assert_eq!(stack.observe(&Resources::default()).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_group_that_names_ours_is_named_when_ours_cannot_go() {
    let (_cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
    let one = group(&mut wanted, &vpc, "net-test-one");
    let made = stack.must_apply(&wanted).await.outputs;
    let ec2 = stack.cloud.ec2();
    let foreign = ec2
        .create_security_group()
        .group_name("somebody-elses")
        .description("not ours")
        .vpc_id(&made[vpc.address()]["id"])
        .send()
        .await
        .unwrap();
    ec2.authorize_security_group_ingress()
        .group_id(foreign.group_id().unwrap())
        .ip_permissions(
            IpPermission::builder()
                .ip_protocol("tcp")
                .from_port(80)
                .to_port(80)
                .user_id_group_pairs(
                    UserIdGroupPair::builder()
                        .group_id(&made[one.address()]["id"])
                        .build(),
                )
                .build(),
        )
        .send()
        .await
        .unwrap();

    let outcome = stack.apply(&Resources::default()).await;
    let failed = &outcome.failed[0];
    assert_eq!(&failed.address, one.address());
    let hint = failed.error.hint.as_deref().unwrap_or_default();
    assert!(hint.contains("somebody-elses"), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subnet_taken_from_its_acl_and_an_entry_changed_by_hand_are_mended() {
    let (_cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
    let subnet = wanted.add::<Subnet>(
        "network.subnet.a",
        "network",
        &subnet::Spec {
            vpc: vpc.link(),
            cidr: "10.0.1.0/24".parse().unwrap(),
            zone: "eu-west-1a".to_owned(),
            map_public_ip: false,
        },
    );
    let acl = wanted.add::<NetworkAcl>(
        "network.acl",
        "network",
        &network_acl::Spec {
            vpc: vpc.link(),
            subnets: BTreeSet::from([subnet.link()]),
            ingress: BTreeMap::from([(100, Entry::allow_tcp(443, 443, Range::WORLD))]),
            egress: BTreeMap::from([(100, Entry::allow_all(Range::WORLD))]),
        },
    );
    let made = stack.must_apply(&wanted).await.outputs;
    let ec2 = stack.cloud.ec2();
    let acl_id = &made[acl.address()]["id"];
    ec2.delete_network_acl_entry()
        .network_acl_id(acl_id)
        .rule_number(100)
        .egress(false)
        .send()
        .await
        .unwrap();
    let acls = ec2.describe_network_acls().send().await.unwrap();
    let of_vpc = |default: bool| {
        acls.network_acls()
            .iter()
            .find(|acl| {
                acl.vpc_id() == Some(made[vpc.address()]["id"].as_str())
                    && acl.is_default() == Some(default)
            })
            .unwrap()
    };
    let (ours, default) = (of_vpc(false), of_vpc(true));
    ec2.replace_network_acl_association()
        .association_id(ours.associations()[0].network_acl_association_id().unwrap())
        .network_acl_id(default.network_acl_id().unwrap())
        .send()
        .await
        .unwrap();

    let plan = stack.plan(&wanted).await;
    let paths: BTreeSet<&str> = plan.steps[0]
        .changes
        .iter()
        .map(|change| change.path.as_str())
        .collect();
    assert_eq!(paths, BTreeSet::from(["/ingress/100", "/subnets"]));
    assert!(stack.carry_out(&plan).await.complete());
    stack.must_be_settled(&wanted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_cannot_be_seen_yet_is_waited_for_and_not_made_twice() {
    let (cloud, stack) = stack().await;
    let mut wanted = Resources::default();
    let vpc = network(&mut wanted);
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
    let lag = |call: &str, code: &str| Fault::on("ec2", call).times(1).error(400, code, "lag");
    cloud.add_fault(lag("CreateSubnet", "InvalidVpcID.NotFound"));
    cloud.add_fault(lag("ModifySubnetAttribute", "InvalidSubnetID.NotFound"));
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;
    let calls = cloud.counts();
    assert_eq!(calls.by.get("ec2:CreateVpc"), Some(&1));
    assert_eq!(calls.by.get("ec2:CreateSubnet"), Some(&2));
    assert_eq!(stack.observe(&Resources::default()).await.len(), 2);
}
