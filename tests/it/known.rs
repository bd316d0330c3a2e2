//! What a first plan can say already: names and ARNs that can be computed are, so that only what AWS itself draws, and puts
//! together of that, is known after apply.

use std::collections::{BTreeMap, BTreeSet};

use codedetect_infra::diag::SourceText;
use codedetect_infra::kinds::ec2::image::Architecture;
use codedetect_infra::model::{self, Pinned};
use codedetect_infra::plan::{Intent, plan};
use codedetect_infra::reference::references;
use codedetect_infra::scope::Scope;
use codedetect_infra::stack::{self, LoadOptions};

use crate::program::STACK;

#[test]
fn a_first_plan_lacks_only_what_aws_makes_up() {
    let source = SourceText::new("stack.yaml", std::fs::read_to_string(STACK).unwrap());
    let stack = stack::load(&source, &LoadOptions::default()).unwrap();
    let scope = Scope {
        stack: stack.document.stack.to_string(),
        environment: stack.document.environment.to_string(),
        region: stack.document.region.to_string(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    };
    let pinned = Pinned {
        zones: ["a", "b", "c"]
            .map(|zone| format!("eu-west-1{zone}"))
            .to_vec(),
        images: BTreeMap::from([(Architecture::X86_64, "ami-0example".to_owned())]),
        hosted_zone: None,
        active: None,
    };
    let wanted = model::build(&stack, &scope, &pinned).unwrap();
    let plan = plan(&Intent {
        scope: &scope,
        wanted: &wanted,
        observed: &[],
        manifest: &[],
        delete_data: &BTreeSet::new(),
    })
    .unwrap();

    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for step in &plan.steps {
        for output in references(step.wanted.as_ref().unwrap()) {
            *asked.entry(output.to_string()).or_default() += 1;
        }
    }
    let by_output: Vec<String> = asked
        .iter()
        .map(|(output, times)| format!("{times} {output}"))
        .collect();
    insta::assert_snapshot!(by_output.join("\n"), @r"
    1 ${domain.certificate-issued.id}
    1 ${domain.certificate.id}
    1 ${domain.certificate.validation_name_0}
    1 ${domain.certificate.validation_value_0}
    2 ${domain.zone.id}
    1 ${files.shared.access-point.arn}
    2 ${files.shared.access-point.id}
    1 ${files.shared.arn}
    7 ${files.shared.id}
    3 ${files.shared.security-group.id}
    1 ${network.internet-gateway.id}
    1 ${network.route-table.private.id}
    1 ${network.route-table.public.id}
    3 ${network.subnet.private-a.id}
    3 ${network.subnet.private-b.id}
    5 ${network.subnet.public-a.id}
    5 ${network.subnet.public-b.id}
    16 ${network.vpc.id}
    1 ${workloads.analyzer.launch-template.blue.id}
    1 ${workloads.analyzer.launch-template.green.id}
    1 ${workloads.analyzer.load-balancer.dns_name}
    3 ${workloads.analyzer.load-balancer.full_name}
    2 ${workloads.analyzer.load-balancer.id}
    1 ${workloads.analyzer.load-balancer.zone_id}
    3 ${workloads.analyzer.security-group.alb.id}
    5 ${workloads.analyzer.security-group.ec2.id}
    2 ${workloads.analyzer.target-group.blue.full_name}
    2 ${workloads.analyzer.target-group.blue.id}
    2 ${workloads.analyzer.target-group.green.full_name}
    2 ${workloads.analyzer.target-group.green.id}
    ");
    assert_eq!(plan.unknown_after().len(), 99);
}
