//! What is looked up for the preflight beyond the workload itself.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_acm::types::RenewalStatus;
use aws_sdk_cloudwatch::types::Statistic;
use aws_smithy_types::DateTime;
use futures::future::try_join4;
use jiff::{SignedDuration, Timestamp};

use super::act::Hand;
use super::front::Front;
use super::preflight::Aim;
use super::quota::{Processors, processors};
use super::record;
use super::schema::{Range, Stated};
use super::sight::Sight;
use super::stated;
use super::step::Step;
use crate::aws::{AwsError, During};
use crate::exec::store::{Store, StoreError};
use crate::model::workloads::Colour;

/// How long the version that serves may take to state its schemas.
const SOON: Duration = Duration::from_millis(500);
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// The release that has put an end to a colour is among the latest few.
const LATEST: usize = 5;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Free addresses, by the subnets in which new instances start.
    pub subnets: BTreeMap<String, u32>,
    /// The account's virtual processors, where AWS tells.
    pub processors: Option<Processors>,
    /// The longest answer of the serving colour in the last day.
    pub longest: Option<Duration>,
    /// The listener's certificate.
    pub certificate: Option<Certificate>,
    /// Until when clients may stay with the colour that is to serve, where it is kept for them.
    pub stay_until: Option<Timestamp>,
    /// What the version that serves states in its health check.
    pub serving: Stated,
    /// The range that the version which is to serve has stated when it was released before.
    pub known_schema: Option<Range>,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// For whom.
    pub domain: String,
    /// Whole days until it ends.
    pub days_left: i64,
    /// Whether AWS renews it, or has done so.
    pub renewing: bool,
}

/// Why they could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum Unknown {
    /// AWS refused.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The releases of before cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks up what AWS knows, what the version that serves states, and what the one that is to serve has stated before.
///
/// # Errors
/// AWS's, or the store's.
pub async fn facts(
    aim: Aim,
    hand: &Hand<'_>,
    sight: &Sight,
    (to, image): (Colour, &str),
    front: &Front,
    store: &dyn Store,
) -> Result<Facts, Unknown> {
    let known_schema = stated::read(store, &hand.site.workload)
        .await?
        .get(image)
        .copied();
    let facts = Facts {
        serving: match known_schema {
            Some(_) => of_serving(front, &hand.site.health_path).await,
            None => Stated::default(),
        },
        known_schema,
        ..Facts::default()
    };
    if aim == Aim::Rollback {
        // Nothing else holds it up, and it is in a hurry.
        return Ok(facts);
    }
    let serving = to.other().unwrap_or(to);
    // A switch starts at most what the colour has had before.
    let instance = sight
        .of(serving)
        .instance_type
        .filter(|_| aim == Aim::Deploy);
    let (subnets, processors, longest, certificate) = try_join4(
        subnets(hand, &sight.of(to).subnets),
        processors(hand, instance.as_deref()),
        longest(hand, sight, serving),
        certificate(hand, sight.listener.certificate.as_deref()),
    )
    .await?;
    Ok(Facts {
        subnets,
        processors,
        longest,
        certificate,
        stay_until: stay_until(hand, to, store).await?,
        ..facts
    })
}

async fn stay_until(
    hand: &Hand<'_>,
    colour: Colour,
    store: &dyn Store,
) -> Result<Option<Timestamp>, Unknown> {
    let Some(stickiness) = hand.site.stickiness.filter(|_| hand.site.healthy.is_none()) else {
        return Ok(None);
    };
    let Some(ends) = hand.ends().await?.get(&colour).copied() else {
        return Ok(None);
    };
    let past = record::past(store, &hand.site.workload, LATEST).await?;
    let kept = past
        .iter()
        .flat_map(|record| record.steps.iter().rev())
        .find_map(|taken| match taken.step {
            Step::Keep {
                colour: kept,
                seconds,
            } if kept == colour => Some(Duration::from_secs(seconds)),
            _ => None,
        });
    let until = last_cookie(ends, kept, stickiness);
    Ok(Some(until).filter(|until| *until > Timestamp::now()))
}

