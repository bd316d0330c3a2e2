//! Which step goes first: the one with the longest way behind it.

use std::time::Duration;

use crate::event::Doing;
use crate::kinds::After;
use crate::plan::{Action, Plan, Step};

/// How long a step without a declared wait is reckoned to take.
pub(in crate::exec) const A_CALL: Duration = Duration::from_millis(500);

/// What a step is, as events name it.
pub(super) fn doing(action: Action) -> Doing {
    match action {
        Action::Create => Doing::Create,
        Action::Update => Doing::Update,
        Action::Await => Doing::Await,
        Action::Delete => Doing::Delete,
    }
}

pub(super) fn after(action: Action) -> After {
    match action {
        Action::Create | Action::Await => After::Create,
        Action::Update => After::Update,
        Action::Delete => After::Delete,
    }
}

pub(super) fn usually(step: &Step) -> Duration {
    step.kind
        .wait(after(step.action))
        .map_or(A_CALL, |wait| wait.usually)
}

/// For each step, the time that it and the longest chain of steps after it are reckoned to
/// take.
pub(super) fn remaining(plan: &Plan) -> Vec<Duration> {
    let mut remaining: Vec<Duration> = plan.steps.iter().map(usually).collect();
    for index in (0..plan.steps.len()).rev() {
        for need in &plan.steps[index].needs {
            let through = usually(&plan.steps[*need]) + remaining[index];
            remaining[*need] = remaining[*need].max(through);
        }
    }
    remaining
}
