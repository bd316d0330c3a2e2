//! Secret values: where they come from, and a type that cannot be printed.

use std::io;

use rand::TryRng;
use rand::rngs::SysRng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AwsError;
use crate::reference::Address;

/// What stands in an error where AWS or the SDK repeated a secret.
const HIDDEN: &str = "[secret]";

/// The characters of generated secrets: 64 of them, so that six random bits choose one without
/// bias. They need no escape in a URL, a shell, JSON or XML, and RDS accepts them in a password
/// (it refuses `/`, `"`, `@` and spaces).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The longest value that a standard parameter of SSM holds, in bytes.
const LONGEST: usize = 4096;

/// A secret value. It has no `Debug`, `Display` or `Serialize`: whoever needs the characters
/// says so by [`Secret::expose`].
pub struct Secret(String);

impl Secret {
    /// A secret from its characters.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The characters, for the one call that needs them.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The error of a call that carried this secret, with the secret taken out wherever the
    /// service or the SDK repeated it, be it plain or escaped as in JSON, XML or a URL.
    pub fn scrub(&self, mut error: AwsError) -> AwsError {
        let forms = self.forms();
        let clean = |text: &str| {
            forms
                .iter()
                .fold(text.to_owned(), |text, form| text.replace(form, HIDDEN))
        };
        error.message = clean(&error.message);
        error.code = clean(&error.code);
        error.hint = error.hint.as_deref().map(clean);
        error
    }

    /// The ways in which the secret may be written, the longest first: an escaped form may
    /// hold the plain one.
    fn forms(&self) -> Vec<String> {
        let json = serde_json::Value::from(self.0.as_str()).to_string();
        let xml = self
            .0
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let mut forms = vec![
            self.0.clone(),
            json.trim_matches('"').to_owned(),
            json.replace('\\', "\\\\").trim_matches('"').to_owned(),
            xml.replace('"', "&quot;").replace('\'', "&#39;"),
            xml,
            percent_encoding::utf8_percent_encode(&self.0, percent_encoding::NON_ALPHANUMERIC)
                .to_string(),
            format!("{:?}", self.0).trim_matches('"').to_owned(),
        ];
        forms.retain(|form| !form.is_empty());
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        forms
    }
}

/// Where a secret's value comes from. This, and never the value, stands in specifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// So many random characters, made once.
    Generate(u16),
    /// An environment variable of the process that applies.
    FromEnv(String),
    /// Asked of the person at the terminal.
    Prompt,
}

/// Gives secret values to the call that writes them.
pub trait Secrets: Send + Sync {
    /// The value for the resource at `address`.
    fn obtain(&self, address: &Address, source: &SecretSource) -> Result<Secret, AwsError>;
}

/// Asks a person for the secret of the resource at an address, without showing it.
type Ask = dyn Fn(&Address) -> io::Result<Secret> + Send + Sync;
/// Looks up an environment variable.
type Look = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Secrets from the operating system's random numbers, the environment and a person.
pub struct SystemSecrets {
    ask: Box<Ask>,
    look: Box<Look>,
}

impl SystemSecrets {
    /// Secrets of this process. `ask` reads one from the terminal without echo; where there is
    /// no terminal it returns an error, which tells the person what to do instead.
    pub fn new(ask: impl Fn(&Address) -> io::Result<Secret> + Send + Sync + 'static) -> Self {
        Self::with_environment(ask, |name| std::env::var(name).ok())
    }

    /// Secrets with another environment than the process's own.
    pub fn with_environment(
        ask: impl Fn(&Address) -> io::Result<Secret> + Send + Sync + 'static,
        look: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            ask: Box::new(ask),
            look: Box::new(look),
        }
    }
}

impl Secrets for SystemSecrets {
    fn obtain(&self, address: &Address, source: &SecretSource) -> Result<Secret, AwsError> {
        let secret = match source {
            SecretSource::Generate(length) => generate(address, usize::from(*length))?,
            SecretSource::FromEnv(name) => match (self.look)(name) {
                Some(value) if !value.is_empty() => Secret::new(value),
                Some(_) => {
                    return Err(refused(address, format!("the variable {name} is empty"))
                        .hint(format!("set {name} to the secret and run again")));
                }
                None => {
                    return Err(refused(address, format!("the variable {name} is not set"))
                        .hint(format!("set {name} to the secret and run again")));
                }
            },
            SecretSource::Prompt => (self.ask)(address).map_err(|error| {
                refused(address, format!("it could not be asked for: {error}")).hint(
                    "run again at a terminal, or give the secret by `from_env:` or `generate:`",
                )
            })?,
        };
        let length = secret.expose().len();
        if length == 0 {
            return Err(refused(address, "nothing was entered".to_owned()));
        }
        if length > LONGEST {
            return Err(refused(
                address,
                format!("{length} bytes are too long: a parameter holds at most {LONGEST}"),
            ));
        }
        Ok(secret)
    }
}

