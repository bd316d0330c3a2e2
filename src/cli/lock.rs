//! The lock as the verbs that change a stack hold it.

use std::convert::Infallible;
use std::time::Duration;

use super::exit::{Exit, Trouble};
use super::identity;
use super::session::Session;
use crate::exec::Stop;
use crate::exec::lock::{Holder, Lock, LockError};
use crate::view::Gate;

/// Takes the lock for a run, waiting for another's for at most `wait`.
pub async fn take(
    session: &Session,
    (verb, run_id): (&str, &str),
    wait: Duration,
    stop: &Stop,
    gate: &Gate,
) -> Result<Lock, Trouble> {
    let holder = Holder {
        owner: identity::owner(),
        run: run_id.to_owned(),
        verb: verb.to_owned(),
    };
    let told = |held: &crate::exec::lock::Held| gate.news(&held.to_string());
    Ok(Lock::acquire(session.store.clone(), holder, wait, &stop.asked, told).await?)
}

/// Why a lock was lost, if it was. Whoever is stopped by that was not interrupted.
pub fn lost(lock: &Lock) -> Option<String> {
    lock.lost().map(|why| format!("the lock was lost: {why}"))
}

/// Tells of the loss when it happens, since what is under way may take its time; never ends.
pub async fn tell_loss(lock: Option<&Lock>, stop: &Stop, gate: &Gate) -> Infallible {
    stop.asked.cancelled().await;
    if let Some(why) = lock.and_then(Lock::lost) {
        gate.news(&format!(
            "The lock was lost: {why}. No new step starts; what is under way is heard out."
        ));
    }
    std::future::pending().await
}

/// Gives a lock back after something went wrong, and says what.
pub async fn give_back(lock: Option<Lock>, trouble: Trouble, gate: &Gate) -> Trouble {
    let Some(lock) = lock else { return trouble };
    let lost = lost(&lock);
    let released = lock.release().await;
    match (trouble, lost) {
        (Trouble::Told(Exit::Interrupted), Some(why)) => Trouble::Locked(why),
        (trouble, _) => {
            say_unreleased(released, gate);
            trouble
        }
    }
}

/// A lock that could not be released must not hide how the run ended.
pub fn say_unreleased(released: Result<(), LockError>, gate: &Gate) {
    if let Err(error) = released {
        gate.news(&format!("warning: the lock was not released: {error}"));
    }
}
