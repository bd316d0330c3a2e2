//! The replacement of a group's instances by Auto Scaling ("Instance refresh"): started once, watched, stopped.

use aws_sdk_autoscaling::operation::describe_instance_refreshes::DescribeInstanceRefreshesOutput;
use aws_sdk_autoscaling::types::{InstanceRefreshStatus, RefreshPreferences};

use super::act::Hand;
use crate::aws::{AwsError, During};
use crate::model::workloads::Colour;

/// A replacement as AWS tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Its id.
    pub id: String,
    /// How it stands.
    pub state: Progress,
    /// How much of it is done, in hundredths.
    pub hundredths: u32,
    /// AWS's own word for what holds it up, where it says one.
    pub why: Option<String>,
}

/// How a replacement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It goes on.
    Running,
    /// All instances are new.
    Through,
    /// It ended before that; AWS's word for how.
    Ended(String),
}

impl Hand<'_> {
    /// The latest replacement of a group, whoever began it.
    ///
    /// # Errors
    /// AWS's.
    pub async fn latest_refresh(&self, colour: Colour) -> Result<Option<Refresh>, AwsError> {
        let pages: Vec<DescribeInstanceRefreshesOutput> = self
            .cloud
            .autoscaling()
            .describe_instance_refreshes()
            .auto_scaling_group_name(&self.place(colour)?.fleet)
            .into_paginator()
            .send()
            .try_collect()
            .await
            .during("autoscaling:DescribeInstanceRefreshes")?;
        let all = pages.iter().flat_map(|page| page.instance_refreshes());
        // One that is pending has not started yet.
        let latest = all.max_by_key(|one| {
            one.start_time()
                .map_or((i64::MAX, 0), |at| (at.secs(), at.subsec_nanos()))
        });
        Ok(latest.map(|one| Refresh {
            id: one.instance_refresh_id().unwrap_or_default().to_owned(),
            state: one
                .status()
                .map_or(Progress::Ended("unknown".to_owned()), state),
            hundredths: one
                .percentage_complete()
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or(0),
            why: one.status_reason().map(str::to_owned),
        }))
    }

    /// Starts a replacement, unless one that is later than `after` has been started already.
    ///
    /// # Errors
    /// AWS's.
    pub async fn refresh(
        &self,
        colour: Colour,
        after: Option<&str>,
        (healthy, most): (u32, u32),
    ) -> Result<(), AwsError> {
        let latest = self.latest_refresh(colour).await?;
        if latest.is_some_and(|one| Some(one.id.as_str()) != after) {
            return Ok(());
        }
        let number = |value: u32| i32::try_from(value).unwrap_or(100);
        // How long a new instance warms up is the group's own setting.
        let preferences = RefreshPreferences::builder()
            .min_healthy_percentage(number(healthy))
            .max_healthy_percentage(number(most))
            .skip_matching(false)
            .auto_rollback(false)
            .build();
        self.cloud
            .autoscaling()
            .start_instance_refresh()
            .auto_scaling_group_name(&self.place(colour)?.fleet)
            .preferences(preferences)
            .send()
            .await
            .during("autoscaling:StartInstanceRefresh")?;
        Ok(())
    }

    /// Asks Auto Scaling to stop what it replaces; true once nothing is under way.
    ///
    /// # Errors
    /// AWS's.
    pub async fn stop_refresh(&self, colour: Colour) -> Result<bool, AwsError> {
        let latest = self.latest_refresh(colour).await?;
        if latest.is_none_or(|one| one.state != Progress::Running) {
            return Ok(true);
        }
        let cancelled = self
            .cloud
            .autoscaling()
            .cancel_instance_refresh()
            .auto_scaling_group_name(&self.place(colour)?.fleet)
            .send()
            .await
            .during("autoscaling:CancelInstanceRefresh");
        match cancelled {
            // It ended, or was told already, while we looked.
            Err(error) if error.code == "ActiveInstanceRefreshNotFound" => Ok(false),
            Err(error) => Err(error),
            Ok(_) => Ok(false),
        }
    }
}

fn state(status: &InstanceRefreshStatus) -> Progress {
    match status {
        InstanceRefreshStatus::Successful => Progress::Through,
        InstanceRefreshStatus::Cancelled
        | InstanceRefreshStatus::Failed
        | InstanceRefreshStatus::RollbackFailed
        | InstanceRefreshStatus::RollbackSuccessful => Progress::Ended(status.as_str().to_owned()),
        _ => Progress::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_goes_on_until_aws_says_how_it_ended() {
        for status in ["Pending", "InProgress", "Cancelling", "Baking"] {
            assert_eq!(state(&status.into()), Progress::Running, "{status}");
        }
        assert_eq!(state(&"Successful".into()), Progress::Through);
        assert_eq!(
            state(&"Failed".into()),
            Progress::Ended("Failed".to_owned())
        );
    }
}
