//! What must hold of data, secrets and identities beyond the contract of every kind.

use std::collections::BTreeSet;

use aws_sdk_s3::primitives::ByteStream;
use codedetect_infra::exec::store::Store;
use codedetect_infra::kinds::efs::file_system::FileSystem;
use codedetect_infra::kinds::iam::oidc_provider::{self, OidcProvider};
use codedetect_infra::kinds::iam::policy;
use codedetect_infra::kinds::iam::role::Role;
use codedetect_infra::kinds::rds::instance::Instance;
use codedetect_infra::kinds::s3::bucket::{self, Bucket};
use codedetect_infra::kinds::ssm::parameter::{self, Parameter};
use codedetect_infra::kinds::ssm::release_parameter::{self, ReleaseParameter};
use codedetect_infra::kinds::{self, Kind};
use codedetect_infra::plan::Action;
use codedetect_infra::resource::Resources;
use codedetect_localcloud::{CloudOptions, Fault, LocalCloud, What, When};
use futures::stream::{self, StreamExt};
use serde_json::json;

use crate::edge::with;
use crate::support::{PLANTED, Stack};

fn cloud() -> LocalCloud {
    LocalCloud::start_in_process(&CloudOptions::below(env!("CARGO_TARGET_TMPDIR")))
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn stack(cloud: &LocalCloud) -> Stack {
    Stack::new(cloud.endpoint(), "data").await
}

/// The sample of a kind with all that its specification refers to, by the samples of those.
pub(crate) fn sample_of(stack: &Stack, name: &str) -> Resources {
    let mut resources = Resources::default();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        let kind = kinds::by_type(&name).unwrap();
        let samples = kind.samples(&stack.scope).unwrap();
        let own = (kinds::sample_address(&name), kind, samples.sample);
        let beside = samples
            .beside
            .into_iter()
            .map(|beside| (beside.address, beside.kind, beside.spec));
        for (address, kind, spec) in beside.chain([own]) {
            let resource = codedetect_infra::resource::Resource {
                address,
                kind,
                spec,
                tags: Default::default(),
                after: BTreeSet::new(),
                origin: String::new(),
            };
            open.extend(
                kinds::ALL
                    .iter()
                    .map(|kind| kind.type_name())
                    .filter(|name| resource.needs().contains(&kinds::sample_address(name)))
                    .filter(|name| resources.get(&kinds::sample_address(name)).is_none())
                    .map(str::to_owned),
            );
            resources.insert(resource);
        }
    }
    resources
}

