//! A public TLS certificate, validated by DNS and so renewed by AWS as long as its records
//! stand. Requesting it is one thing, its being issued another: see [`super::issued`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_acm::types::{
    CertificateDetail, CertificateStatus, CertificateSummary, CertificateType, Filters,
    KeyAlgorithm, Tag, ValidationMethod,
};
use futures::{StreamExt, TryStreamExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, Cloud, During, ErrorClass, Reads, tags};
use crate::kinds::route53::DnsName;
use crate::kinds::{
    After, Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey,
    Wait, Wanted, outputs,
};
use crate::reference::Address;
use crate::scope::{Scope, Tags};

/// Reads of single certificates at the same time; ACM has no batched one.
const AT_ONCE: usize = 16;
/// How long ACM may still count a listener just removed as a user of the certificate.
const LET_GO: Duration = Duration::from_secs(300);

/// A certificate as requested, whether it is issued yet or not.
pub struct Certificate;

/// What a certificate is to be.
///
/// Its outputs hold the records that prove the ownership of its names, numbered from 0 in the
/// order of the alphabet: `validation_name_0`, `validation_value_0`; all of type CNAME. A
/// wildcard shares the record of the name below it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The name it is for, such as `example.com` or `*.example.com`.
    pub domain: DnsName,
    /// Further names.
    pub alternative_names: BTreeSet<DnsName>,
}

impl Spec {
    /// The names that each need one validation record, sorted: a wildcard shares the record
    /// of the name below it.
    pub fn validated_names(&self) -> BTreeSet<String> {
        std::iter::once(&self.domain)
            .chain(&self.alternative_names)
            .filter_map(DnsName::known)
            .map(|name| validated(&name).to_owned())
            .collect()
    }
}

/// A certificate of the stack as ACM has it.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Where it stands in the stack.
    pub(crate) address: Address,
    /// `id`, `arn` and the validation records as far as ACM has made them.
    pub(crate) outputs: Outputs,
    pub(super) status: Option<CertificateStatus>,
    spec: Spec,
    tags: Tags,
    progress: Progress,
}

#[async_trait]
impl Kind for Certificate {
    type Spec = Spec;

