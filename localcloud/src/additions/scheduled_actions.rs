//! Scheduled actions of Auto Scaling groups: one in the past is refused. moto takes it, and the data plane carries it out at once.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::plane::schedule;

pub(super) struct ScheduledActions;

#[async_trait]
impl Addition for ScheduledActions {
    fn name(&self) -> &'static str {
        "scheduled_actions"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["autoscaling:PutScheduledUpdateGroupAction"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let start = call.parameter("StartTime");
        // A second that has begun is over for whoever asks for its beginning.
        let past = start
            .and_then(|at| schedule::seconds(&at))
            .is_some_and(|at| at <= schedule::now());
        if past {
            return moto.refuse(call, "ValidationError", "Given start time is in the past");
        }
        moto.send(call).await
    }
}
