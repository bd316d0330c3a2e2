//! Objects without a row, as the database sees them. See [`crate::store::sweep`] for the rules.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::{AnyConnection, Row as _};

use super::{Backend, Database, NewRows, StoreError, Value};

/// How many sweeps had come to an end when an upload began. An object that was put after that is
/// safe from all of these, and from none that ended later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pardons(i64);

/// The latest that this process has heard of. It may lag behind; then an upload is put once more
/// without need.
#[derive(Debug, Default)]
pub(super) struct Heard(AtomicI64);

impl Heard {
    pub(super) fn of(&self, pardons: Pardons) {
        self.0.fetch_max(pardons.0, Ordering::Relaxed);
    }

    fn latest(&self) -> Pardons {
        Pardons(self.0.load(Ordering::Relaxed))
    }
}

/// A key, short: two keys of one fingerprint only keep an orphan alive.
pub(in crate::store) fn fingerprint(key: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// How many rows are read at once: the writer waits for that long.
const PART: i64 = 5_000;

impl Database {
    /// The fingerprints of all keys that a row speaks of, and of those that come meanwhile some.
    pub(in crate::store) async fn referenced(&self) -> Result<HashSet<u64>, StoreError> {
        let mut keys = HashSet::new();
        let (mut scan, mut position) = (String::new(), 0);
        loop {
            let rows = self
                .rows(
                    "SELECT object_key, scan_id, position FROM files
                     WHERE (scan_id, position) > ($1, $2)
                     ORDER BY scan_id, position LIMIT $3",
                    &[
                        Value::Text(scan),
                        Value::Integer(position),
                        Value::Integer(PART),
                    ],
                )
                .await?;
            for row in &rows {
                keys.insert(fingerprint(row.try_get(0)?));
            }
            let Some(last) = rows.last() else {
                return Ok(keys);
            };
            (scan, position) = (last.try_get(1)?, last.try_get(2)?);
        }
    }

    /// The keys condemned before a time: by a sweep that did not come to its end.
    pub(in crate::store) async fn condemned_before(
        &self,
        time: jiff::Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.rows(
            "SELECT object_key FROM condemned WHERE condemned_at < $1",
            &[Value::Integer(time.as_millisecond())],
        )
        .await?
        .iter()
        .map(|row| Ok(row.try_get(0)?))
        .collect()
    }

    /// What this process has heard of sweeps.
    pub(in crate::store) fn pardons(&self) -> Pardons {
        self.heard.latest()
    }

    /// Asks how many sweeps have come to an end.
    pub(in crate::store) async fn ask_for_pardons(&self) -> Result<Pardons, StoreError> {
        let rows = self.rows(PARDONS, &[]).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::Row("sweeps is empty".into()))?;
        let pardons = Pardons(row.try_get(0)?);
        self.heard.of(pardons);
        Ok(pardons)
    }

    /// Whether a sweep is removing one of these objects.
    pub(in crate::store) async fn condemns_any(
        &self,
        keys: &HashSet<&str>,
    ) -> Result<bool, StoreError> {
        let rows = self.rows("SELECT object_key FROM condemned", &[]).await?;
        for row in &rows {
            if keys.contains(row.try_get::<&str, _>(0)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

const PARDONS: &str = "SELECT pardons FROM sweeps";

/// Where several may write at once, those who condemn and those who write scans wait for each
/// other: a scan whose row a sweep does not see must see what the sweep has condemned.
pub(super) async fn take_turns(
    connection: &mut AnyConnection,
    backend: Backend,
    rows: &[&NewRows],
) -> Result<(), sqlx::Error> {
    if backend == Backend::Sqlite {
        // BEGIN IMMEDIATE lets one in at a time.
        return Ok(());
    }
    let any = |kind: fn(&NewRows) -> bool| rows.iter().any(|rows| kind(rows));
    let lock = if any(|rows| matches!(rows, NewRows::Condemn(_))) {
        "SELECT pg_advisory_xact_lock(5001)::text"
    } else if any(|rows| matches!(rows, NewRows::Scan { .. })) {
        "SELECT pg_advisory_xact_lock_shared(5001)::text"
    } else {
        return Ok(());
    };
    sqlx::query(lock).execute(connection).await?;
    Ok(())
}

/// Condemns objects, unless another sweep is at it: each would pardon what the other removes.
pub(super) async fn condemn(
    connection: &mut AnyConnection,
    keys: &[String],
) -> Result<(), StoreError> {
    let others: i64 = sqlx::query("SELECT COUNT(*) FROM condemned")
        .fetch_one(&mut *connection)
        .await?
        .try_get(0)?;
    if others > 0 {
        return Err(StoreError::Swept);
    }
    let now = jiff::Timestamp::now().as_millisecond();
    for key in keys {
        sqlx::query("INSERT INTO condemned (object_key, condemned_at) VALUES ($1, $2)")
            .bind(key.as_str())
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn pardon(
    connection: &mut AnyConnection,
    keys: &[String],
) -> Result<(), sqlx::Error> {
    for key in keys {
        sqlx::query("DELETE FROM condemned WHERE object_key = $1")
            .bind(key.as_str())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("UPDATE sweeps SET pardons = pardons + 1")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Refuses a group that speaks of an object which a sweep is removing, or may have removed since
/// it was put.
pub(super) async fn refuse_condemned(
    connection: &mut AnyConnection,
    rows: &[&NewRows],
    heard: &Heard,
) -> Result<(), StoreError> {
    let scans = || {
        rows.iter().filter_map(|rows| match rows {
            NewRows::Scan { files, since, .. } => Some((files, *since)),
            NewRows::Bug(_) | NewRows::Condemn(_) | NewRows::Pardon(_) => None,
        })
    };
    let Some(earliest) = scans().map(|(_, since)| since).min() else {
        return Ok(());
    };
    let (pardons, condemned) = ended_and_condemned(connection).await?;
    heard.of(pardons);
    if earliest < pardons {
        return Err(StoreError::Condemned);
    }
    let is_condemned = |key: &str| condemned.contains(key);
    if scans().any(|(files, _)| {
        files
            .iter()
            .any(|file| is_condemned(&file.summary.object_key))
    }) {
        return Err(StoreError::Condemned);
    }
    Ok(())
}

/// How many sweeps have ended, and what one that has not has condemned. One statement: between
/// two, PostgreSQL lets a sweep end, and what that one removed would be found in neither.
async fn ended_and_condemned(
    connection: &mut AnyConnection,
) -> Result<(Pardons, HashSet<String>), StoreError> {
    let rows = sqlx::query("SELECT pardons, object_key FROM sweeps LEFT JOIN condemned ON TRUE")
        .fetch_all(connection)
        .await?;
    let row = rows
        .first()
        .ok_or_else(|| StoreError::Row("sweeps is empty".into()))?;
    let pardons = Pardons(row.try_get(0)?);
    let condemned = rows
        .iter()
        .map(|row| row.try_get::<Option<String>, _>(1))
        .filter_map(Result::transpose)
        .collect::<Result<_, sqlx::Error>>()?;
    Ok((pardons, condemned))
}
