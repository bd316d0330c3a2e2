//! EFS's operations by method and path, from its service model.

use super::routes::Route;

/// Paths below `/2015-02-01`; a segment in braces stands for any.
pub(super) const EFS: &[Route] = &[
    ("GET", "access-points", "DescribeAccessPoints"),
    ("POST", "access-points", "CreateAccessPoint"),
    ("DELETE", "access-points/{}", "DeleteAccessPoint"),
    ("GET", "account-preferences", "DescribeAccountPreferences"),
    ("PUT", "account-preferences", "PutAccountPreferences"),
    ("POST", "create-tags/{}", "CreateTags"),
    ("POST", "delete-tags/{}", "DeleteTags"),
    ("GET", "file-systems", "DescribeFileSystems"),
    ("POST", "file-systems", "CreateFileSystem"),
    (
        "GET",
        "file-systems/replication-configurations",
        "DescribeReplicationConfigurations",
    ),
    ("DELETE", "file-systems/{}", "DeleteFileSystem"),
    ("PUT", "file-systems/{}", "UpdateFileSystem"),
    (
        "GET",
        "file-systems/{}/backup-policy",
        "DescribeBackupPolicy",
    ),
    ("PUT", "file-systems/{}/backup-policy", "PutBackupPolicy"),
    (
        "GET",
        "file-systems/{}/lifecycle-configuration",
        "DescribeLifecycleConfiguration",
    ),
    (
        "PUT",
        "file-systems/{}/lifecycle-configuration",
        "PutLifecycleConfiguration",
    ),
    ("DELETE", "file-systems/{}/policy", "DeleteFileSystemPolicy"),
    ("GET", "file-systems/{}/policy", "DescribeFileSystemPolicy"),
    ("PUT", "file-systems/{}/policy", "PutFileSystemPolicy"),
    (
        "PUT",
        "file-systems/{}/protection",
        "UpdateFileSystemProtection",
    ),
    (
        "DELETE",
        "file-systems/{}/replication-configuration",
        "DeleteReplicationConfiguration",
    ),
    (
        "POST",
        "file-systems/{}/replication-configuration",
        "CreateReplicationConfiguration",
    ),
    ("GET", "mount-targets", "DescribeMountTargets"),
    ("POST", "mount-targets", "CreateMountTarget"),
    ("DELETE", "mount-targets/{}", "DeleteMountTarget"),
    (
        "GET",
        "mount-targets/{}/security-groups",
        "DescribeMountTargetSecurityGroups",
    ),
    (
        "PUT",
        "mount-targets/{}/security-groups",
        "ModifyMountTargetSecurityGroups",
    ),
    ("DELETE", "resource-tags/{}", "UntagResource"),
    ("GET", "resource-tags/{}", "ListTagsForResource"),
    ("POST", "resource-tags/{}", "TagResource"),
    ("GET", "tags/{}", "DescribeTags"),
];
