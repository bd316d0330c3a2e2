//! Subnet groups: one that a database stands in cannot be deleted (`InvalidDBSubnetGroupStateFault`), and one that is modified
//! stays there with its tags. moto deletes the one, and loses the other.

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
        if call.action == "ModifyDBSubnetGroup" {
            return modify(call, moto).await;
        }
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

/// moto takes the group out to change it and does not put it back: it is made again as it was changed.
async fn modify(call: &Call, moto: &Moto) -> Answer {
    let name = call.parameter("DBSubnetGroupName").unwrap_or_default();
    let there = moto
        .send(&call.with_form("DescribeDBSubnetGroups", &[("DBSubnetGroupName", &name)]))
        .await;
    if !there.is_success() {
        return there;
    }
    let arn = xml::inner(&there.text(), "DBSubnetGroupArn")
        .unwrap_or_default()
        .to_owned();
    let tags = moto
        .send(&call.with_form("ListTagsForResource", &[("ResourceName", &arn)]))
        .await;
    let answer = moto.send(call).await;
    if !answer.is_success() {
        return answer;
    }
    let text = answer.text();
    let description = xml::inner(&text, "DBSubnetGroupDescription").unwrap_or_default();
    let mut form = vec![
        ("DBSubnetGroupName".to_owned(), name),
        (
            "DBSubnetGroupDescription".to_owned(),
            description.to_owned(),
        ),
    ];
    form.extend(
        call.parameters()
            .into_iter()
            .filter(|(key, _)| key.starts_with("SubnetIds.")),
    );
    for (n, tag) in (1..).zip(xml::elements(&tags.text(), "Tag")) {
        for part in ["Key", "Value"] {
            let text = xml::inner(tag, part).unwrap_or_default().to_owned();
            form.push((format!("Tags.Tag.{n}.{part}"), text));
        }
    }
    let form: Vec<_> = form
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let made = moto
        .send(&call.with_form("CreateDBSubnetGroup", &form))
        .await;
    if made.is_success() { answer } else { made }
}
