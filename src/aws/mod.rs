//! Where calls go: clients with one transport, errors in AWS's own words, shared reads.

mod cloud;
mod error;
mod meter;
mod reads;
mod secret;
mod settle;
pub mod tags;
mod transport;

pub use cloud::{Cloud, CloudOptions};
pub use error::{AwsError, During, ErrorClass};
pub use meter::{Call, Meter};
pub use reads::Reads;
pub use secret::{Secret, SecretSource, Secrets, SystemSecrets};
pub use settle::Patience;
