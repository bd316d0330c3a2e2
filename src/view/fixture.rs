//! Plans made by hand, for the golden tests of every view.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::aws::{AwsError, Cloud};
use crate::kinds::{
    After, AnyFound, AnyKind, AnySurvey, Changes, Charge, Effect, Field, Found, Making, Outputs,
    Progress, ReplaceOrder, Samples, Tagging, Wait, outputs,
};
use crate::plan::{
    Action, Blocked, Danger, FieldChange, LeftAlone, Plan, Replacement, Step, TagChange, Unclaimed,
};
use crate::reference::{Address, Text};
use crate::scope::{Scope, Tags};

/// A kind that only has a name.
pub(super) struct Named(pub(super) &'static str);

fn no_calls() -> AwsError {
    AwsError::unexpected("fixture", "a view makes no calls")
}

#[async_trait]
impl AnyKind for Named {
    fn type_name(&self) -> &'static str {
        self.0
    }

    fn fields(&self) -> &'static [Field] {
        &[]
    }

    fn tagging(&self) -> Tagging {
        Tagging::Compared
    }

    fn replace_order(&self) -> ReplaceOrder {
        ReplaceOrder::DeleteFirst
    }

    fn protected(&self) -> bool {
        false
    }

    fn schema(&self) -> Value {
        Value::Bool(true)
    }

    fn normalise(&self, spec: &Value) -> Result<Value, serde_json::Error> {
        Ok(spec.clone())
    }

    fn key(&self, _: &Value) -> Option<String> {
        None
    }

    fn predict(&self, _: &Scope, _: &Value) -> Outputs {
        Outputs::new()
    }

    fn charges(&self, _: &Value) -> Vec<Charge> {
        Vec::new()
    }

    fn wait(&self, _: After) -> Option<Wait> {
        None
    }

    fn samples(&self, _: &Scope) -> Result<Samples<Value>, serde_json::Error> {
        Ok(Samples {
            sample: Value::Null,
            changed: Value::Null,
            beside: Vec::new(),
        })
    }

    async fn list(&self, _: &Cloud, _: AnySurvey<'_>) -> Result<Vec<AnyFound>, AwsError> {
        Err(no_calls())
    }

    async fn create(&self, _: &Making<'_>, _: &Value) -> Result<Outputs, AwsError> {
        Err(no_calls())
    }

    async fn update(
        &self,
        _: &Making<'_>,
        _: &Value,
        _: &AnyFound,
        _: &Changes,
    ) -> Result<(), AwsError> {
        Err(no_calls())
    }

    async fn retag(
        &self,
        _: &Making<'_>,
        _: &AnyFound,
        _: &Tags,
        _: &[String],
    ) -> Result<(), AwsError> {
        Err(no_calls())
    }

    async fn delete(&self, _: &Making<'_>, _: &AnyFound) -> Result<(), AwsError> {
        Err(no_calls())
    }

    async fn poll(&self, _: &Cloud, _: &Outputs) -> Result<Progress, AwsError> {
        Err(no_calls())
    }
}

pub(super) static VPC: Named = Named("ec2:vpc");
pub(super) static SUBNET: Named = Named("ec2:subnet");
pub(super) static GROUP: Named = Named("ec2:security-group");
pub(super) static TEMPLATE: Named = Named("ec2:launch-template");
pub(super) static BALANCER: Named = Named("elbv2:load-balancer");
pub(super) static TARGETS: Named = Named("elbv2:target-group");
pub(super) static DATABASE: Named = Named("rds:instance");
pub(super) static BUCKET: Named = Named("s3:bucket");
pub(super) static ALARM: Named = Named("cloudwatch:alarm");
pub(super) static NAT: Named = Named("ec2:nat-gateway");

pub(super) fn scope() -> Scope {
    Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    }
}

pub(super) fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        scope: scope(),
        steps,
        unchanged: vec![
            Address::new("network.gateway"),
            Address::new("alerts.topic"),
        ],
        left_alone: Vec::new(),
        unclaimed: Vec::new(),
        blocked: Vec::new(),
        kept: BTreeMap::new(),
    }
}

fn found(id: &str) -> AnyFound {
    Found {
        address: None,
        key: None,
        spec: Value::Null,
        tags: Tags::new(),
        outputs: outputs([("id", id)]),
        progress: Progress::Ready(Outputs::new()),
    }
}

