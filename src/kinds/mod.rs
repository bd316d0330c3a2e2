//! The registry of AWS resource types: one line a kind, in the order of their names.

pub mod actions;
mod erased;
#[cfg(test)]
pub(crate) mod fake;
mod field;
mod kind;
mod observed;
mod progress;
pub mod remains;
mod sample;

pub mod acm;
pub mod autoscaling;
pub mod cloudtrail;
pub mod cloudwatch;
pub mod ec2;
pub mod efs;
pub mod elbv2;
pub mod iam;
pub mod logs;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod sns;
pub mod ssm;

pub use erased::{AnyFound, AnyKind, AnySurvey, AnyWanted, Registered};
pub use field::{Change, Changes, Effect, Field, Owner};
pub use kind::{Charge, Kind, Making, ReplaceOrder, Spec, Tagging};
pub use observed::{Found, Outputs, Survey, Wanted, outputs};
pub use progress::{After, Progress, Wait};
pub use sample::{Beside, Samples, link, sample, sample_address, sample_output};

/// Every registered kind, sorted by its type name.
pub static ALL: &[&dyn AnyKind] = &[
    &Registered::<acm::certificate::Certificate>::NEW,
    &Registered::<acm::issued::Issued>::NEW,
    &Registered::<autoscaling::group::Group>::NEW,
    &Registered::<autoscaling::policy::Policy>::NEW,
    &Registered::<cloudtrail::trail::Trail>::NEW,
    &Registered::<cloudwatch::alarm::Alarm>::NEW,
    &Registered::<cloudwatch::dashboard::Dashboard>::NEW,
    &Registered::<ec2::elastic_ip::ElasticIp>::NEW,
    &Registered::<ec2::flow_log::FlowLog>::NEW,
    &Registered::<ec2::internet_gateway::InternetGateway>::NEW,
    &Registered::<ec2::launch_template::LaunchTemplate>::NEW,
    &Registered::<ec2::nat_gateway::NatGateway>::NEW,
    &Registered::<ec2::network_acl::NetworkAcl>::NEW,
    &Registered::<ec2::route_table::RouteTable>::NEW,
    &Registered::<ec2::security_group::SecurityGroup>::NEW,
    &Registered::<ec2::security_rules::SecurityRules>::NEW,
    &Registered::<ec2::subnet::Subnet>::NEW,
    &Registered::<ec2::vpc::Vpc>::NEW,
    &Registered::<ec2::vpc_endpoint::VpcEndpoint>::NEW,
    &Registered::<efs::access_point::AccessPoint>::NEW,
    &Registered::<efs::file_system::FileSystem>::NEW,
    &Registered::<efs::mount_target::MountTarget>::NEW,
    &Registered::<elbv2::listener::Listener>::NEW,
    &Registered::<elbv2::load_balancer::LoadBalancer>::NEW,
    &Registered::<elbv2::rule::Rule>::NEW,
    &Registered::<elbv2::target_group::TargetGroup>::NEW,
    &Registered::<iam::instance_profile::InstanceProfile>::NEW,
    &Registered::<iam::oidc_provider::OidcProvider>::NEW,
    &Registered::<iam::role::Role>::NEW,
    &Registered::<logs::log_group::LogGroup>::NEW,
    &Registered::<rds::instance::Instance>::NEW,
    &Registered::<rds::subnet_group::SubnetGroup>::NEW,
    &Registered::<route53::record::Record>::NEW,
    &Registered::<route53::zone::Zone>::NEW,
    &Registered::<s3::bucket::Bucket>::NEW,
    &Registered::<sns::subscription::Subscription>::NEW,
    &Registered::<sns::topic::Topic>::NEW,
    &Registered::<ssm::parameter::Parameter>::NEW,
    &Registered::<ssm::release_parameter::ReleaseParameter>::NEW,
];

/// The kind of that type name.
pub fn by_type(name: &str) -> Option<&'static dyn AnyKind> {
    ALL.binary_search_by(|kind| kind.type_name().cmp(name))
        .ok()
        .map(|index| ALL[index])
}

/// The erasure of `K`.
pub fn of<K: Kind>() -> &'static dyn AnyKind {
    &const { Registered::<K>::NEW }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_has_no_double() {
        let names: Vec<_> = ALL.iter().map(|kind| kind.type_name()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
    }
}
