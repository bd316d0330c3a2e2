//! How the colours that are kept warm end: the scheduled action of their groups, told, made and taken away.

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use futures::future::try_join_all;
use jiff::Timestamp;

use super::act::Hand;
use crate::aws::{AwsError, During};
use crate::model::workloads::Colour;

/// The name of the scheduled end of a colour.
const END: &str = "codedetect-end";
/// A scheduled end is at least so many seconds ahead: "If you try to schedule your action in the past, Amazon EC2 Auto Scaling
/// returns an error message" (`PutScheduledUpdateGroupAction`, API reference). The call may take a while, be sent again, and come
/// from a machine whose clock is behind.
const AHEAD: u64 = 60;

/// When a colour that is kept warm for so long ends, in seconds since 1970; nothing where that is at once.
fn end(now: i64, keep: u64) -> Option<i64> {
    let ahead = i64::try_from(keep.max(AHEAD)).unwrap_or(i64::MAX);
    (keep > 0).then(|| now.saturating_add(ahead))
}

impl Hand<'_> {
    /// The scheduled ends of all colours that have one.
    ///
    /// # Errors
    /// AWS's.
    pub async fn ends(&self) -> Result<BTreeMap<Colour, Timestamp>, AwsError> {
        let each = self.site.colours.iter().map(|(colour, place)| async {
            let scheduled = self
                .cloud
                .autoscaling()
                .describe_scheduled_actions()
                .auto_scaling_group_name(&place.fleet)
                .send()
                .await
                .during("autoscaling:DescribeScheduledActions")?;
            let end = scheduled
                .scheduled_update_group_actions()
                .iter()
                .find(|one| one.scheduled_action_name() == Some(END))
                .and_then(|one| Timestamp::from_second(one.start_time()?.secs()).ok());
            Ok(end.map(|end| (*colour, end)))
        });
        Ok(try_join_all(each).await?.into_iter().flatten().collect())
    }

    /// Lets a colour's group shrink to nothing, and has Auto Scaling end its instances after so many seconds, whoever is there
    /// then: at least a minute ahead, as AWS takes no time that has passed. For none they end at once.
    ///
    /// # Errors
    /// AWS's.
    pub(super) async fn keep(&self, colour: Colour, seconds: u64) -> Result<(), AwsError> {
        let Some(at) = end(Timestamp::now().as_second(), seconds) else {
            return self.size(colour, 0, Some(0)).await;
        };
        self.size(colour, 0, None).await?;
        self.cloud
            .autoscaling()
            .put_scheduled_update_group_action()
            .auto_scaling_group_name(&self.place(colour)?.fleet)
            .scheduled_action_name(END)
            .start_time(DateTime::from_secs(at))
            .min_size(0)
            .desired_capacity(0)
            .send()
            .await
            .during("autoscaling:PutScheduledUpdateGroupAction")?;
        Ok(())
    }

    /// Takes a colour's scheduled end away, if it has one.
    ///
    /// # Errors
    /// AWS's.
    pub async fn never_end(&self, colour: Colour) -> Result<(), AwsError> {
        let fleet = &self.place(colour)?.fleet;
        let scheduled = self
            .cloud
            .autoscaling()
            .describe_scheduled_actions()
            .auto_scaling_group_name(fleet)
            .send()
            .await
            .during("autoscaling:DescribeScheduledActions")?;
        let there = scheduled
            .scheduled_update_group_actions()
            .iter()
            .any(|one| one.scheduled_action_name() == Some(END));
        if there {
            self.cloud
                .autoscaling()
                .delete_scheduled_action()
                .auto_scaling_group_name(fleet)
                .scheduled_action_name(END)
                .send()
                .await
                .during("autoscaling:DeleteScheduledAction")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_that_is_kept_for_no_time_ends_at_once_and_no_end_is_scheduled_for_a_moment_that_may_have_passed()
     {
        assert_eq!(end(1_000, 0), None);
        assert_eq!(end(1_000, 1), Some(1_060));
        assert_eq!(end(1_000, 600), Some(1_600));
        assert_eq!(end(1_000, u64::MAX), Some(i64::MAX));
    }
}