fn step(action: Action, address: &str, kind: &'static Named, reason: &str) -> Step {
    Step {
        address: Address::new(address),
        kind,
        action,
        replacement: None,
        reason: reason.to_owned(),
        changes: Vec::new(),
        tags: TagChange::default(),
        all_tags: Tags::new(),
        danger: Danger::default(),
        wanted: None,
        found: None,
        needs: BTreeSet::new(),
        origin: address.to_owned(),
    }
}

pub(super) fn create(address: &str, kind: &'static Named, spec: Value) -> Step {
    let changes = spec
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| change(&format!("/{key}"), Value::Null, value.clone()))
        .collect();
    Step {
        changes,
        wanted: Some(spec),
        tags: TagChange {
            set: Tags::from([("codedetect:address".to_owned(), address.to_owned())]),
            ..TagChange::default()
        },
        ..step(Action::Create, address, kind, "it does not exist")
    }
}

pub(super) fn update(
    address: &str,
    kind: &'static Named,
    id: &str,
    changes: Vec<FieldChange>,
) -> Step {
    Step {
        changes,
        found: Some(found(id)),
        wanted: Some(json!({})),
        ..step(Action::Update, address, kind, "it differs")
    }
}

pub(super) fn delete(address: &str, kind: &'static Named, id: &str) -> Step {
    Step {
        found: Some(found(id)),
        origin: String::new(),
        ..step(
            Action::Delete,
            address,
            kind,
            "the stack file does not ask for it",
        )
    }
}

pub(super) fn wait(address: &str, kind: &'static Named, state: &str) -> Step {
    let reason = format!("AWS has not finished it: {state}");
    Step {
        found: Some(found("id-0")),
        ..step(Action::Await, address, kind, &reason)
    }
}

/// Both halves of a replacement, in the order of their steps.
pub(super) fn replace(
    address: &str,
    kind: &'static Named,
    id: &str,
    order: Replacement,
    changes: Vec<FieldChange>,
) -> [Step; 2] {
    let gone = Step {
        replacement: Some(order),
        ..delete(address, kind, id)
    };
    let made = Step {
        replacement: Some(order),
        changes,
        wanted: Some(json!({})),
        ..step(Action::Create, address, kind, "a field forces it")
    };
    match order {
        Replacement::DeleteFirst => [gone, made],
        Replacement::CreateFirst => [made, gone],
    }
}

pub(super) fn change(path: &str, before: Value, after: Value) -> FieldChange {
    FieldChange {
        path: path.to_owned(),
        before,
        after,
        effect: Effect::InPlace,
        why: None,
    }
}

pub(super) fn forcing(path: &str, before: Value, after: Value, why: &'static str) -> FieldChange {
    FieldChange {
        effect: Effect::Replace(why),
        why: Some(why),
        ..change(path, before, after)
    }
}

pub(super) fn later(address: &str, output: &str) -> Value {
    json!({"$text": [[address, output]]})
}

