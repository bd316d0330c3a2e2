//! Which subnets use a table.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    Filter, RouteTable as Answer, RouteTableAssociation, RouteTableAssociationStateCode,
};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::Making;
use crate::kinds::ec2::lag;

/// The table's associations by subnet; the main one has none.
pub(super) fn associations(table: &Answer) -> BTreeMap<String, String> {
    let standing = |it: &&RouteTableAssociation| {
        !matches!(
            it.association_state().and_then(|state| state.state()),
            Some(
                RouteTableAssociationStateCode::Disassociated
                    | RouteTableAssociationStateCode::Disassociating
                    | RouteTableAssociationStateCode::Failed
            )
        )
    };
    table
        .associations()
        .iter()
        .filter(standing)
        .filter_map(|it| {
            Some((
                it.subnet_id()?.to_owned(),
                it.route_table_association_id()?.to_owned(),
            ))
        })
        .collect()
}

pub(super) async fn associate(
    making: &Making<'_>,
    table: &str,
    subnet: &str,
) -> Result<(), AwsError> {
    let joined = lag::seen(making, &format!("{table} and {subnet}"), || async {
        making
            .cloud
            .ec2()
            .associate_route_table()
            .route_table_id(table)
            .subnet_id(subnet)
            .send()
            .await
            .during("ec2:AssociateRouteTable")
            .map(drop)
    })
    .await;
    match joined {
        Err(error) if error.is("Resource.AlreadyAssociated") => {
            take_over(making, table, subnet).await
        }
        other => other,
    }
}

/// Turns a subnet that uses another table to this one, without a moment between the two.
pub(super) async fn take_over(
    making: &Making<'_>,
    table: &str,
    subnet: &str,
) -> Result<(), AwsError> {
    lag::seen(making, &format!("the association of {subnet}"), || async {
        let answer = making
            .cloud
            .ec2()
            .describe_route_tables()
            .filters(
                Filter::builder()
                    .name("association.subnet-id")
                    .values(subnet)
                    .build(),
            )
            .send()
            .await
            .during("ec2:DescribeRouteTables")?;
        let Some(current) = answer.route_tables().first() else {
            return Ok(());
        };
        if current.route_table_id() == Some(table) {
            return Ok(());
        }
        let Some(association) = associations(current).remove(subnet) else {
            return Ok(());
        };
        making
            .cloud
            .ec2()
            .replace_route_table_association()
            .association_id(association)
            .route_table_id(table)
            .send()
            .await
            .during("ec2:ReplaceRouteTableAssociation")
            .map(drop)
    })
    .await
}

pub(super) async fn disassociate(cloud: &Cloud, association: &str) -> Result<(), AwsError> {
    let gone = cloud
        .ec2()
        .disassociate_route_table()
        .association_id(association)
        .send()
        .await
        .during("ec2:DisassociateRouteTable");
    match gone {
        // Another table took the subnet over.
        Err(error) if error.not_found() => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::RouteTableAssociationState;

    use super::*;

    #[test]
    fn only_standing_associations_with_subnets_count() {
        let association = |id: &str, subnet: Option<&str>, state: &str| {
            RouteTableAssociation::builder()
                .route_table_association_id(id)
                .set_subnet_id(subnet.map(str::to_owned))
                .association_state(
                    RouteTableAssociationState::builder()
                        .state(state.into())
                        .build(),
                )
                .build()
        };
        let table = Answer::builder()
            .associations(association("rtbassoc-1", None, "associated"))
            .associations(association("rtbassoc-2", Some("subnet-1"), "associated"))
            .associations(association(
                "rtbassoc-3",
                Some("subnet-2"),
                "disassociating",
            ))
            .build();
        assert_eq!(
            associations(&table),
            BTreeMap::from([("subnet-1".to_owned(), "rtbassoc-2".to_owned())])
        );
    }
}
