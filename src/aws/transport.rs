//! The one way by which requests leave: rate limits by service, counts and times by call.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use super::Meter;

/// The operation a request carries out, attached to it so that the transport knows.
#[derive(Clone, Debug)]
struct Operation(Arc<str>);

/// Attaches [`Operation`] to each attempt.
#[derive(Debug)]
pub(super) struct NameOperation {
    pub(super) service: &'static str,
}

#[dyn_dispatch_hint]
impl Intercept for NameOperation {
    fn name(&self) -> &'static str {
        "NameOperation"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = cfg.load::<Metadata>().map_or("", Metadata::name);
        let name = format!("{}:{operation}", self.service);
        context
            .request_mut()
            .add_extension(Operation(Arc::from(name)));
        Ok(())
    }
}

/// Calls a second that a service takes without throttling, and how many at once before that.
///
/// AWS publishes buckets for some services only (EC2: "Request throttling for the Amazon EC2
/// API"; Route 53: five requests a second an account); the others are set to what its
/// documentation calls safe. Reads and changes have buckets of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) reads: (u32, u32),
    pub(super) changes: (u32, u32),
}

impl Rate {
    /// The rate of a service, by the SDK's name for it.
    pub(super) fn of(service: &str) -> Self {
        let (reads, changes) = match service {
            "ec2" => ((20, 100), (5, 50)),
            "route53" => ((5, 5), (5, 5)),
            "elasticloadbalancing" => ((10, 40), (3, 20)),
            "iam" => ((20, 40), (10, 20)),
            "s3" => ((100, 200), (50, 100)),
            "rds" => ((20, 40), (5, 20)),
            "cloudtrail" => ((10, 10), (5, 10)),
            "logs" => ((10, 50), (5, 50)),
            _ => ((20, 50), (10, 40)),
        };
        Self { reads, changes }
    }
}

struct Limits {
    reads: DefaultDirectRateLimiter,
    changes: DefaultDirectRateLimiter,
}

impl Limits {
    fn new(rate: Rate) -> Self {
        let limiter = |(per_second, burst): (u32, u32)| {
            let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(
                Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst)),
            )
        };
        Self {
            reads: limiter(rate.reads),
            changes: limiter(rate.changes),
        }
    }

    async fn admit(&self, operation: &str) {
        if changes_something(operation) {
            self.changes.until_ready().await;
        } else {
            self.reads.until_ready().await;
        }
    }
}

/// Whether an operation, named as `service:Operation`, changes anything.
pub(super) fn changes_something(operation: &str) -> bool {
    let name = operation.split(':').next_back().unwrap_or(operation);
    ![
        "Describe", "Get", "List", "Head", "Lookup", "Search", "Simulate",
    ]
    .iter()
    .any(|verb| name.starts_with(verb))
}

/// The HTTP client of one service.
pub(super) struct Transport {
    inner: SharedHttpClient,
    limits: Arc<Limits>,
    meter: Arc<Meter>,
}

impl Transport {
    pub(super) fn new(inner: SharedHttpClient, rate: Rate, meter: Arc<Meter>) -> Self {
        Self {
            inner,
            limits: Arc::new(Limits::new(rate)),
            meter,
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

impl HttpClient for Transport {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Metered {
            inner: self.inner.http_connector(settings, components),
            limits: Arc::clone(&self.limits),
            meter: Arc::clone(&self.meter),
        })
    }
}

struct Metered {
    inner: SharedHttpConnector,
    limits: Arc<Limits>,
    meter: Arc<Meter>,
}

impl fmt::Debug for Metered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metered")
    }
}

impl HttpConnector for Metered {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request
            .extension::<Operation>()
            .map_or_else(String::new, |operation| operation.0.to_string());
        let inner = self.inner.clone();
        let limits = Arc::clone(&self.limits);
        let meter = Arc::clone(&self.meter);
        HttpConnectorFuture::new(async move {
            let wished = Instant::now();
            limits.admit(&operation).await;
            let sent = Instant::now();
            let answer = inner.call(request).await;
            if let Ok(answer) = &answer
                && let Some(date) = answer.headers().get("date")
            {
                meter.told_date(date);
            }
            let status = answer.as_ref().ok().map(|r| r.status().as_u16());
            meter.record(operation, sent.duration_since(wished), sent, status);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::changes_something;

    #[test]
    fn reads_and_changes_are_told_apart_by_their_verb() {
        assert!(!changes_something("ec2:DescribeVpcs"));
        assert!(!changes_something("s3:GetBucketPolicy"));
        assert!(changes_something("ec2:CreateVpc"));
        assert!(changes_something("elasticloadbalancing:ModifyRule"));
    }
}
