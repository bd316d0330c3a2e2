//! AWS's errors, in its own words, with what was being done.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

/// What kind of trouble an error is, as far as the engine must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The thing does not exist, or is not visible yet.
    NotFound,
    /// The thing exists already.
    AlreadyExists,
    /// Something else still needs it.
    InUse,
    /// The caller may not do this.
    Denied,
    /// A quota is reached.
    Quota,
    /// AWS was asked too often, and the retries did not help.
    Throttled,
    /// AWS could not be reached, or broke off.
    Unreachable,
    /// It may have been no more than lag, but waiting for it was given up on request.
    Abandoned,
    /// Anything else: the request was wrong, or AWS failed.
    Other,
}

/// An error of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsError {
    /// Service and operation, such as `ec2:CreateVpc`.
    pub operation: String,
    /// AWS's error code, such as `DependencyViolation`; empty where none was given.
    pub code: String,
    /// AWS's message.
    pub message: String,
    /// AWS's request id, for its support.
    pub request_id: Option<String>,
    /// What kind of trouble.
    pub class: ErrorClass,
    /// What we know beyond what AWS says: who holds the thing, what to do.
    pub hint: Option<String>,
}

impl AwsError {
    /// An error that did not come from AWS: an answer without a field that it documents, or a
    /// specification that reached a call unresolved.
    pub fn unexpected(operation: &str, message: impl Into<String>) -> Self {
        Self {
            operation: operation.to_owned(),
            code: String::new(),
            message: message.into(),
            request_id: None,
            class: ErrorClass::Other,
            hint: None,
        }
    }

    /// An error that AWS tells inside an answer which is a success as a whole, as
    /// `CreateFlowLogs` and `DeleteVpcEndpoints` do for each of several things.
    pub fn within(operation: &str, code: Option<&str>, message: Option<&str>) -> Self {
        let code = code.unwrap_or_default();
        Self {
            class: classify(code, None, false),
            code: code.to_owned(),
            ..Self::unexpected(operation, message.unwrap_or("AWS gives no reason"))
        }
    }

    pub(crate) fn malformed(kind: &str, error: &serde_json::Error) -> Self {
        Self::unexpected(kind, format!("the specification does not fit: {error}"))
    }

    /// The same error with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether AWS gave this code.
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }

    /// Whether the thing does not exist, or is not visible yet.
    pub fn not_found(&self) -> bool {
        self.class == ErrorClass::NotFound
    }

    /// Whether it stands for a wait that was given up on request, and is no failure.
    pub fn abandoned(&self) -> bool {
        self.class == ErrorClass::Abandoned
    }

    /// Whether the thing exists already.
    pub fn already_exists(&self) -> bool {
        self.class == ErrorClass::AlreadyExists
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        if !self.code.is_empty() {
            write!(f, "{}: ", self.code)?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for AwsError {}

/// Names the operation on the way from the SDK's error to ours.
pub trait During<T> {
    /// The result with the operation's name, such as `ec2:CreateVpc`, in its error.
    fn during(self, operation: &str) -> Result<T, AwsError>;
}

impl<T, E> During<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn during(self, operation: &str) -> Result<T, AwsError> {
        self.map_err(|error| from_sdk(operation, &error))
    }
}

fn from_sdk<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> AwsError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let code = error.code().unwrap_or_default().to_owned();
    let message = match (error.message(), error) {
        (Some(message), _) => message.to_owned(),
        (None, SdkError::ServiceError(service)) => service.err().to_string(),
        (None, other) => causes(other),
    };
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    AwsError {
        operation: operation.to_owned(),
        class: classify(
            &code,
            status,
            error.as_service_error().is_none() && status.is_none(),
        ),
        request_id: error.request_id().map(str::to_owned),
        // The answer to a HEAD has no body, hence no code: its status is all there is.
        code: match status {
            Some(status) if code.is_empty() => status.to_string(),
            _ => code,
        },
        message,
        hint: None,
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

/// Classifies by AWS's code. The code lists are those of the services' API references;
/// suffixes cover families such as `InvalidVpcID.NotFound` and `DBInstanceNotFound`.
fn classify(code: &str, status: Option<u16>, dispatch_failed: bool) -> ErrorClass {
    use ErrorClass::{
        AlreadyExists, Denied, InUse, NotFound, Other, Quota, Throttled, Unreachable,
    };
    if dispatch_failed {
        return Unreachable;
    }
    let lower = code.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    if has("throttl") || has("requestlimitexceeded") || has("slowdown") || has("toomanyrequests") {
        Throttled
    } else if has("notfound")
        || has("nosuch")
        || has(".unknown")
        || has("doesnotexist")
        || lower == "resourcenotfoundexception"
    {
        NotFound
    } else if has("alreadyexists")
        || has("duplicate")
        || has("alreadyowned")
        || lower == "fileSystemAlreadyExists".to_ascii_lowercase()
        || lower == "entityalreadyexists"
        || lower == "accesspointalreadyexists"
        || lower == "mounttargetconflict"
    {
        AlreadyExists
    } else if has("dependencyviolation") || has("inuse") || has("deleteconflict") || has("notempty")
    {
        InUse
    } else if has("accessdenied") || has("unauthorized") || has("authfailure") || has("forbidden") {
        Denied
    } else if has("limitexceeded") || has("quota") || has("toomany") {
        Quota
    } else if code.is_empty() && status == Some(404) {
        NotFound
    } else if code.is_empty() && status == Some(403) {
        Denied
    } else {
        Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_within_an_answer_is_classified_like_any_other() {
        let code = Some("InvalidVpcEndpointId.NotFound");
        let error = AwsError::within("ec2:DeleteVpcEndpoints", code, None);
        assert!(error.not_found());
        assert_eq!(
            error.to_string(),
            "ec2:DeleteVpcEndpoints: InvalidVpcEndpointId.NotFound: AWS gives no reason"
        );
    }

    #[test]
    fn an_answer_without_a_code_is_classified_by_its_status() {
        assert_eq!(classify("", Some(404), false), ErrorClass::NotFound);
        assert_eq!(classify("", Some(403), false), ErrorClass::Denied);
        assert_eq!(classify("", Some(500), false), ErrorClass::Other);
    }

    #[test]
    fn codes_of_different_services_fall_into_the_same_class() {
        for (code, class) in [
            ("InvalidVpcID.NotFound", ErrorClass::NotFound),
            ("NoSuchBucket", ErrorClass::NotFound),
            ("DBInstanceNotFound", ErrorClass::NotFound),
            ("EntityAlreadyExists", ErrorClass::AlreadyExists),
            ("InvalidPermission.Duplicate", ErrorClass::AlreadyExists),
            ("BucketAlreadyOwnedByYou", ErrorClass::AlreadyExists),
            ("DependencyViolation", ErrorClass::InUse),
            ("ResourceInUse", ErrorClass::InUse),
            ("BucketNotEmpty", ErrorClass::InUse),
            ("VpcLimitExceeded", ErrorClass::Quota),
            ("UnauthorizedOperation", ErrorClass::Denied),
            ("Throttling", ErrorClass::Throttled),
            ("RequestLimitExceeded", ErrorClass::Throttled),
            ("ValidationError", ErrorClass::Other),
        ] {
            assert_eq!(classify(code, Some(400), false), class, "{code}");
        }
    }
}
