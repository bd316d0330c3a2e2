//! A release belongs to one run at a time. A run writes its record only over what it has read or written itself, under the fencing
//! number of its lock. One whose lock was taken over while its machine slept, and whose release another run has gone on with, finds
//! that out when it writes next, which is before its next step.

use super::record::{RELEASES, Record, current};
use crate::exec::store::{Store, StoreError, Swap};

/// Why a record was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another run has written it since, or has ended the release.
    #[error("another run has taken this release over")]
    TakenOver,
}

/// Writes how far a release is.
///
/// # Errors
/// Another run has written it since, or the store does not answer.
pub async fn save(store: &dyn Store, record: &mut Record) -> Result<(), SaveError> {
    let key = current(&record.workload);
    let bytes = json(&key, record)?;
    let swap = match &record.stored {
        Some(version) => store.put_if_match(&key, version, &bytes).await?,
        None => store.put_if_absent(&key, &bytes).await?,
    };
    let version = match swap {
        Swap::Done(version) => version,
        Swap::Lost => {
            // A request whose answer was lost is sent again, and finds what it has written itself.
            let there = store.get(&key).await?;
            let ours = there.filter(|there| there.bytes == bytes);
            ours.ok_or(SaveError::TakenOver)?.version
        }
    };
    record.stored = Some(version);
    Ok(())
}

/// Puts an ended release with the others, and makes way for the next.
///
/// # Errors
/// Another run has written it since, or the store does not answer.
pub async fn close(store: &dyn Store, record: &mut Record) -> Result<(), SaveError> {
    // First where nobody else may have written: what lies with the others is written over by nobody.
    save(store, record).await?;
    let ended = format!("{RELEASES}{}/{}.json", record.workload, record.run);
    store.put(&ended, &json(&ended, record)?).await?;
    let key = current(&record.workload);
    let gone = match &record.stored {
        Some(version) => store.delete_if_match(&key, version).await?,
        None => false,
    };
    if gone || store.get(&key).await?.is_none() {
        record.stored = None;
        return Ok(());
    }
    Err(SaveError::TakenOver)
}

fn json(key: &str, record: &Record) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(record).map_err(|error| StoreError {
        doing: "writing",
        place: key.to_owned(),
        cause: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::folder::Folder;
    use crate::model::workloads::Colour;
    use crate::release::record::{Before, Beginning, State, past, unfinished};
    use crate::release::step::Step;

    fn record(fence: u64) -> Record {
        let colour = Colour::Green;
        let beginning = Beginning {
            run: "20260101T000000Z-000001".to_owned(),
            verb: "deploy",
            by: "ops@localhost".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            workload: "analyzer".to_owned(),
            from: Colour::Blue,
            to: colour,
            image: "codedetect:2".to_owned(),
            before: Before::default(),
        };
        let steps = vec![
            Step::StopKeeping { colour },
            Step::Bake { colour, seconds: 3 },
        ];
        Record {
            fence,
            ..Record::new(beginning, steps)
        }
    }

    async fn there(store: &Folder) -> Option<Record> {
        unfinished(store, "analyzer").await.unwrap()
    }

    /// Another run goes on with what is there.
    async fn taken_over(store: &Folder) -> Record {
        let mut others = there(store).await.unwrap();
        others.fence += 1;
        save(store, &mut others).await.unwrap();
        others
    }

    fn is_taken_over(saved: &Result<(), SaveError>) -> bool {
        matches!(saved, Err(SaveError::TakenOver))
    }

    #[tokio::test]
    async fn a_release_is_unfinished_until_it_is_closed_and_then_in_the_history() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        assert_eq!(there(&store).await, None);
        let mut record = record(1);
        save(&store, &mut record).await.unwrap();
        record.steps[0].state = State::Done;
        save(&store, &mut record).await.unwrap();
        let read = there(&store).await.unwrap();
        assert_eq!(read, record);
        assert_eq!(read.next(), Some(1));
        close(&store, &mut record).await.unwrap();
        assert_eq!(there(&store).await, None);
        assert_eq!(past(&store, "analyzer", 9).await.unwrap(), [record]);
    }

    #[tokio::test]
    async fn a_run_that_wakes_after_another_has_taken_its_release_over_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        let mut slept = record(1);
        save(&store, &mut slept).await.unwrap();
        let others = taken_over(&store).await;
        // Even where it is at the same step.
        assert!(is_taken_over(&save(&store, &mut slept).await));
        slept.steps[0].state = State::Done;
        assert!(is_taken_over(&save(&store, &mut slept).await));
        assert!(is_taken_over(&close(&store, &mut slept).await));
        assert_eq!(there(&store).await, Some(others));
        assert_eq!(past(&store, "analyzer", 9).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_run_that_wakes_after_its_release_has_ended_does_not_bring_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        let mut slept = record(1);
        save(&store, &mut slept).await.unwrap();
        let mut others = taken_over(&store).await;
        close(&store, &mut others).await.unwrap();
        assert!(is_taken_over(&save(&store, &mut slept).await));
        assert!(is_taken_over(&close(&store, &mut slept).await));
        assert_eq!(there(&store).await, None);
        assert_eq!(past(&store, "analyzer", 9).await.unwrap(), [others]);
    }

    #[tokio::test]
    async fn of_two_runs_that_begin_a_release_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        let (mut first, mut second) = (record(1), record(2));
        save(&store, &mut first).await.unwrap();
        assert!(is_taken_over(&save(&store, &mut second).await));
        assert_eq!(there(&store).await, Some(first));
    }

    #[tokio::test]
    async fn a_write_that_was_sent_again_because_its_answer_was_lost_is_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        let mut record = record(1);
        save(&store, &mut record).await.unwrap();
        let before = record.stored.clone();
        record.steps[0].state = State::Done;
        save(&store, &mut record).await.unwrap();
        for stale in [before, None] {
            record.stored = stale;
            save(&store, &mut record).await.unwrap();
        }
        assert_eq!(there(&store).await, Some(record));
    }
}
