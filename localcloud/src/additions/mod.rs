//! What moto lacks or does otherwise than AWS, and a stack needs. One file each; `docs/local-cloud.md` lists them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;

use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::plane::Board;

mod account_limits;
mod acm_certificates;
mod autoscaling_groups;
mod client_tokens;
mod cloudtrail_trails;
pub(crate) mod cloudwatch_cbor;
mod dependency_violations;
mod efs_access_points;
mod efs_backup_policy;
mod efs_update;
mod elbv2_actions;
mod elbv2_attributes;
mod elbv2_listeners;
mod elbv2_load_balancers;
mod elbv2_tags;
mod elbv2_target_groups;
mod elbv2_target_health;
mod iam_instance_profile_tags;
mod iam_oidc_clients;
mod iam_simulate;
mod instance_refreshes;
mod launch_template_tags;
mod launch_template_versions;
mod nat_gateways;
mod network_acls;
mod rds_engine_versions;
mod rds_instances;
mod rds_subnet_groups;
mod route53_zones;
mod s3_defaults;
mod s3_policies;
mod s3_roots;
mod scheduled_actions;
mod ssm_pages;

/// Something that stands between the client and moto for some operations.
#[async_trait]
pub(crate) trait Addition: Send + Sync {
    /// Its name, which is its file's and its row's in the documentation.
    fn name(&self) -> &'static str;
    /// The operations it answers, such as `elbv2:CreateLoadBalancer`. No two additions answer the same one.
    fn operations(&self) -> &'static [&'static str];
    /// Answers a call, with moto's help or without.
    async fn answer(&self, call: &Call, moto: &Moto) -> Answer;
}

/// All additions, with what they remember of one world.
pub(crate) struct Additions {
    by_operation: HashMap<&'static str, Arc<dyn Addition>>,
}

impl Additions {
    /// The additions to a world; the health of targets is the data plane's, where there is one.
    pub(crate) fn new(board: Option<Arc<Board>>) -> Additions {
        let by_operation = all(board)
            .into_iter()
            .flat_map(|a| a.operations().iter().map(move |o| (*o, Arc::clone(&a))))
            .collect();
        Additions { by_operation }
    }

    /// The operations by the addition that answers them.
    pub(crate) fn listed() -> BTreeMap<&'static str, &'static [&'static str]> {
        all(None)
            .iter()
            .map(|addition| (addition.name(), addition.operations()))
            .collect()
    }

    /// Answers a call that is not CBOR: through its addition where there is one.
    pub(crate) async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        match self.by_operation.get(call.name().as_str()) {
            Some(addition) => addition.answer(call, moto).await,
            None => moto.send(call).await,
        }
    }
}

/// Every addition, in the order of the documentation's table.
fn all(board: Option<Arc<Board>>) -> Vec<Arc<dyn Addition>> {
    let refreshes = board
        .as_ref()
        .map_or_else(Arc::default, |board| Arc::clone(board.refreshes()));
    vec![
        Arc::new(account_limits::AccountLimits),
        Arc::<acm_certificates::AcmCertificates>::default(),
        Arc::new(autoscaling_groups::AutoscalingGroups::new(Arc::clone(
            &refreshes,
        ))),
        Arc::<client_tokens::ClientTokens>::default(),
        Arc::new(cloudtrail_trails::CloudtrailTrails),
        Arc::new(dependency_violations::DependencyViolations),
        Arc::new(efs_access_points::EfsAccessPoints),
        Arc::<efs_backup_policy::EfsBackupPolicy>::default(),
        Arc::<efs_update::EfsUpdate>::default(),
        Arc::new(elbv2_actions::Elbv2Actions),
        Arc::new(elbv2_attributes::Elbv2Attributes),
        Arc::new(elbv2_listeners::Elbv2Listeners),
        Arc::new(elbv2_load_balancers::Elbv2LoadBalancers),
        Arc::new(elbv2_tags::Elbv2Tags),
        Arc::new(elbv2_target_groups::Elbv2TargetGroups),
        Arc::new(elbv2_target_health::Elbv2TargetHealth {
            board: board.clone(),
        }),
        Arc::new(iam_instance_profile_tags::IamInstanceProfileTags),
        Arc::<iam_oidc_clients::IamOidcClients>::default(),
        Arc::new(iam_simulate::IamSimulate),
        Arc::new(instance_refreshes::InstanceRefreshes {
            refreshes,
            carried_out: board.is_some(),
        }),
        Arc::new(launch_template_tags::LaunchTemplateTags),
        Arc::<launch_template_versions::LaunchTemplateVersions>::default(),
        Arc::new(nat_gateways::NatGateways),
        Arc::<network_acls::NetworkAcls>::default(),
        Arc::new(rds_engine_versions::RdsEngineVersions),
        Arc::<rds_instances::RdsInstances>::default(),
        Arc::new(rds_subnet_groups::RdsSubnetGroups),
        Arc::new(route53_zones::Route53Zones),
        Arc::<s3_defaults::S3Defaults>::default(),
        Arc::<s3_policies::S3Policies>::default(),
        Arc::new(s3_roots::S3Roots),
        Arc::new(scheduled_actions::ScheduledActions),
        Arc::new(ssm_pages::SsmPages),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operation_has_two_additions() {
        let mut seen = HashMap::new();
        for addition in all(None) {
            assert!(!addition.operations().is_empty(), "{}", addition.name());
            for operation in addition.operations() {
                let other = seen.insert(*operation, addition.name());
                assert_eq!(
                    other,
                    None,
                    "{operation} is answered by {} as well",
                    addition.name()
                );
            }
        }
    }

    #[test]
    fn the_documentation_lists_exactly_these() {
        let page = include_str!("../../../docs/local-cloud.md");
        let table = page
            .split("## Additions")
            .nth(1)
            .unwrap()
            .split("\n## ")
            .next()
            .unwrap();
        let mut listed: Vec<_> = table
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        // Not for single operations, but for whatever comes in that protocol or is not known at all.
        listed.retain(|name| !["cloudwatch_cbor", "clear_errors"].contains(name));
        let built: Vec<_> = all(None).iter().map(|a| a.name()).collect();
        assert_eq!(listed, built);
    }
}