fn refused(address: &Address, why: String) -> AwsError {
    AwsError::unexpected("secrets", format!("the secret of {address}: {why}"))
}

/// So many random characters, the first a letter: a value that begins with a hyphen looks like
/// an option to many programs.
fn generate(address: &Address, length: usize) -> Result<Secret, AwsError> {
    if length > LONGEST {
        return Err(refused(
            address,
            format!("{length} characters are too many: a parameter holds at most {LONGEST}"),
        ));
    }
    let mut text = String::with_capacity(length);
    let mut random = [0_u8; 64];
    while text.len() < length {
        SysRng
            .try_fill_bytes(&mut random)
            .map_err(|error| refused(address, format!("no random numbers: {error}")))?;
        for byte in random {
            let character = char::from(ALPHABET[usize::from(byte & 63)]);
            if text.len() < length && (!text.is_empty() || character.is_ascii_alphabetic()) {
                text.push(character);
            }
        }
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn system() -> SystemSecrets {
        SystemSecrets::with_environment(
            |_| Err(io::Error::other("stdin is not a terminal")),
            |name| match name {
                "SET" => Some("value".to_owned()),
                "EMPTY" => Some(String::new()),
                _ => None,
            },
        )
    }

    fn obtain(source: &SecretSource) -> Result<Secret, AwsError> {
        system().obtain(&Address::new("parameters.secret-key"), source)
    }

    #[test]
    fn generated_secrets_are_as_long_as_asked_and_never_the_same() {
        let one = obtain(&SecretSource::Generate(48)).ok().unwrap();
        let two = obtain(&SecretSource::Generate(48)).ok().unwrap();
        assert_eq!(one.expose().len(), 48);
        assert!(one.expose() != two.expose());
        for _ in 0..200 {
            let secret = obtain(&SecretSource::Generate(3)).ok().unwrap();
            assert!(
                secret
                    .expose()
                    .starts_with(|c: char| c.is_ascii_alphabetic())
            );
            assert!(secret.expose().bytes().all(|b| ALPHABET.contains(&b)));
        }
    }

    #[test]
    fn the_environment_is_read_and_a_missing_variable_is_named() {
        assert!(
            obtain(&SecretSource::FromEnv("SET".to_owned())).is_ok_and(|s| s.expose() == "value")
        );
        for name in ["EMPTY", "ABSENT"] {
            let error = obtain(&SecretSource::FromEnv(name.to_owned()))
                .err()
                .unwrap();
            assert!(error.message.contains(name), "{error}");
            assert!(error.message.contains("parameters.secret-key"), "{error}");
            assert!(error.hint.unwrap().contains(name));
        }
    }

    #[test]
    fn what_cannot_be_asked_or_is_nothing_or_too_long_is_refused() {
        let error = obtain(&SecretSource::Prompt).err().unwrap();
        assert!(error.message.contains("not a terminal"), "{error}");
        assert!(obtain(&SecretSource::Generate(0)).is_err());
        assert!(obtain(&SecretSource::Generate(4097)).is_err());
        assert!(obtain(&SecretSource::Generate(4096)).is_ok());
        let silent = SystemSecrets::new(|_| Ok(Secret::new("")));
        let address = Address::new("parameters.secret-key");
        assert!(silent.obtain(&address, &SecretSource::Prompt).is_err());
    }

    proptest! {
        #[test]
        fn no_error_keeps_a_secret_however_it_is_written(secret in "[A-Z0-9!\"&<>'/\\\\é\n]{4,40}") {
            let text = format!(
                "value {secret} is refused; body {} and {secret:?}",
                serde_json::Value::from(secret.as_str())
            );
            let error = AwsError::unexpected("ssm:PutParameter", text.clone()).hint(text);
            let clean = Secret::new(secret.clone()).scrub(error);
            let shown = format!("{clean} {clean:?}");
            prop_assert_eq!(shown.matches(HIDDEN).count(), 9);
            prop_assert!(!shown.contains(&secret), "{}", shown);
        }
    }
}
