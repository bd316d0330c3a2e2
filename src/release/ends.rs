//! When the colours that are kept warm end: the scheduled action of their groups.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use jiff::Timestamp;

use super::act::{END, Hand};
use crate::aws::{AwsError, During};
use crate::model::workloads::Colour;

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
}
