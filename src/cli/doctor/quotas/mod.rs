//! Whether the account's quotas leave room for what the stack adds.
//!
//! The services are asked themselves, as far as they tell. What they do not tell is judged by the quota that AWS gives to every
//! account, and what has no such quota is said to be unknown: only Service Quotas has it.

mod compute;
mod identity;
mod network;
mod rules;
mod storage;
mod traffic;

use futures::future::{BoxFuture, join_all};

use super::subject::Subject;
use super::{found, unexamined};
use crate::aws::AwsError;
use crate::view::doctor::{Check, Verdict};

const NAME: &str = "quotas";

/// A quota with what is used of it and what the stack would add.
#[derive(Debug)]
struct Quota {
    what: String,
    limit: Limit,
    used: usize,
    adds: usize,
}

/// How much there may be.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// AWS says so of this account.
    Told(usize),
    /// AWS gives every account this many; this one may have been given more.
    Usual(usize),
}

/// What one service has to say.
#[derive(Default, Debug)]
struct Told {
    quotas: Vec<Quota>,
    /// What the service keeps to itself, as it reads after "not examined: ".
    untold: Vec<String>,
}

impl Told {
    fn quota(&mut self, what: &str, limit: Limit, used: usize, adds: usize) {
        self.quotas.push(Quota {
            what: what.to_owned(),
            limit,
            used,
            adds,
        });
    }

    /// A quota whose limit the service may not have told.
    fn quota_if(&mut self, what: &str, limit: Option<usize>, used: usize, adds: usize) {
        match limit {
            Some(limit) => self.quota(what, Limit::Told(limit), used, adds),
            None if adds > 0 => self
                .untold
                .push(format!("{what}: AWS does not tell how many")),
            None => {}
        }
    }
}

/// A service being asked.
type Asked<'a> = BoxFuture<'a, Result<Told, AwsError>>;

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    let services: Vec<Asked<'_>> = vec![
        Box::pin(compute::groups(subject)),
        Box::pin(compute::processors(subject)),
        Box::pin(identity::roles(subject)),
        Box::pin(identity::zones(subject)),
        Box::pin(network::addresses(subject)),
        Box::pin(network::networks(subject)),
        Box::pin(network::security_groups(subject)),
        Box::pin(storage::buckets(subject)),
        Box::pin(storage::databases(subject)),
        Box::pin(storage::file_systems(subject)),
        Box::pin(traffic::balancers(subject)),
        Box::pin(traffic::target_groups(subject)),
    ];
    let mut all = rules::within_groups(subject);
    let mut checks = Vec::new();
    for told in join_all(services).await {
        match told {
            Ok(told) => {
                all.quotas.extend(told.quotas);
                all.untold.extend(told.untold);
            }
            Err(error) => checks.push(unexamined(NAME, &error)),
        }
    }
    let mut judged = judge(&all);
    judged.append(&mut checks);
    Ok(judged)
}

fn judge(told: &Told) -> Vec<Check> {
    let (mut over, mut perhaps) = (Vec::new(), Vec::new());
    for quota in told.quotas.iter().filter(|quota| quota.adds > 0) {
        let (limit, short) = match quota.limit {
            Limit::Told(limit) => (limit, &mut over),
            Limit::Usual(limit) => (limit, &mut perhaps),
        };
        if quota.used + quota.adds > limit {
            short.push(format!(
                "{}: {} of {limit} used, the stack adds {}",
                quota.what, quota.used, quota.adds
            ));
        }
    }
    let usual = told
        .quotas
        .iter()
        .filter(|quota| matches!(quota.limit, Limit::Usual(_)));
    let usual = usual.count();
    let mut checks = Vec::new();
    if over.is_empty() && perhaps.is_empty() {
        let says = format!(
            "room for all in {} quotas, {usual} of them as AWS gives them to every account",
            told.quotas.len()
        );
        checks.push(found(NAME, Verdict::Ok, says, None));
    }
    if !over.is_empty() {
        let remedy = Some("ask AWS for more under Service Quotas, or remove what is not needed");
        checks.push(found(NAME, Verdict::Failed, over.join("; "), remedy));
    }
    if !perhaps.is_empty() {
        let says = format!("beyond what every account has: {}", perhaps.join("; "));
        let remedy = Some("Service Quotas tells whether this account has more, and takes requests");
        checks.push(found(NAME, Verdict::Warning, says, remedy));
    }
    if !told.untold.is_empty() {
        let says = format!("not examined: {}", told.untold.join("; "));
        let remedy = Some("Service Quotas has it");
        checks.push(found(NAME, Verdict::Skipped, says, remedy));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(limit: Limit, used: usize, adds: usize) -> Told {
        let mut told = Told::default();
        told.quota("VPCs", limit, used, adds);
        told
    }

    fn verdicts(told: &Told) -> Vec<Verdict> {
        judge(told).iter().map(|check| check.verdict).collect()
    }

    #[test]
    fn a_quota_that_aws_tells_is_in_the_way_and_a_usual_one_only_perhaps() {
        assert_eq!(verdicts(&told(Limit::Told(5), 4, 1)), [Verdict::Ok]);
        assert_eq!(verdicts(&told(Limit::Told(5), 5, 1)), [Verdict::Failed]);
        assert_eq!(verdicts(&told(Limit::Usual(5), 5, 1)), [Verdict::Warning]);
    }

    #[test]
    fn a_full_quota_is_no_matter_where_nothing_is_added() {
        assert_eq!(verdicts(&told(Limit::Told(5), 5, 0)), [Verdict::Ok]);
    }

    #[test]
    fn what_aws_does_not_tell_is_said() {
        let mut told = Told::default();
        told.quota_if("groups", None, 0, 2);
        let checks = judge(&told);
        assert_eq!(checks.last().unwrap().verdict, Verdict::Skipped);
        assert!(checks.last().unwrap().says.contains("groups"));
    }
}
