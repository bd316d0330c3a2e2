//! What the contract test of a kind makes, changes and removes.

use serde_json::Value;

use super::{AnyKind, Kind, Registered};
use crate::reference::{Address, Link, Text};

/// What the contract test of a kind makes, changes and removes.
///
/// The sample stands at [`sample_address`]; it may refer to the samples of other kinds by
/// [`sample`] and [`sample_output`], which the test then makes first.
#[derive(Clone, Debug)]
pub struct Samples<S> {
    /// A complete specification.
    pub sample: S,
    /// One that differs from it in every field that can change in place.
    pub changed: S,
    /// Further resources that the sample refers to, where another kind's sample is not enough
    /// (a second subnet in a second zone).
    pub beside: Vec<Beside>,
}

/// A resource that a sample needs beside it.
#[derive(Clone)]
pub struct Beside {
    /// Where it stands, below `sample`.
    pub address: Address,
    /// Its kind.
    pub kind: &'static dyn AnyKind,
    /// Its serialised specification.
    pub spec: Value,
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.address, self.kind.type_name())
    }
}

impl Beside {
    /// A resource of kind `K` at `sample.<name>`.
    pub fn new<K: Kind>(name: &str, spec: &K::Spec) -> Self {
        Self {
            address: Address::new(format!("sample.{name}")),
            kind: &const { Registered::<K>::NEW },
            spec: serde_json::to_value(spec).unwrap_or_default(),
        }
    }

    /// Its id, for the sample to refer to.
    pub fn link<K: Kind>(&self) -> Link<K> {
        link(&self.address)
    }
}

/// Where the sample of a type stands: `sample.ec2-vpc` for `ec2:vpc`.
pub fn sample_address(type_name: &str) -> Address {
    Address::new(format!("sample.{}", type_name.replace(':', "-")))
}

/// The id of the sample of kind `K`.
pub fn sample<K: Kind>() -> Link<K> {
    link(&sample_address(K::TYPE))
}

/// An output of the sample of kind `K`.
pub fn sample_output<K: Kind>(output: &str) -> Text {
    Text::output(&sample_address(K::TYPE), output)
}

/// The id of a resource of kind `K` at `address`.
pub fn link<K>(address: &Address) -> Link<K> {
    Link::from_text(Text::output(address, "id"))
}
