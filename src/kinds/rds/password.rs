//! The password of a database's first user: where it is kept, and its one way to RDS.
//!
//! RDS never tells a password nor where it came from, so the name of the parameter is kept in a
//! tag of the database. The value is read, decrypted, only for the call that sets it; it stands
//! in no specification, difference, event or error.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, During, Secret};
use crate::kinds::Making;
use crate::reference::Text;
use crate::scope::Tags;

/// The tag that names the parameter.
pub(super) const TAG: &str = "codedetect:password-parameter";

/// Where the password is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Password {
    /// RDS makes it, keeps it in Secrets Manager and changes it every week.
    Managed,
    /// In the `SecureString` parameter of this name. It is read when the database is made and
    /// when another parameter is named, at no other time.
    Parameter(Text),
}

/// Takes the tag out of the tags that were read, and says what it means.
pub(super) fn read(tags: &mut Tags, managed: bool) -> Password {
    let parameter = tags.remove(TAG);
    if managed {
        Password::Managed
    } else {
        Password::Parameter(parameter.unwrap_or_default().into())
    }
}

/// The tags of the database with that of its password.
pub(super) fn tagged(tags: &Tags, password: &Password) -> Tags {
    let mut tags = tags.clone();
    if let Password::Parameter(name) = password {
        tags.insert(TAG.to_owned(), name.to_string());
    }
    tags
}

/// The password in the parameter of that name.
pub(super) async fn fetch(making: &Making<'_>, name: &str) -> Result<Secret, AwsError> {
    let answer = making
        .patience
        .settle(
            "the parameter of the password to be visible",
            Duration::from_secs(30),
            AwsError::not_found,
            || async {
                making
                    .cloud
                    .ssm()
                    .get_parameter()
                    .name(name)
                    .with_decryption(true)
                    .send()
                    .await
                    .during("ssm:GetParameter")
            },
        )
        .await
        .map_err(|error| error.hint(format!("the password of the database is kept in {name}")))?;
    let value = answer.parameter().and_then(|parameter| parameter.value());
    let secret = Secret::new(value.unwrap_or_default());
    acceptable(&secret).map_err(|why| {
        AwsError::unexpected("ssm:GetParameter", format!("the password in {name} {why}"))
            .hint("write another value into the parameter and apply again")
    })?;
    Ok(secret)
}

/// "The password can include any printable ASCII character except "/", """, or "@"", and for
/// PostgreSQL "must contain from 8 to 128 characters" (CreateDBInstance, MasterUserPassword).
fn acceptable(secret: &Secret) -> Result<(), &'static str> {
    let text = secret.expose();
    if !(8..=128).contains(&text.len()) {
        Err("is not 8 to 128 characters long, as RDS wants it")
    } else if !text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        Err("has a character that is not printable ASCII, which RDS refuses")
    } else if text.contains(['/', '"', '@', ' ']) {
        Err("has a /, a \", an @ or a space, which RDS refuses")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_parameter_travels_in_a_tag_that_nobody_else_sees() {
        let own = Tags::from([("a".to_owned(), "b".to_owned())]);
        let password = Password::Parameter("/shop-prod/db".into());
        let mut tags = tagged(&own, &password);
        assert_eq!(tags[TAG], "/shop-prod/db");
        assert_eq!(read(&mut tags, false), password);
        assert_eq!(tags, own);
        assert_eq!(read(&mut tags, true), Password::Managed);
        assert_eq!(tagged(&own, &Password::Managed), own);
    }

    #[test]
    fn what_rds_refuses_is_refused_before_it_is_sent_and_without_the_value() {
        for bad in [
            "short",
            "a/b/c/d/e",
            "with a space",
            "quote\"quote",
            "é-acute-é",
            "a@b@c@d@e",
        ] {
            let why = acceptable(&Secret::new(bad)).unwrap_err();
            assert!(!why.contains(bad), "{why}");
        }
        assert!(acceptable(&Secret::new("A-z_09.!#")).is_ok());
        assert!(acceptable(&Secret::new("x".repeat(129))).is_err());
    }
}
