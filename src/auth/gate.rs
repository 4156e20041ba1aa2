//! What stands before the slow hash of client secrets, so that a flood of requests exhausts neither memory nor processor:
//! so many attempts a client from an address, so many hashes at once, so many that wait.
//!
//! A client's id is no secret: whoever knows it could use up its attempts, were they not counted for each address apart.
//!
//! Each replica counts for itself.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::thread;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::problem::{Problem, ProblemKind};

/// So many attempts a minute a client has from an address, and as many at once.
pub const ATTEMPTS_A_MINUTE: u32 = 20;
/// So many hashes are made at once at most; each needs 19 MiB.
const MOST_HASHES: usize = 4;
/// So many hashes may wait for their turn.
const MOST_WAITING: usize = 64;

/// The gate.
pub struct Gate {
    attempts: DefaultKeyedRateLimiter<(Uuid, Option<IpAddr>)>,
    hashing: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        let attempts = NonZeroU32::new(ATTEMPTS_A_MINUTE).unwrap_or(NonZeroU32::MIN);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            attempts: RateLimiter::keyed(Quota::per_minute(attempts)),
            hashing: Arc::new(Semaphore::new(cores.min(MOST_HASHES))),
            waiting: Semaphore::new(MOST_WAITING),
        }
    }
}

impl Gate {
    /// Counts an attempt of a client, known or not, from an address as [`super::limits::Limits::address`] has it; 429 where there
    /// were too many.
    pub fn admit(&self, client: Uuid, address: Option<IpAddr>) -> Result<(), Problem> {
        self.attempts.check_key(&(client, address)).map_err(|until| {
            let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Problem::new(
                ProblemKind::RateLimited,
                format!("A client may ask for a token {ATTEMPTS_A_MINUTE} times a minute; one is good for 15 minutes."),
                format!(
                    "En klient må bede om et token {ATTEMPTS_A_MINUTE} gange i minuttet; et token gælder i 15 minutter."
                ),
            )
            .retry_after(u32::try_from(seconds).unwrap_or(60))
        })
    }

    /// Does the slow work of a hash beside the threads that answer; 503 where too many wait for it already.
    pub async fn hash<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let busy = || {
            Problem::new(
                ProblemKind::Unavailable,
                "Too many secrets are being checked at once.",
                "Der kontrolleres for mange hemmeligheder på én gang.",
            )
            .retry_after(1)
        };
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| busy())?;
        let done = actix_web::web::block(move || {
            // Goes with the work: a caller who hangs up gives no place to the next before the memory is free.
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| Problem::internal())
    }

    /// Forgets the clients that have not tried for a while.
    pub fn forget_idle(&self) {
        self.attempts.retain_recent();
        self.attempts.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_attempts_are_counted_and_nobody_elses() {
        let gate = Gate::default();
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        let [here, there] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(|octets| Some(IpAddr::from(octets)));
        for _ in 0..ATTEMPTS_A_MINUTE {
            gate.admit(one, here).unwrap();
        }
        assert_eq!(gate.admit(one, here).unwrap_err().kind(), ProblemKind::RateLimited);
        gate.admit(two, here).unwrap();
        gate.admit(one, there).unwrap();
        gate.forget_idle();
        assert_eq!(gate.admit(one, here).unwrap_err().kind(), ProblemKind::RateLimited);
    }

    #[actix_web::test]
    async fn more_than_may_wait_are_turned_away_and_none_is_lost() {
        let gate = Gate::default();
        let many = (0..MOST_WAITING + 10).map(|n| gate.hash(move || n));
        let done = futures_util::future::join_all(many).await;
        let good = done.iter().filter(|result| result.is_ok()).count();
        assert_eq!(good, MOST_WAITING);
        assert_eq!(gate.hash(|| 1).await.unwrap(), 1);
    }
}
