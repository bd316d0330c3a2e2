//! What must hold of names, traffic and capacity beyond the contract of every kind: what
//! others own is left to them, and what lags or was cut short is made once.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, TargetGroupTuple,
};
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use codedetect_infra::kinds::autoscaling::group::Group;
use codedetect_infra::kinds::elbv2::listener::Listener;
use codedetect_infra::kinds::elbv2::target_group::TargetGroup;
use codedetect_infra::kinds::route53::zone::Zone;
use codedetect_infra::kinds::{Kind, sample_address};
use codedetect_infra::resource::Resources;
use codedetect_localcloud::{CloudOptions, Fault, LocalCloud};
use serde_json::{Value, json};

use crate::data::sample_of;
use crate::support::Stack;

fn cloud() -> LocalCloud {
    LocalCloud::start_in_process(&CloudOptions::below(env!("CARGO_TARGET_TMPDIR")))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The resources with fields of one kind's sample set.
pub(crate) fn with(resources: &Resources, kind: &str, fields: &[(&str, Value)]) -> Resources {
    let mut changed = resources.clone();
    let mut resource = changed.get(&sample_address(kind)).unwrap().clone();
    for (field, value) in fields {
        resource.spec[*field] = value.clone();
    }
    changed.insert(resource);
    changed
}

/// The weights of a listener's target groups, by ARN.
async fn weights(stack: &Stack, arn: &str) -> Vec<(String, i32)> {
    let answer = stack.cloud.elb().describe_listeners().listener_arns(arn);
    let answer = answer.send().await.unwrap();
    let forward = answer.listeners()[0].default_actions()[0]
        .forward_config()
        .unwrap();
    let mut weights: Vec<_> = forward
        .target_groups()
        .iter()
        .map(|one| {
            (
                one.target_group_arn().unwrap().to_owned(),
                one.weight().unwrap(),
            )
        })
        .collect();
    weights.sort();
    weights
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_that_were_switched_survive_every_apply() {
    let cloud = cloud();
    let stack = Stack::new(cloud.endpoint(), "edge").await;
    let address = sample_address(Listener::TYPE);
    let changed = serde_json::to_value(Listener::samples(&stack.scope).changed).unwrap();
    let both = with(
        &sample_of(&stack, Listener::TYPE),
        Listener::TYPE,
        &[
            ("default_action", changed["default_action"].clone()),
            ("weights", changed["weights"].clone()),
        ],
    );
    let outputs = stack.must_apply(&both).await.outputs;
    let arn = outputs[&address]["arn"].clone();
    let started = weights(&stack, &arn).await;
    assert!(started.iter().any(|(_, weight)| *weight == 100));

    let turned: Vec<(String, i32)> = started
        .iter()
        .map(|(group, weight)| (group.clone(), 100 - weight))
        .collect();
    let tuples = turned.iter().map(|(group, weight)| {
        TargetGroupTuple::builder()
            .target_group_arn(group)
            .weight(*weight)
            .build()
    });
    let forward = ForwardActionConfig::builder().set_target_groups(Some(tuples.collect()));
    let action = Action::builder()
        .r#type(ActionTypeEnum::Forward)
        .forward_config(forward.build())
        .build();
    let modify = stack.cloud.elb().modify_listener().listener_arn(&arn);
    modify.default_actions(action).send().await.unwrap();

    // The stickiness was taken off with the same hand; it is the file's, the weights are not.
    let plan = stack.plan(&both).await;
    let left: Vec<&str> = plan.left_alone.iter().map(|one| &*one.path).collect();
    assert_eq!(left, ["/weights/blue", "/weights/green"]);
    assert!(stack.carry_out(&plan).await.complete());
    assert_eq!(weights(&stack, &arn).await, turned);

    let moved = with(&both, Listener::TYPE, &[("port", json!(9443))]);
    stack.must_apply(&moved).await;
    assert_eq!(weights(&stack, &arn).await, turned);

    // Blue has no traffic now, so green cannot simply be taken out.
    let mut forward = changed["default_action"].clone();
    forward["forward"]["groups"]
        .as_object_mut()
        .unwrap()
        .remove("green");
    let less = with(
        &moved,
        Listener::TYPE,
        &[
            ("default_action", forward),
            ("weights", json!({ "blue": 100 })),
        ],
    );
    let outcome = stack.apply(&less).await;
    assert_eq!(outcome.failed.len(), 1, "{outcome:#?}");
    assert!(outcome.failed[0].error.message.contains("any traffic"));
    assert_eq!(weights(&stack, &arn).await, turned);
}

#[tokio::test(flavor = "multi_thread")]
async fn stickiness_can_be_turned_on_while_two_colours_have_traffic() {
    let cloud = cloud();
    let stack = Stack::new(cloud.endpoint(), "edge").await;
    let changed = serde_json::to_value(Listener::samples(&stack.scope).changed).unwrap();
    let forward = |stickiness: Value| {
        let mut action = changed["default_action"].clone();
        action["forward"]["stickiness"] = stickiness;
        action
    };
    let loose = with(
        &sample_of(&stack, Listener::TYPE),
        Listener::TYPE,
        &[
            ("default_action", forward(Value::Null)),
            ("weights", json!({ "blue": 70, "green": 30 })),
        ],
    );
    let outputs = stack.must_apply(&loose).await.outputs;
    let arn = &outputs[&sample_address(Listener::TYPE)]["arn"];
    let before = weights(&stack, arn).await;
    let held = with(
        &loose,
        Listener::TYPE,
        &[("default_action", forward(json!(7200)))],
    );
    let held = with(
        &held,
        TargetGroup::TYPE,
        &[("stickiness", json!({ "enabled": true, "seconds": 7200 }))],
    );
    stack.must_apply(&held).await;
    stack.must_be_settled(&held).await;
    assert_eq!(weights(&stack, arn).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn capacity_that_auto_scaling_chose_is_left_to_it() {
    let cloud = cloud();
    let stack = Stack::new(cloud.endpoint(), "edge").await;
    let wanted = with(
        &sample_of(&stack, Group::TYPE),
        Group::TYPE,
        &[("max", json!(3))],
    );
    let outputs = stack.must_apply(&wanted).await.outputs;
    let name = outputs[&sample_address(Group::TYPE)]["name"].clone();
    let scaling = stack.cloud.autoscaling();
    let more = scaling
        .set_desired_capacity()
        .auto_scaling_group_name(&name)
        .desired_capacity(2);
    more.send().await.unwrap();

    let plan = stack.plan(&wanted).await;
    assert!(plan.steps.is_empty(), "{:#?}", plan.steps);
    assert!(plan.left_alone.iter().any(|one| one.path == "/desired"));
    let slower = with(&wanted, Group::TYPE, &[("cooldown", json!(60))]);
    stack.must_apply(&slower).await;
    let answer = scaling
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(&name)
        .send()
        .await
        .unwrap();
    let group = &answer.auto_scaling_groups()[0];
    assert_eq!(group.default_cooldown(), Some(60));
    assert_eq!(group.desired_capacity(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_profile_not_seen_yet_is_waited_for_at_creation_and_at_change() {
    let cloud = cloud();
    let stack = Stack::new(cloud.endpoint(), "edge").await;
    let wanted = sample_of(&stack, Group::TYPE);
    let unseen = "You must use a valid fully-formed launch template. Value (p) for parameter \
                  iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name";
    let lag = |action: &str| {
        let fault = Fault::on("autoscaling", action).times(2);
        cloud.add_fault(fault.error(400, "ValidationError", unseen));
    };
    lag("CreateAutoScalingGroup");
    stack.must_apply(&wanted).await;
    lag("UpdateAutoScalingGroup");
    let changed = with(&wanted, Group::TYPE, &[("cooldown", json!(60))]);
    stack.must_apply(&changed).await;
    stack.must_be_settled(&changed).await;
    let asked = cloud.counts().by;
    assert_eq!(asked["autoscaling:CreateAutoScalingGroup"], 3);
    assert_eq!(asked["autoscaling:UpdateAutoScalingGroup"], 3);
}

async fn zones(stack: &Stack) -> usize {
    let answer = stack.cloud.route53().list_hosted_zones().send().await;
    answer.unwrap().hosted_zones().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_is_made_once_whenever_its_making_is_cut_short() {
    let cloud = cloud();
    let stack = Stack::new(cloud.endpoint(), "edge").await;
    let wanted = sample_of(&stack, Zone::TYPE);
    // The zone is made, but its answer and then its tags are lost.
    cloud.add_fault(
        Fault::on("route53", "CreateHostedZone")
            .times(1)
            .after()
            .drop_connection(),
    );
    let fault = Fault::on("route53", "ChangeTagsForResource").times(1);
    cloud.add_fault(fault.error(400, "InvalidInput", "not now"));
    let outcome = stack.apply(&wanted).await;
    assert_eq!(outcome.failed.len(), 1, "{outcome:#?}");
    assert_eq!(zones(&stack).await, 1);
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;
    assert_eq!(zones(&stack).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_with_foreign_records_stays_and_they_are_named() {
    let cloud = cloud();
    let stack = Stack::new(cloud.endpoint(), "edge").await;
    let wanted = sample_of(&stack, "route53:record");
    let outputs = stack.must_apply(&wanted).await.outputs;
    let zone = outputs[&sample_address(Zone::TYPE)]["id"].clone();
    let value = ResourceRecord::builder().value("192.0.2.9").build();
    let foreign = ResourceRecordSet::builder()
        .name("mail.sample.example.com")
        .r#type(RrType::A)
        .ttl(60)
        .resource_records(value.unwrap())
        .build()
        .unwrap();
    let change = Change::builder()
        .action(ChangeAction::Create)
        .resource_record_set(foreign)
        .build()
        .unwrap();
    let batch = ChangeBatch::builder().changes(change).build().unwrap();
    let write = stack.cloud.route53().change_resource_record_sets();
    let write = write.hosted_zone_id(&zone).change_batch(batch);
    write.send().await.unwrap();

    stack.must_be_settled(&wanted).await;
    let outcome = stack.apply(&Resources::default()).await;
    assert_eq!(outcome.failed.len(), 1, "{outcome:#?}");
    let hint = outcome.failed[0].error.hint.clone().unwrap();
    assert!(hint.contains("mail.sample.example.com A"), "{hint}");
    assert!(!hint.contains("*.sample"), "its own record is gone: {hint}");
    let left = stack.cloud.route53().list_resource_record_sets();
    let left = left.hosted_zone_id(&zone).send().await.unwrap();
    let names: Vec<&str> = left
        .resource_record_sets()
        .iter()
        .map(|r| r.name())
        .collect();
    assert!(names.contains(&"mail.sample.example.com."), "{names:?}");
}
