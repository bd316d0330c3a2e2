//! Removing objects that no row speaks of: what crashes between object and row have left.
//!
//! An upload of the same content may come at any moment, find its object there, and write a row
//! that speaks of it. So an orphan is condemned first, in the database; from then on no row may
//! speak of it. Only then the rows are read once more, and what none of them speaks of is removed
//! and pardoned. An upload may also have put its object before it was condemned and write its row
//! after the pardon: so pardons are counted, and a row is refused if one came since its upload
//! began. Who is refused waits for the pardon and puts its objects again.
//!
//! Only the database whose objects they are can tell an orphan. Another one that is started on
//! the same bucket or folder (a new one beside the old, one restored elsewhere) knows none of
//! them, and would find all of them to be orphans. So the first database that sweeps says in an
//! object whose the others are, and no other sweeps; and what was there before a database was
//! made is none of its orphans.

use std::time::Duration;

use futures::TryStreamExt as _;

use super::database::{NewRows, fingerprint};
use super::key::OWNER;
use super::{Store, StoreError, now, objects};

/// The most objects condemned at once.
const MOST: usize = 1_000;

/// So many objects are looked at in a second: a page of what S3 lists. Who uploads comes first.
const PAGE: u64 = 1_000;
const PAUSE: Duration = Duration::from_secs(1);

/// After how long a sweep that condemned and did not pardon is given up: its last request to
/// the object store has ended long since.
const ABANDONED: Duration = Duration::from_secs(600);

/// A time as S3 lists it: without the part of a second.
fn whole_second(time: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects looked at.
    pub seen: u64,
    /// Objects removed.
    pub removed: u64,
}

impl Store {
    /// Removes objects older than `grace` that no row speaks of.
    pub async fn sweep(&self, grace: Duration) -> Result<Swept, StoreError> {
        let abandoned = self.database().condemned_before(now() - ABANDONED).await?;
        if !abandoned.is_empty() {
            self.database().write(NewRows::Pardon(abandoned)).await?;
        }
        let identity = self.database().identity().await?;
        self.objects.claim(&identity.id).await?;
        let mut swept = Swept::default();
        let horizon = now() - grace;
        let since = whole_second(identity.born + grace);
        let referenced = self.database().referenced().await?;
        let mut orphans = Vec::new();
        let mut objects = self.objects.list();
        while let Some(object) = objects.try_next().await? {
            swept.seen += 1;
            let old = (since..horizon).contains(&object.modified) && object.key != OWNER;
            if old && !referenced.contains(&fingerprint(&object.key)) {
                orphans.push(object.key);
            }
            if orphans.len() == MOST {
                swept.removed += self.remove(std::mem::take(&mut orphans)).await?;
            }
            if swept.seen.is_multiple_of(PAGE) {
                tokio::time::sleep(PAUSE).await;
            }
        }
        if !orphans.is_empty() {
            swept.removed += self.remove(orphans).await?;
        }
        Ok(swept)
    }

    async fn remove(&self, orphans: Vec<String>) -> Result<u64, StoreError> {
        self.database()
            .write(NewRows::Condemn(orphans.clone()))
            .await?;
        // Given up well before another sweep takes it for abandoned. What is on its way then may
        // still remove something: nothing is pardoned.
        let removal = tokio::time::timeout(ABANDONED / 2, self.remove_condemned(&orphans));
        let outcome = removal.await.map_err(|_| StoreError::Setup {
            what: "the removal of orphans".into(),
            why: format!("it took longer than {:?}", ABANDONED / 2),
        })?;
        self.database().write(NewRows::Pardon(orphans)).await?;
        outcome
    }

    async fn remove_condemned(&self, orphans: &[String]) -> Result<u64, StoreError> {
        let referenced = self.database().referenced().await?;
        let unreferenced: Vec<&String> = orphans
            .iter()
            .filter(|key| !referenced.contains(&fingerprint(key)))
            .collect();
        for some in unreferenced.chunks(objects::AT_ONCE) {
            let deletions = some.iter().map(|key| self.objects.delete(key));
            // None is left on its way when another fails.
            let outcomes = futures::future::join_all(deletions).await;
            outcomes.into_iter().collect::<Result<(), _>>()?;
        }
        Ok(unreferenced.len() as u64)
    }
}
