//! Tags as Elastic Load Balancing has them: the same three calls for every type.

use std::collections::HashMap;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use futures::future::try_join_all;

use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::Making;
use crate::scope::Tags;

/// ARNs in one `DescribeTags` call, its documented maximum.
const AT_ONCE: usize = 20;

/// The tags of a create call.
pub(super) fn sdk(set: &Tags) -> Vec<Tag> {
    tags::to_sdk(set, |key, value| {
        Tag::builder().key(key).value(value).build()
    })
}

/// The tags of each of these; what is gone by now has none.
pub(super) async fn of_all(
    cloud: &Cloud,
    arns: Vec<String>,
) -> Result<HashMap<String, Tags>, AwsError> {
    let batches = arns.chunks(AT_ONCE).map(<[String]>::to_vec);
    let answers = try_join_all(batches.map(|batch| of_batch(cloud, batch))).await?;
    Ok(answers.into_iter().flatten().collect())
}

async fn of_batch(cloud: &Cloud, arns: Vec<String>) -> Result<Vec<(String, Tags)>, AwsError> {
    match describe(cloud, arns.clone()).await {
        // One that was removed a moment ago fails the whole batch: ask for each alone.
        Err(error) if error.not_found() => {
            let alone = arns.into_iter().map(|arn| async move {
                match describe(cloud, vec![arn]).await {
                    Err(error) if error.not_found() => Ok(Vec::new()),
                    other => other,
                }
            });
            Ok(try_join_all(alone).await?.concat())
        }
        other => other,
    }
}

async fn describe(cloud: &Cloud, arns: Vec<String>) -> Result<Vec<(String, Tags)>, AwsError> {
    let answer = cloud
        .elb()
        .describe_tags()
        .set_resource_arns(Some(arns))
        .send()
        .await
        .during("elasticloadbalancing:DescribeTags")?;
    Ok(answer
        .tag_descriptions()
        .iter()
        .map(|one| {
            let read = tags::from_sdk(one.tags(), |tag| (tag.key(), tag.value()));
            (one.resource_arn().unwrap_or_default().to_owned(), read)
        })
        .collect())
}

/// Sets and removes tags of one resource; `AddTags` takes no more than one.
pub(super) async fn retag(
    cloud: &Cloud,
    arn: &str,
    set: &Tags,
    remove: &[String],
) -> Result<(), AwsError> {
    if !set.is_empty() {
        cloud
            .elb()
            .add_tags()
            .resource_arns(arn)
            .set_tags(Some(sdk(set)))
            .send()
            .await
            .during("elasticloadbalancing:AddTags")?;
    }
    if !remove.is_empty() {
        cloud
            .elb()
            .remove_tags()
            .resource_arns(arn)
            .set_tag_keys(Some(remove.to_vec()))
            .send()
            .await
            .during("elasticloadbalancing:RemoveTags")?;
    }
    Ok(())
}

/// Whether what stands at `arn` is the very resource that is being made: an earlier try made
/// it and did not live to tell.
pub(super) async fn is_our_own(making: &Making<'_>, arn: &str) -> Result<bool, AwsError> {
    let mut read = of_all(making.cloud, vec![arn.to_owned()]).await?;
    let tags = read.remove(arn).unwrap_or_default();
    Ok(making.scope.address_of(&tags).as_ref() == Some(making.address))
}
