//! A call's way through the gateway: counted, delayed, faulted, passed on, rewritten.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use hyper::StatusCode;

use super::ledger::Met;
use super::{Closed, Shared};
use crate::additions::cloudwatch_cbor;
use crate::call::{Answer, Call};
use crate::fault::{What, When};
use crate::plane::INSTANCE_KEY;
use crate::protocol::Protocol;

impl Shared {
    /// A call from its arrival to its answer.
    pub(super) async fn pass(&self, call: &Call) -> Result<Answer, Closed> {
        if call.is_of(INSTANCE_KEY) {
            // The workload's own calls are not those of whoever is counted, delayed and faulted here.
            return Ok(self.forward(call, u64::MAX, None).await);
        }
        let (frozen, epoch, latency, met, place) = {
            let mut ledger = self.ledger();
            let (frozen, epoch, latency) = (ledger.frozen, ledger.epoch, ledger.latency);
            let (met, place) = if frozen {
                (None, None)
            } else {
                ledger.arrive(call)
            };
            (frozen, epoch, latency, met, place)
        };
        if frozen {
            return Err(self.park(epoch).await);
        }
        let _under_way = UnderWay {
            shared: self,
            epoch,
        };
        let froze = met.as_ref().is_some_and(|met| met.freeze);
        self.delay(latency / 2).await;
        if !froze {
            self.stay_if_frozen(epoch).await?;
        }
        let answer = match met {
            Some(met) => self.meet(call, met, epoch, place).await?,
            None => self.forward(call, epoch, place).await,
        };
        self.delay(latency / 2).await;
        self.stay_if_frozen(epoch).await?;
        if answer.status.as_u16() >= 400 {
            self.ledger().counts.errors += 1;
        }
        Ok(answer)
    }

    async fn forward(&self, call: &Call, epoch: u64, place: Option<usize>) -> Answer {
        let additions = Arc::clone(
            &self
                .additions
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let answer = if call.protocol == Protocol::Cbor {
            cloudwatch_cbor::answer(call, &self.moto, |call, answer| {
                self.ledger().rewrite(call, answer)
            })
            .await
        } else {
            let answer = additions.answer(call, &self.moto).await;
            self.ledger().rewrite(call, answer)
        };
        if call.changing
            && answer.is_success()
            && let Some(plane) = &self.plane
        {
            plane.changed(call);
        }
        let mut ledger = self.ledger();
        ledger.answered(epoch, place, answer.status.as_u16());
        if !call.changing && ledger.remembers() {
            ledger.remember(call, &answer);
        }
        answer
    }

    async fn meet(
        &self,
        call: &Call,
        met: Met,
        epoch: u64,
        place: Option<usize>,
    ) -> Result<Answer, Closed> {
        if met.what == What::Stale {
            let remembered = self.ledger().recall(call);
            self.ledger().spring(met.id);
            return Ok(match remembered {
                Some(answer) => answer,
                None => self.forward(call, epoch, place).await,
            });
        }
        if met.when == When::After {
            self.forward(call, epoch, place).await;
        }
        self.ledger().spring(met.id);
        match met.what {
            What::Hang => Err(self.park(epoch).await),
            What::Drop => Err(Closed),
            What::Error {
                status,
                code,
                message,
            } => {
                let status =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Ok(self.moto.error(call, status, &code, &message))
            }
            What::Throttle | What::Stale => {
                let (status, code, message) = call.protocol.throttle();
                Ok(self.moto.error(call, status, code, message))
            }
        }
    }

    async fn delay(&self, time: Duration) {
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
    }

    async fn stay_if_frozen(&self, epoch: u64) -> Result<(), Closed> {
        let frozen = {
            let ledger = self.ledger();
            ledger.frozen && ledger.epoch == epoch
        };
        if frozen {
            Err(self.park(epoch).await)
        } else {
            Ok(())
        }
    }

    /// Waits until the gateway is reset.
    async fn park(&self, epoch: u64) -> Closed {
        let mut changes = self.epoch.subscribe();
        let _ = changes.wait_for(|now| *now != epoch).await;
        Closed
    }
}

/// Counts a call as under way until it is answered, or its client is gone.
struct UnderWay<'a> {
    shared: &'a Shared,
    epoch: u64,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut ledger = self.shared.ledger();
        if ledger.epoch == self.epoch {
            ledger.counts.in_flight = ledger.counts.in_flight.saturating_sub(1);
        }
    }
}
