//! What the calls to Certificate Manager need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "acm:certificate",
        on: "acm:{region}:{account}:certificate/*",
        actions: &[
            "acm:AddTagsToCertificate",
            "acm:DeleteCertificate",
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:ListTagsForCertificate",
            "acm:RemoveTagsFromCertificate",
            "acm:RequestCertificate",
        ],
    },
    Needed {
        kind: "acm:issued",
        on: "acm:{region}:{account}:certificate/*",
        actions: &[
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:ListTagsForCertificate",
            "route53:ListHostedZones",
            "route53:ListResourceRecordSets",
        ],
    },
];