    const TYPE: &'static str = "acm:certificate";
    const FIELDS: &'static [Field] = &[
        Field::replace("/domain", NAMES_ARE_FIXED),
        Field::replace("/alternative_names", NAMES_ARE_FIXED),
    ];
    const REPLACE: ReplaceOrder = ReplaceOrder::CreateFirst;

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let certificates = owned(cloud, survey.scope, survey.reads).await?;
        Ok(certificates
            .iter()
            .map(|one| Found {
                address: Some(one.address.clone()),
                key: None,
                spec: as_wanted(&one.spec, &one.address, &survey.wanted),
                tags: one.tags.clone(),
                outputs: one.outputs.clone(),
                progress: one.progress.clone(),
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        const REQUEST: &str = "acm:RequestCertificate";
        let unknown = || AwsError::unexpected(REQUEST, "a name is unknown");
        let domain = spec.domain.known().ok_or_else(unknown)?;
        let others: Option<Vec<String>> =
            spec.alternative_names.iter().map(DnsName::known).collect();
        let others = others.ok_or_else(unknown)?;
        let made = making
            .cloud
            .acm()
            .request_certificate()
            .domain_name(domain)
            .set_subject_alternative_names((!others.is_empty()).then_some(others))
            .validation_method(ValidationMethod::Dns)
            .idempotency_token(making.token)
            .set_tags(Some(sdk_tags(making.tags)?))
            .send()
            .await
            .during(REQUEST)?;
        let arn = made
            .certificate_arn()
            .ok_or_else(|| AwsError::unexpected(REQUEST, "the answer has no ARN"))?;
        Ok(outputs([("id", arn), ("arn", arn)]))
    }

    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        if !set.is_empty() {
            making
                .cloud
                .acm()
                .add_tags_to_certificate()
                .certificate_arn(found.id())
                .set_tags(Some(sdk_tags(set)?))
                .send()
                .await
                .during("acm:AddTagsToCertificate")?;
        }
        if !remove.is_empty() {
            let gone: Result<Vec<_>, _> = remove
                .iter()
                .map(|key| Tag::builder().key(key).build())
                .collect();
            making
                .cloud
                .acm()
                .remove_tags_from_certificate()
                .certificate_arn(found.id())
                .set_tags(Some(gone.map_err(|e| malformed_tag(&e))?))
                .send()
                .await
                .during("acm:RemoveTagsFromCertificate")?;
        }
        Ok(())
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .patience
            .settle(
                "Certificate Manager to see that nothing uses the certificate any more",
                LET_GO,
                |error| error.class == ErrorClass::InUse,
                || async {
                    making
                        .cloud
                        .acm()
                        .delete_certificate()
                        .certificate_arn(found.id())
                        .send()
                        .await
                        .during("acm:DeleteCertificate")
                },
            )
            .await;
        match gone {
            Err(error) if error.not_found() => Ok(()),
            Err(error) if error.class == ErrorClass::InUse => {
                let users = describe(making.cloud, found.id())
                    .await?
                    .map(|detail| detail.in_use_by().join(", "))
                    .unwrap_or_default();
                Err(error.hint(format!("it is used by {users}; take it off there first")))
            }
            other => other.map(drop),
        }
    }

    fn wait(after: After) -> Option<Wait> {
        (after == After::Create).then_some(Wait {
            until: "the validation records of the certificate",
            every: Duration::from_secs(1),
            usually: Duration::from_secs(5),
            deadline: Duration::from_secs(5 * 60),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let arn = known.get("id").map_or("", String::as_str);
        Ok(describe(cloud, arn)
            .await?
            .map_or(Progress::Gone, |detail| progress(&detail)))
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            domain: DnsName::new("sample.example.com"),
            alternative_names: BTreeSet::from([
                DnsName::new("*.sample.example.com"),
                DnsName::new("www.example.com"),
            ]),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

const NAMES_ARE_FIXED: &str = "a certificate's names are fixed when it is requested";

/// The name whose record proves the ownership of `name`.
fn validated(name: &str) -> &str {
    name.strip_prefix("*.").unwrap_or(name)
}

/// The stack's certificates, read once in a discovery for all kinds that need them.
pub(crate) async fn owned(
    cloud: &Cloud,
    scope: &Scope,
    reads: &Reads,
) -> Result<Arc<Vec<Standing>>, AwsError> {
    reads
        .once("acm:certificates", async {
            let requested: Vec<_> = cloud
                .acm()
                .list_certificates()
                // Without this the answer leaves out all keys but RSA's of 2,048 bits.
                .includes(
                    Filters::builder()
                        .set_key_types(Some(every_key_type()))
                        .build(),
                )
                .into_paginator()
                .items()
                .send()
                .try_collect()
                .await
                .during("acm:ListCertificates")?;
            let standing: Vec<Option<Standing>> = futures::stream::iter(public_arns(requested))
                .map(|arn| if_ours(cloud, scope, arn))
                .buffer_unordered(AT_ONCE)
                .try_collect()
                .await?;
            Ok(standing.into_iter().flatten().collect())
        })
        .await
}

fn public_arns(all: Vec<CertificateSummary>) -> Vec<String> {
    all.into_iter()
        .filter(|one| {
            !matches!(
                one.r#type(),
                Some(CertificateType::Imported | CertificateType::Private)
            )
        })
        .filter_map(|one| one.certificate_arn)
        .collect()
}

async fn if_ours(cloud: &Cloud, scope: &Scope, arn: String) -> Result<Option<Standing>, AwsError> {
    let answer = cloud
        .acm()
        .list_tags_for_certificate()
        .certificate_arn(&arn)
        .send()
        .await
        .during("acm:ListTagsForCertificate");
    let tags = match answer {
        Err(error) if error.not_found() => return Ok(None),
        other => tags::from_sdk(other?.tags(), |tag| (Some(tag.key()), tag.value())),
    };
    let Some(address) = scope.address_of(&tags) else {
        return Ok(None);
    };
    Ok(describe(cloud, &arn).await?.map(|detail| Standing {
        address,
        outputs: outputs_of(&arn, &detail),
        status: detail.status().cloned(),
        spec: translate(&detail),
        tags,
        progress: progress(&detail),
    }))
}

/// The certificate; nothing where there is none of that ARN.
pub(super) async fn describe(
    cloud: &Cloud,
    arn: &str,
) -> Result<Option<CertificateDetail>, AwsError> {
    let answer = cloud
        .acm()
        .describe_certificate()
        .certificate_arn(arn)
        .send()
        .await
        .during("acm:DescribeCertificate");
    match answer {
        Err(error) if error.not_found() => Ok(None),
        other => Ok(other?.certificate().cloned()),
    }
}

/// The specification found, with the first name among the alternative ones where the stack
/// repeats it there: to ACM that is the same certificate.
fn as_wanted(found: &Spec, address: &Address, wanted: &[Wanted<Spec>]) -> Spec {
    let mut spec = found.clone();
    let repeated = wanted.iter().any(|one| {
        one.address == *address && one.spec.alternative_names.contains(&one.spec.domain)
    });
    if repeated {
        spec.alternative_names.insert(spec.domain.clone());
    }
    spec
}

fn translate(detail: &CertificateDetail) -> Spec {
    let domain = DnsName::new(detail.domain_name().unwrap_or_default());
    Spec {
        // ACM repeats the first name among the alternative ones.
        alternative_names: detail
            .subject_alternative_names()
            .iter()
            .map(|name| DnsName::new(name.as_str()))
            .filter(|name| *name != domain)
            .collect(),
        domain,
    }
}

/// Name and value of each validation record by the name that it validates. Nothing while one
/// is missing: they appear some seconds after the request.
pub(super) fn validations(
    detail: &CertificateDetail,
) -> Option<BTreeMap<String, (String, String)>> {
    let options = detail.domain_validation_options();
    if options.is_empty() {
        return None;
    }
    options
        .iter()
        .map(|option| {
            let record = option.resource_record()?;
            let name = DnsName::new(record.name()).known()?;
            let value = DnsName::new(record.value()).known()?;
            let of = DnsName::new(option.domain_name()).known()?;
            Some((validated(&of).to_owned(), (name, value)))
        })
        .collect()
}

fn outputs_of(arn: &str, detail: &CertificateDetail) -> Outputs {
    let mut known = outputs([("id", arn), ("arn", arn)]);
    let records = validations(detail).unwrap_or_default();
    for (index, (name, value)) in records.into_values().enumerate() {
        known.insert(format!("validation_name_{index}"), name);
        known.insert(format!("validation_value_{index}"), value);
    }
    known
}

/// A certificate is ready, as far as this kind goes, once it can be validated.
fn progress(detail: &CertificateDetail) -> Progress {
    if let Some(why) = given_up(detail) {
        return Progress::Failed(why);
    }
    let arn = detail.certificate_arn().unwrap_or_default();
    match validations(detail) {
        Some(_) => Progress::Ready(outputs_of(arn, detail)),
        None => Progress::Pending("AWS has not made the validation records yet".to_owned()),
    }
}

/// Why the certificate will never (again) be usable, if that is so.
pub(super) fn given_up(detail: &CertificateDetail) -> Option<String> {
    let status = detail.status()?;
    match status {
        CertificateStatus::Failed => Some(match detail.failure_reason() {
            Some(reason) => format!("FAILED: {}", reason.as_str()),
            None => "FAILED".to_owned(),
        }),
        CertificateStatus::ValidationTimedOut => Some(
            "VALIDATION_TIMED_OUT: the validation records were not seen within 72 hours".to_owned(),
        ),
        CertificateStatus::Revoked => Some(match detail.revocation_reason() {
            Some(reason) => format!("REVOKED: {}", reason.as_str()),
            None => "REVOKED".to_owned(),
        }),
        CertificateStatus::Expired | CertificateStatus::Inactive => {
            Some(status.as_str().to_owned())
        }
        _ => None,
    }
}

fn every_key_type() -> Vec<KeyAlgorithm> {
    KeyAlgorithm::values()
        .iter()
        .map(|name| KeyAlgorithm::from(*name))
        .collect()
}

fn sdk_tags(set: &Tags) -> Result<Vec<Tag>, AwsError> {
    tags::to_sdk(set, |key, value| {
        Tag::builder().key(key).value(value).build()
    })
    .into_iter()
    .collect::<Result<_, _>>()
    .map_err(|e| malformed_tag(&e))
}

fn malformed_tag(error: &aws_sdk_acm::error::BuildError) -> AwsError {
    AwsError::unexpected("acm:AddTagsToCertificate", error.to_string())
}

#[cfg(test)]
mod tests;
