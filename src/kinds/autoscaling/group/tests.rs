use aws_sdk_autoscaling::types::{
    Activity, AutoScalingGroup, EnabledMetric, Instance as Running, LifecycleState,
    ScalingActivityStatusCode,
};

use super::calls::METRICS;
use super::*;

fn running(state: LifecycleState) -> Running {
    Running::builder()
        .lifecycle_state(state)
        .instance_type("t3.small")
        .build()
}

fn group() -> AutoScalingGroup {
    let metric = |name: &str| EnabledMetric::builder().metric(name).build();
    AutoScalingGroup::builder()
        .auto_scaling_group_name("g")
        .min_size(1)
        .max_size(2)
        .desired_capacity(2)
        .vpc_zone_identifier("subnet-2, subnet-1")
        .health_check_type("ELB")
        .health_check_grace_period(300)
        .set_enabled_metrics(Some(METRICS.map(metric).to_vec()))
        .instances(running(LifecycleState::InService))
        .instances(running(LifecycleState::Pending))
        .build()
}

fn activity(code: ScalingActivityStatusCode, message: &str) -> Activity {
    Activity::builder()
        .status_code(code)
        .status_message(message)
        .description("Launching a new EC2 instance")
        .build()
}

#[test]
fn awss_answer_reads_as_the_model_writes_it() {
    let wanted = Instance {
        instance_type: "t3.micro".to_owned(),
        root_gib: 20,
        volume_type: "gp3".to_owned(),
        public_ip: true,
    };
    let spec = translate(&group(), Some(&wanted));
    assert_eq!(
        spec.subnets,
        ["subnet-1", "subnet-2"].map(Link::existing).into()
    );
    assert!(spec.metrics);
    assert_eq!(spec.health_check.by, Judge::Elb);
    // The type is what runs, the rest what is wanted.
    assert_eq!(spec.instance.instance_type, "t3.small");
    assert_eq!(spec.instance.root_gib, 20);
    let mut fewer = group();
    fewer.enabled_metrics = None;
    assert!(!translate(&fewer, None).metrics);
}

#[test]
fn only_instances_in_service_count() {
    assert_eq!(in_service(&group()), 1);
}

#[test]
fn a_group_on_its_way_out_is_seen_as_such() {
    let mut going = group();
    assert!(!being_deleted(&going));
    going.status = Some("Delete in progress".to_owned());
    assert!(being_deleted(&going));
}

#[test]
fn a_failed_launch_is_told_in_awss_words() {
    use ScalingActivityStatusCode::{Failed, InProgress, Successful};
    let limit = "You have requested more vCPU capacity than your current vCPU limit";
    let why = failure(&[activity(Failed, limit), activity(Successful, "")]).unwrap();
    assert_eq!(why, format!("Launching a new EC2 instance: {limit}"));
    assert!(!passes(&why));
    assert_eq!(
        failure(&[activity(InProgress, ""), activity(Failed, limit)]),
        None
    );
    assert!(passes(
        "We currently do not have sufficient t3.small capacity"
    ));
    assert!(passes("Invalid IAM Instance Profile name"));
}

#[test]
fn a_profile_or_template_not_seen_yet_is_lag() {
    let error = |message: &str| {
        let mut error = AwsError::unexpected(CREATE, message);
        error.code = "ValidationError".to_owned();
        error
    };
    assert!(lagging(&error(
        "You must use a valid fully-formed launch template. Value (x) for parameter \
         iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
    )));
    assert!(lagging(&error(
        "The specified launch template, with template ID lt-1, does not exist."
    )));
    assert!(!lagging(&error("Max bound must be greater than min bound")));
    assert!(not_found(&error("AutoScalingGroup name not found - g")));
}

#[test]
fn it_costs_what_runs_at_the_least() {
    let mut spec = translate(&group(), None);
    spec.min = 2;
    spec.instance.root_gib = 20;
    spec.instance.volume_type = "gp3".to_owned();
    spec.instance.public_ip = true;
    let charges: Vec<(String, f64)> = Group::charges(&spec)
        .into_iter()
        .map(|charge| (charge.item, charge.quantity))
        .collect();
    assert_eq!(
        charges,
        [
            ("ec2.t3.small".to_owned(), 1460.0),
            ("ebs.gp3.gb".to_owned(), 40.0),
            ("ec2.public_ipv4".to_owned(), 1460.0),
        ]
    );
    spec.min = 0;
    assert!(Group::charges(&spec).is_empty());
}
