//! What the tests stand on: a cloud, a stack of resources on it, and one way to apply.

use std::collections::BTreeSet;

use codedetect_infra::aws::{AwsError, Cloud, CloudOptions, Secret, SecretSource, Secrets};
use codedetect_infra::event::Recorded;
use codedetect_infra::exec::folder::Folder;
use codedetect_infra::exec::journal::{Journal, RunRecord, past};
use codedetect_infra::exec::{Outcome, Run, Stop, discover, walk};
use codedetect_infra::plan::{Intent, Observed, Plan, plan};
use codedetect_infra::reference::Address;
use codedetect_infra::resource::Resources;
use codedetect_infra::scope::Scope;
use codedetect_localcloud::{CloudOptions as LocalOptions, LocalCloud};

/// The secret that tests plant.
pub const PLANTED: &str = "planted-secret-c0ffee";

struct Planted;

impl Secrets for Planted {
    fn obtain(&self, _: &Address, _: &SecretSource) -> Result<Secret, AwsError> {
        Ok(Secret::new(PLANTED))
    }
}

/// A stack on a local cloud, driven through the library.
pub struct Stack {
    pub cloud: Cloud,
    pub scope: Scope,
    pub store: Folder,
    pub events: Recorded,
    _folder: tempfile::TempDir,
}

impl Stack {
    /// A stack of that name on the cloud at `endpoint`.
    pub async fn new(endpoint: &str, name: &str) -> Self {
        let cloud = Cloud::connect(&CloudOptions {
            region: "eu-west-1".to_owned(),
            endpoint_url: Some(endpoint.to_owned()),
            profile: None,
            keys: Some(("test".to_owned(), "test".to_owned())),
        })
        .await;
        let (account, partition) = cloud.caller().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self {
            scope: Scope {
                stack: name.to_owned(),
                environment: "test".to_owned(),
                region: "eu-west-1".to_owned(),
                account,
                partition,
            },
            cloud,
            store: Folder::new(folder.path()),
            events: Recorded::default(),
            _folder: folder,
        }
    }

    pub async fn observe(&self, wanted: &Resources) -> Vec<Observed> {
        let past = past(&self.store).await.unwrap();
        discover(
            &self.cloud,
            &self.scope,
            wanted,
            &past.manifest.entries(),
            &self.events,
        )
        .await
        .unwrap_or_else(|error| panic!("{error}: {:#?}", error.0))
        .observed
    }

    /// The plan; whatever it would remove may go.
    pub async fn plan(&self, wanted: &Resources) -> Plan {
        let observed = self.observe(wanted).await;
        let past = past(&self.store).await.unwrap();
        plan(&Intent {
            scope: &self.scope,
            wanted,
            observed: &observed,
            manifest: &past.manifest.entries(),
            delete_data: &BTreeSet::new(),
        })
        .unwrap()
    }

    pub async fn apply(&self, wanted: &Resources) -> Outcome {
        let plan = self.plan(wanted).await;
        self.carry_out(&plan).await
    }

    pub async fn carry_out(&self, plan: &Plan) -> Outcome {
        let past = past(&self.store).await.unwrap();
        let run = format!("{:016x}", rand::random::<u64>());
        let record = RunRecord {
            run,
            verb: "apply".to_owned(),
            by: "test@localhost".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            ended: None,
            entries: Vec::new(),
        };
        let journal = Journal::begin(&self.store, record, &past).await.unwrap();
        let stop = Stop::default();
        let outcome = walk(
            &Run {
                cloud: &self.cloud,
                journal: &journal,
                events: &self.events,
                secrets: &Planted,
                stop: &stop,
            },
            plan,
        )
        .await;
        journal
            .end("2026-01-01T00:00:01Z".to_owned())
            .await
            .unwrap();
        outcome
    }

    /// Applies and demands that everything was done.
    pub async fn must_apply(&self, wanted: &Resources) -> Outcome {
        let outcome = self.apply(wanted).await;
        assert!(outcome.complete(), "{:#?}", outcome.failed);
        outcome
    }

    /// Demands that nothing differs.
    pub async fn must_be_settled(&self, wanted: &Resources) {
        let plan = self.plan(wanted).await;
        let differs: Vec<_> = plan
            .steps
            .iter()
            .map(|step| {
                (
                    &step.address,
                    step.action,
                    &step.reason,
                    &step.changes,
                    &step.tags,
                )
            })
            .collect();
        assert!(differs.is_empty(), "{differs:#?}");
    }
}

/// A cloud that tests share.
pub struct TestCloud {
    endpoint: String,
    /// Ends with the test.
    _own: Option<LocalCloud>,
}

impl TestCloud {
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// The cloud at `CODEDETECT_TEST_ENDPOINT`, or an empty local one.
pub async fn cloud() -> TestCloud {
    if let Ok(endpoint) = std::env::var("CODEDETECT_TEST_ENDPOINT") {
        return TestCloud {
            endpoint,
            _own: None,
        };
    }
    let own = LocalCloud::start_in_process(&LocalOptions::below(env!("CARGO_TARGET_TMPDIR")))
        .unwrap_or_else(|error| panic!("{error}"));
    TestCloud {
        endpoint: own.endpoint().to_owned(),
        _own: Some(own),
    }
}
