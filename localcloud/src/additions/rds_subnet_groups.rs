//! A subnet group that a database stands in cannot be deleted: `InvalidDBSubnetGroupStateFault`. moto deletes it.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct RdsSubnetGroups;

#[async_trait]
impl Addition for RdsSubnetGroups {
    fn name(&self) -> &'static str {
        "rds_subnet_groups"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["rds:DeleteDBSubnetGroup"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let name = call.parameter("DBSubnetGroupName").unwrap_or_default();
        let instances = moto.send(&call.with_form("DescribeDBInstances", &[])).await;
        if xml::elements(&instances.text(), "DBSubnetGroupName").any(|used| used == name) {
            let message = format!(
                "Cannot delete the subnet group '{name}' because at least one database instance is still using it."
            );
            return moto.refuse(call, "InvalidDBSubnetGroupStateFault", &message);
        }
        moto.send(call).await
    }
}
