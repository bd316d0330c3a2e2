//! The moment at which a certificate is issued, as a resource that others can refer to.
//!
//! It makes nothing: making it is waiting. What needs the issued certificate refers to this,
//! so the validation records can be made between the request and the wait. A wait that was cut
//! short is taken up again, because what is not issued is not found.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_acm::types::{CertificateDetail, CertificateStatus};
use aws_sdk_route53::types::RrType;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::certificate::{self, Certificate, Standing};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::route53::DnsName;
use crate::kinds::route53::zone::{bare_id, name_servers};
use crate::kinds::{
    After, Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey,
    Tagging, Wait, outputs, sample,
};
use crate::reference::{Link, Piece};
use crate::scope::{Scope, Tags};

/// Before that age nothing is looked into: a record just written is seldom seen at once.
const PATIENT_FOR: Duration = Duration::from_secs(20);

/// A certificate's being issued.
pub struct Issued;

/// Which certificate is to be issued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The certificate.
    pub certificate: Link<Certificate>,
}

#[async_trait]
impl Kind for Issued {
    type Spec = Spec;

    const TYPE: &'static str = "acm:issued";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/certificate",
        "another certificate has to be waited for anew",
    )];
    const TAGGING: Tagging = Tagging::None;
    const REPLACE: ReplaceOrder = ReplaceOrder::CreateFirst;

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if survey.wanted.is_empty() {
            return Ok(Vec::new());
        }
        let certificates = certificate::owned(cloud, survey.scope, survey.reads).await?;
        Ok(survey
            .wanted
            .iter()
            .flat_map(|wanted| {
                certificates
                    .iter()
                    .filter(|one| one.status == Some(CertificateStatus::Issued))
                    .filter(|one| means(&wanted.spec.certificate, one))
                    .map(|one| {
                        let arn = one.outputs.get("id").map_or("", String::as_str);
                        Found {
                            address: Some(wanted.address.clone()),
                            key: None,
                            spec: Spec {
                                certificate: Link::existing(arn),
                            },
                            tags: Tags::new(),
                            outputs: outputs([("id", arn), ("arn", arn)]),
                            progress: Progress::Ready(Outputs::new()),
                        }
                    })
            })
            .collect())
    }

    async fn create(_: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let arn = spec
            .certificate
            .known()
            .ok_or_else(|| AwsError::unexpected(Self::TYPE, "the certificate is unknown"))?;
        Ok(outputs([("id", &arn), ("arn", &arn)]))
    }

    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        Ok(())
    }

    async fn delete(_: &Making<'_>, _: &Found<Spec>) -> Result<(), AwsError> {
        Ok(())
    }

    /// ACM documents no bound short of its own 72 hours, and "several hours" as possible; 75
    /// minutes is what the AWS provider of Terraform allows by default.
    fn wait(after: After) -> Option<Wait> {
        (after == After::Create).then_some(Wait {
            until: "the certificate to be issued",
            every: Duration::from_secs(2),
            usually: Duration::from_secs(120),
            deadline: Duration::from_secs(75 * 60),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let arn = known.get("id").map_or("", String::as_str);
        let Some(detail) = certificate::describe(cloud, arn).await? else {
            return Ok(Progress::Gone);
        };
        if detail.status() == Some(&CertificateStatus::Issued) {
            return Ok(Progress::Ready(Outputs::new()));
        }
        if let Some(why) = certificate::given_up(&detail) {
            return Ok(Progress::Failed(why));
        }
        let state = detail.status().map_or("", CertificateStatus::as_str);
        if !older_than(&detail, PATIENT_FOR, SystemTime::now()) {
            return Ok(Progress::Pending(state.to_owned()));
        }
        let records = certificate::validations(&detail).unwrap_or_default();
        let why = match look_into(cloud, &records).await {
            Ok(sights) => diagnosis(&sights),
            // The diagnosis is a courtesy: its failure is no reason to stop waiting.
            Err(error) => format!("why is not known, because of {error}"),
        };
        Ok(Progress::Pending(format!("{state}: {why}")))
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            certificate: sample::<Certificate>(),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

/// Whether a link, resolved or not, means this certificate of the stack.
fn means(link: &Link<Certificate>, standing: &Standing) -> bool {
    match link.text().pieces() {
        [Piece::Output(output)] => output.address == standing.address,
        _ => link.known().as_ref() == standing.outputs.get("id"),
    }
}

fn older_than(detail: &CertificateDetail, age: Duration, now: SystemTime) -> bool {
    detail
        .created_at()
        .and_then(|created| SystemTime::try_from(*created).ok())
        .and_then(|created| now.duration_since(created).ok())
        .is_some_and(|lived| lived > age)
}

/// What Route 53 shows of one validation record.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sight {
    /// The record's name and value as ACM wants them.
    record: (String, String),
    /// The public zone of this account that would hold it.
    zone: Option<ZoneSight>,
    /// The values that stand under its name there.
    values: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ZoneSight {
    name: String,
    servers: Vec<String>,
}

/// Looks for each validation record in the account's public zone of the longest matching name.
async fn look_into(
    cloud: &Cloud,
    records: &BTreeMap<String, (String, String)>,
) -> Result<Vec<Sight>, AwsError> {
    let zones: Vec<_> = cloud
        .route53()
        .list_hosted_zones()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("route53:ListHostedZones")?;
    let public: HashMap<String, String> = zones
        .iter()
        .filter(|zone| !zone.config().is_some_and(|config| config.private_zone()))
        .filter_map(|zone| {
            Some((
                DnsName::new(zone.name()).known()?,
                bare_id(zone.id()).to_owned(),
            ))
        })
        .collect();
    try_join_all(records.values().map(|record| async {
        let holder = parents(&record.0).find_map(|name| Some((name, public.get(name)?)));
        let Some((zone, id)) = holder else {
            return Ok(Sight {
                record: record.clone(),
                zone: None,
                values: Vec::new(),
            });
        };
        let answer = cloud
            .route53()
            .list_resource_record_sets()
            .hosted_zone_id(id)
            .start_record_name(&record.0)
            .start_record_type(RrType::Cname)
            .max_items(1)
            .send()
            .await
            .during("route53:ListResourceRecordSets")?;
        let values = answer
            .resource_record_sets()
            .iter()
            .filter(|set| DnsName::new(set.name()).known().as_ref() == Some(&record.0))
            .flat_map(|set| set.resource_records())
            .filter_map(|value| DnsName::new(value.value()).known())
            .collect();
        Ok(Sight {
            record: record.clone(),
            zone: Some(ZoneSight {
                name: zone.to_owned(),
                servers: name_servers(cloud, id).await?.unwrap_or_default(),
            }),
            values,
        })
    }))
    .await
}

/// The name and all names above it, the longest first.
fn parents(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| {
        name.split_once('.').map(|(_, above)| above)
    })
}

/// One sentence on what keeps ACM from validating, and what to do.
fn diagnosis(sights: &[Sight]) -> String {
    for sight in sights {
        let (name, value) = &sight.record;
        match &sight.zone {
            None => {
                return format!(
                    "no public hosted zone of this account holds {name}; \
                     wherever that domain is served, add the CNAME {name} with the value {value}"
                );
            }
            Some(zone) if sight.values.is_empty() => {
                return format!(
                    "the validation record {name} is missing in the zone {}; \
                     apply again to write it (CNAME, {value})",
                    zone.name
                );
            }
            Some(zone) if !sight.values.contains(value) => {
                return format!(
                    "the record {name} in the zone {} says {} instead of {value}; \
                     apply again to mend it",
                    zone.name,
                    sight.values.join(", ")
                );
            }
            Some(_) => {}
        }
    }
    match sights.iter().find_map(|sight| sight.zone.as_ref()) {
        Some(zone) => format!(
            "the validation records stand; if this takes longer than a few minutes, {} is not \
             delegated to its name servers: its NS records at the registrar or in the parent \
             zone must be {}",
            zone.name,
            zone.servers.join(", ")
        ),
        None => "AWS has not made the validation records yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(zone: bool, values: &[&str]) -> Sight {
        Sight {
            record: (
                "_a.example.com".to_owned(),
                "_b.acm-validations.aws".to_owned(),
            ),
            zone: zone.then(|| ZoneSight {
                name: "example.com".to_owned(),
                servers: vec!["ns-1.example.net".to_owned()],
            }),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let foreign = diagnosis(&[sight(false, &[])]);
        assert!(foreign.contains("no public hosted zone"), "{foreign}");
        let missing = diagnosis(&[sight(true, &[])]);
        assert!(missing.contains("_a.example.com is missing in the zone example.com"));
        let wrong = diagnosis(&[sight(true, &["_c.acm-validations.aws"])]);
        assert!(wrong.contains("says _c.acm-validations.aws instead of _b."));
    }

    #[test]
    fn where_the_records_stand_only_delegation_can_be_missing() {
        let text = diagnosis(&[sight(true, &["_b.acm-validations.aws"])]);
        assert!(text.contains("example.com is not delegated"), "{text}");
        assert!(text.contains("ns-1.example.net"), "{text}");
    }

    #[test]
    fn zones_are_tried_from_the_longest_name() {
        assert!(parents("a.b.c").eq(["a.b.c", "b.c", "c"]));
    }

    #[test]
    fn a_young_certificate_is_not_looked_into() {
        let created = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let detail = CertificateDetail::builder()
            .created_at(aws_smithy_types::DateTime::from(created))
            .build();
        let at = |seconds| created + Duration::from_secs(seconds);
        assert!(!older_than(&detail, PATIENT_FOR, at(5)));
        assert!(older_than(&detail, PATIENT_FOR, at(30)));
    }
}
