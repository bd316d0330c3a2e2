//! Which events a trail records: the stack's words for it, and CloudTrail's two.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::types::{DataResource, EventSelector, ReadWriteType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::trail::{Spec, text};
use crate::aws::{AwsError, During};
use crate::kinds::Making;
use crate::reference::Text;

/// Which management events are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManagementEvents {
    /// All: AWS's default.
    #[default]
    All,
    /// Only those that read.
    ReadOnly,
    /// Only those that change something.
    WriteOnly,
    /// None.
    None,
    /// A choice made by hand that none of these says. It is read from AWS, never wanted.
    Custom,
}

/// A trail whose selectors nobody set has none in the answer, or AWS's default spelled out.
pub(super) fn events(
    selectors: &GetEventSelectorsOutput,
) -> (ManagementEvents, BTreeMap<String, BTreeSet<Text>>) {
    let custom = (ManagementEvents::Custom, BTreeMap::new());
    let all = (ManagementEvents::All, BTreeMap::new());
    match (
        selectors.event_selectors(),
        selectors.advanced_event_selectors(),
    ) {
        ([], []) => all,
        ([one], []) if one.exclude_management_event_sources().is_empty() => {
            let management = match (one.include_management_events(), one.read_write_type()) {
                (Some(false), _) => ManagementEvents::None,
                (_, Some(ReadWriteType::ReadOnly)) => ManagementEvents::ReadOnly,
                (_, Some(ReadWriteType::WriteOnly)) => ManagementEvents::WriteOnly,
                _ => ManagementEvents::All,
            };
            let data = one
                .data_resources()
                .iter()
                .filter_map(|data| {
                    let arns = data.values().iter().map(|arn| Text::from(arn.as_str()));
                    Some((data.r#type()?.to_owned(), arns.collect()))
                })
                .collect();
            (management, data)
        }
        // The console writes the default in the advanced form.
        ([], [one]) => match one.field_selectors() {
            [field] if field.field() == "eventCategory" && field.equals() == ["Management"] => all,
            _ => custom,
        },
        _ => custom,
    }
}

pub(super) async fn set_selectors(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    let read_write = match spec.management_events {
        ManagementEvents::ReadOnly => ReadWriteType::ReadOnly,
        ManagementEvents::WriteOnly => ReadWriteType::WriteOnly,
        _ => ReadWriteType::All,
    };
    let mut selector = EventSelector::builder()
        .read_write_type(read_write)
        .include_management_events(spec.management_events != ManagementEvents::None);
    for (kind, arns) in &spec.data_events {
        let arns = arns.iter().map(text).collect::<Result<_, _>>()?;
        selector = selector.data_resources(
            DataResource::builder()
                .r#type(kind)
                .set_values(Some(arns))
                .build(),
        );
    }
    making
        .cloud
        .cloudtrail()
        .put_event_selectors()
        .trail_name(&spec.name)
        .event_selectors(selector.build())
        .send()
        .await
        .during("cloudtrail:PutEventSelectors")
        .map(drop)
}
