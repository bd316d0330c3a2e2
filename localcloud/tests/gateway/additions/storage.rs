//! Files, buckets and databases.

use serde_json::json;

use super::network;
use crate::client::{Client, cloud};

#[test]
fn efs_knows_backups_updates_and_tokens() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let mut call = |method: &str, path: &str, body: &str| {
        client.rest(
            "elasticfilesystem",
            method,
            &format!("/2015-02-01/{path}"),
            body,
        )
    };
    let made = call(
        "POST",
        "file-systems",
        r#"{"CreationToken": "t", "ThroughputMode": "bursting"}"#,
    )
    .ok()
    .json();
    let id = made["FileSystemId"].as_str().unwrap();
    let policy = format!("file-systems/{id}/backup-policy");
    call("PUT", &policy, r#"{"BackupPolicy": {"Status": "ENABLED"}}"#).ok();
    assert_eq!(
        call("GET", &policy, "").ok().json()["BackupPolicy"]["Status"],
        "ENABLED"
    );
    call("PUT", &policy, r#"{"BackupPolicy": {"Status": "perhaps"}}"#)
        .refused("ValidationException");
    call(
        "PUT",
        "file-systems/fs-none/backup-policy",
        r#"{"BackupPolicy": {"Status": "ENABLED"}}"#,
    )
    .refused("FileSystemNotFound");
    let updated = call(
        "PUT",
        &format!("file-systems/{id}"),
        r#"{"ThroughputMode": "elastic"}"#,
    )
    .ok();
    assert_eq!(
        (updated.status, &updated.json()["ThroughputMode"]),
        (202, &json!("elastic"))
    );
    call(
        "PUT",
        &format!("file-systems/{id}/protection"),
        r#"{"ReplicationOverwriteProtection": "DISABLED"}"#,
    )
    .ok();
    let told = call("GET", "file-systems", "").ok().json();
    assert_eq!(told["FileSystems"][0]["ThroughputMode"], "elastic");
    assert_eq!(
        told["FileSystems"][0]["FileSystemProtection"]["ReplicationOverwriteProtection"],
        "DISABLED"
    );
    let point = format!(r#"{{"ClientToken": "p", "FileSystemId": "{id}"}}"#);
    let first = call("POST", "access-points", &point).ok().json();
    let again = call("POST", "access-points", &point).refused("AccessPointAlreadyExists");
    assert_eq!(
        (again.status, &again.json()["AccessPointId"]),
        (409, &first["AccessPointId"])
    );
}

#[test]
fn rds_tells_insights_and_versions_and_keeps_subnet_groups_in_use() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, group) = network(&mut client);
    let mut rds = |action: &str, form: &str| client.query("rds", "2014-10-31", action, form);
    assert_eq!(
        rds(
            "DescribeDBEngineVersions",
            "Engine=postgres&EngineVersion=15&DefaultOnly=true"
        )
        .ok()
        .element("EngineVersion"),
        "15.12"
    );
    let form = format!(
        "DBSubnetGroupName=private&DBSubnetGroupDescription=d&SubnetIds.SubnetIdentifier.1={}&SubnetIds.SubnetIdentifier.2={}",
        subnets[0], subnets[1]
    );
    rds("CreateDBSubnetGroup", &form).ok();
    let form = format!(
        "DBInstanceIdentifier=main&Engine=postgres&DBInstanceClass=db.t3.micro&AllocatedStorage=20&MasterUsername=app\
         &ManageMasterUserPassword=true&DBSubnetGroupName=private&VpcSecurityGroupIds.VpcSecurityGroupId.1={group}\
         &EnablePerformanceInsights=true"
    );
    assert_eq!(
        rds("CreateDBInstance", &form)
            .ok()
            .element("PerformanceInsightsRetentionPeriod"),
        "7"
    );
    assert_eq!(
        rds("DescribeDBInstances", "")
            .ok()
            .element("PerformanceInsightsEnabled"),
        "true"
    );
    rds(
        "ModifyDBInstance",
        "DBInstanceIdentifier=main&EnablePerformanceInsights=false",
    )
    .ok();
    assert_eq!(
        rds("DescribeDBInstances", "")
            .ok()
            .element("PerformanceInsightsEnabled"),
        "false"
    );
    rds(
        "ModifyDBInstance",
        "DBInstanceIdentifier=main&DBPortNumber=6432",
    )
    .ok();
    assert_eq!(rds("DescribeDBInstances", "").ok().element("Port"), "6432");
    rds("DeleteDBSubnetGroup", "DBSubnetGroupName=private")
        .refused("InvalidDBSubnetGroupStateFault");
    rds(
        "AddTagsToResource",
        "ResourceName=arn:aws:rds:eu-west-1:123456789012:subgrp:private&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v",
    )
    .ok();
    let form = format!(
        "DBSubnetGroupName=private&SubnetIds.SubnetIdentifier.1={}&SubnetIds.SubnetIdentifier.2={}",
        subnets[0], subnets[1]
    );
    rds("ModifyDBSubnetGroup", &form).ok();
    assert_eq!(
        rds("DescribeDBSubnetGroups", "DBSubnetGroupName=private")
            .ok()
            .element("DBSubnetGroupDescription"),
        "d"
    );
    assert_eq!(
        rds(
            "ListTagsForResource",
            "ResourceName=arn:aws:rds:eu-west-1:123456789012:subgrp:private",
        )
        .ok()
        .element("Value"),
        "v"
    );
    rds(
        "DeleteDBInstance",
        "DBInstanceIdentifier=main&SkipFinalSnapshot=true",
    )
    .ok();
    rds("DeleteDBSubnetGroup", "DBSubnetGroupName=private").ok();
}

