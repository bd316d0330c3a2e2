//! A subnet group that a database stands in cannot be deleted: `InvalidDBSubnetGroupStateFault`. moto deletes it; and it
//! loses a group that is changed, which is made again here with its tags.

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
        &["rds:DeleteDBSubnetGroup", "rds:ModifyDBSubnetGroup"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let name = call.parameter("DBSubnetGroupName").unwrap_or_default();
        if call.action == "ModifyDBSubnetGroup" {
            return modified(call, moto, &name).await;
        }
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

async fn modified(call: &Call, moto: &Moto, name: &str) -> Answer {
    let of_name = [("DBSubnetGroupName", name)];
    let before = moto
        .send(&call.with_form("DescribeDBSubnetGroups", &of_name))
        .await;
    let before = before.text().into_owned();
    let arn = xml::inner(&before, "DBSubnetGroupArn").unwrap_or_default();
    let tags = moto
        .send(&call.with_form("ListTagsForResource", &[("ResourceName", arn)]))
        .await;
    let answer = moto.send(call).await;
    if !answer.is_success() {
        return answer;
    }
    let mut parameters = call.parameters();
    parameters.retain(|(key, _)| key != "Action" && key != "Version");
    if call.parameter("DBSubnetGroupDescription").is_none() {
        let kept = xml::inner(&before, "DBSubnetGroupDescription").unwrap_or_default();
        parameters.push(("DBSubnetGroupDescription".to_owned(), kept.to_owned()));
    }
    for (index, tag) in xml::elements(&tags.text(), "Tag").enumerate() {
        for part in ["Key", "Value"] {
            let value = xml::inner(tag, part).unwrap_or_default();
            let key = format!("Tags.Tag.{}.{part}", index + 1);
            parameters.push((key, value.to_owned()));
        }
    }
    let parameters: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let again = moto
        .send(&call.with_form("CreateDBSubnetGroup", &parameters))
        .await;
    if again.is_success() { answer } else { again }
}
