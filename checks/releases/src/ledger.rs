//! What was uploaded and acknowledged, so that it can be asked for again.

use std::sync::{Mutex, PoisonError};

/// An upload that was acknowledged.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// The id that the service gave its scan.
    pub id: String,
    /// Which upload it was: its content follows from it.
    pub number: u64,
}

/// All that were acknowledged.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Vec<Acknowledged>>);

impl Ledger {
    /// Notes an acknowledgement.
    pub fn note(&self, one: Acknowledged) {
        self.inner().push(one);
    }

    /// One of those so far, another for each number.
    pub fn some(&self, number: u64) -> Option<Acknowledged> {
        let all = self.inner();
        let count = u64::try_from(all.len()).ok().filter(|count| *count > 0)?;
        // Steps of a large prime reach all of them in no order that a cache would like.
        let at = number.wrapping_mul(2_654_435_761) % count;
        all.get(usize::try_from(at).ok()?).cloned()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Acknowledged> {
        self.inner().clone()
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Vec<Acknowledged>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A small Python file that no other upload has.
pub fn source(number: u64) -> String {
    format!(
        "# upload {number}\nimport subprocess\n\n\ndef run_{number}(command, times={times}):\n    for _ in range(times):\n        \
         if not command:\n            return None\n        subprocess.call(command, shell=True)\n    return {number}\n",
        times = number % 7 + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_acknowledged_upload_comes_up_sooner_or_later() {
        let ledger = Ledger::default();
        assert!(ledger.some(1).is_none());
        for number in 0..10 {
            ledger.note(Acknowledged {
                id: number.to_string(),
                number,
            });
        }
        let seen: std::collections::BTreeSet<_> = (0..100)
            .filter_map(|at| ledger.some(at))
            .map(|one| one.id)
            .collect();
        assert_eq!(seen.len(), 10);
    }

    #[test]
    fn no_two_uploads_are_the_same() {
        assert_ne!(source(1), source(8));
    }
}
