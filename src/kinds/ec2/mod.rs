//! Kinds of Amazon EC2 and VPC.

mod in_the_way;
mod lag;
mod standing;
mod tagging;

pub mod elastic_ip;
pub mod flow_log;
pub mod image;
pub mod internet_gateway;
pub mod launch_template;
pub mod nat_gateway;
pub mod network_acl;
pub mod protocol;
pub mod range;
pub mod route_table;
pub mod security_group;
pub mod security_rules;
pub mod subnet;
pub mod vpc;
pub mod vpc_endpoint;
pub mod zones;
