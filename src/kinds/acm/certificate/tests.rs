use aws_sdk_acm::types::{DomainValidation, FailureReason, RecordType, ResourceRecord};

use super::*;

fn option(domain: &str, record: Option<&str>) -> DomainValidation {
    let record = record.map(|name| {
        ResourceRecord::builder()
            .name(format!("{name}.example.com."))
            .r#type(RecordType::Cname)
            .value(format!("{name}.acm-validations.aws."))
            .build()
            .unwrap()
    });
    DomainValidation::builder()
        .domain_name(domain)
        .set_resource_record(record)
        .build()
        .unwrap()
}

fn detail(second: Option<&str>) -> CertificateDetail {
    CertificateDetail::builder()
        .certificate_arn("arn:aws:acm:eu-west-1:123456789012:certificate/1")
        .domain_name("example.com")
        .subject_alternative_names("www.example.com")
        .subject_alternative_names("example.com")
        .subject_alternative_names("*.example.com")
        .domain_validation_options(option("www.example.com", second))
        .domain_validation_options(option("example.com", Some("_a")))
        .domain_validation_options(option("*.example.com", Some("_a")))
        .status(CertificateStatus::PendingValidation)
        .build()
}

#[test]
fn apex_and_wildcard_share_one_record() {
    let detail = detail(Some("_b"));
    let known = outputs_of("arn", &detail);
    assert_eq!(known["validation_name_0"], "_a.example.com");
    assert_eq!(known["validation_value_0"], "_a.acm-validations.aws");
    assert_eq!(known["validation_name_1"], "_b.example.com");
    assert_eq!(known.len(), 6);
    let names = translate(&detail).validated_names();
    assert!(names.iter().eq(["example.com", "www.example.com"]));
}

#[test]
fn the_first_name_is_not_an_alternative_one() {
    let spec = translate(&detail(None));
    let names: Vec<_> = spec
        .alternative_names
        .iter()
        .filter_map(DnsName::known)
        .collect();
    assert_eq!(names, ["*.example.com", "www.example.com"]);
}

#[test]
fn a_first_name_repeated_by_the_stack_is_no_difference() {
    let found = translate(&detail(None));
    let address = Address::new("domain.certificate");
    let mut repeating = found.clone();
    repeating.alternative_names.insert(found.domain.clone());
    let wanted = |spec: &Spec| {
        [Wanted {
            address: address.clone(),
            spec: spec.clone(),
        }]
    };
    assert_eq!(as_wanted(&found, &address, &wanted(&repeating)), repeating);
    assert_eq!(as_wanted(&found, &address, &wanted(&found)), found);
}

#[test]
fn it_is_ready_once_every_record_is_there() {
    assert!(matches!(progress(&detail(None)), Progress::Pending(_)));
    assert!(matches!(progress(&detail(Some("_b"))), Progress::Ready(_)));
}

#[test]
fn a_failure_carries_awss_reason() {
    let mut failed = detail(Some("_b"));
    failed.status = Some(CertificateStatus::Failed);
    failed.failure_reason = Some(FailureReason::CaaError);
    assert_eq!(
        progress(&failed),
        Progress::Failed("FAILED: CAA_ERROR".to_owned())
    );
}
