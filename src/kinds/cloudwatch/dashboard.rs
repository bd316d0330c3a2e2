//! A page of graphs.

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::DashboardEntry;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging,
    outputs,
};
use crate::scope::{Scope, Tags};

/// A CloudWatch dashboard.
pub struct Dashboard;

/// What a dashboard is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The dashboard's name, unique in the account.
    pub name: String,
    /// The widgets, in CloudWatch's own structure ("Dashboard body structure and syntax").
    /// Text with references may stand anywhere in it.
    pub body: Value,
}

#[async_trait]
impl Kind for Dashboard {
    type Spec = Spec;

    const TYPE: &'static str = "cloudwatch:dashboard";
    const FIELDS: &'static [Field] = &[Field::replace("/name", "a dashboard cannot be renamed")];
    const TAGGING: Tagging = Tagging::None;

    fn key(spec: &Spec) -> Option<String> {
        Some(spec.name.clone())
    }

    /// A dashboard belongs to the account: its ARN has no region.
    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = format!(
            "arn:{}:cloudwatch::{}:dashboard/{}",
            scope.partition, scope.account, spec.name
        );
        known(&spec.name, &arn)
    }

    fn charges(_: &Spec) -> Vec<Charge> {
        vec![Charge {
            item: "cloudwatch.dashboard".to_owned(),
            quantity: 1.0,
        }]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let entries: Vec<DashboardEntry> = cloud
            .cloudwatch()
            .list_dashboards()
            .dashboard_name_prefix(survey.scope.name(""))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("cloudwatch:ListDashboards")?;
        let bodies = entries
            .iter()
            .filter_map(|entry| Some((entry.dashboard_name()?, entry.dashboard_arn()?)))
            .map(|(name, arn)| read(cloud, name, arn));
        Ok(try_join_all(bodies).await?.into_iter().flatten().collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        put(making, spec).await?;
        Ok(Self::predict(making.scope, spec))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        put(making, spec).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .cloudwatch()
            .delete_dashboards()
            .dashboard_names(found.id())
            .send()
            .await
            .during("cloudwatch:DeleteDashboards");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let text = |markdown: &str| {
            json!({ "widgets": [{
                "type": "text", "x": 0, "y": 0, "width": 12, "height": 2,
                "properties": { "markdown": markdown }
            }]})
        };
        let sample = Spec {
            name: scope.name("sample"),
            body: text("# Sample"),
        };
        let changed = Spec {
            body: text("# Changed"),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn known(name: &str, arn: &str) -> Outputs {
    outputs([("id", name), ("arn", arn), ("name", name)])
}

/// Nothing, where the dashboard went between the list and this read.
async fn read(cloud: &Cloud, name: &str, arn: &str) -> Result<Option<Found<Spec>>, AwsError> {
    let answer = cloud
        .cloudwatch()
        .get_dashboard()
        .dashboard_name(name)
        .send()
        .await
        .during("cloudwatch:GetDashboard");
    let answer = match answer {
        Err(error) if error.not_found() => return Ok(None),
        other => other?,
    };
    let spec = Spec {
        name: name.to_owned(),
        body: body(answer.dashboard_body().unwrap_or_default()),
    };
    Ok(Some(Found {
        address: None,
        key: Dashboard::key(&spec),
        outputs: known(name, arn),
        spec,
        tags: Tags::new(),
        progress: Progress::Ready(Outputs::new()),
    }))
}

/// The body as a structure, so that space and the order of keys are no difference.
fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

async fn put(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    const OPERATION: &str = "cloudwatch:PutDashboard";
    if let Some(output) = crate::reference::references(&spec.body).first() {
        return Err(AwsError::unexpected(
            OPERATION,
            format!("{output} in the body is not known yet"),
        ));
    }
    let answer = making
        .cloud
        .cloudwatch()
        .put_dashboard()
        .dashboard_name(&spec.name)
        .dashboard_body(spec.body.to_string())
        .send()
        .await
        .during(OPERATION)?;
    for message in answer.dashboard_validation_messages() {
        (making.patience.note)(&format!(
            "CloudWatch took the dashboard, but says of {}: {}",
            message.data_path().unwrap_or("it"),
            message.message().unwrap_or("nothing more")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::of;
    use crate::plan::compare;
    use crate::reference::{Address, Text, resolve};

    #[test]
    fn space_and_the_order_of_keys_are_no_difference() {
        let echoed = Spec {
            name: "a".to_owned(),
            body: body(r#"{ "widgets": [ {"y":0, "x":1} ] }"#),
        };
        let wanted = json!({ "name": "a", "body": { "widgets": [{ "x": 1, "y": 0 }] } });
        let seen = serde_json::to_value(&echoed).unwrap();
        assert!(compare(Dashboard::FIELDS, &seen, &wanted).is_empty());
        assert_eq!(body("no json"), json!("no json"));
    }

    #[test]
    fn a_reference_inside_a_widget_is_filled_in() {
        let lb = Text::output(&Address::new("web.lb"), "arn_suffix");
        let spec = json!({ "name": "a", "body": { "widgets": [{ "properties": {
            "metrics": [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", lb]]
        }}]}});
        let filled = resolve(&spec, &|_| Some("app/web/1".to_owned()));
        let normal = of::<Dashboard>().normalise(&filled).unwrap();
        let metric = normal
            .pointer("/body/widgets/0/properties/metrics/0/3")
            .unwrap();
        assert_eq!(metric, "app/web/1");
    }
}
