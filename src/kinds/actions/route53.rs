//! What the calls to Route 53 need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "route53:record",
        on: "route53:::hostedzone/*",
        actions: &[
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:ListTagsForCertificate",
            "route53:ChangeResourceRecordSets",
            "route53:GetChange",
            "route53:GetHostedZone",
            "route53:ListHostedZones",
            "route53:ListResourceRecordSets",
            "route53:ListTagsForResources",
        ],
    },
    Needed {
        kind: "route53:zone",
        on: "route53:::hostedzone/*",
        actions: &[
            "route53:ChangeTagsForResource",
            "route53:CreateHostedZone",
            "route53:DeleteHostedZone",
            "route53:GetChange",
            "route53:GetHostedZone",
            "route53:ListHostedZones",
            "route53:ListHostedZonesByName",
            "route53:ListResourceRecordSets",
            "route53:ListTagsForResources",
            "route53:UpdateHostedZoneComment",
        ],
    },
];
