//! Lifecycle rules of a bucket, to and from S3's own form.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration, Transition, TransitionStorageClass,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::AwsError;

/// What happens to objects as they age. Times are in days; a rule without any is refused by S3.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Whether S3 acts on it.
    pub enabled: bool,
    /// The rule is for objects whose keys begin so; empty for all.
    pub prefix: String,
    /// Days after which an object is removed; in a versioned bucket it becomes an old version.
    pub expire_days: Option<u32>,
    /// Whether delete markers are removed once no version is left behind them; not together
    /// with `expire_days`, which does it too.
    pub remove_spent_markers: bool,
    /// Days after which an old version is removed.
    pub expire_noncurrent_days: Option<u32>,
    /// Days after which the parts of an upload that was never finished are removed.
    pub abort_multipart_days: Option<u32>,
    /// Days after which an object moves to the class for infrequent access, at least 30.
    pub infrequent_access_days: Option<u32>,
    /// Parts of a rule on AWS that this kind does not write, by name. A stack leaves it empty,
    /// so that a rule with such parts is drift.
    pub foreign: BTreeSet<String>,
}

/// Rules by their id.
pub type Rules = BTreeMap<String, Rule>;

/// The rules in S3's form, in the order of their ids.
pub(super) fn to_sdk(rules: &Rules) -> Result<Vec<LifecycleRule>, AwsError> {
    rules.iter().map(|(id, rule)| rule.to_sdk(id)).collect()
}

impl Rule {
    fn to_sdk(&self, id: &str) -> Result<LifecycleRule, AwsError> {
        let status = if self.enabled {
            ExpirationStatus::Enabled
        } else {
            ExpirationStatus::Disabled
        };
        let expiration = match (self.expire_days, self.remove_spent_markers) {
            (None, false) => None,
            (days, markers) => Some(
                LifecycleExpiration::builder()
                    .set_days(days.map(to_days))
                    .set_expired_object_delete_marker((markers && days.is_none()).then_some(true))
                    .build(),
            ),
        };
        let noncurrent = self.expire_noncurrent_days.map(|days| {
            NoncurrentVersionExpiration::builder()
                .noncurrent_days(to_days(days))
                .build()
        });
        let abort = self.abort_multipart_days.map(|days| {
            AbortIncompleteMultipartUpload::builder()
                .days_after_initiation(to_days(days))
                .build()
        });
        let transitions = self.infrequent_access_days.map(|days| {
            vec![
                Transition::builder()
                    .days(to_days(days))
                    .storage_class(TransitionStorageClass::StandardIa)
                    .build(),
            ]
        });
        LifecycleRule::builder()
            .id(id)
            .status(status)
            .filter(LifecycleRuleFilter::builder().prefix(&self.prefix).build())
            .set_expiration(expiration)
            .set_noncurrent_version_expiration(noncurrent)
            .set_abort_incomplete_multipart_upload(abort)
            .set_transitions(transitions)
            .build()
            .map_err(|error| {
                AwsError::unexpected("s3:PutBucketLifecycleConfiguration", error.to_string())
            })
    }
}

/// The rules of an answer. A rule without an id stands under its place in the list.
pub(super) fn from_sdk(rules: &[LifecycleRule]) -> Rules {
    rules
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let id = match rule.id() {
                Some(id) if !id.is_empty() => id.to_owned(),
                _ => format!("#{index}"),
            };
            (id, read(rule))
        })
        .collect()
}

