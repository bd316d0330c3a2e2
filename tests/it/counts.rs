//! How many calls a plan makes: as many as there are kinds and pages, however many resources.

use codedetect_infra::kinds;
use codedetect_infra::reference::Address;
use codedetect_infra::resource::Resources;

use crate::contract::closure;
use crate::support::{self, Stack};

/// Types of which a stack may have hundreds.
const MANY: [&str; 4] = [
    "cloudwatch:alarm",
    "ec2:security-group",
    "logs:log-group",
    "ssm:parameter",
];

/// So many of each, with what their samples refer to.
fn many(stack: &Stack, count: usize) -> Resources {
    let mut resources = Resources::default();
    for name in MANY {
        let kind = kinds::by_type(name).unwrap();
        let around = closure(stack, kind, false);
        let sample = around.get(&kinds::sample_address(name)).unwrap().clone();
        for resource in around.iter() {
            resources.insert(resource.clone());
        }
        for number in 0..count {
            let mut one = sample.clone();
            one.address = Address::new(format!("many.{}-{number}", name.replace(':', "-")));
            let called = one.spec["name"].as_str().unwrap().to_owned();
            one.spec["name"] = format!("{called}-{number}").into();
            resources.insert(one);
        }
    }
    resources
}

/// The calls of one discovery that finds everything.
async fn calls(stack: &Stack, wanted: &Resources) -> usize {
    let before = stack.cloud.meter().calls().len();
    let found = stack.observe(wanted).await;
    assert!(
        found.len() >= wanted.len(),
        "{} of {}",
        found.len(),
        wanted.len()
    );
    stack.cloud.meter().calls().len() - before
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_of_a_kind_cost_pages_and_not_calls() {
    let cloud = support::cloud().await;
    let name = format!("n{:08x}", rand::random::<u32>());
    let stack = Stack::new(cloud.endpoint(), &name).await;

    let ten = many(&stack, 10);
    stack.must_apply(&ten).await;
    let of_ten = calls(&stack, &ten).await;

    let three_hundred = many(&stack, 300);
    stack.must_apply(&three_hundred).await;
    let of_three_hundred = calls(&stack, &three_hundred).await;

    // A page holds 100 alarms, 50 log groups, 50 parameters, and all of the groups; the values
    // of plain parameters come ten a call.
    let alarms = 300 / 100;
    let log_groups = 300 / 50;
    let parameters = 300 / 50 + 300 / 10;
    assert!(
        of_three_hundred <= of_ten + alarms + log_groups + parameters,
        "{of_ten} calls for ten of each, {of_three_hundred} for three hundred"
    );
}
