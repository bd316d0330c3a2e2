//! How a verb ends: its exit code, and the one function that turns an error into words.

use std::process::ExitCode;

use crate::aws::{AwsError, ErrorClass};
use crate::diag::{Diagnostics, SourceText, Style};
use crate::exec::lock::LockError;
use crate::exec::store::StoreError;
use crate::exec::{DiscoverError, saved::SavedError};
use crate::plan::PlanError;
use crate::view::Gate;

/// The exit codes, as the documentation promises them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or no difference.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// There are differences (`drift`, `--detailed-exitcode`).
    Differs = 2,
    /// The command line was wrong.
    Usage = 64,
    /// The stack file was wrong.
    Invalid = 65,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a verb did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The command line asks for what cannot be.
    #[error("{0}")]
    Usage(String),
    /// The stack file is wrong.
    #[error("the stack file has errors")]
    Invalid(SourceText, Diagnostics),
    /// AWS refused, outside a run.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// What exists is not known.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// Journal or lock cannot be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another run holds the lock, or has taken it.
    #[error("{0}")]
    Locked(String),
    /// The person wanted to wait no longer.
    #[error("{0}")]
    Interrupted(String),
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A saved plan is not carried out.
    #[error(transparent)]
    Saved(#[from] SavedError),
    /// The local cloud cannot be had.
    #[error("{0}")]
    Local(String),
    /// A file cannot be read or written.
    #[error("{0}")]
    File(String),
    /// Already told: only the exit code is left.
    #[error("")]
    Told(Exit),
}

impl From<LockError> for Trouble {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Interrupted(_) => Self::Interrupted(error.to_string()),
            other => Self::Locked(other.to_string()),
        }
    }
}

impl Trouble {
    /// Says it, and returns the exit code.
    pub fn tell(&self, gate: &Gate) -> Exit {
        match self {
            Self::Told(exit) => *exit,
            Self::Interrupted(text) => {
                gate.news(text);
                Exit::Interrupted
            }
            Self::Usage(text) => {
                gate.news(&format!("error: {text}"));
                Exit::Usage
            }
            Self::Invalid(source, diagnostics) => {
                let look = gate.news_look();
                let style = Style {
                    colour: look.colour,
                    width: look.width,
                };
                gate.news(diagnostics.render(source, style).trim_end());
                gate.news(&format!("\n{}: {}", source.name, diagnostics.summary()));
                Exit::Invalid
            }
            Self::Aws(error) => {
                gate.news(&format!("error: {error}"));
                if let Some(hint) = error.hint.as_deref().or_else(|| advice(error)) {
                    gate.news(&format!("hint: {hint}"));
                }
                Exit::Failed
            }
            Self::Discover(DiscoverError(errors)) => {
                gate.news(&format!("error: {self}"));
                for (kind, error) in errors.iter().skip(1).take(9) {
                    gate.news(&format!("  {kind}: {error}"));
                }
                if let Some(hint) = errors.first().and_then(|(_, error)| advice(error)) {
                    gate.news(&format!("hint: {hint}"));
                }
                Exit::Failed
            }
            other => {
                gate.news(&format!("error: {other}"));
                Exit::Failed
            }
        }
    }
}

/// What to do about an error of a class.
pub fn advice(error: &AwsError) -> Option<&'static str> {
    if clock_is_off(error) {
        return Some("AWS refuses this machine's clock as too far off: set it by NTP");
    }
    match error.class {
        ErrorClass::Unreachable => Some(
            "AWS could not be reached: check the network and credentials (`aws sts \
             get-caller-identity` must work), or try --local, which needs neither",
        ),
        ErrorClass::Denied => Some(
            "these credentials may not do this; `codedetect-infra doctor` lists every \
             permission that the stack needs",
        ),
        ErrorClass::Quota => {
            Some("a quota of the account is reached; `codedetect-infra doctor` shows which")
        }
        ErrorClass::Throttled => Some("AWS was asked too often; run it again in a minute"),
        _ => None,
    }
}

/// Whether AWS refused a signature for its time. Each protocol has its own way of saying so ("Troubleshoot Signature Version 4
/// signing", IAM user guide).
fn clock_is_off(error: &AwsError) -> bool {
    let signature = [
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "AuthFailure",
    ];
    let expired = ["Signature expired", "Signature not yet current"];
    ["RequestTimeTooSkewed", "RequestExpired"].contains(&error.code.as_str())
        || signature.contains(&error.code.as_str())
            && expired.iter().any(|text| error.message.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, message: &str) -> AwsError {
        AwsError {
            code: code.to_owned(),
            ..AwsError::unexpected("sts:GetCallerIdentity", message)
        }
    }

    #[test]
    fn a_clock_that_is_off_is_called_so() {
        let expired = "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z";
        let wrong = "The request signature we calculated does not match";
        let said =
            |code, message| advice(&refused(code, message)).is_some_and(|a| a.contains("NTP"));
        assert!(said("SignatureDoesNotMatch", expired));
        assert!(said("RequestTimeTooSkewed", "The difference is too large."));
        assert!(!said("SignatureDoesNotMatch", wrong));
    }
}
