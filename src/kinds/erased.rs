//! A kind without its types: specifications are the serialised ones, so one diff, one planner
//! and one executor serve every kind.

use std::marker::PhantomData;

use async_trait::async_trait;
use serde_json::Value;

use super::{
    After, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples,
    Survey, Tagging, Wait, Wanted,
};
use crate::aws::{AwsError, Cloud};
use crate::scope::{Scope, Tags};

/// [`Found`], erased.
pub type AnyFound = Found<Value>;

/// A wanted resource, erased.
pub type AnyWanted = Wanted<Value>;

/// [`Survey`], erased.
pub type AnySurvey<'a> = Survey<'a, Value>;

/// A [`Kind`] whose specifications are serialised.
#[async_trait]
#[allow(
    missing_docs,
    reason = "each mirrors the item of the same name in `Kind`"
)]
pub trait AnyKind: Send + Sync {
    fn type_name(&self) -> &'static str;
    fn fields(&self) -> &'static [Field];
    fn tagging(&self) -> Tagging;
    fn replace_order(&self) -> ReplaceOrder;
    fn protected(&self) -> bool;
    fn schema(&self) -> Value;
    /// The specification as the kind itself would write it: sets sorted, defaults absent.
    fn normalise(&self, spec: &Value) -> Result<Value, serde_json::Error>;
    fn key(&self, spec: &Value) -> Option<String>;
    fn predict(&self, scope: &Scope, spec: &Value) -> Outputs;
    fn charges(&self, spec: &Value) -> Vec<Charge>;
    fn wait(&self, after: After) -> Option<Wait>;
    fn samples(&self, scope: &Scope) -> Result<Samples<Value>, serde_json::Error>;
    async fn list(&self, cloud: &Cloud, survey: AnySurvey<'_>) -> Result<Vec<AnyFound>, AwsError>;
    async fn create(&self, making: &Making<'_>, spec: &Value) -> Result<Outputs, AwsError>;
    async fn update(
        &self,
        making: &Making<'_>,
        spec: &Value,
        found: &AnyFound,
        changes: &Changes,
    ) -> Result<(), AwsError>;
    async fn retag(
        &self,
        making: &Making<'_>,
        found: &AnyFound,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError>;
    async fn delete(&self, making: &Making<'_>, found: &AnyFound) -> Result<(), AwsError>;
    async fn poll(&self, cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError>;
}

/// The erasure of `K`.
pub struct Registered<K>(PhantomData<fn() -> K>);

impl<K> Registered<K> {
    /// The erasure, as a constant.
    pub const NEW: Self = Self(PhantomData);
}

impl<K: Kind> Registered<K> {
    fn typed(spec: &Value) -> Result<K::Spec, AwsError> {
        serde_json::from_value(spec.clone()).map_err(|e| AwsError::malformed(K::TYPE, &e))
    }

    fn found(found: &AnyFound) -> Result<Found<K::Spec>, AwsError> {
        Ok(Found {
            address: found.address.clone(),
            key: found.key.clone(),
            spec: Self::typed(&found.spec)?,
            tags: found.tags.clone(),
            outputs: found.outputs.clone(),
            progress: found.progress.clone(),
        })
    }
}

#[async_trait]
impl<K: Kind> AnyKind for Registered<K> {
    fn type_name(&self) -> &'static str {
        K::TYPE
    }

    fn fields(&self) -> &'static [Field] {
        K::FIELDS
    }

    fn tagging(&self) -> Tagging {
        K::TAGGING
    }

    fn replace_order(&self) -> ReplaceOrder {
        K::REPLACE
    }

    fn protected(&self) -> bool {
        K::PROTECTED
    }

    fn schema(&self) -> Value {
        schemars::schema_for!(K::Spec).to_value()
    }

    fn normalise(&self, spec: &Value) -> Result<Value, serde_json::Error> {
        serde_json::to_value(serde_json::from_value::<K::Spec>(spec.clone())?)
    }

    fn key(&self, spec: &Value) -> Option<String> {
        Self::typed(spec).ok().and_then(|spec| K::key(&spec))
    }

    fn predict(&self, scope: &Scope, spec: &Value) -> Outputs {
        Self::typed(spec).map_or_else(|_| Outputs::new(), |spec| K::predict(scope, &spec))
    }

    fn charges(&self, spec: &Value) -> Vec<Charge> {
        Self::typed(spec).map_or_else(|_| Vec::new(), |spec| K::charges(&spec))
    }

    fn wait(&self, after: After) -> Option<Wait> {
        K::wait(after)
    }

    fn samples(&self, scope: &Scope) -> Result<Samples<Value>, serde_json::Error> {
        let typed = K::samples(scope);
        Ok(Samples {
            sample: serde_json::to_value(typed.sample)?,
            changed: serde_json::to_value(typed.changed)?,
            beside: typed.beside,
        })
    }

    async fn list(&self, cloud: &Cloud, survey: AnySurvey<'_>) -> Result<Vec<AnyFound>, AwsError> {
        let wanted = survey
            .wanted
            .iter()
            .map(|wanted| {
                Ok(Wanted {
                    address: wanted.address.clone(),
                    spec: Self::typed(&wanted.spec)?,
                })
            })
            .collect::<Result<_, AwsError>>()?;
        let typed = Survey {
            scope: survey.scope,
            reads: survey.reads,
            wanted,
            manifest: survey.manifest,
        };
        K::list(cloud, &typed)
            .await?
            .into_iter()
            .map(|found| {
                Ok(Found {
                    spec: serde_json::to_value(&found.spec)
                        .map_err(|e| AwsError::malformed(K::TYPE, &e))?,
                    address: found.address,
                    key: found.key,
                    tags: found.tags,
                    outputs: found.outputs,
                    progress: found.progress,
                })
            })
            .collect()
    }

    async fn create(&self, making: &Making<'_>, spec: &Value) -> Result<Outputs, AwsError> {
        K::create(making, &Self::typed(spec)?).await
    }

    async fn update(
        &self,
        making: &Making<'_>,
        spec: &Value,
        found: &AnyFound,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        K::update(making, &Self::typed(spec)?, &Self::found(found)?, changes).await
    }

    async fn retag(
        &self,
        making: &Making<'_>,
        found: &AnyFound,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        K::retag(making, &Self::found(found)?, set, remove).await
    }

    async fn delete(&self, making: &Making<'_>, found: &AnyFound) -> Result<(), AwsError> {
        K::delete(making, &Self::found(found)?).await
    }

    async fn poll(&self, cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError> {
        K::poll(cloud, outputs).await
    }
}
