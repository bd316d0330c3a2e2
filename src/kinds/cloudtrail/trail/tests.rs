use super::*;
use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, ReadWriteType,
};

fn advanced(fields: &[(&str, &str)]) -> GetEventSelectorsOutput {
    let fields = fields.iter().map(|(field, value)| {
        AdvancedFieldSelector::builder()
            .field(*field)
            .equals(*value)
            .build()
            .unwrap()
    });
    GetEventSelectorsOutput::builder()
        .advanced_event_selectors(
            AdvancedEventSelector::builder()
                .set_field_selectors(Some(fields.collect()))
                .build()
                .unwrap(),
        )
        .build()
}

#[test]
fn every_way_to_say_the_default_selection_is_the_default() {
    let none = GetEventSelectorsOutput::builder().build();
    let spelled_out = GetEventSelectorsOutput::builder()
        .event_selectors(
            EventSelector::builder()
                .read_write_type(ReadWriteType::All)
                .include_management_events(true)
                .build(),
        )
        .build();
    let console = advanced(&[("eventCategory", "Management")]);
    for selectors in [none, spelled_out, console] {
        assert_eq!(events(&selectors), (ManagementEvents::All, BTreeMap::new()));
    }
}

#[test]
fn a_selection_that_the_stack_cannot_say_differs_from_all_that_it_can() {
    let only_some = advanced(&[("eventCategory", "Management"), ("readOnly", "true")]);
    assert_eq!(events(&only_some).0, ManagementEvents::Custom);
    let excluding = GetEventSelectorsOutput::builder()
        .event_selectors(
            EventSelector::builder()
                .exclude_management_event_sources("kms.amazonaws.com")
                .build(),
        )
        .build();
    assert_eq!(events(&excluding).0, ManagementEvents::Custom);
}

#[test]
fn the_bucket_lets_this_trail_write_below_its_prefix_and_no_other() {
    let scope = Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    };
    let statements = bucket_statements(&scope, "logs", Some("audit"), "t");
    let policy = policy::document(statements);
    let at = |path: &str| policy.value().pointer(path).and_then(|v| v.as_str());
    assert_eq!(
        at("/Statement/1/Resource"),
        Some("arn:aws:s3:::logs/audit/AWSLogs/123456789012/*")
    );
    for n in 0..2 {
        assert_eq!(
            at(&format!(
                "/Statement/{n}/Condition/StringEquals/aws:SourceArn"
            )),
            Some("arn:aws:cloudtrail:eu-west-1:123456789012:trail/t")
        );
    }
}

#[test]
fn a_trail_that_does_not_record_differs_and_absent_texts_are_absent() {
    let seen = Seen::builder()
        .name("codedetect-prod-audit")
        .s3_bucket_name("codedetect-prod-audit-123456789012")
        .s3_key_prefix("")
        .is_multi_region_trail(true)
        .include_global_service_events(true)
        .log_file_validation_enabled(true)
        .build();
    let selectors = GetEventSelectorsOutput::builder().build();
    let found = spec(&seen, false, &selectors);
    let wanted: Spec = serde_json::from_value(serde_json::json!({
        "name": "codedetect-prod-audit",
        "bucket": "codedetect-prod-audit-123456789012",
        "multi_region": true,
        "global_events": true,
        "log_file_validation": true
    }))
    .unwrap();
    assert!(wanted.logging);
    assert_eq!(
        found,
        Spec {
            logging: false,
            ..wanted
        }
    );
}