#[allow(
    deprecated,
    reason = "rules made by old programs have the prefix beside the filter"
)]
fn read(rule: &LifecycleRule) -> Rule {
    let mut foreign = BTreeSet::new();
    let mut note = |condition: bool, name: &str| {
        if condition {
            foreign.insert(name.to_owned());
        }
    };
    let filter = rule.filter();
    let and = filter.and_then(LifecycleRuleFilter::and);
    let prefix = filter
        .and_then(LifecycleRuleFilter::prefix)
        .or_else(|| and.and_then(|and| and.prefix()))
        .or_else(|| rule.prefix())
        .unwrap_or_default()
        .to_owned();
    if let Some(filter) = filter {
        let tagged = filter.tag().is_some() || and.is_some_and(|and| !and.tags().is_empty());
        note(tagged, "filter by tag");
        let sized = filter.object_size_greater_than().is_some()
            || filter.object_size_less_than().is_some()
            || and.is_some_and(|and| {
                and.object_size_greater_than().is_some() || and.object_size_less_than().is_some()
            });
        note(sized, "filter by size");
    }
    let expiration = rule.expiration();
    note(
        expiration.is_some_and(|expiration| expiration.date().is_some()),
        "expiration at a date",
    );
    let noncurrent = rule.noncurrent_version_expiration();
    note(
        noncurrent.is_some_and(|expiration| expiration.newer_noncurrent_versions().is_some()),
        "a number of old versions to keep",
    );
    note(
        !rule.noncurrent_version_transitions().is_empty(),
        "transitions of old versions",
    );
    let mut infrequent_access_days = None;
    for transition in rule.transitions() {
        match (transition.storage_class(), transition.days()) {
            (Some(TransitionStorageClass::StandardIa), Some(days)) => {
                infrequent_access_days = Some(from_days(days));
            }
            (class, _) => note(
                true,
                &format!(
                    "transition to {}",
                    class.map_or("another class", TransitionStorageClass::as_str)
                ),
            ),
        }
    }
    Rule {
        enabled: *rule.status() == ExpirationStatus::Enabled,
        prefix,
        expire_days: expiration
            .and_then(LifecycleExpiration::days)
            .filter(|days| *days > 0)
            .map(from_days),
        remove_spent_markers: expiration
            .and_then(LifecycleExpiration::expired_object_delete_marker)
            .unwrap_or_default(),
        expire_noncurrent_days: noncurrent
            .and_then(NoncurrentVersionExpiration::noncurrent_days)
            .map(from_days),
        abort_multipart_days: rule
            .abort_incomplete_multipart_upload()
            .and_then(AbortIncompleteMultipartUpload::days_after_initiation)
            .map(from_days),
        infrequent_access_days,
        foreign,
    }
}

fn to_days(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}

fn from_days(days: i32) -> u32 {
    u32::try_from(days).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{LifecycleRuleAndOperator, NoncurrentVersionTransition, Tag};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_rule_that_says_more_than_we_write_differs_from_every_rule_of_a_stack() {
        let rule = LifecycleRule::builder()
            .id("hand-made")
            .status(ExpirationStatus::Enabled)
            .filter(
                LifecycleRuleFilter::builder()
                    .and(
                        LifecycleRuleAndOperator::builder()
                            .prefix("logs/")
                            .tags(Tag::builder().key("a").value("b").build().unwrap())
                            .object_size_greater_than(5)
                            .build(),
                    )
                    .build(),
            )
            .transitions(
                Transition::builder()
                    .days(90)
                    .storage_class(TransitionStorageClass::Glacier)
                    .build(),
            )
            .noncurrent_version_transitions(NoncurrentVersionTransition::builder().build())
            .build()
            .unwrap();
        let read = from_sdk(&[rule]);
        let rule = &read["hand-made"];
        assert_eq!(rule.prefix, "logs/");
        let foreign: Vec<&str> = rule.foreign.iter().map(String::as_str).collect();
        assert_eq!(
            foreign,
            [
                "filter by size",
                "filter by tag",
                "transition to GLACIER",
                "transitions of old versions"
            ]
        );
    }

    #[test]
    #[allow(deprecated, reason = "that is what is tested")]
    fn a_rule_of_the_old_form_is_read() {
        let rule = LifecycleRule::builder()
            .prefix("tmp/")
            .status(ExpirationStatus::Disabled)
            .expiration(LifecycleExpiration::builder().days(1).build())
            .build()
            .unwrap();
        let read = from_sdk(&[rule]);
        assert_eq!(
            read["#0"],
            Rule {
                prefix: "tmp/".to_owned(),
                expire_days: Some(1),
                ..Rule::default()
            }
        );
    }

    fn days() -> impl Strategy<Value = Option<u32>> {
        prop::option::of(1_u32..4000)
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(
            enabled: bool, prefix in "[a-z/]{0,8}", expire_days in days(), markers: bool,
            expire_noncurrent_days in days(), abort_multipart_days in days(),
            infrequent_access_days in days(),
        ) {
            let rule = Rule {
                enabled, prefix, expire_days, expire_noncurrent_days, abort_multipart_days,
                infrequent_access_days,
                remove_spent_markers: markers && expire_days.is_none(),
                foreign: BTreeSet::new(),
            };
            let rules = Rules::from([("one".to_owned(), rule)]);
            prop_assert_eq!(from_sdk(&to_sdk(&rules).unwrap()), rules);
        }
    }
}
