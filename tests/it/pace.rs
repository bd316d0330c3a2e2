//! AWS is not asked more often than it takes, and what waits for its turn is not taken for stuck.

use std::time::{Duration, Instant};

use aws_sdk_ec2::types::Tag;
use codedetect_infra::aws::During;
use futures::future::try_join_all;

use crate::support::{self, Stack};

/// Changes of EC2 at once, of which fifty go at once and five a second after that.
const CHANGES: usize = 165;

#[tokio::test]
async fn changes_that_wait_their_turn_for_longer_than_a_call_may_take_come_to_no_harm() {
    let local = support::cloud().await;
    let stack = Stack::new(local.endpoint(), "pace").await;
    let ec2 = stack.cloud.ec2();
    let vpc = ec2
        .create_vpc()
        .cidr_block("10.9.0.0/16")
        .send()
        .await
        .unwrap();
    let vpc = vpc.vpc().and_then(|vpc| vpc.vpc_id()).unwrap();
    let begun = Instant::now();
    let tag = |n: usize| {
        let tag = Tag::builder()
            .key(format!("k{}", n % 40))
            .value(n.to_string())
            .build();
        let call = ec2.create_tags().resources(vpc).tags(tag);
        async move { call.send().await.during("ec2:CreateTags") }
    };
    try_join_all((0..CHANGES).map(tag)).await.unwrap();
    // The SDK gives up a request that has not moved for twenty seconds.
    assert!(
        begun.elapsed() > Duration::from_secs(21),
        "{:?}",
        begun.elapsed()
    );
    let calls = stack.cloud.meter().calls();
    let tagged: Vec<_> = calls
        .iter()
        .filter(|call| call.operation == "ec2:CreateTags")
        .collect();
    assert_eq!(tagged.len(), CHANGES, "none was sent twice");
    assert!(tagged.iter().all(|call| call.status == Some(200)));
}
