//! What the calls to S3 need.
//!
//! S3 names its actions by what they read: `HeadBucket` needs `ListBucket`, `ListBuckets` needs
//! `ListAllMyBuckets`, `ListObjectVersions` needs `ListBucketVersions`, encryption and life cycle are
//! `…EncryptionConfiguration` and `…LifecycleConfiguration` (deleting a life cycle is putting one), the
//! public access block is `…BucketPublicAccessBlock`, and `DeleteObjects` needs `DeleteObject` and, for
//! versions, `DeleteObjectVersion`; a bucket that is made with tags needs `TagResource` ("Required permissions for Amazon S3 API operations", S3 user guide).

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[Needed {
    kind: "s3:bucket",
    on: "s3:::{prefix}-*",
    actions: &[
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
    ],
}];
