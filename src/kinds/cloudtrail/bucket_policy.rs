//! What a trail needs of the bucket that it writes to.

use crate::kinds::iam::policy::{Principal, Statement, allow};
use crate::scope::Scope;

/// What the policy of a trail's bucket must allow, for the prefix under which it writes ("Amazon
/// S3 bucket policy for CloudTrail").
pub fn bucket_statements(
    scope: &Scope,
    bucket: &str,
    prefix: Option<&str>,
    trail: &str,
) -> Vec<Statement> {
    let service = || Principal::Service("cloudtrail.amazonaws.com".to_owned());
    let bucket = format!("arn:{}:s3:::{bucket}", scope.partition);
    let folder = prefix.map_or_else(String::new, |prefix| format!("{prefix}/"));
    let objects = format!("{bucket}/{folder}AWSLogs/{}/*", scope.account);
    let source = scope.arn("cloudtrail", &format!("trail/{trail}"));
    vec![
        allow(["s3:GetBucketAcl"])
            .sid("TrailLooks")
            .to(service())
            .on([bucket])
            .when("StringEquals", "aws:SourceArn", [source.clone()]),
        allow(["s3:PutObject"])
            .sid("TrailWrites")
            .to(service())
            .on([objects])
            .when("StringEquals", "aws:SourceArn", [source])
            .when(
                "StringEquals",
                "s3:x-amz-acl",
                ["bucket-owner-full-control"],
            ),
    ]
}
