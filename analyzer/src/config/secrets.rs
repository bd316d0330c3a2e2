//! Values of the form `ssm:NAME` are read from Parameter Store, once, at start.

use aws_sdk_ssm::error::DisplayErrorContext;

/// A secret that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{variable} is ssm:{parameter}, which could not be read from Parameter Store: {reason}")]
pub struct SecretError {
    variable: &'static str,
    parameter: String,
    reason: String,
}

/// The variables that may say `ssm:NAME`.
const VARIABLES: [&str; 2] = ["DB_PASSWORD", "SECRET_KEY"];

/// The values of those variables that point to Parameter Store, for a lookup to prefer.
pub async fn from_parameter_store(
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Vec<(&'static str, String)>, SecretError> {
    let wanted: Vec<(&'static str, String)> = VARIABLES
        .iter()
        .filter_map(|variable| {
            let parameter = lookup(variable)?.strip_prefix("ssm:")?.to_owned();
            Some((*variable, parameter))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let client = aws_sdk_ssm::Client::new(&crate::alerts::aws().await);
    let mut values = Vec::new();
    for (variable, parameter) in wanted {
        let error = |reason: String| SecretError {
            variable,
            parameter: parameter.clone(),
            reason,
        };
        let answer = client
            .get_parameter()
            .name(&parameter)
            .with_decryption(true)
            .send()
            .await
            .map_err(|source| error(DisplayErrorContext(source).to_string()))?;
        let value = answer
            .parameter
            .and_then(|parameter| parameter.value)
            .ok_or_else(|| error("it has no value".into()))?;
        values.push((variable, value));
    }
    Ok(values)
}
