//! The instances of a colour, and when there are more or fewer of them.

use super::colours::Colour;
use super::template::Parts;
use super::{fleet_name, namespace};
use crate::kinds::autoscaling::group::{self, Group, HealthCheck, Instance, Judge};
use crate::kinds::autoscaling::policy::{self, Metric, Policy, Scaling};
use crate::kinds::ec2::launch_template::LaunchTemplate;
use crate::kinds::elbv2::target_group::TargetGroup;
use crate::model::draft::{Draft, Place};
use crate::model::names::{LONG, called};
use crate::reference::Text;
use crate::resource::Handle;
use crate::stack::document::Tier;
use crate::units::Percent;

/// Seconds after a simple scaling in which none other starts: AWS's default. Target tracking, which is all that a stack uses, does
/// not look at it.
const COOLDOWN: u32 = 300;
/// The instance that has the oldest template goes first, so that a group drifts towards what is wanted ("Work with Amazon EC2 Auto
/// Scaling termination policies").
const FIRST_TO_GO: [&str; 2] = ["OldestLaunchTemplate", "OldestInstance"];

/// The group of a colour. The serving colour has the bounds of the file; the idle one may shrink to nothing, and starts so.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    parts: &Parts<'_>,
    colour: Colour,
    template: &Handle<LaunchTemplate>,
    target: &Handle<TargetGroup>,
) -> Option<Handle<Group>> {
    let release = parts.workload.release()?;
    let (least, most) = release.bounds();
    let least = if is_active(draft, colour) { least } else { 0 };
    let name = fleet_name(draft.scope, parts.item, colour);
    let grace = parts.workload.health.grace.seconds();
    let tier = parts.network.instances_in;
    let spec = group::Spec {
        name: name.clone(),
        min: least.into(),
        max: most.into(),
        desired: least.into(),
        subnets: parts.network.ids(tier),
        target_groups: [target.link()].into(),
        launch_template: template.link(),
        launch_template_version: group::DEFAULT_VERSION.into(),
        instance: Instance {
            instance_type: release.instance().as_str().to_owned(),
            root_gib: super::template::gib(parts.workload),
            volume_type: super::template::VOLUME.to_owned(),
            public_ip: tier == Tier::Public,
        },
        health_check: HealthCheck {
            by: Judge::Elb,
            grace_period: grace,
        },
        termination_policies: FIRST_TO_GO.map(str::to_owned).to_vec(),
        cooldown: COOLDOWN,
        // Until an instance is through its start its own load says nothing.
        warmup: grace,
        metrics: true,
        capacity_rebalance: false,
    };
    let origin = format!("workloads.{}", parts.item);
    let address = format!("{origin}.group.{}", colour.key());
    let handle = draft.add(Place::new(address, &origin, name), &spec);
    policies(draft, parts, colour, &handle);
    Some(handle)
}

/// Whether the colour serves now: what `plan` saw, or at first blue.
fn is_active(draft: &Draft<'_>, colour: Colour) -> bool {
    match (colour, draft.pinned.active) {
        (Colour::Single, _) => true,
        (colour, Some(active)) => colour == active,
        (colour, None) => colour.starts_active(),
    }
}

/// One policy for each target. Both colours have them: an idle group without instances has no metrics and stays as it is.
fn policies(draft: &mut Draft<'_>, parts: &Parts<'_>, colour: Colour, group: &Handle<Group>) {
    let Some(scale) = parts.workload.scale.as_ref() else {
        return;
    };
    let name = fleet_name(draft.scope, parts.item, colour);
    let memory = Metric::Custom {
        namespace: namespace(draft.scope, parts.item),
        name: "mem_used_percent".to_owned(),
        dimensions: [("AutoScalingGroupName".to_owned(), Text::literal(name))].into(),
    };
    let wanted: [(&str, Option<Percent>, Metric); 2] = [
        ("cpu", scale.cpu, Metric::Cpu),
        ("memory", scale.memory, memory),
    ];
    for (what, target, metric) in wanted {
        let Some(target) = target else { continue };
        let spec = policy::Spec {
            group: group.link(),
            name: called(draft.scope, &[parts.item, colour.key(), what], LONG),
            scaling: Scaling::TargetTracking {
                metric,
                target: target.value().into(),
                scale_in: true,
            },
        };
        let item = parts.item;
        let place = Place::new(
            format!("workloads.{item}.policy.{}-{what}", colour.key()),
            format!("workloads.{item}.scale.{what}"),
            what,
        );
        draft.add::<Policy>(place, &spec);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::tests::{built, example, pinned, scope, spec_of, stack};
    use crate::model::workloads::Colour;

    fn bounds(group: &Value) -> (u64, u64, u64) {
        let number = |key: &str| group[key].as_u64().unwrap();
        (number("min"), number("max"), number("desired"))
    }

    #[test]
    fn the_serving_colour_has_the_bounds_and_the_idle_one_nothing() {
        let resources = built(example());
        let blue = spec_of(&resources, "workloads.analyzer.group.blue");
        let green = spec_of(&resources, "workloads.analyzer.group.green");
        assert_eq!(bounds(&blue), (1, 2, 1));
        assert_eq!(bounds(&green), (0, 2, 0));
        assert_eq!(
            blue["health_check"],
            json!({ "by": "ELB", "grace_period": 300 })
        );
        assert_eq!(blue["instance"]["instance_type"], "t3.small");
    }

    #[test]
    fn the_bounds_follow_the_colour_that_serves() {
        let mut pinned = pinned();
        pinned.active = Some(Colour::Green);
        let resources = crate::model::build(&stack(example()), &scope(), &pinned).unwrap();
        let of = |colour: &str| {
            bounds(&spec_of(
                &resources,
                &format!("workloads.analyzer.group.{colour}"),
            ))
        };
        assert_eq!(of("green"), (1, 2, 1));
        assert_eq!(of("blue"), (0, 2, 0));
    }

    #[test]
    fn each_colour_scales_by_processor_and_memory() {
        let resources = built(example());
        for colour in ["blue", "green"] {
            let cpu = spec_of(
                &resources,
                &format!("workloads.analyzer.policy.{colour}-cpu"),
            );
            assert_eq!(cpu["scaling"]["target_tracking"]["target"], 60.0);
            let memory = spec_of(
                &resources,
                &format!("workloads.analyzer.policy.{colour}-memory"),
            );
            let metric = &memory["scaling"]["target_tracking"]["metric"]["custom"];
            assert_eq!(metric["namespace"], "codedetect-prod/analyzer");
            assert_eq!(
                metric["dimensions"]["AutoScalingGroupName"],
                format!("codedetect-prod-analyzer-{colour}")
            );
        }
    }

    #[test]
    fn no_instance_starts_before_what_it_needs() {
        let resources = built(example());
        let group = resources
            .get(&"workloads.analyzer.group.blue".into())
            .unwrap();
        let needs = group.needs();
        for before in [
            "files.shared.mount-target.a",
            "files.shared.security-group-rules",
            "network.route-table.public",
            "workloads.analyzer.listener.https",
            "workloads.analyzer.release.blue",
            "workloads.analyzer.role",
            "workloads.analyzer.security-group.ec2-rules",
        ] {
            assert!(needs.contains(&before.into()), "{before}");
        }
    }
}
