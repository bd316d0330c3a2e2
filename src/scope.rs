//! Whose resources are meant: the stack, its environment, where it lives, how its things are
//! called and tagged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::reference::Address;

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// The tag that says which stack a resource belongs to: `<stack>-<environment>`.
pub const STACK_TAG: &str = "codedetect:stack";
/// The tag that says where in the stack it stands.
pub const ADDRESS_TAG: &str = "codedetect:address";
/// The tag of a resource whose data outlives the removal of its block from the file.
pub const PROTECTED_TAG: &str = "codedetect:protected";

/// A stack in one environment, region and account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The stack's name.
    pub stack: String,
    /// The environment's name.
    pub environment: String,
    /// The region's name, such as `eu-west-1`.
    pub region: String,
    /// The account, 12 digits.
    pub account: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
}

impl Scope {
    /// `<stack>-<environment>`: the prefix of every name and the value of [`STACK_TAG`].
    pub fn prefix(&self) -> String {
        format!("{}-{}", self.stack, self.environment)
    }

    /// `/<stack>-<environment>/`: the path of roles and parameters.
    pub fn path(&self) -> String {
        format!("/{}/", self.prefix())
    }

    /// `<stack>-<environment>-<rest>`.
    pub fn name(&self, rest: &str) -> String {
        format!("{}-{rest}", self.prefix())
    }

    /// An ARN in the stack's region and account.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account
        )
    }

    /// An ARN without a region, as IAM has them.
    pub fn global_arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}::{}:{resource}",
            self.partition, self.account
        )
    }

    /// The tags that mark a resource as the stack's, at an address.
    pub fn own_tags(&self, address: &Address) -> Tags {
        Tags::from([
            (STACK_TAG.to_owned(), self.prefix()),
            (ADDRESS_TAG.to_owned(), address.to_string()),
        ])
    }

    /// Whether these tags mark a resource of this stack.
    pub fn owns(&self, tags: &Tags) -> bool {
        tags.get(STACK_TAG) == Some(&self.prefix())
    }

    /// The address that these tags tell, if the resource is this stack's.
    pub fn address_of(&self, tags: &Tags) -> Option<Address> {
        if !self.owns(tags) {
            return None;
        }
        tags.get(ADDRESS_TAG).map(Address::new)
    }
}
