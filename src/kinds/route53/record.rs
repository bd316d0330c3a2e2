//! One record of a hosted zone: all values of a name and a type.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use futures::future::{try_join, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::change::{self, CHANGE};
use super::names::{DnsName, RecordValue, plain};
use super::zone::{self, Zone};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::acm::certificate;
use crate::kinds::{
    After, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging, Wait,
    outputs, sample,
};
use crate::reference::{Address, Link, Piece, Text};
use crate::scope::{Scope, Tags};

const CHANGE_RECORDS: &str = "route53:ChangeResourceRecordSets";
const LIST_RECORDS: &str = "route53:ListResourceRecordSets";

/// A record.
pub struct Record;

/// What a record is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The zone it stands in.
    pub zone: Link<Zone>,
    /// Its full name, such as `www.example.com`.
    pub name: DnsName,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: RecordType,
    /// What it says.
    pub target: Target,
}

/// The type of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "named as DNS names them")]
pub enum RecordType {
    A,
    Aaaa,
    Caa,
    Cname,
    Mx,
    Ns,
    Ptr,
    Srv,
    Txt,
}

impl RecordType {
    fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Ptr => "PTR",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
        }
    }

    fn from_sdk(kind: &RrType) -> Option<Self> {
        serde_json::from_value(serde_json::Value::from(kind.as_str())).ok()
    }
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// Values of its own.
    Values {
        /// How long resolvers may keep it, in seconds.
        ttl: u32,
        /// The values; their order means nothing to DNS.
        values: BTreeSet<RecordValue>,
    },
    /// Whatever an AWS resource answers with just now; free of charge, also at a zone's apex.
    Alias {
        /// The resource's DNS name, without `dualstack.`.
        #[serde(deserialize_with = "without_dualstack")]
        dns_name: DnsName,
        /// The hosted zone which that name belongs to, as the resource tells it.
        zone_id: Text,
        /// Whether Route 53 stops answering when no target is healthy. It counts an empty
        /// target group as unhealthy, so it stays off where a colour is parked.
        evaluate_target_health: bool,
    },
}

#[async_trait]
impl Kind for Record {
    type Spec = Spec;

