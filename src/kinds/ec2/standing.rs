//! Whether anything stands of a type that the stack file does not ask for.
//!
//! An earlier file may have asked for it, so it is looked for all the same. One read of the
//! stack's tags tells of all such types at once, and only those that it names are listed.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{Filter, TagDescription};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::Survey;
use crate::scope::{STACK_TAG, Scope};

/// The largest page of `DescribeTags`.
const PAGE: i32 = 1000;

/// Whether a list of the type whose ids begin with `prefix` (`nat` for `nat-0a1b…`) can find
/// anything: the file asks for one, or the stack's tags are on one.
pub(super) async fn any<S: Sync>(
    cloud: &Cloud,
    survey: &Survey<'_, S>,
    prefix: &str,
) -> Result<bool, AwsError> {
    if !survey.wanted.is_empty() {
        return Ok(true);
    }
    let tagged = survey
        .reads
        .once("ec2:standing", tagged(cloud, survey.scope))
        .await?;
    Ok(tagged.contains(prefix))
}

/// The prefixes of the ids that carry the stack's tag.
async fn tagged(cloud: &Cloud, scope: &Scope) -> Result<BTreeSet<String>, AwsError> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let tags: Vec<_> = cloud
        .ec2()
        .describe_tags()
        .filters(filter("key", STACK_TAG))
        .filters(filter("value", &scope.prefix()))
        .max_results(PAGE)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeTags")?;
    Ok(prefixes(&tags))
}

fn prefixes(tags: &[TagDescription]) -> BTreeSet<String> {
    tags.iter()
        .filter_map(|tag| tag.resource_id()?.rsplit_once('-'))
        .map(|(prefix, _)| prefix.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_told_by_what_its_ids_begin_with() {
        let tag = |id: &str| TagDescription::builder().resource_id(id).build();
        let tags = [
            tag("vpc-0a1b2c3d"),
            tag("vpc-11111111"),
            tag("vpce-0a1b2c3d"),
        ];
        let found = prefixes(&tags);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["vpc", "vpce"]);
    }
}