#[test]
fn s3_buckets_have_what_every_new_bucket_has() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                 <Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/new-bucket", place).ok();
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?tagging", "")
            .ok()
            .element("Value"),
        "v"
    );
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?encryption", "")
            .ok()
            .element("SSEAlgorithm"),
        "AES256"
    );
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?ownershipControls", "")
            .ok()
            .element("ObjectOwnership"),
        "BucketOwnerEnforced"
    );
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?publicAccessBlock", "")
            .ok()
            .element("BlockPublicPolicy"),
        "true"
    );
    client
        .rest(
            "s3",
            "PUT",
            "/new-bucket?versioning",
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        )
        .ok();
    let versions = client.rest("s3", "GET", "/new-bucket?versioning", "").ok();
    assert!(versions.text().contains("<VersioningConfiguration "));
    assert_eq!(versions.element("Status"), "Enabled");
    assert_eq!(
        client
            .rest("s3", "DELETE", "/new-bucket?publicAccessBlock", "")
            .status,
        204
    );
    client
        .rest("s3", "GET", "/new-bucket?publicAccessBlock", "")
        .refused("NoSuchPublicAccessBlockConfiguration");
    client
        .rest("s3", "GET", "/no-bucket?encryption", "")
        .refused("NoSuchBucket");
}

#[test]
fn s3_roots_are_those_of_the_model() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/new-bucket", place).ok();
    for (query, root) in [
        ("accelerate", "<AccelerateConfiguration"),
        ("notification", "<NotificationConfiguration"),
        ("versioning", "<VersioningConfiguration"),
    ] {
        let told = client
            .rest("s3", "GET", &format!("/new-bucket?{query}"), "")
            .ok();
        assert!(told.text().contains(root), "{}", told.text());
    }
}

#[test]
fn s3_policies_are_told_and_shut_nobody_out() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                 </CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/kept", place).ok();
    client
        .rest("s3", "GET", "/kept?policy", "")
        .refused("NoSuchBucketPolicy");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::kept/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
    assert_eq!(client.rest("s3", "PUT", "/kept?policy", policy).status, 204);
    let told = client.rest("s3", "GET", "/kept?policy", "").ok();
    assert_eq!(told.text(), policy);
    client.rest("s3", "PUT", "/kept/object", "x").ok();
    client
        .rest("s3", "PUT", "/kept?policy", "{")
        .refused("MalformedPolicy");
    client
        .rest("s3", "PUT", "/no-bucket?policy", policy)
        .refused("NoSuchBucket");
    assert_eq!(client.rest("s3", "DELETE", "/kept?policy", "").status, 204);
    client
        .rest("s3", "GET", "/kept?policy", "")
        .refused("NoSuchBucketPolicy");
}
