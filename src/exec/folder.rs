//! A store in a folder: for the local cloud, and for tests.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::store::{Store, StoreError, Stored, Swap, Version};

/// Objects as files below a folder. Every write goes to a new file, is synced, and takes its
/// place by a rename. Conditional writes hold an exclusive lock on `.swap`, so that several
/// processes agree on who came first.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    {
        let root = self.root.clone();
        tokio::task::spawn_blocking(move || work(&root))
            .await
            .unwrap_or_else(|error| {
                Err(StoreError {
                    doing: "using",
                    place: "the state folder".to_owned(),
                    cause: error.to_string(),
                })
            })
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let place = path.display().to_string();
    move |error| StoreError {
        doing,
        place,
        cause: error.to_string(),
    }
}

fn version(bytes: &[u8]) -> Version {
    Version(hex::encode(Sha256::digest(bytes)))
}

fn read(root: &Path, key: &str) -> Result<Option<Stored>, StoreError> {
    let path = root.join(key);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(Stored {
            version: version(&bytes),
            bytes,
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("reading", &path)(error)),
    }
}

fn write(root: &Path, key: &str, bytes: &[u8]) -> Result<Version, StoreError> {
    let path = root.join(key);
    let parent = path.parent().unwrap_or(root);
    std::fs::create_dir_all(parent).map_err(failed("making", parent))?;
    let written = tempfile::NamedTempFile::new_in(parent).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        std::fs::File::open(parent)?.sync_all()
    });
    written.map_err(failed("writing", &path))?;
    Ok(version(bytes))
}

/// Runs `work` while no other conditional write does.
fn exclusively<T>(
    root: &Path,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    std::fs::create_dir_all(root).map_err(failed("making", root))?;
    let path = root.join(".swap");
    let gate = std::fs::File::create(&path).map_err(failed("opening", &path))?;
    gate.lock().map_err(failed("locking", &path))?;
    work()
}

fn remove(root: &Path, key: &str) -> Result<(), StoreError> {
    let path = root.join(key);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(failed("removing", &path)(error));
        }
        _ => {}
    }
    // The folder of a run goes with its last file; one that is not empty stays.
    if let Some(parent) = path.parent().filter(|parent| *parent != root) {
        let _ = std::fs::remove_dir(parent);
    }
    Ok(())
}

fn keys(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<(), StoreError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("reading", folder)(error)),
    };
    for entry in entries {
        let path = entry.map_err(failed("reading", folder))?.path();
        if path.is_dir() {
            keys(root, &path, found)?;
        } else if let Ok(key) = path.strip_prefix(root) {
            let key = key.to_string_lossy().replace('\\', "/");
            let hidden = key
                .rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with('.'));
            if !hidden {
                found.push(key);
            }
        }
    }
    Ok(())
}

#[async_trait]
impl Store for Folder {
    async fn get(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        let key = key.to_owned();
        self.run(move |root| read(root, &key)).await
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<Version, StoreError> {
        let (key, bytes) = (key.to_owned(), bytes.to_owned());
        self.run(move |root| write(root, &key, &bytes)).await
    }

    async fn put_if_absent(&self, key: &str, bytes: &[u8]) -> Result<Swap, StoreError> {
        let (key, bytes) = (key.to_owned(), bytes.to_owned());
        self.run(move |root| {
            exclusively(root, || {
                if read(root, &key)?.is_some() {
                    return Ok(Swap::Lost);
                }
                write(root, &key, &bytes).map(Swap::Done)
            })
        })
        .await
    }

    async fn put_if_match(
        &self,
        key: &str,
        version: &Version,
        bytes: &[u8],
    ) -> Result<Swap, StoreError> {
        let (key, version, bytes) = (key.to_owned(), version.clone(), bytes.to_owned());
        self.run(move |root| {
            exclusively(root, || match read(root, &key)? {
                Some(stored) if stored.version == version => {
                    write(root, &key, &bytes).map(Swap::Done)
                }
                _ => Ok(Swap::Lost),
            })
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.run(move |root| remove(root, &key)).await
    }

    async fn delete_if_match(&self, key: &str, version: &Version) -> Result<bool, StoreError> {
        let (key, version) = (key.to_owned(), version.clone());
        self.run(move |root| {
            exclusively(root, || match read(root, &key)? {
                Some(stored) if stored.version == version => remove(root, &key).map(|()| true),
                _ => Ok(false),
            })
        })
        .await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let prefix = prefix.to_owned();
        self.run(move |root| {
            let mut found = Vec::new();
            keys(root, root, &mut found)?;
            found.retain(|key| key.starts_with(&prefix));
            found.sort();
            Ok(found)
        })
        .await
    }

    fn place(&self) -> String {
        format!("{}/", self.root.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_two_who_write_if_absent_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path().join("state"));
        let (a, b) = futures::future::join(
            store.put_if_absent("lock.json", b"a"),
            store.put_if_absent("lock.json", b"b"),
        )
        .await;
        let won = [a.unwrap(), b.unwrap()]
            .iter()
            .filter(|swap| matches!(swap, Swap::Done(_)))
            .count();
        assert_eq!(won, 1);
    }

    #[tokio::test]
    async fn a_write_over_another_version_is_lost_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        let first = store.put("k", b"1").await.unwrap();
        store.put("k", b"2").await.unwrap();
        assert_eq!(
            store.put_if_match("k", &first, b"3").await.unwrap(),
            Swap::Lost
        );
        assert!(!store.delete_if_match("k", &first).await.unwrap());
        assert_eq!(store.get("k").await.unwrap().unwrap().bytes, b"2");
    }

    #[tokio::test]
    async fn keys_are_listed_by_prefix_and_a_removed_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::new(folder.path());
        store.put("runs/a/1.json", b"x").await.unwrap();
        store.put("runs/b.json", b"x").await.unwrap();
        store.put("manifest.json", b"x").await.unwrap();
        assert_eq!(
            store.list("runs/").await.unwrap(),
            ["runs/a/1.json", "runs/b.json"]
        );
        store.delete("runs/a/1.json").await.unwrap();
        store.delete("runs/a/1.json").await.unwrap();
        assert_eq!(store.list("runs/").await.unwrap(), ["runs/b.json"]);
    }
}