    const TYPE: &'static str = "route53:record";
    const FIELDS: &'static [Field] = &[
        Field::replace("/zone", "a record cannot move to another zone"),
        Field::replace("/name", "a record's name is its identity"),
        Field::replace("/type", "a record's type is its identity"),
    ];
    const TAGGING: Tagging = Tagging::None;

    fn key(spec: &Spec) -> Option<String> {
        Some(key(&spec.zone.known()?, &spec.name.known()?, spec.kind))
    }

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        let mut known = Outputs::new();
        if let Some(name) = spec.name.known() {
            known.insert("name".to_owned(), name);
        }
        if let Some(key) = Self::key(spec) {
            known.insert("id".to_owned(), key);
        }
        known
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let mut keys: BTreeSet<String> =
            survey.manifest.iter().map(|(_, key)| key.clone()).collect();
        keys.extend(wanted_keys(cloud, survey).await?);
        let zones: BTreeSet<&str> = keys
            .iter()
            .filter_map(|key| key.split_once('/').map(|(zone, _)| zone))
            .collect();
        let read = zones.into_iter().map(|zone| async move {
            records_of(cloud, zone)
                .await
                .map(|records| (zone.to_owned(), records))
        });
        let mut found = Vec::new();
        for (zone, records) in try_join_all(read).await? {
            found.extend(records.iter().filter_map(|record| {
                let spec = translate(&zone, record)?;
                let key = Self::key(&spec).filter(|key| keys.contains(key))?;
                Some(Found {
                    address: survey.made_as(&key),
                    outputs: outputs([("id", &key), ("name", &plain(record.name()))]),
                    key: Some(key),
                    spec,
                    tags: Tags::new(),
                    progress: Progress::Ready(Outputs::new()),
                })
            }));
        }
        Ok(found)
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let (key, change) = upsert(making.cloud, spec).await?;
        let name = spec.name.known().unwrap_or_default();
        Ok(outputs([("id", &key), ("name", &name), (CHANGE, &change)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        let (_, change) = upsert(making.cloud, spec).await?;
        let pending = || AwsError::unexpected("route53:GetChange", "PENDING");
        making
            .patience
            .settle(
                "the change to reach every name server",
                change::DEADLINE,
                |error| error.message == "PENDING",
                || async {
                    match change::in_sync(making.cloud, &change).await {
                        Ok(true) => Ok(()),
                        Ok(false) => Err(pending()),
                        Err(error) => Err(error),
                    }
                },
            )
            .await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let zone = found.spec.zone.known().unwrap_or_default();
        // DELETE must repeat the record to the letter, so it is read as it stands now rather
        // than written from the normalised specification.
        let Some(standing) = standing(making.cloud, &zone, &found.spec).await? else {
            return Ok(());
        };
        match send(making.cloud, &zone, ChangeAction::Delete, standing).await {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn wait(after: After) -> Option<Wait> {
        (after == After::Create)
            .then_some(const { change::wait("the record to reach every name server") })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        change::poll(cloud, known).await
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            zone: sample::<Zone>(),
            name: DnsName::new("*.sample.example.com"),
            kind: RecordType::A,
            target: Target::Values {
                ttl: 60,
                values: BTreeSet::from([RecordValue::new("192.0.2.1")]),
            },
        };
        let changed = Spec {
            target: Target::Values {
                ttl: 300,
                values: BTreeSet::from([
                    RecordValue::new("192.0.2.2"),
                    RecordValue::new("192.0.2.3"),
                ]),
            },
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn key(zone: &str, name: &str, kind: RecordType) -> String {
    format!("{zone}/{name}/{}", kind.name())
}

/// Route 53 keeps a load balancer's name in lower case, and its console writes `dualstack.`
/// before it, which resolves to the same addresses.
fn plain_alias(name: &str) -> String {
    let name = plain(name);
    name.strip_prefix("dualstack.").unwrap_or(&name).to_owned()
}

fn without_dualstack<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DnsName, D::Error> {
    let name = DnsName::deserialize(deserializer)?;
    Ok(match name.known() {
        Some(known) => DnsName::new(plain_alias(&known)),
        None => name,
    })
}

/// The keys of the wanted records, as far as the stack's zones and certificates tell what
/// they refer to. Nothing else can be referred to by a name that has to be found.
async fn wanted_keys(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<String>, AwsError> {
    let unknown = |pick: fn(&Spec) -> bool| survey.wanted.iter().any(|one| pick(&one.spec));
    let zones = async {
        match unknown(|spec| spec.zone.known().is_none()) {
            true => zone::owned(cloud, survey.scope, survey.reads)
                .await
                .map(Some),
            false => Ok(None),
        }
    };
    let certificates = async {
        match unknown(|spec| spec.name.known().is_none()) {
            true => certificate::owned(cloud, survey.scope, survey.reads)
                .await
                .map(Some),
            false => Ok(None),
        }
    };
    let (zones, certificates) = try_join(zones, certificates).await?;
    let mut known: BTreeMap<&Address, Vec<&Outputs>> = BTreeMap::new();
    for zone in zones.iter().flat_map(|zones| zones.iter()) {
        known.entry(&zone.address).or_default().push(&zone.outputs);
    }
    for one in certificates.iter().flat_map(|all| all.iter()) {
        known.entry(&one.address).or_default().push(&one.outputs);
    }
    let mut keys = Vec::new();
    for wanted in &survey.wanted {
        for zone in fillings(wanted.spec.zone.text(), &known) {
            for name in fillings(wanted.spec.name.text(), &known) {
                keys.push(key(&zone, &plain(&name), wanted.spec.kind));
            }
        }
    }
    Ok(keys)
}

/// What a text may say. Two things stand at one address while one replaces the other, so
/// there may be several readings; none while a piece is unknown.
fn fillings(text: &Text, known: &BTreeMap<&Address, Vec<&Outputs>>) -> Vec<String> {
    let mut readings = vec![String::new()];
    for piece in text.pieces() {
        let values: Vec<&str> = match piece {
            Piece::Literal(literal) => vec![literal],
            Piece::Output(output) => known
                .get(&output.address)
                .into_iter()
                .flatten()
                .filter_map(|outputs| outputs.get(&output.output).map(String::as_str))
                .collect(),
        };
        readings = readings
            .iter()
            .flat_map(|before| values.iter().map(move |value| format!("{before}{value}")))
            .collect();
    }
    readings
}

/// All records of a zone; none where the zone is gone.
async fn records_of(cloud: &Cloud, zone: &str) -> Result<Vec<ResourceRecordSet>, AwsError> {
    let mut records = Vec::new();
    let mut from: Option<(String, Option<RrType>, Option<String>)> = None;
    loop {
        let mut page = cloud
            .route53()
            .list_resource_record_sets()
            .hosted_zone_id(zone);
        if let Some((name, kind, identifier)) = from.take() {
            page = page
                .start_record_name(name)
                .set_start_record_type(kind)
                .set_start_record_identifier(identifier);
        }
        let answer = match page.send().await.during(LIST_RECORDS) {
            Err(error) if error.not_found() => return Ok(Vec::new()),
            other => other?,
        };
        records.extend(answer.resource_record_sets().iter().cloned());
        match answer.next_record_name() {
            Some(name) if answer.is_truncated() => {
                from = Some((
                    name.to_owned(),
                    answer.next_record_type().cloned(),
                    answer.next_record_identifier().map(str::to_owned),
                ));
            }
            _ => return Ok(records),
        }
    }
}

/// A simple record in the terms of the specification. Records with a routing policy have an
/// identifier besides name and type; they are never the stack's.
fn translate(zone: &str, record: &ResourceRecordSet) -> Option<Spec> {
    if record.set_identifier().is_some() {
        return None;
    }
    let target = match record.alias_target() {
        Some(alias) => Target::Alias {
            dns_name: DnsName::new(plain_alias(alias.dns_name())),
            zone_id: Text::literal(alias.hosted_zone_id()),
            evaluate_target_health: alias.evaluate_target_health(),
        },
        None => Target::Values {
            ttl: record
                .ttl()
                .and_then(|ttl| u32::try_from(ttl).ok())
                .unwrap_or_default(),
            values: record
                .resource_records()
                .iter()
                .map(|value| RecordValue::new(value.value()))
                .collect(),
        },
    };
    Some(Spec {
        zone: Link::existing(zone),
        name: DnsName::new(record.name()),
        kind: RecordType::from_sdk(record.r#type())?,
        target,
    })
}

/// The record as Route 53 has it now.
async fn standing(
    cloud: &Cloud,
    zone: &str,
    spec: &Spec,
) -> Result<Option<ResourceRecordSet>, AwsError> {
    let wanted = Record::key(spec);
    let answer = cloud
        .route53()
        .list_resource_record_sets()
        .hosted_zone_id(zone)
        .start_record_name(spec.name.known().unwrap_or_default())
        .start_record_type(RrType::from(spec.kind.name()))
        .max_items(1)
        .send()
        .await
        .during(LIST_RECORDS);
    let answer = match answer {
        Err(error) if error.not_found() => return Ok(None),
        other => other?,
    };
    Ok(answer
        .resource_record_sets()
        .iter()
        .find(|record| translate(zone, record).is_some_and(|spec| Record::key(&spec) == wanted))
        .cloned())
}

/// Writes the record, whether it exists or not; its key and the id of the change.
async fn upsert(cloud: &Cloud, spec: &Spec) -> Result<(String, String), AwsError> {
    let unknown = || AwsError::unexpected(CHANGE_RECORDS, "the record refers to what is unknown");
    let key = Record::key(spec).ok_or_else(unknown)?;
    let zone = spec.zone.known().ok_or_else(unknown)?;
    let record = record_set(spec).ok_or_else(unknown)??;
    let change = send(cloud, &zone, ChangeAction::Upsert, record).await?;
    Ok((key, change))
}

/// The specification as Route 53 takes it; nothing while it is not all known.
fn record_set(spec: &Spec) -> Option<Result<ResourceRecordSet, AwsError>> {
    let record = ResourceRecordSet::builder()
        .name(spec.name.known()?)
        .r#type(RrType::from(spec.kind.name()));
    let incomplete = |error: aws_sdk_route53::error::BuildError| {
        AwsError::unexpected(CHANGE_RECORDS, error.to_string())
    };
    let record = match &spec.target {
        Target::Values { ttl, values } => {
            let values: Option<Vec<String>> = values.iter().map(RecordValue::known).collect();
            let values: Result<Vec<_>, _> = values?
                .into_iter()
                .map(|value| ResourceRecord::builder().value(value).build())
                .collect();
            values.map(|values| {
                record
                    .ttl(i64::from(*ttl))
                    .set_resource_records(Some(values))
            })
        }
        Target::Alias {
            dns_name,
            zone_id,
            evaluate_target_health,
        } => AliasTarget::builder()
            .dns_name(dns_name.known()?)
            .hosted_zone_id(zone_id.known()?)
            .evaluate_target_health(*evaluate_target_health)
            .build()
            .map(|alias| record.alias_target(alias)),
    };
    Some(record.and_then(|record| record.build()).map_err(incomplete))
}

/// Sends one change; its id. Route 53 refuses a change to a zone while another is taken in
/// (`PriorRequestNotComplete`); the SDK counts that as throttling and repeats the call.
async fn send(
    cloud: &Cloud,
    zone: &str,
    action: ChangeAction,
    record: ResourceRecordSet,
) -> Result<String, AwsError> {
    let incomplete = |error: aws_sdk_route53::error::BuildError| {
        AwsError::unexpected(CHANGE_RECORDS, error.to_string())
    };
    let change = Change::builder()
        .action(action)
        .resource_record_set(record)
        .build()
        .map_err(incomplete)?;
    let batch = ChangeBatch::builder()
        .changes(change)
        .build()
        .map_err(incomplete)?;
    let answer = cloud
        .route53()
        .change_resource_record_sets()
        .hosted_zone_id(zone)
        .change_batch(batch)
        .send()
        .await
        .during(CHANGE_RECORDS)?;
    Ok(change::id(answer.change_info()))
}

#[cfg(test)]
mod tests;
