//! Kinds of Amazon EC2 and VPC.

mod in_the_way;
mod lag;
mod tagging;

pub mod image;
pub mod internet_gateway;
pub mod launch_template;
pub mod protocol;
pub mod range;
pub mod security_group;
pub mod security_rules;
pub mod subnet;
pub mod vpc;
pub mod zones;
