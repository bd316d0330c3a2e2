use super::*;

fn tracked(metric: Metric) -> Scaling {
    Scaling::TargetTracking {
        metric,
        target: 60.0,
        scale_in: false,
    }
}

#[test]
fn target_tracking_reads_as_it_was_written() {
    for metric in [
        Metric::Cpu,
        Metric::Custom {
            namespace: "CWAgent".to_owned(),
            name: "mem_used_percent".to_owned(),
            dimensions: BTreeMap::from([("AutoScalingGroupName".to_owned(), "g".into())]),
        },
    ] {
        let answer = ScalingPolicy::builder()
            .policy_type(TARGET_TRACKING)
            .target_tracking_configuration(tracking(&metric, 60.0, false).unwrap())
            .build();
        assert_eq!(scaling(&answer), tracked(metric));
    }
}

#[test]
fn steps_read_as_they_were_written() {
    let steps = vec![
        Step {
            from: Some(0.0),
            below: Some(20.0),
            change: 1,
        },
        Step {
            from: Some(20.0),
            below: None,
            change: 2,
        },
    ];
    let answer = ScalingPolicy::builder()
        .policy_type(STEP)
        .adjustment_type(BY_NUMBER)
        .set_step_adjustments(Some(steps.iter().map(sdk_step).collect()))
        .build();
    assert_eq!(scaling(&answer), Scaling::Step { steps });
}

#[test]
fn a_simple_policy_reads_as_it_was_written() {
    let answer = ScalingPolicy::builder()
        .policy_type(SIMPLE)
        .adjustment_type(BY_NUMBER)
        .scaling_adjustment(-1)
        .cooldown(300)
        .build();
    assert_eq!(
        scaling(&answer),
        Scaling::Simple {
            change: -1,
            cooldown: 300
        }
    );
}

#[test]
fn what_was_made_by_hand_differs_from_any_wanted_policy() {
    let percent = ScalingPolicy::builder()
        .policy_type(SIMPLE)
        .adjustment_type("PercentChangeInCapacity")
        .build();
    assert_eq!(
        scaling(&percent),
        Scaling::Other("SimpleScaling PercentChangeInCapacity".to_owned())
    );
    let network = TargetTrackingConfiguration::builder()
        .predefined_metric_specification(
            PredefinedMetricSpecification::builder()
                .predefined_metric_type(MetricType::AsgAverageNetworkIn)
                .build(),
        )
        .build();
    assert_eq!(
        metric(&network),
        Metric::Other("ASGAverageNetworkIn".to_owned())
    );
    assert!(tracking(&metric(&network), 1.0, true).is_err());
}
