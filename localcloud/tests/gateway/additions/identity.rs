//! Identities and trails.

use serde_json::json;

use crate::client::{Client, cloud};

#[test]
fn cloudtrail_trails_are_made_once_and_deleted_once() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/trail-bucket", place).ok();
    let mut call = |action: &str, body| {
        client.target(
            "cloudtrail",
            &format!("CloudTrail_20131101.{action}"),
            &body,
        )
    };
    let trail = json!({ "Name": "audit", "S3BucketName": "trail-bucket" });
    call("CreateTrail", trail.clone()).ok();
    call("CreateTrail", trail).refused("TrailAlreadyExistsException");
    let told = call("DescribeTrails", json!({})).ok().json();
    let arn = &told["trailList"][0]["TrailARN"];
    call("DeleteTrail", json!({ "Name": arn })).ok();
    call("DeleteTrail", json!({ "Name": "audit" })).refused("TrailNotFoundException");
}

#[test]
fn iam_lists_profile_tags_changes_audiences_and_simulates() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    client
        .iam(
            "CreateInstanceProfile",
            "InstanceProfileName=p&Tags.member.1.Key=k&Tags.member.1.Value=v",
        )
        .ok();
    let tags = client
        .iam("ListInstanceProfileTags", "InstanceProfileName=p")
        .ok();
    assert_eq!(
        (tags.element("Key"), tags.element("Value")),
        ("k".to_owned(), "v".to_owned())
    );
    client
        .iam("ListInstanceProfileTags", "InstanceProfileName=none")
        .refused("NoSuchEntity");
    let provider =
        "Url=https://token.actions.githubusercontent.com&ClientIDList.member.1=sts.amazonaws.com";
    let arn = client
        .iam("CreateOpenIDConnectProvider", provider)
        .ok()
        .element("OpenIDConnectProviderArn");
    client
        .iam(
            "AddClientIDToOpenIDConnectProvider",
            &format!("OpenIDConnectProviderArn={arn}&ClientID=other"),
        )
        .ok();
    client
        .iam(
            "RemoveClientIDFromOpenIDConnectProvider",
            &format!("OpenIDConnectProviderArn={arn}&ClientID=sts.amazonaws.com"),
        )
        .ok();
    let told = client
        .iam(
            "GetOpenIDConnectProvider",
            &format!("OpenIDConnectProviderArn={arn}"),
        )
        .ok();
    assert_eq!(told.element("ClientIDList"), "<member>other</member>");
    let form = "PolicySourceArn=arn:aws:iam::123456789012:user/a&ActionNames.member.1=ec2:CreateVpc&ActionNames.member.2=s3:GetObject";
    let told = client.iam("SimulatePrincipalPolicy", form).ok().text();
    assert_eq!(
        told.matches("<EvalDecision>allowed</EvalDecision>").count(),
        2
    );
    client.iam("CreateRole", "RoleName=r&AssumeRolePolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D").ok();
    client
        .iam(
            "AttachRolePolicy",
            "RoleName=r&PolicyArn=arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        )
        .ok();
}
