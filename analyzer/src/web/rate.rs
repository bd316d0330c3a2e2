//! How many requests that change something a client may send.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// What a client of the world may send a second if nothing is said.
const DEFAULT: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// How many seconds' worth may come at once.
const BURST: u32 = 5;

/// After how many requests clients that have been quiet are forgotten.
const CLEANING: u32 = 4_096;

/// A limit for each client.
pub struct RateLimit {
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    spares_this_machine: bool,
    asked: AtomicU32,
}

impl RateLimit {
    /// As configured: nothing said, a number, or 0 for none.
    pub fn new(configured: Option<u32>) -> Self {
        let rate = match configured {
            None => Some(DEFAULT),
            Some(rate) => NonZeroU32::new(rate),
        };
        Self {
            limiter: rate.map(|rate| {
                let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1));
                RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))
            }),
            spares_this_machine: configured.is_none(),
            asked: AtomicU32::new(0),
        }
    }

    /// Whether the client may. If not, after how long it may.
    pub fn ask(&self, client: IpAddr) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        if self.spares_this_machine && client.is_loopback() {
            return Ok(());
        }
        if self.asked.fetch_add(1, Ordering::Relaxed) % CLEANING == CLEANING - 1 {
            limiter.retain_recent();
        }
        limiter
            .check_key(&network(client))
            .map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Of an IPv6 address the network that one customer has to themselves.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let mut segments = address.segments();
            segments[4..].fill(0);
            Ipv6Addr::from(segments).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_refused_after_its_burst_and_told_when_to_come_back() {
        let limit = RateLimit::new(Some(1));
        let client: IpAddr = "198.51.100.1".parse().unwrap();
        let allowed = (0..20).take_while(|_| limit.ask(client).is_ok()).count();
        assert!((5..=6).contains(&allowed), "{allowed}");
        let wait = limit.ask(client).unwrap_err();
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert!(limit.ask("198.51.100.2".parse().unwrap()).is_ok());
    }

    #[test]
    fn a_customers_whole_ipv6_network_is_one_client() {
        let limit = RateLimit::new(Some(1));
        let allowed = (0..100u16)
            .filter(|last| {
                let client = Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, *last);
                limit.ask(client.into()).is_ok()
            })
            .count();
        assert!(allowed < 10, "{allowed}");
    }

    #[test]
    fn this_machine_is_spared_unless_a_rate_is_configured() {
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        let count = |limit: RateLimit| (0..1000).filter(|_| limit.ask(here).is_ok()).count();
        assert_eq!(count(RateLimit::new(None)), 1000);
        assert_eq!(count(RateLimit::new(Some(0))), 1000);
        assert!(count(RateLimit::new(Some(1))) < 100);
    }
}
