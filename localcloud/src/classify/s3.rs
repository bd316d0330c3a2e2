//! S3's operations: by method, by bucket or object, and by the query key that names the sub-resource.

/// Query keys that name a sub-resource, with the operations on it. `Put`, `Get` and `Delete` go before the name.
const SUB_RESOURCES: &[(&str, &str)] = &[
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("analytics", "BucketAnalyticsConfiguration"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    (
        "intelligent-tiering",
        "BucketIntelligentTieringConfiguration",
    ),
    ("inventory", "BucketInventoryConfiguration"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("metrics", "BucketMetricsConfiguration"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

/// The same for objects.
const OF_OBJECTS: &[(&str, &str)] = &[
    ("acl", "ObjectAcl"),
    ("attributes", "ObjectAttributes"),
    ("legal-hold", "ObjectLegalHold"),
    ("retention", "ObjectRetention"),
    ("tagging", "ObjectTagging"),
];

/// The operation of a call with a path of that many segments. `copies` says that the call has a copy source.
pub(super) fn operation(
    method: &str,
    segments: usize,
    query: &str,
    copies: bool,
) -> Option<String> {
    let keys: Vec<String> = form_urlencoded::parse(query.as_bytes())
        .map(|(key, _)| key.into_owned())
        .collect();
    let has = |key: &str| keys.iter().any(|found| found == key);
    let plain = match (segments, method) {
        (0, "GET") => "ListBuckets",
        (1, "POST") if has("delete") => "DeleteObjects",
        (1, "GET") if has("uploads") => "ListMultipartUploads",
        (1, "GET") if has("versions") => "ListObjectVersions",
        (1, "GET") if has("list-type") => "ListObjectsV2",
        (1, "DELETE") if has("lifecycle") => "DeleteBucketLifecycle",
        (1, _) => match (sub_resource(SUB_RESOURCES, method, &keys), method) {
            (Some(name), _) => return Some(name),
            (None, "PUT") => "CreateBucket",
            (None, "DELETE") => "DeleteBucket",
            (None, "HEAD") => "HeadBucket",
            (None, "GET") => "ListObjects",
            _ => return None,
        },
        (2.., "POST") if has("uploads") => "CreateMultipartUpload",
        (2.., "POST") if has("uploadId") => "CompleteMultipartUpload",
        (2.., "POST") if has("restore") => "RestoreObject",
        (2.., "POST") if has("select") => "SelectObjectContent",
        (2.., "PUT") if has("partNumber") => {
            if copies {
                "UploadPartCopy"
            } else {
                "UploadPart"
            }
        }
        (2.., "DELETE") if has("uploadId") => "AbortMultipartUpload",
        (2.., "GET") if has("uploadId") => "ListParts",
        (2.., _) => match (sub_resource(OF_OBJECTS, method, &keys), method) {
            (Some(name), _) => return Some(name),
            (None, "PUT") => {
                if copies {
                    "CopyObject"
                } else {
                    "PutObject"
                }
            }
            (None, "DELETE") => "DeleteObject",
            (None, "HEAD") => "HeadObject",
            (None, "GET") => "GetObject",
            _ => return None,
        },
        _ => return None,
    };
    Some(plain.to_owned())
}

fn sub_resource(table: &[(&str, &str)], method: &str, keys: &[String]) -> Option<String> {
    let verb = match method {
        "GET" => "Get",
        "PUT" => "Put",
        "DELETE" => "Delete",
        _ => return None,
    };
    table
        .iter()
        .find(|(key, _)| keys.iter().any(|found| found == key))
        .map(|(_, name)| format!("{verb}{name}"))
}

#[cfg(test)]
mod tests {
    use super::operation;

    #[test]
    fn buckets_and_objects_have_their_own_names() {
        let name = |method, segments, query| operation(method, segments, query, false).unwrap();
        assert_eq!(name("GET", 0, ""), "ListBuckets");
        assert_eq!(name("PUT", 1, ""), "CreateBucket");
        assert_eq!(name("PUT", 1, "versioning"), "PutBucketVersioning");
        assert_eq!(name("GET", 1, "publicAccessBlock="), "GetPublicAccessBlock");
        assert_eq!(name("DELETE", 1, "lifecycle"), "DeleteBucketLifecycle");
        assert_eq!(name("POST", 1, "delete"), "DeleteObjects");
        assert_eq!(name("GET", 1, "list-type=2&prefix=a"), "ListObjectsV2");
        assert_eq!(name("PUT", 3, "x-id=PutObject"), "PutObject");
        assert_eq!(name("PUT", 2, "tagging"), "PutObjectTagging");
        assert_eq!(name("PUT", 2, "partNumber=1&uploadId=x"), "UploadPart");
        assert_eq!(operation("PUT", 2, "", true).unwrap(), "CopyObject");
        assert_eq!(operation("PATCH", 1, "", false), None);
    }
}
