use super::*;

#[test]
fn conditions_read_as_they_were_written() {
    let scope = Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    };
    let samples = Rule::samples(&scope);
    for spec in [samples.sample, samples.changed] {
        let sent = conditions("t", &spec).unwrap();
        let read: BTreeSet<_> = sent.iter().map(translate).collect();
        assert_eq!(read, spec.conditions);
    }
}

#[test]
fn the_older_form_of_a_condition_is_understood() {
    let old = RuleCondition::builder()
        .field("path-pattern")
        .values("/a")
        .build();
    assert_eq!(
        translate(&old),
        Condition::Path(BTreeSet::from(["/a".to_owned()]))
    );
}

#[test]
fn a_condition_made_by_hand_is_seen_and_not_made() {
    let foreign = RuleCondition::builder().field("source-ip").build();
    let condition = translate(&foreign);
    assert_eq!(condition, Condition::Other("source-ip".to_owned()));
    let spec = Spec {
        listener: Link::existing("l"),
        priority: 1,
        conditions: BTreeSet::from([condition]),
        action: Action::Other(String::new()),
        weights: Weights::new(),
    };
    let error = conditions("t", &spec).unwrap_err();
    assert!(error.message.contains("source-ip"));
}
