//! Which objects need not be put again.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard};

/// How many are remembered: some 100 bytes each.
const REMEMBERED: usize = 8_192;

/// Keys that a committed row of this process speaks of. Scans are never removed, so neither are
/// these objects; that is what makes it safe not to look.
#[derive(Default)]
pub(super) struct KnownObjects {
    keys: Mutex<HashSet<String>>,
}

impl KnownObjects {
    fn keys(&self) -> MutexGuard<'_, HashSet<String>> {
        match self.keys.lock() {
            Ok(keys) => keys,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys().contains(key)
    }

    /// Remembers keys, and forgets all others when there are too many.
    pub(super) fn add(&self, new: impl IntoIterator<Item = String>) {
        let mut keys = self.keys();
        if keys.len() >= REMEMBERED {
            keys.clear();
        }
        keys.extend(new);
    }
}
