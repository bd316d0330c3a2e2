//! The wait that follows a step's call, until AWS has finished.

use std::time::Duration;

use rand::RngExt;
use tokio::time::Instant;

use super::order::after;
use super::{Run, StepEnd};
use crate::aws::AwsError;
use crate::event::Event;
use crate::kinds::{Outputs, Progress, Wait};
use crate::plan::{Action, Step};

/// How many times as often the first looks come as the last ones.
const SOONER: u32 = 4;

pub(super) async fn wait(run: &Run<'_>, step: &Step, made: Outputs) -> StepEnd {
    let gone_is_the_aim = step.action == Action::Delete;
    let done = |outputs: Outputs| StepEnd::Done((!gone_is_the_aim).then_some(outputs));
    let Some(wait) = step.kind.wait(after(step.action)) else {
        return done(made);
    };
    let since = Instant::now();
    let deadline = since + wait.deadline;
    let mut said = String::new();
    loop {
        let state = match step.kind.poll(run.cloud, &made).await {
            Err(error) => return StepEnd::Failed(error),
            Ok(Progress::Ready(more)) if !gone_is_the_aim => {
                let mut outputs = made;
                outputs.extend(more);
                return done(outputs);
            }
            Ok(Progress::Gone) if gone_is_the_aim => return done(made),
            Ok(Progress::Failed(why)) => {
                return StepEnd::Failed(
                    AwsError::unexpected(step.kind.type_name(), why)
                        .hint(format!("AWS gave up; waited for {}", wait.until)),
                );
            }
            Ok(Progress::Ready(_)) => "it is still there".to_owned(),
            Ok(Progress::Gone) => "not visible yet".to_owned(),
            Ok(Progress::Pending(state)) => state,
        };
        if Instant::now() >= deadline {
            return StepEnd::Failed(late(step, &wait, &state));
        }
        if state != said {
            run.events.emit(Event::StepWaiting {
                address: step.address.clone(),
                what: format!("{}: {state}", wait.until),
            });
            said = state;
        }
        let jitter = rand::rng().random_range(0.9..1.1);
        tokio::select! {
            () = tokio::time::sleep(pause(&wait, since.elapsed()).mul_f64(jitter)) => {}
            () = run.stop.asked.cancelled() => return StepEnd::Abandoned,
        }
    }
}

/// How long to look away: an eighth of the time that was waited already, so that no wait is
/// drawn out by much more than that, within the bounds of the kind.
fn pause(wait: &Wait, waited: Duration) -> Duration {
    (waited / 8).clamp(wait.every / SOONER, wait.every)
}

fn late(step: &Step, wait: &Wait, state: &str) -> AwsError {
    let error = AwsError::unexpected(
        step.kind.type_name(),
        format!(
            "waited {} s for {}; AWS's last answer: {state}",
            wait.deadline.as_secs(),
            wait.until
        ),
    );
    error.hint("the next apply goes on waiting; nothing is made twice")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_soon_at_first_and_never_draw_a_wait_out_by_much() {
        let wait = Wait {
            until: "the thing to be usable",
            every: Duration::from_secs(4),
            usually: Duration::from_secs(60),
            deadline: Duration::from_secs(600),
        };
        let after = |seconds: u64| pause(&wait, Duration::from_secs(seconds));
        assert_eq!(after(0), Duration::from_secs(1));
        assert_eq!(after(8), Duration::from_secs(1));
        assert_eq!(after(16), Duration::from_secs(2));
        assert_eq!(after(500), Duration::from_secs(4));
    }
}
