//! Answers that many ask for at once. Who asks while the same is being found out waits for the
//! next finding, together with all others who do: so no answer is older than its question, and a
//! crowd costs hardly more than one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Whoever waits for the next finding, by what is asked. A question stands here for as long as
/// somebody is finding it out.
type Waiting<Q, A> = HashMap<Q, Vec<oneshot::Sender<A>>>;

/// Questions being found out.
pub struct Shared<Q, A> {
    waiting: Arc<Mutex<Waiting<Q, A>>>,
}

impl<Q, A> Default for Shared<Q, A> {
    fn default() -> Self {
        Self {
            waiting: Arc::default(),
        }
    }
}

/// Whoever found it out ended before it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was asked was not found out")]
pub struct NotFoundOut;

impl<Q, A> Shared<Q, A>
where
    Q: Clone + Eq + Hash + Send + 'static,
    A: Clone + Send + 'static,
{
    /// The answer to a question, found out by `find` after this was called. Questions that are
    /// equal are found out in the same way.
    pub async fn ask<F>(
        &self,
        question: Q,
        find: impl Fn() -> F + Send + 'static,
    ) -> Result<A, NotFoundOut>
    where
        F: Future<Output = A> + Send + 'static,
    {
        let (teller, answer) = oneshot::channel();
        let is_first = {
            let mut waiting = lock(&self.waiting);
            let is_first = !waiting.contains_key(&question);
            waiting.entry(question.clone()).or_default().push(teller);
            is_first
        };
        if is_first {
            let rounds = Rounds {
                waiting: Arc::clone(&self.waiting),
                question,
                over: false,
            };
            // In a task of its own: who asked first may leave before the others are answered.
            tokio::spawn(rounds.run(find));
        }
        answer.await.map_err(|_| NotFoundOut)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finds a question out, again and again, for as long as anybody asks it.
struct Rounds<Q: Eq + Hash, A> {
    waiting: Arc<Mutex<Waiting<Q, A>>>,
    question: Q,
    /// Nobody waits any more, and the question may be somebody else's by now.
    over: bool,
}

impl<Q: Eq + Hash, A: Clone> Rounds<Q, A> {
    async fn run<F: Future<Output = A>>(mut self, find: impl Fn() -> F) {
        while let Some(tellers) = self.next() {
            let answer = find().await;
            for teller in tellers {
                // Who asked may have left.
                let _ = teller.send(answer.clone());
            }
        }
    }

    /// All who wait now; none when it is over, and the next who asks starts anew.
    fn next(&mut self) -> Option<Vec<oneshot::Sender<A>>> {
        let mut waiting = lock(&self.waiting);
        let tellers = std::mem::take(waiting.get_mut(&self.question)?);
        if tellers.is_empty() {
            waiting.remove(&self.question);
            self.over = true;
            return None;
        }
        Some(tellers)
    }
}

impl<Q: Eq + Hash, A> Drop for Rounds<Q, A> {
    /// Nobody waits for a finding that has broken off.
    fn drop(&mut self) {
        if !self.over {
            lock(&self.waiting).remove(&self.question);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    /// Something to be found out, as often as the test lets it be.
    struct Oracle {
        shared: Shared<&'static str, usize>,
        found: Arc<AtomicUsize>,
        gate: Arc<Semaphore>,
    }

    impl Oracle {
        fn new() -> Self {
            Self {
                shared: Shared::default(),
                found: Arc::default(),
                gate: Arc::new(Semaphore::new(0)),
            }
        }

        /// Which finding the answer is from, counted from 1.
        async fn ask(&self, question: &'static str) -> Result<usize, NotFoundOut> {
            let (found, gate) = (Arc::clone(&self.found), Arc::clone(&self.gate));
            let find = move || {
                let number = found.fetch_add(1, Ordering::SeqCst) + 1;
                let gate = Arc::clone(&gate);
                async move {
                    gate.acquire().await.unwrap().forget();
                    number
                }
            };
            self.shared.ask(question, find).await
        }
    }

    #[tokio::test]
    async fn those_who_ask_during_a_finding_share_the_next_one() {
        let oracle = Oracle::new();
        let late = async {
            while oracle.found.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            let asked = futures::future::join_all((0..5).map(|_| oracle.ask("same")));
            let open = async { oracle.gate.add_permits(2) };
            futures::future::join(asked, open).await.0
        };
        let (first, late) = futures::future::join(oracle.ask("same"), late).await;
        assert_eq!(first, Ok(1));
        assert_eq!(late, [Ok(2); 5]);
        assert_eq!(oracle.found.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn nothing_is_kept_for_who_asks_later() {
        let oracle = Oracle::new();
        oracle.gate.add_permits(3);
        for number in 1..=3 {
            assert_eq!(oracle.ask("same").await, Ok(number));
        }
        while !lock(&oracle.shared.waiting).is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn other_questions_do_not_wait() {
        let oracle = Oracle::new();
        let other = async {
            oracle.gate.add_permits(2);
            oracle.ask("other").await
        };
        let (one, other) = futures::future::join(oracle.ask("one"), other).await;
        assert!(one.is_ok() && other.is_ok() && one != other);
    }

    #[tokio::test]
    async fn who_leaves_takes_no_answer_away_from_others() {
        let oracle = Oracle::new();
        {
            let mut first = std::pin::pin!(oracle.ask("same"));
            assert!(futures::poll!(&mut first).is_pending());
        }
        oracle.gate.add_permits(2);
        assert!(oracle.ask("same").await.is_ok());
    }

    #[tokio::test]
    async fn a_finding_that_breaks_off_is_told_and_the_next_one_starts_anew() {
        let shared: Shared<&str, ()> = Shared::default();
        let broken = shared.ask("same", || async { panic!("on purpose") }).await;
        assert_eq!(broken, Err(NotFoundOut));
        assert_eq!(shared.ask("same", || async {}).await, Ok(()));
    }
}
