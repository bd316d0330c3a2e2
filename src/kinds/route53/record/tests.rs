use super::*;

fn alias(dns_name: &str) -> ResourceRecordSet {
    ResourceRecordSet::builder()
        .name(r"\052.example.com.")
        .r#type(RrType::A)
        .alias_target(
            AliasTarget::builder()
                .dns_name(dns_name)
                .hosted_zone_id("Z32O12XQLNTSW2")
                .evaluate_target_health(false)
                .build()
                .unwrap(),
        )
        .build()
        .unwrap()
}

#[test]
fn an_alias_reads_as_the_model_writes_it() {
    let found = translate("Z1", &alias("dualstack.lb-1.eu-west-1.elb.amazonaws.com.")).unwrap();
    let wanted: Spec = serde_json::from_value(serde_json::json!({
        "zone": "Z1",
        "name": "*.Example.com",
        "type": "A",
        "target": { "alias": {
            "dns_name": "LB-1.eu-west-1.elb.amazonaws.com",
            "zone_id": "Z32O12XQLNTSW2",
            "evaluate_target_health": false,
        }},
    }))
    .unwrap();
    assert_eq!(found, wanted);
    assert_eq!(Record::key(&found).unwrap(), "Z1/*.example.com/A");
}

#[test]
fn values_read_as_the_model_writes_them() {
    let record = ResourceRecordSet::builder()
        .name("_a1.example.com.")
        .r#type(RrType::Cname)
        .ttl(60)
        .resource_records(
            ResourceRecord::builder()
                .value("_b2.acm-validations.aws.")
                .build()
                .unwrap(),
        )
        .build()
        .unwrap();
    let found = translate("Z1", &record).unwrap();
    assert_eq!(
        found.target,
        Target::Values {
            ttl: 60,
            values: BTreeSet::from([RecordValue::new("_b2.acm-validations.aws")]),
        }
    );
    let sent = record_set(&found).unwrap().unwrap();
    assert_eq!(translate("Z1", &sent), Some(found));
}

#[test]
fn records_with_a_routing_policy_or_an_unknown_type_are_not_ours() {
    let mut weighted = alias("lb.example.com");
    weighted.set_identifier = Some("blue".to_owned());
    assert_eq!(translate("Z1", &weighted), None);
    let mut soa = alias("lb.example.com");
    soa.r#type = RrType::Soa;
    assert_eq!(translate("Z1", &soa), None);
}

#[test]
fn a_record_is_not_sent_while_a_piece_is_unknown() {
    let mut spec = translate("Z1", &alias("lb.example.com")).unwrap();
    spec.target = Target::Values {
        ttl: 60,
        values: BTreeSet::from([RecordValue::new(Text::output(&Address::new("a"), "b"))]),
    };
    assert!(record_set(&spec).is_none());
}

#[test]
fn a_name_that_two_certificates_give_is_looked_for_under_both() {
    let address = Address::new("domain.certificate");
    let (old, new) = (outputs([("n", "_old")]), outputs([("n", "_new")]));
    let known = BTreeMap::from([(&address, vec![&old, &new])]);
    let text = Text::output(&address, "n").then(".example.com");
    assert_eq!(
        fillings(&text, &known),
        ["_old.example.com", "_new.example.com"]
    );
    let other = Text::output(&Address::new("elsewhere"), "n");
    assert!(fillings(&other, &known).is_empty());
}
