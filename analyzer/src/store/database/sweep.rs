//! Objects without a row, as the database sees them. See [`crate::store::sweep`] for the rules.

use std::collections::HashSet;

use sqlx::{AnyConnection, Row as _};

use super::{Database, NewRows, StoreError, Value};

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
}

pub(super) async fn condemn(
    connection: &mut AnyConnection,
    keys: &[String],
) -> Result<(), sqlx::Error> {
    let now = jiff::Timestamp::now().as_millisecond();
    for key in keys {
        sqlx::query(
            "INSERT INTO condemned (object_key, condemned_at) VALUES ($1, $2)
             ON CONFLICT (object_key) DO NOTHING",
        )
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
    Ok(())
}

/// Refuses a group that speaks of an object which a sweep is removing.
pub(super) async fn refuse_condemned(
    connection: &mut AnyConnection,
    rows: &[&NewRows],
) -> Result<(), StoreError> {
    let condemned: HashSet<String> = sqlx::query("SELECT object_key FROM condemned")
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, sqlx::Error>>()?;
    let speaks_of_one = |rows: &&NewRows| match rows {
        NewRows::Scan { files, .. } => files
            .iter()
            .any(|file| condemned.contains(&file.summary.object_key)),
        NewRows::Bug(_) | NewRows::Condemn(_) | NewRows::Pardon(_) => false,
    };
    if !condemned.is_empty() && rows.iter().any(speaks_of_one) {
        return Err(StoreError::Condemned);
    }
    Ok(())
}
