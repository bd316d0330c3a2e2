use super::*;

fn scope() -> Scope {
    Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    }
}

fn answer(spec: &Spec) -> Answer {
    let check = &spec.health_check;
    Answer::builder()
        .target_group_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/tg/73e2")
        .target_group_name(&spec.name)
        .vpc_id("vpc-1")
        .target_type(TargetTypeEnum::Instance)
        .port(i32::from(spec.port))
        .protocol(spec.protocol.sdk())
        .health_check_path(&check.path)
        .set_health_check_interval_seconds(number(check.interval))
        .set_health_check_timeout_seconds(number(check.timeout))
        .set_healthy_threshold_count(number(check.healthy))
        .set_unhealthy_threshold_count(number(check.unhealthy))
        .matcher(Matcher::builder().http_code(&check.matcher).build())
        .build()
}

#[test]
fn what_is_written_is_what_is_read() {
    let samples = TargetGroup::samples(&scope());
    for spec in [samples.sample, samples.changed] {
        let spec = Spec {
            vpc: Link::existing("vpc-1"),
            ..spec
        };
        let written = attributes(&spec)
            .into_iter()
            .filter_map(|one| Some((one.key?, one.value?)))
            .collect();
        assert_eq!(translate(&answer(&spec), &written), spec);
    }
}

#[test]
fn what_is_not_answered_has_awss_default() {
    let sample = TargetGroup::samples(&scope()).sample;
    let read = translate(&answer(&sample), &Attributes::new());
    assert_eq!(read.deregistration_delay, 300);
    assert_eq!(read.stickiness.seconds, 86_400);
    assert_eq!(read.algorithm, Algorithm::RoundRobin);
}

#[test]
fn cloudwatch_is_given_the_name_it_knows() {
    let sample = TargetGroup::samples(&scope()).sample;
    let known = outputs_of(&answer(&sample));
    assert_eq!(known["full_name"], "targetgroup/tg/73e2");
}
