//! What happens on INT, TERM and HUP.
//!
//! CI systems send INT, 7.5 s later TERM, 2.5 s later KILL. The first signal starts no new
//! step, gives up waits and hears calls in flight out, for at most six seconds; a second one
//! leaves them one. Either way the journal is whole, the lock is released and what is left is
//! said.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exec::Stop;

/// How long calls in flight are heard out after the first signal.
const HEAR_OUT: Duration = Duration::from_secs(6);
/// How long after the second.
const AFTER_SECOND: Duration = Duration::from_secs(1);

/// Listens for signals until the process ends; `told` is called at the first.
pub fn listen(stop: &Stop, told: impl Fn() + Send + 'static) -> std::io::Result<()> {
    let mut signals = [
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    ];
    let stop = stop.clone();
    tokio::spawn(async move {
        next(&mut signals).await;
        told();
        stop.asked.cancel();
        tokio::select! {
            () = tokio::time::sleep(HEAR_OUT) => {}
            () = async {
                next(&mut signals).await;
                tokio::time::sleep(AFTER_SECOND).await;
            } => {}
        }
        stop.hurry.cancel();
    });
    Ok(())
}

async fn next([interrupt, terminate, hangup]: &mut [Signal; 3]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
