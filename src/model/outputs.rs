//! The values of a stack that people and scripts ask for, the address to open first.

use crate::kinds::Kind;
use crate::kinds::efs::file_system::FileSystem;
use crate::kinds::elbv2::load_balancer::LoadBalancer;
use crate::kinds::iam::role::Role;
use crate::kinds::rds::instance::Instance;
use crate::kinds::route53::zone::Zone;
use crate::kinds::s3::bucket::Bucket;
use crate::kinds::sns::topic::Topic;
use crate::reference::{Address, Text};
use crate::resource::{Resource, Resources};
use crate::stack::Document;

/// A value that others need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its name: `url`, `buckets.uploads.name`.
    pub name: String,
    /// The resource that must stand for it to mean anything.
    pub of: Address,
    /// The value.
    pub value: Text,
    /// What it is, for a person.
    pub what: String,
}

/// The roles of the pipeline, by where they stand.
const DEPLOYERS: [(&str, &str); 3] = [
    (
        "deployer.applier",
        "the role with which the pipeline applies",
    ),
    (
        "deployer.reader",
        "the role with which it plans pull requests",
    ),
    ("deployer.role", "the role with which it releases"),
];

/// The outputs of a stack.
pub fn outputs(document: &Document, resources: &Resources) -> Vec<Output> {
    let mut found = Vec::new();
    for resource in resources.iter() {
        let kind = resource.kind.type_name();
        let section = &resource.address;
        let give = |name: &str, output: &str, what: &str| Output {
            name: name.to_owned(),
            of: section.clone(),
            value: Text::output(section, output),
            what: what.to_owned(),
        };
        match kind {
            _ if kind == LoadBalancer::TYPE => {
                found.push(url(document, resource));
                found.push(give(
                    "load_balancer",
                    "dns_name",
                    "the load balancer's own name",
                ));
            }
            _ if kind == Bucket::TYPE => {
                found.push(give(&format!("{section}.name"), "name", "a bucket"));
            }
            _ if kind == FileSystem::TYPE => {
                found.push(give(&format!("{section}.id"), "id", "a file system"));
            }
            _ if kind == Zone::TYPE => found.push(give(
                "name_servers",
                "name_servers",
                "what the domain must be delegated to, at its registrar",
            )),
            _ if kind == Topic::TYPE => {
                found.push(give(&format!("{section}.arn"), "arn", "a topic"));
            }
            _ if kind == Instance::TYPE => {
                found.push(give(
                    &format!("{section}.host"),
                    "host",
                    "a database's host",
                ));
            }
            _ if kind == Role::TYPE => {
                let role = DEPLOYERS.iter().find(|(at, _)| section.as_str() == *at);
                found.extend(role.map(|(at, what)| give(at, "arn", what)));
            }
            _ => {}
        }
    }
    found.sort_by(|a, b| (a.name != "url", &a.name).cmp(&(b.name != "url", &b.name)));
    found
}

fn url(document: &Document, balancer: &Resource) -> Output {
    let value = match &document.domain {
        Some(domain) => Text::literal(format!("https://{}/", domain.name)),
        None => Text::literal("http://")
            .then(Text::output(&balancer.address, "dns_name"))
            .then("/"),
    };
    Output {
        name: "url".to_owned(),
        of: balancer.address.clone(),
        value,
        what: "where the workload answers".to_owned(),
    }
}
