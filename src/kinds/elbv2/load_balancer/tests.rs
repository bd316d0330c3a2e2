use aws_sdk_elasticloadbalancingv2::types::{AvailabilityZone, LoadBalancerState};

use super::*;

const ARN: &str =
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/lb/50dc6c495c0c9188";

fn spec() -> Spec {
    Spec {
        name: "lb".to_owned(),
        scheme: Scheme::InternetFacing,
        subnets: ["subnet-1", "subnet-2"].map(Link::existing).into(),
        security_groups: ["sg-1"].map(Link::existing).into(),
        idle_timeout: 120,
        deletion_protection: true,
        drop_invalid_headers: true,
        http2: false,
        access_logs: Some(AccessLogs {
            bucket: "logs".into(),
            prefix: "lb".to_owned(),
        }),
    }
}

fn answer() -> Answer {
    let zone = |id| AvailabilityZone::builder().subnet_id(id).build();
    Answer::builder()
        .load_balancer_arn(ARN)
        .load_balancer_name("lb")
        .dns_name("LB-1.eu-west-1.elb.amazonaws.com")
        .scheme(LoadBalancerSchemeEnum::InternetFacing)
        .availability_zones(zone("subnet-2"))
        .availability_zones(zone("subnet-1"))
        .security_groups("sg-1")
        .build()
}

#[test]
fn what_is_written_is_what_is_read() {
    let written: Attributes = attributes(&spec())
        .unwrap()
        .into_iter()
        .filter_map(|one| Some((one.key?, one.value?)))
        .collect();
    assert_eq!(translate(&answer(), &written), spec());
}

#[test]
fn what_is_not_answered_has_awss_default() {
    let read = translate(&answer(), &Attributes::new());
    assert_eq!(read.idle_timeout, 60);
    assert!(read.http2);
    assert!(!read.deletion_protection && !read.drop_invalid_headers);
    assert_eq!(read.access_logs, None);
}

#[test]
fn cloudwatch_and_route53_are_given_the_names_they_know() {
    let known = outputs_of(&answer());
    assert_eq!(known["full_name"], "app/lb/50dc6c495c0c9188");
    assert_eq!(known["dns_name"], "lb-1.eu-west-1.elb.amazonaws.com");
}

#[test]
fn a_state_is_told_with_awss_reason() {
    let in_state = |code: LoadBalancerStateEnum| {
        let state = LoadBalancerState::builder()
            .code(code)
            .reason("no capacity")
            .build();
        progress(&Answer::builder().state(state).build())
    };
    assert_eq!(
        in_state(LoadBalancerStateEnum::Failed),
        Progress::Failed("failed: no capacity".to_owned())
    );
    assert_eq!(
        in_state(LoadBalancerStateEnum::Provisioning),
        Progress::Pending("provisioning: no capacity".to_owned())
    );
    assert!(matches!(
        in_state(LoadBalancerStateEnum::ActiveImpaired),
        Progress::Ready(_)
    ));
}

#[test]
fn public_addresses_cost_by_the_zone() {
    let charges = LoadBalancer::charges(&spec());
    assert_eq!(charges[2].item, "ec2.public_ipv4");
    assert_eq!(charges[2].quantity, 1460.0);
    let inside = Spec {
        scheme: Scheme::Internal,
        ..spec()
    };
    assert_eq!(LoadBalancer::charges(&inside).len(), 2);
}

#[test]
fn a_gateway_not_attached_yet_is_lag_and_a_wrong_subnet_is_not() {
    let mut error = AwsError::unexpected(CREATE, "VPC vpc-1 has no internet gateway");
    error.code = "InvalidSubnet".to_owned();
    assert!(lagging(&error));
    error.message = "not enough IP space available".to_owned();
    assert!(!lagging(&error));
}