/// A plan with something of everything.
pub(super) fn rich() -> Plan {
    let rule = |port: u16, from: &str| json!({"protocol": "tcp", "port": port, "from": from});
    let mut steps = vec![
        create(
            "network.subnet.public-c",
            &SUBNET,
            json!({"vpc": "vpc-0a1", "cidr": "10.0.3.0/24", "zone": "eu-west-1c", "public": true}),
        ),
        create(
            "network.nat.c",
            &NAT,
            json!({"subnet": later("network.subnet.public-c", "id"), "private": false}),
        ),
        Step {
            tags: TagChange {
                set: Tags::from([
                    ("team".to_owned(), "platform".to_owned()),
                    ("tier".to_owned(), "edge".to_owned()),
                ]),
                remove: vec!["owner".to_owned()],
                before: Tags::from([
                    ("team".to_owned(), "web".to_owned()),
                    ("owner".to_owned(), "ops@example.com".to_owned()),
                ]),
            },
            ..update(
                "workloads.load-balancer",
                &BALANCER,
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/1",
                vec![
                    change("/idle_timeout", json!(60), json!(120)),
                    change(
                        "/subnets",
                        json!(["subnet-1", "subnet-2"]),
                        json!([
                            "subnet-1",
                            "subnet-2",
                            later("network.subnet.public-c", "id")
                        ]),
                    ),
                ],
            )
        },
        update(
            "network.security-group.alb",
            &GROUP,
            "sg-1",
            vec![change(
                "/ingress",
                json!([rule(80, "0.0.0.0/0"), rule(443, "0.0.0.0/0")]),
                json!([rule(80, "0.0.0.0/0"), rule(8443, "0.0.0.0/0")]),
            )],
        ),
        update(
            "workloads.analyzer.launch-template",
            &TEMPLATE,
            "lt-1",
            vec![change(
                "/user_data",
                json!("#!/bin/sh\nset -eu\nmount /mnt/efs\nexport PORT=5000\nrun\n"),
                json!("#!/bin/sh\nset -eu\nmount /mnt/efs\nexport PORT=5001\nrun\n"),
            )],
        ),
    ];
    steps.extend(replace(
        "workloads.analyzer.blue.targets",
        &TARGETS,
        "tg-1",
        Replacement::CreateFirst,
        vec![forcing(
            "/port",
            json!(5000),
            json!(5001),
            "the port of a target group is fixed when it is made",
        )],
    ));
    let mut database = replace(
        "databases.main",
        &DATABASE,
        "codedetect-prod-main",
        Replacement::DeleteFirst,
        vec![
            forcing(
                "/storage_encrypted",
                json!(false),
                json!(true),
                "encryption is chosen when a database is made",
            ),
            change("/backup_days", json!(1), json!(7)),
        ],
    );
    database[0].danger.data = true;
    database[1].needs = BTreeSet::from([steps.len()]);
    steps.extend(database);
    let mut alarm = update(
        "alarms.cpu",
        &ALARM,
        "codedetect-prod-cpu",
        vec![FieldChange {
            effect: Effect::Interrupts("the alarm says nothing for one period"),
            why: Some("the alarm says nothing for one period"),
            ..change("/threshold", json!(80.0), json!(75.0))
        }],
    );
    alarm.danger.interrupts = vec!["the alarm says nothing for one period".to_owned()];
    steps.push(alarm);
    steps.push(wait("network.nat.a", &NAT, "pending"));
    steps.push(delete("buckets.old", &BUCKET, "codedetect-prod-old"));
    let mut plan = plan(steps);
    let weight = |colour: &str, file: Value, live: Value| LeftAlone {
        address: Address::new("workloads.listener.https"),
        path: format!("/weights/{colour}"),
        file,
        live,
        owner: crate::kinds::Owner::Switch,
    };
    plan.left_alone = vec![
        LeftAlone {
            address: Address::new("workloads.analyzer.blue"),
            path: "/desired".to_owned(),
            file: json!(1),
            live: json!(2),
            owner: crate::kinds::Owner::Autoscaling,
        },
        weight("blue", json!(100), json!(0)),
        weight("green", Value::Null, json!(100)),
    ];
    plan.unclaimed = vec![Unclaimed {
        kind: "logs:log-group".to_owned(),
        key: "/codedetect-prod/old".to_owned(),
    }];
    plan.blocked = ["databases.main", "buckets.old"]
        .map(|address| Blocked {
            address: Address::new(address),
            why: format!(
                "{address} holds data and would be removed: the stack file does not ask for it"
            ),
        })
        .to_vec();
    plan
}

/// What the rich plan costs.
pub(super) fn cost() -> super::CostLines {
    use crate::units::Usd;
    super::CostLines {
        steps: BTreeMap::from([
            (Address::new("network.nat.c"), Usd::from_micros(35_040_000)),
            (Address::new("buckets.old"), Usd::from_micros(-1_200_000)),
        ]),
        before: Usd::from_micros(57_310_000),
        after: Usd::from_micros(91_150_000),
        free_tier: Some(Usd::from_micros(54_250_000)),
        what_if: vec![crate::plan::cost::WhatIf {
            what: "one more t3.small in workloads.analyzer.blue".to_owned(),
            adds: Usd::from_micros(16_640_000),
            per: crate::plan::cost::Per::Month,
        }],
        prices_of: "2026-10-01".to_owned(),
        unpriced: vec!["audit.trail (cloudtrail.events)".to_owned()],
    }
}

/// A text that is known only after apply, within a longer one.
pub(super) fn arn_later() -> Value {
    let bucket = Address::new("buckets.uploads");
    let text = Text::output(&bucket, "arn").then("/uploads/*");
    serde_json::to_value(text).unwrap_or_default()
}
