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

const NAME: &str = "codedetect-prod-alerts";
const ARN: &str = "arn:aws:sns:eu-west-1:123456789012:codedetect-prod-alerts";

fn read(attributes: &[(&str, &str)]) -> Spec {
    let attributes = attributes
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    spec(&scope(), "eu-west-1", NAME, ARN, &attributes)
}

#[test]
fn the_policy_that_aws_gives_by_itself_is_none_whichever_year_it_is_from() {
    let now = account_only(&scope(), ARN).json();
    assert_eq!(read(&[(POLICY, &now)]).policy, None);
    let once = now.replacen("\"SNS:Publish\"", "\"SNS:Publish\",\"SNS:Receive\"", 1);
    assert_ne!(once, now);
    assert_eq!(read(&[(POLICY, &once)]).policy, None);
    assert_eq!(read(&[(KMS_KEY, ""), (DISPLAY_NAME, "")]).kms_key, None);
}

#[test]
fn a_default_policy_that_was_widened_is_seen() {
    let own = account_only(&scope(), ARN).json();
    for widened in [
        own.replacen("\"SNS:Publish\"", "\"SNS:*\"", 1),
        own.replacen("123456789012\"}", "210987654321\"}", 1),
        own.replacen("StringEquals", "StringLike", 1),
    ] {
        assert_ne!(widened, own);
        assert!(read(&[(POLICY, &widened)]).policy.is_some(), "{widened}");
    }
}

#[test]
fn a_policy_for_services_reads_back_as_it_was_written_however_aws_spells_it() {
    let services = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"];
    let wanted = open_to(&scope(), "eu-west-1", NAME, &services);
    let echoed = wanted.json().replace(
        "\"AWS\":\"123456789012\"",
        "\"AWS\":[\"arn:aws:iam::123456789012:root\"]",
    );
    assert_ne!(echoed, wanted.json());
    assert_eq!(read(&[(POLICY, &echoed)]).policy, Some(wanted.clone()));
    let publish = wanted.value().pointer("/Statement/1").cloned();
    assert_eq!(
        publish,
        Some(json!({
            "Sid": "cloudwatch",
            "Effect": "Allow",
            "Principal": { "Service": "cloudwatch.amazonaws.com" },
            "Action": "SNS:Publish",
            "Resource": ARN,
            "Condition": { "StringEquals": { "aws:SourceAccount": "123456789012" } }
        }))
    );
}
