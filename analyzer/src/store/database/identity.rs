//! Which database this is, among all that were ever used with the same objects.

use sqlx::Row as _;

use super::{Database, StoreError};

/// A database's own name and age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Identity {
    /// Drawn when it was made.
    pub(in crate::store) id: String,
    /// No row of it speaks of what was put before this.
    pub(in crate::store) born: jiff::Timestamp,
}

impl Database {
    /// Asks the database who it is.
    pub(in crate::store) async fn identity(&self) -> Result<Identity, StoreError> {
        let rows = self.rows("SELECT id, born FROM identity", &[]).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::Row("identity is empty".into()))?;
        Ok(Identity {
            id: row.try_get(0)?,
            born: jiff::Timestamp::from_millisecond(row.try_get(1)?)
                .map_err(|error| StoreError::Row(error.to_string()))?,
        })
    }
}
