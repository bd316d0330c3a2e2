//! How the things of a stack are called in AWS.

use crate::scope::Scope;
use crate::units::name::fit;

/// What a cut name keeps beside its prefix at least: a letter, a hyphen and the six digits of the hash.
const LEAST_TAIL: usize = 8;

/// Longest name of a load balancer or target group ("CreateLoadBalancer", "CreateTargetGroup", API reference).
pub(crate) const ELB: usize = 32;
/// Longest name of a bucket ("Bucket naming rules", S3 user guide).
pub(crate) const BUCKET: usize = 63;
/// Longest name of a role, and of an inline policy twice that ("IAM and AWS STS quotas").
pub(crate) const ROLE: usize = 64;
/// Longest name of a launch template ("CreateLaunchTemplate").
pub(crate) const LAUNCH_TEMPLATE: usize = 128;
/// Longest identifier of a database instance ("CreateDBInstance").
pub(crate) const DATABASE: usize = 63;
/// Longest name of a trail ("CreateTrail").
pub(crate) const TRAIL: usize = 128;
/// Longest name of whatever else has one: alarms, dashboards, topics, security groups, groups of instances all take 255 or 256
/// characters.
pub(crate) const LONG: usize = 255;

/// `<stack>-<environment>-<tail>`, of at most `longest` characters. What is too long is cut and ends in a hash of the whole; the
/// prefix is kept wherever it leaves room, because kinds without tags are found by it.
pub(crate) fn called(scope: &Scope, tail: &[&str], longest: usize) -> String {
    let prefix = scope.prefix();
    match longest.checked_sub(prefix.len() + 1) {
        Some(room) if room >= LEAST_TAIL => format!("{prefix}-{}", fit(tail, room)),
        _ => {
            let mut parts = vec![prefix.as_str()];
            parts.extend(tail);
            fit(&parts, longest)
        }
    }
}

/// The name of a bucket. Names of buckets are unique in the world, so account and region are part of it: whole where there is
/// room, in the hash where there is not.
pub(crate) fn bucket(scope: &Scope, item: &str) -> String {
    called(scope, &[item, &scope.account, &scope.region], BUCKET)
}

/// Groups of log streams and parameters lie under a path of the stack: `/<stack>-<environment>/<rest>`.
pub(crate) fn under_path(scope: &Scope, rest: &str) -> String {
    format!("{}{rest}", scope.path())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::tests::scope;

    #[test]
    fn a_name_says_whose_it_is() {
        assert_eq!(
            called(&scope(), &["analyzer", "blue"], ELB),
            "codedetect-prod-analyzer-blue"
        );
        assert_eq!(
            bucket(&scope(), "uploads"),
            "codedetect-prod-uploads-123456789012-eu-west-1"
        );
        assert_eq!(
            under_path(&scope(), "secret-key"),
            "/codedetect-prod/secret-key"
        );
    }

    proptest! {
        #[test]
        fn names_keep_within_their_bounds_and_stay_different(
            stack in "[a-z][a-z0-9]{1,19}",
            environment in "[a-z][a-z0-9]{0,11}",
            one in "[a-z][a-z0-9]{0,31}",
            other in "[a-z][a-z0-9]{0,31}",
            longest in 32usize..=255,
        ) {
            let scope = Scope { stack, environment, ..scope() };
            let name = called(&scope, &[&one, "blue"], longest);
            prop_assert!(name.len() <= longest, "{name}");
            if longest >= BUCKET {
                prop_assert!(name.starts_with(&scope.name("")), "{name}");
            }
            prop_assume!(one != other);
            prop_assert_ne!(name, called(&scope, &[&other, "blue"], longest));
        }
    }
}
