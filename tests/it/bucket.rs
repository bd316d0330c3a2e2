//! The store in a bucket keeps the promises that the lock rests on.

use std::sync::Arc;
use std::time::Duration;

use codedetect_infra::exec::bucket::Bucket;
use codedetect_infra::exec::lock::{self, Holder, Lock, LockError};
use codedetect_infra::exec::store::{Store, Swap};
use tokio_util::sync::CancellationToken;

use crate::support::{self, Stack};

async fn bucket(endpoint: &str) -> Bucket {
    let stack = Stack::new(endpoint, &format!("b{:08x}", rand::random::<u32>())).await;
    let name = stack.scope.name("state");
    let store = Bucket::new(stack.cloud.clone(), &name);
    assert_eq!(store.get("lock.json").await.unwrap(), None);
    assert_eq!(store.list("").await.unwrap(), Vec::<String>::new());
    stack
        .cloud
        .s3()
        .create_bucket()
        .bucket(&name)
        .create_bucket_configuration(
            aws_sdk_s3::types::CreateBucketConfiguration::builder()
                .location_constraint("eu-west-1".into())
                .build(),
        )
        .send()
        .await
        .unwrap();
    store
}

fn done(swap: Swap) -> codedetect_infra::exec::store::Version {
    match swap {
        Swap::Done(version) => version,
        Swap::Lost => panic!("the condition held, and the write was refused"),
    }
}

#[tokio::test]
async fn a_write_happens_only_where_its_condition_holds() {
    let cloud = support::cloud().await;
    let store = bucket(cloud.endpoint()).await;
    let first = done(store.put_if_absent("a/1.json", b"1").await.unwrap());
    let again = store.put_if_absent("a/1.json", b"2").await.unwrap();
    assert_eq!(again, Swap::Lost);
    let second = done(store.put_if_match("a/1.json", &first, b"3").await.unwrap());
    let stale = store.put_if_match("a/1.json", &first, b"4").await.unwrap();
    assert_eq!(stale, Swap::Lost);
    let stored = store.get("a/1.json").await.unwrap().unwrap();
    assert_eq!(
        (stored.bytes.as_slice(), &stored.version),
        (&b"3"[..], &second)
    );
    assert!(!store.delete_if_match("a/1.json", &first).await.unwrap());
    assert_eq!(store.list("a/").await.unwrap(), ["a/1.json"]);
    assert!(store.delete_if_match("a/1.json", &second).await.unwrap());
    assert!(!store.delete_if_match("a/1.json", &second).await.unwrap());
    let gone = store.put_if_match("a/1.json", &second, b"5").await.unwrap();
    assert_eq!(gone, Swap::Lost);
    store.put("a/2.json", b"6").await.unwrap();
    store.delete("a/2.json").await.unwrap();
    store.delete("a/2.json").await.unwrap();
    assert_eq!(store.get("a/2.json").await.unwrap(), None);
}

#[tokio::test]
async fn the_lock_in_a_bucket_has_one_holder() {
    let cloud = support::cloud().await;
    let store: Arc<dyn Store> = Arc::new(bucket(cloud.endpoint()).await);
    let stop = CancellationToken::new();
    let take = |run: &str| {
        let holder = Holder {
            owner: "ops@example.com".to_owned(),
            run: run.to_owned(),
            verb: "apply".to_owned(),
        };
        Lock::acquire(Arc::clone(&store), holder, Duration::ZERO, &stop, |_| {})
    };
    let (first, second) = futures::future::join(take("1"), take("2")).await;
    let (lock, error) = match (first, second) {
        (Ok(lock), Err(error)) | (Err(error), Ok(lock)) => (lock, error),
        other => panic!("{other:?}"),
    };
    assert!(matches!(error, LockError::Held(_)), "{error}");
    lock.release().await.unwrap();
    assert!(lock::held(store.as_ref()).await.unwrap().is_none());
    let next = take("3").await.unwrap();
    assert!(next.fence() > 1);
    next.release().await.unwrap();
}