/// When the last of the cookies ends that lead to a colour which has been `kept` for so long by the time it ends. Where that is not
/// known, or is shorter than they last, all that can be saved are those until its end.
fn last_cookie(ends: Timestamp, kept: Option<Duration>, stickiness: Duration) -> Timestamp {
    kept.and_then(|kept| kept.checked_sub(stickiness))
        .and_then(|more| SignedDuration::try_from(more).ok())
        .and_then(|more| ends.checked_sub(more).ok())
        .unwrap_or(ends)
}

/// One that does not answer soon states nothing; that it does not is seen elsewhere, and no rollback waits for it.
async fn of_serving(front: &Front, path: &str) -> Stated {
    tokio::time::timeout(SOON, front.ask_anew(path, &[]))
        .await
        .ok()
        .and_then(|(answer, _)| answer.ok())
        .map(|answer| answer.stated)
        .unwrap_or_default()
}

async fn subnets(hand: &Hand<'_>, ids: &[String]) -> Result<BTreeMap<String, u32>, AwsError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let answer = hand
        .cloud
        .ec2()
        .describe_subnets()
        .set_subnet_ids(Some(ids.to_vec()))
        .send()
        .await
        .during("ec2:DescribeSubnets")?;
    Ok(answer
        .subnets()
        .iter()
        .filter_map(|subnet| {
            let free = u32::try_from(subnet.available_ip_address_count()?).ok()?;
            Some((subnet.subnet_id()?.to_owned(), free))
        })
        .collect())
}

/// CloudWatch keeps the longest of each hour.
async fn longest(
    hand: &Hand<'_>,
    sight: &Sight,
    colour: Colour,
) -> Result<Option<Duration>, AwsError> {
    let now = Timestamp::now().as_second();
    let answer = hand
        .cloud
        .cloudwatch()
        .get_metric_statistics()
        .namespace("AWS/ApplicationELB")
        .metric_name("TargetResponseTime")
        .set_dimensions(Some(sight.dimensions(colour)))
        .start_time(DateTime::from_secs(now - DAY))
        .end_time(DateTime::from_secs(now + HOUR))
        .period(3_600)
        .statistics(Statistic::Maximum)
        .send()
        .await
        .during("cloudwatch:GetMetricStatistics")?;
    Ok(answer
        .datapoints()
        .iter()
        .filter_map(|point| Duration::try_from_secs_f64(point.maximum()?).ok())
        .max())
}

async fn certificate(hand: &Hand<'_>, arn: Option<&str>) -> Result<Option<Certificate>, AwsError> {
    let Some(arn) = arn else { return Ok(None) };
    let answer = hand
        .cloud
        .acm()
        .describe_certificate()
        .certificate_arn(arn)
        .send()
        .await
        .during("acm:DescribeCertificate")?;
    let Some((detail, ends)) = answer
        .certificate()
        .and_then(|detail| Some((detail, detail.not_after()?)))
    else {
        return Ok(None);
    };
    let renewal = detail
        .renewal_summary()
        .map(|summary| summary.renewal_status());
    Ok(Some(Certificate {
        domain: detail.domain_name().unwrap_or(arn).to_owned(),
        days_left: (ends.secs() - Timestamp::now().as_second()).div_euclid(DAY),
        renewing: renewal.is_some_and(|status| {
            matches!(
                status,
                RenewalStatus::Success | RenewalStatus::PendingAutoRenewal
            )
        }),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_is_kept_longer_than_cookies_last_is_free_before_its_end() {
        let ends: Timestamp = "2026-01-01T03:00:00Z".parse().unwrap();
        let hours = |number: u64| Duration::from_secs(number * 3600);
        let until = |kept| last_cookie(ends, kept, hours(1)).to_string();
        // It has served until midnight.
        assert_eq!(until(Some(hours(3))), "2026-01-01T01:00:00Z");
        assert_eq!(until(Some(hours(1))), "2026-01-01T03:00:00Z");
        assert_eq!(until(Some(hours(0))), "2026-01-01T03:00:00Z");
        assert_eq!(until(None), "2026-01-01T03:00:00Z");
    }
}
