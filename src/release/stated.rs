//! Which database schemas the images of a workload have stated, kept for the time when one of them is to serve again.

use std::collections::BTreeMap;

use super::schema::Range;
use crate::exec::store::{Store, StoreError};

/// Ranges by image.
pub type Ranges = BTreeMap<String, Range>;

fn key(workload: &str) -> String {
    format!("schemas/{workload}.json")
}

/// What has been stated so far.
///
/// # Errors
/// The store does not answer. What cannot be read is nothing: it is stated again with the next release.
pub async fn read(store: &dyn Store, workload: &str) -> Result<Ranges, StoreError> {
    let stored = store.get(&key(workload)).await?;
    Ok(stored
        .and_then(|stored| serde_json::from_slice(&stored.bytes).ok())
        .unwrap_or_default())
}

/// Notes what some images state.
///
/// # Errors
/// The store does not answer.
pub async fn note(
    store: &dyn Store,
    workload: &str,
    stated: impl IntoIterator<Item = (Option<String>, Option<Range>)>,
) -> Result<(), StoreError> {
    let before = read(store, workload).await?;
    let mut ranges = before.clone();
    ranges.extend(
        stated
            .into_iter()
            .filter_map(|(image, range)| Some((image?, range?))),
    );
    if ranges == before {
        return Ok(());
    }
    let bytes = serde_json::to_vec(&ranges).map_err(|error| StoreError {
        doing: "writing",
        place: key(workload),
        cause: error.to_string(),
    })?;
    store.put(&key(workload), &bytes).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::folder::Folder;

    #[tokio::test]
    async fn what_an_image_states_is_known_later_and_the_last_word_counts() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        let range = |max| Some(Range { min: 1, max });
        let image = |name: &str| Some(name.to_owned());
        note(
            &store,
            "web",
            [
                (image("a:1"), range(1)),
                (image("a:2"), None),
                (None, range(9)),
            ],
        )
        .await
        .unwrap();
        note(&store, "web", [(image("a:1"), range(2))])
            .await
            .unwrap();
        let known = read(&store, "web").await.unwrap();
        assert_eq!(known, [("a:1".to_owned(), Range { min: 1, max: 2 })].into());
        assert_eq!(read(&store, "other").await.unwrap(), Ranges::new());
    }
}
