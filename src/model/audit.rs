//! What is recorded: calls by CloudTrail, traffic by flow logs.

use std::collections::{BTreeMap, BTreeSet};

use super::buckets::{self, ABANDONED_DAYS, rule};
use super::draft::{Draft, Place};
use super::names::{ROLE, TRAIL, called, under_path};
use super::network::Made;
use crate::kinds::cloudtrail::bucket_statements;
use crate::kinds::cloudtrail::trail::{self, ManagementEvents, Trail};
use crate::kinds::ec2::flow_log::{self, FlowLog, Traffic};
use crate::kinds::iam::policy::{Principal, allow, document};
use crate::kinds::iam::role::{self, Role};
use crate::kinds::logs::log_group::{self, Class, LogGroup};
use crate::kinds::s3::lifecycle::Rule;
use crate::stack::document::Audit;

/// A role that only a service takes on keeps AWS's default.
const SESSION_SECONDS: u32 = 3600;

/// Ten minutes to a record, AWS's default: a minute would be ten times the records, and the price.
const GATHERED_SECONDS: i32 = 600;

/// The trail and the flow log, where the file asks for them.
pub(crate) fn build(draft: &mut Draft<'_>, network: Option<&Made>) {
    let Some(audit) = draft.document.audit.as_ref() else {
        return;
    };
    if audit.trail {
        record_calls(draft, audit);
    }
    if audit.flow_logs
        && let Some(network) = network
    {
        record_flows(draft, audit, network);
    }
}

fn record_calls(draft: &mut Draft<'_>, audit: &Audit) {
    let name = called(draft.scope, &["trail"], TRAIL);
    let expiring = Rule {
        expire_days: audit.retention.whole_days(),
        expire_noncurrent_days: audit.retention.whole_days(),
        ..rule(ABANDONED_DAYS)
    };
    // The ARN of the trail is computed, not referred to: the trail can only be made once the
    // policy stands.
    let bucket = buckets::state_name(draft.scope, "trail");
    let statements = bucket_statements(draft.scope, &bucket, None, &name);
    let bucket = buckets::own(
        draft,
        "trail",
        ("audit.trail-bucket", "audit.trail"),
        expiring,
        statements,
    );
    let spec = trail::Spec {
        name: name.clone(),
        bucket: bucket.output("name"),
        prefix: None,
        multi_region: true,
        global_events: true,
        log_file_validation: true,
        kms_key: None,
        logging: true,
        management_events: ManagementEvents::All,
        data_events: BTreeMap::new(),
    };
    draft.add::<Trail>(Place::new("audit.trail", "audit.trail", name), &spec);
}

fn record_flows(draft: &mut Draft<'_>, audit: &Audit, network: &Made) {
    let origin = "audit.flow_logs";
    let spec = log_group::Spec {
        name: under_path(draft.scope, "flow-log"),
        retention_days: audit
            .retention
            .whole_days()
            .and_then(log_group::retention_of_at_least),
        class: Class::Standard,
    };
    let name = spec.name.clone();
    let group = draft.add::<LogGroup>(Place::new("audit.flow-log-group", origin, name), &spec);
    let name = called(draft.scope, &["flow-log"], ROLE);
    let spec = role::Spec {
        name: name.clone(),
        path: draft.scope.path(),
        description: "Writes the flows of the network".to_owned(),
        max_session_seconds: SESSION_SECONDS,
        trust: trust(draft),
        policies: BTreeMap::from([(
            "write".to_owned(),
            document([
                allow([
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ])
                .sid("Write")
                .on([group.output("arn"), group.output("arn").then(":*")]),
                allow(["logs:DescribeLogGroups"]).sid("Find").on(["*"]),
            ]),
        )]),
        managed_policies: BTreeSet::new(),
    };
    let place = Place::new("audit.flow-log-role", origin, &name);
    let role = draft.add::<Role>(place, &spec);
    let spec = flow_log::Spec {
        vpc: network.vpc.link(),
        log_group: group.output("name"),
        role: role.output("arn"),
        traffic: Traffic::All,
        aggregation_seconds: GATHERED_SECONDS,
    };
    draft.add::<FlowLog>(Place::new("audit.flow-log", origin, name), &spec);
}

/// Only for flow logs of this account: without the condition the service could be made to use the role for somebody else's.
fn trust(draft: &Draft<'_>) -> crate::kinds::iam::policy::Document {
    let account = draft.scope.account.clone();
    document([allow(["sts:AssumeRole"])
        .to(Principal::Service("vpc-flow-logs.amazonaws.com".to_owned()))
        .when("StringEquals", "aws:SourceAccount", [account])])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, example, spec_of};

    #[test]
    fn the_trail_writes_to_a_bucket_that_lets_only_it() {
        let resources = built(json!({ "audit": { "flow_logs": false } }));
        let trail = spec_of(&resources, "audit.trail");
        assert_eq!(trail["name"], "codedetect-prod-trail");
        assert_eq!(trail["multi_region"], true);
        assert_eq!(
            trail["bucket"],
            json!({ "$text": [["audit.trail-bucket", "name"]] })
        );
        let bucket = spec_of(&resources, "audit.trail-bucket");
        assert_eq!(bucket["lifecycle"]["age"]["expire_days"], 90);
        let writes = bucket["policy"]["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["Sid"] == "TrailWrites")
            .unwrap();
        assert_eq!(
            writes["Condition"]["StringEquals"]["aws:SourceArn"],
            "arn:aws:cloudtrail:eu-west-1:123456789012:trail/codedetect-prod-trail"
        );
        let name = bucket["name"].as_str().unwrap();
        assert_eq!(
            writes["Resource"],
            format!("arn:aws:s3:::{name}/AWSLogs/123456789012/*")
        );
        assert!(resources.get(&"audit.flow-log".into()).is_none());
    }

    #[test]
    fn flows_go_to_a_group_of_their_own() {
        let resources = built(example());
        let log = spec_of(&resources, "audit.flow-log");
        assert_eq!(
            log["log_group"],
            json!({ "$text": [["audit.flow-log-group", "name"]] })
        );
        let role = spec_of(&resources, "audit.flow-log-role");
        let trust = &role["trust"]["Statement"][0];
        assert_eq!(
            trust["Condition"]["StringEquals"]["aws:SourceAccount"],
            "123456789012"
        );
    }
}
