//! The settings of a file system, to and from EFS's own form.

use aws_sdk_efs::types::{
    FileSystemDescription, LifecyclePolicy, PerformanceMode as SdkPerformance,
    ThroughputMode as SdkThroughput, TransitionToArchiveRules, TransitionToIaRules,
    TransitionToPrimaryStorageClassRules,
};

use super::file_system::{Performance, Spec, Throughput};
use crate::aws::AwsError;

impl Spec {
    /// EFS wants one policy for each transition.
    pub(super) fn policies(&self) -> Vec<LifecyclePolicy> {
        let ia = self.infrequent_access_days.map(|days| {
            let after = TransitionToIaRules::from(after_days(days).as_str());
            LifecyclePolicy::builder().transition_to_ia(after).build()
        });
        let archive = self.archive_days.map(|days| {
            let after = TransitionToArchiveRules::from(after_days(days).as_str());
            LifecyclePolicy::builder()
                .transition_to_archive(after)
                .build()
        });
        let back = self.back_on_access.then(|| {
            LifecyclePolicy::builder()
                .transition_to_primary_storage_class(
                    TransitionToPrimaryStorageClassRules::After1Access,
                )
                .build()
        });
        [ia, archive, back].into_iter().flatten().collect()
    }
}

impl Performance {
    /// The same in EFS's form.
    pub(super) fn to_sdk(self) -> SdkPerformance {
        match self {
            Self::GeneralPurpose => SdkPerformance::GeneralPurpose,
            Self::MaxIo => SdkPerformance::MaxIo,
        }
    }
}

impl Throughput {
    /// The same in EFS's form.
    pub(super) fn to_sdk(self) -> Result<SdkThroughput, AwsError> {
        match self {
            Self::Bursting => Ok(SdkThroughput::Bursting),
            Self::Elastic => Ok(SdkThroughput::Elastic),
            Self::Provisioned => Err(AwsError::unexpected(
                "efs:UpdateFileSystem",
                "provisioned throughput is not one that this program sets up",
            )
            .hint("use bursting or elastic")),
        }
    }
}

/// `AFTER_30_DAYS`; one day is `AFTER_1_DAY`.
fn after_days(days: u16) -> String {
    format!("AFTER_{days}_DAY{}", if days == 1 { "" } else { "S" })
}

/// The days of `AFTER_30_DAYS`.
fn days_of(rule: &str) -> Option<u16> {
    rule.strip_prefix("AFTER_")?.split('_').next()?.parse().ok()
}

/// What EFS tells of a file system.
pub(super) fn read(
    one: &FileSystemDescription,
    policies: &[LifecyclePolicy],
    backup: bool,
) -> Spec {
    Spec {
        encrypted: one.encrypted().unwrap_or_default(),
        performance: match one.performance_mode() {
            SdkPerformance::MaxIo => Performance::MaxIo,
            _ => Performance::GeneralPurpose,
        },
        throughput: match one.throughput_mode() {
            Some(SdkThroughput::Elastic) => Throughput::Elastic,
            Some(SdkThroughput::Provisioned) => Throughput::Provisioned,
            _ => Throughput::Bursting,
        },
        infrequent_access_days: policies
            .iter()
            .find_map(|policy| days_of(policy.transition_to_ia()?.as_str())),
        archive_days: policies
            .iter()
            .find_map(|policy| days_of(policy.transition_to_archive()?.as_str())),
        back_on_access: policies
            .iter()
            .any(|policy| policy.transition_to_primary_storage_class().is_some()),
        backup,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_efs::primitives::DateTime;
    use aws_sdk_efs::types::{FileSystemSize, LifeCycleState};

    use super::*;
    use crate::kinds::Kind;
    use crate::kinds::efs::file_system::FileSystem;
    use crate::scope::Scope;

    fn scope() -> Scope {
        Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn what_efs_tells_is_what_was_written() {
        let samples = FileSystem::samples(&scope());
        for spec in [samples.sample, samples.changed] {
            let one = FileSystemDescription::builder()
                .owner_id("123456789012")
                .creation_token("t")
                .file_system_id("fs-1")
                .creation_time(DateTime::from_secs(0))
                .life_cycle_state(LifeCycleState::Available)
                .number_of_mount_targets(0)
                .size_in_bytes(FileSystemSize::builder().value(6144).build())
                .performance_mode(spec.performance.to_sdk())
                .throughput_mode(spec.throughput.to_sdk().unwrap())
                .encrypted(spec.encrypted)
                .set_tags(Some(Vec::new()))
                .build()
                .unwrap();
            assert_eq!(read(&one, &spec.policies(), spec.backup), spec);
        }
    }

    #[test]
    fn every_number_of_days_that_efs_knows_is_written_as_it_knows_it() {
        for days in [1, 7, 14, 30, 60, 90, 180, 270, 365] {
            let rule = after_days(days);
            assert!(
                TransitionToIaRules::values().contains(&rule.as_str()),
                "{rule}"
            );
            assert!(
                TransitionToArchiveRules::values().contains(&rule.as_str()),
                "{rule}"
            );
            assert_eq!(days_of(&rule), Some(days));
        }
    }
}
