//! Archives.

use super::UploadError;
use crate::analyze::NamedFile;
use crate::config::Limits;

/// The Python files of a `.zip`, within the limits.
pub fn unpack(_content: &[u8], _limits: &Limits) -> Result<Vec<NamedFile>, UploadError> {
    Err(UploadError::Archive("this build takes no archives".into()))
}
