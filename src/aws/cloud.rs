//! The clients, made on first use, that share credentials, retries, limits and one meter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;

use super::transport::{NameOperation, Rate, Transport};
use super::{AwsError, During, Meter};

/// Attempts of one call. The SDK's default of three is too few for an apply of minutes.
const ATTEMPTS: u32 = 8;

/// What a person may say about where calls go, as the AWS command line has it.
#[derive(Clone, Default)]
pub struct CloudOptions {
    /// The stack's region.
    pub region: String,
    /// An endpoint that serves every service instead of AWS's own.
    pub endpoint_url: Option<String>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// Access key and its secret, instead of those that the environment gives.
    pub keys: Option<(String, String)>,
}

/// Hands out clients. Clones share everything.
#[derive(Clone)]
pub struct Cloud {
    inner: Arc<Inner>,
}

struct Inner {
    config: SdkConfig,
    http: SharedHttpClient,
    meter: Arc<Meter>,
    custom_endpoint: bool,
    clients: Clients,
    abroad: Mutex<HashMap<String, Cloud>>,
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $krate:ident, $service:literal;)*) => {
        #[derive(Default)]
        struct Clients {
            $($name: OnceLock<$krate::Client>,)*
            s3: OnceLock<aws_sdk_s3::Client>,
        }

        impl Cloud {
            $(
                $(#[$doc])*
                pub fn $name(&self) -> &$krate::Client {
                    self.inner.clients.$name.get_or_init(|| {
                        let config = $krate::config::Builder::from(&self.inner.config)
                            .http_client(self.transport($service))
                            .interceptor(NameOperation { service: $service })
                            .build();
                        $krate::Client::from_conf(config)
                    })
                }
            )*
        }
    };
}

clients! {
    /// Certificate Manager.
    acm: aws_sdk_acm, "acm";
    /// Auto Scaling.
    autoscaling: aws_sdk_autoscaling, "autoscaling";
    /// CloudTrail.
    cloudtrail: aws_sdk_cloudtrail, "cloudtrail";
    /// CloudWatch.
    cloudwatch: aws_sdk_cloudwatch, "cloudwatch";
    /// CloudWatch Logs.
    logs: aws_sdk_cloudwatchlogs, "logs";
    /// EC2.
    ec2: aws_sdk_ec2, "ec2";
    /// EFS.
    efs: aws_sdk_efs, "elasticfilesystem";
    /// Elastic Load Balancing.
    elb: aws_sdk_elasticloadbalancingv2, "elasticloadbalancing";
    /// IAM.
    iam: aws_sdk_iam, "iam";
    /// RDS.
    rds: aws_sdk_rds, "rds";
    /// Route 53.
    route53: aws_sdk_route53, "route53";
    /// SNS.
    sns: aws_sdk_sns, "sns";
    /// Systems Manager.
    ssm: aws_sdk_ssm, "ssm";
    /// STS.
    sts: aws_sdk_sts, "sts";
}

impl Cloud {
    /// A cloud with credentials from where the AWS command line takes them: environment,
    /// profile, single sign-on, container or instance role.
    pub async fn connect(options: &CloudOptions) -> Self {
        let http = HttpClientBuilder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(Region::new(options.region.clone()))
            .http_client(http.clone())
            .retry_config(RetryConfig::adaptive().with_max_attempts(ATTEMPTS))
            // Held back for its service's sake, a request is neither late nor stalled: time is
            // counted from when it is sent, which a limit on the whole attempt would not do.
            .stalled_stream_protection(
                StalledStreamProtectionConfig::enabled()
                    .upload_enabled(false)
                    .build(),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(5))
                    .read_timeout(Duration::from_secs(60))
                    .build(),
            );
        if let Some(url) = &options.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(profile) = &options.profile {
            loader = loader.profile_name(profile);
        }
        if let Some((id, secret)) = &options.keys {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "given"));
        }
        let config = loader.load().await;
        let custom_endpoint = config.endpoint_url().is_some();
        Self::from_parts(config, http, Arc::new(Meter::default()), custom_endpoint)
    }

    fn from_parts(
        config: SdkConfig,
        http: SharedHttpClient,
        meter: Arc<Meter>,
        custom_endpoint: bool,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                config,
                http,
                meter,
                custom_endpoint,
                clients: Clients::default(),
                abroad: Mutex::default(),
            }),
        }
    }

    fn transport(&self, service: &str) -> Transport {
        Transport::new(
            self.inner.http.clone(),
            Rate::of(service),
            Arc::clone(&self.inner.meter),
        )
    }

    /// S3. A custom endpoint is addressed by path: it seldom has a name for each bucket.
    pub fn s3(&self) -> &aws_sdk_s3::Client {
        self.inner.clients.s3.get_or_init(|| {
            let config = aws_sdk_s3::config::Builder::from(&self.inner.config)
                .http_client(self.transport("s3"))
                .interceptor(NameOperation { service: "s3" })
                .force_path_style(self.inner.custom_endpoint)
                .build();
            aws_sdk_s3::Client::from_conf(config)
        })
    }

    /// The same account in another region: billing metrics live in us-east-1 only.
    pub fn in_region(&self, region: &str) -> Cloud {
        if region == self.region() {
            return self.clone();
        }
        let mut abroad = self
            .inner
            .abroad
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        abroad
            .entry(region.to_owned())
            .or_insert_with(|| {
                let config = self
                    .inner
                    .config
                    .to_builder()
                    .region(Region::new(region.to_owned()))
                    .build();
                Self::from_parts(
                    config,
                    self.inner.http.clone(),
                    Arc::clone(&self.inner.meter),
                    self.inner.custom_endpoint,
                )
            })
            .clone()
    }

    /// The region that calls go to.
    pub fn region(&self) -> &str {
        self.inner
            .config
            .region()
            .map_or("", |region| region.as_ref())
    }

    /// The calls made so far, here and in other regions.
    pub fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    /// Account number and partition of the credentials.
    pub async fn caller(&self) -> Result<(String, String), AwsError> {
        let identity = self
            .sts()
            .get_caller_identity()
            .send()
            .await
            .during("sts:GetCallerIdentity")?;
        let account = identity.account().unwrap_or_default().to_owned();
        let partition = identity
            .arn()
            .and_then(|arn| arn.split(':').nth(1))
            .unwrap_or("aws")
            .to_owned();
        Ok((account, partition))
    }
}