fn refusal(service: &str, action: &str, message: String) -> Fault {
    Fault {
        service: Some(service.to_owned()),
        action: action.to_owned(),
        contains: None,
        nth: 1,
        times: Some(1),
        when: When::Before,
        what: What::Error {
            status: 400,
            code: "ValidationException".to_owned(),
            message,
        },
        freeze: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_with_more_versions_than_a_batch_takes_is_emptied_and_removed() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let mut wanted = Resources::default();
    let spec = bucket::Spec {
        versioned: true,
        ..Bucket::samples(&stack.scope).sample
    };
    wanted.add::<Bucket>("buckets.uploads", "", &spec);
    stack.must_apply(&wanted).await;
    let s3 = stack.cloud.s3();
    stream::iter(0..1005)
        .map(|n| {
            s3.put_object()
                .bucket(&spec.name)
                .key(format!("{}", n % 7))
                .body(ByteStream::from_static(b"x"))
                .send()
        })
        .buffer_unordered(16)
        .for_each(|put| async { drop(put.unwrap()) })
        .await;
    for n in 0..7 {
        let gone = s3.delete_object().bucket(&spec.name).key(n.to_string());
        assert_eq!(gone.send().await.unwrap().delete_marker(), Some(true));
    }
    stack.must_apply(&Resources::default()).await;
    let left = s3.head_bucket().bucket(&spec.name).send().await;
    assert!(left.unwrap_err().into_service_error().is_not_found());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_creation_of_a_bucket_is_taken_up_and_anothers_is_not() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let mut wanted = Resources::default();
    let spec = Bucket::samples(&stack.scope).sample;
    wanted.add::<Bucket>("buckets.uploads", "", &spec);
    cloud.add_fault(refusal("s3", "PutBucketEncryption", "not now".to_owned()));
    let outcome = stack.apply(&wanted).await;
    assert_eq!(outcome.failed.len(), 1, "{outcome:#?}");
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;

    let name = "somebody-elses-bucket";
    let constraint = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint("eu-west-1".into())
        .build();
    let made = stack.cloud.s3().create_bucket().bucket(name);
    made.create_bucket_configuration(constraint)
        .send()
        .await
        .unwrap();
    let mut greedy = wanted.clone();
    greedy.add::<Bucket>(
        "buckets.other",
        "",
        &bucket::Spec {
            name: name.to_owned(),
            policy: None,
            ..spec
        },
    );
    let outcome = stack.apply(&greedy).await;
    let hint = outcome.failed[0].error.hint.clone().unwrap_or_default();
    assert!(hint.contains("no stack made"), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_in_nothing_that_is_written_even_when_aws_repeats_it() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let wanted = sample_of(&stack, Instance::TYPE);
    let message = format!("Value '{PLANTED}' failed to satisfy a constraint");
    cloud.add_fault(refusal("ssm", "PutParameter", message.clone()));
    cloud.add_fault(refusal("rds", "CreateDBInstance", message));
    let mut written = String::new();
    let mut failed = 0;
    for _ in 0..4 {
        let plan = stack.plan(&wanted).await;
        written.push_str(&format!(
            "{:?}",
            plan.steps
                .iter()
                .map(|s| (s, &s.wanted, &s.changes))
                .collect::<Vec<_>>()
        ));
        let outcome = stack.carry_out(&plan).await;
        failed += outcome.failed.len();
        written.push_str(&format!("{outcome:?}"));
    }
    assert_eq!(failed, 2, "{written}");
    assert!(written.contains("[secret]"), "the errors were scrubbed");
    stack.must_be_settled(&wanted).await;
    written.push_str(&format!("{:?}", stack.observe(&wanted).await));
    written.push_str(&format!("{:?}", stack.events.events()));
    for key in stack.store.list("").await.unwrap() {
        let stored = stack.store.get(&key).await.unwrap().unwrap();
        written.push_str(&String::from_utf8_lossy(&stored.bytes));
    }
    assert!(!written.contains(PLANTED));
    let name = format!("{}sample/one-password", stack.scope.path());
    let kept = stack.cloud.ssm().get_parameter().name(&name);
    let kept = kept.with_decryption(true).send().await.unwrap();
    assert_eq!(kept.parameter().unwrap().value(), Some(PLANTED));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_removed_with_its_protection_off_and_its_last_state_kept() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let wanted = sample_of(&stack, Instance::TYPE);
    stack.must_apply(&wanted).await;
    let plan = stack.plan(&Resources::default()).await;
    let address = kinds::sample_address(Instance::TYPE);
    assert!(
        plan.blocked
            .iter()
            .any(|blocked| blocked.address == address)
    );
    stack.must_apply(&Resources::default()).await;
    let rds = stack.cloud.rds();
    assert_eq!(
        rds.describe_db_instances()
            .send()
            .await
            .unwrap()
            .db_instances()
            .len(),
        0
    );
    let snapshots = rds.describe_db_snapshots().send().await.unwrap();
    let names: Vec<&str> = snapshots
        .db_snapshots()
        .iter()
        .filter_map(|snapshot| snapshot.db_snapshot_identifier())
        .filter(|name| name.starts_with("data-test-sample-final-"))
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_would_grow_too_little_is_refused_before_rds_makes_it_larger() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let small = sample_of(&stack, Instance::TYPE);
    stack.must_apply(&small).await;
    let of = |gb: u32, kind: &str| {
        let fields = [
            ("allocated_storage_gb", json!(gb)),
            ("storage_type", json!(kind)),
        ];
        with(&small, Instance::TYPE, &fields)
    };
    let outcome = stack.apply(&of(21, "gp2")).await;
    let hint = outcome.failed[0].error.hint.clone().unwrap();
    assert!(hint.contains("22 GB"), "{hint}");
    assert!(!cloud.counts().by.contains_key("rds:ModifyDBInstance"));

    let large = of(500, "gp3");
    stack.must_apply(&large).await;
    stack.must_be_settled(&large).await;
    let told = stack.cloud.rds().describe_db_instances().send().await;
    assert_eq!(told.unwrap().db_instances()[0].iops(), Some(12_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_to_the_archive_once_their_throughput_is_elastic() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let bursting = sample_of(&stack, FileSystem::TYPE);
    stack.must_apply(&bursting).await;
    cloud.reset();
    let fields = [
        ("throughput", json!("elastic")),
        ("archive_days", json!(90)),
    ];
    let elastic = with(&bursting, FileSystem::TYPE, &fields);
    stack.must_apply(&elastic).await;
    stack.must_be_settled(&elastic).await;
    let calls: Vec<String> = cloud.log().into_iter().map(|logged| logged.call).collect();
    assert_eq!(
        calls,
        ["efs:UpdateFileSystem", "efs:PutLifecycleConfiguration"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_identity_provider_is_used_and_left() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let iam = stack.cloud.iam();
    let spec = oidc_provider::Spec {
        url: "https://token.example.com".to_owned(),
        client_ids: BTreeSet::from(["sts.amazonaws.com".to_owned()]),
        thumbprints: BTreeSet::new(),
    };
    let made = iam
        .create_open_id_connect_provider()
        .url(&spec.url)
        .client_id_list("other.example.com")
        .thumbprint_list("6938fd4d98bab03faadb97b34396831e3780aea1")
        .send()
        .await
        .unwrap();
    let arn = made.open_id_connect_provider_arn().unwrap();
    let mut wanted = Resources::default();
    wanted.add::<OidcProvider>("deployer.provider", "", &spec);
    let plan = stack.plan(&wanted).await;
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].action, Action::Update);
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;
    stack.must_apply(&Resources::default()).await;
    let left = iam.get_open_id_connect_provider();
    let left = left.open_id_connect_provider_arn(arn).send().await.unwrap();
    assert_eq!(left.tags().len(), 0);
    let mut clients = left.client_id_list().to_vec();
    clients.sort();
    assert_eq!(clients, ["other.example.com", "sts.amazonaws.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stacks_own_provider_stays_for_a_role_outside_that_trusts_it() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let iam = stack.cloud.iam();
    let spec = OidcProvider::samples(&stack.scope).sample;
    let arn = OidcProvider::predict(&stack.scope, &spec)["arn"].clone();
    let mut wanted = Resources::default();
    wanted.add::<OidcProvider>("deployer.provider", "", &spec);
    stack.must_apply(&wanted).await;
    let trust = policy::document([policy::allow(["sts:AssumeRoleWithWebIdentity"])
        .to(policy::Principal::Federated(arn.as_str().into()))]);
    iam.create_role()
        .role_name("somebody-elses")
        .assume_role_policy_document(trust.json())
        .send()
        .await
        .unwrap();
    stack.must_apply(&Resources::default()).await;
    let left = iam.get_open_id_connect_provider();
    let left = left
        .open_id_connect_provider_arn(&arn)
        .send()
        .await
        .unwrap();
    assert!(
        left.tags()
            .iter()
            .all(|tag| !tag.key().starts_with("codedetect:"))
    );
    stack.must_be_settled(&Resources::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_added_to_a_role_by_hand_is_drift_and_is_removed() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let mut wanted = Resources::default();
    let spec = Role::samples(&stack.scope).sample;
    wanted.add::<Role>("workloads.role", "", &spec);
    stack.must_apply(&wanted).await;
    let iam = stack.cloud.iam();
    let everything = policy::document([policy::allow(["*"]).on(["*"])]);
    iam.put_role_policy()
        .role_name(&spec.name)
        .policy_name("by-hand")
        .policy_document(everything.json())
        .send()
        .await
        .unwrap();
    iam.attach_role_policy()
        .role_name(&spec.name)
        .policy_arn("arn:aws:iam::aws:policy/AdministratorAccess")
        .send()
        .await
        .unwrap();
    let plan = stack.plan(&wanted).await;
    let paths: Vec<&str> = plan.steps[0]
        .changes
        .iter()
        .map(|c| c.path.as_str())
        .collect();
    assert_eq!(paths, ["/managed_policies", "/policies/by-hand"]);
    stack.must_apply(&wanted).await;
    stack.must_be_settled(&wanted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_and_a_deployed_release_are_left_as_they_are() {
    let cloud = cloud();
    let stack = stack(&cloud).await;
    let mut wanted = Resources::default();
    let secret = parameter::Spec {
        name: format!("{}secret-key", stack.scope.path()),
        value: parameter::Value::Secret(codedetect_infra::aws::SecretSource::Generate(48)),
    };
    let release = release_parameter::Spec {
        value: "app:1".into(),
        ..ReleaseParameter::samples(&stack.scope).sample
    };
    wanted.add::<Parameter>("parameters.secret-key", "", &secret);
    wanted.add::<ReleaseParameter>("workloads.release", "", &release);
    stack.must_apply(&wanted).await;
    let put = |name: &str, value: &str| {
        let put = stack.cloud.ssm().put_parameter().name(name).value(value);
        put.overwrite(true).send()
    };
    put(&secret.name, "rotated").await.unwrap();
    put(&release.name, "app:2").await.unwrap();
    let plan = stack.plan(&wanted).await;
    assert!(plan.steps.is_empty(), "{:?}", plan.steps);
    let left: Vec<_> = plan
        .left_alone
        .iter()
        .map(|l| (l.path.as_str(), &l.live))
        .collect();
    assert_eq!(left, [("/value", &serde_json::json!("app:2"))]);
}
