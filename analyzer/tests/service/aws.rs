//! The service on S3, SNS and Parameter Store, as the local cloud plays them. What is there is
//! read by another client, boto3.

use std::process::Command;
use std::time::{Duration, Instant};

use codedetect_localcloud::{CloudOptions, Fault, LocalCloud};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::site::{Site, Start};

const BUCKET: &str = "codedetect-test-uploads";
const REGION: &str = "eu-west-1";

/// What every script begins with.
const CLIENTS: &str = "
import boto3, json, sys
endpoint, region = sys.argv[1:3]
keys = {'aws_access_key_id': 'test', 'aws_secret_access_key': 'test'}
client = lambda name: boto3.client(name, region_name=region, endpoint_url=endpoint, **keys)
s3, sns, sqs, ssm = (client(name) for name in ('s3', 'sns', 'sqs', 'ssm'))
";

const SET_UP: &str = "
s3.create_bucket(Bucket=sys.argv[3], CreateBucketConfiguration={'LocationConstraint': region})
ssm.put_parameter(Name='/codedetect-test/secret-key', Type='SecureString', Value='k' * 48)
topic = sns.create_topic(Name='codedetect-test-alerts')['TopicArn']
queue = sqs.create_queue(QueueName='inbox')['QueueUrl']
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
sns.subscribe(TopicArn=topic, Protocol='sqs', Endpoint=arn)
print(json.dumps({'topic': topic, 'queue': queue}))
";

/// A cloud with a bucket, a topic and a parameter, and whoever reads what is in them.
struct Cloud {
    cloud: LocalCloud,
    names: Value,
    folder: tempfile::TempDir,
}

impl Cloud {
    fn start() -> Self {
        let options = CloudOptions::below(env!("CARGO_TARGET_TMPDIR"));
        let mut cloud = Self {
            cloud: LocalCloud::start_in_process(&options).unwrap(),
            names: Value::Null,
            folder: tempfile::tempdir().unwrap(),
        };
        cloud.names = cloud.boto3(SET_UP, &[BUCKET]);
        cloud
    }

    /// What a script prints, which is JSON.
    fn boto3(&self, script: &str, arguments: &[&str]) -> Value {
        let output = Command::new(self.cloud.python())
            .args(["-c", &format!("{CLIENTS}{script}")])
            .args([self.cloud.endpoint(), REGION])
            .args(arguments)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The keys of the bucket's objects with what they hold.
    fn objects(&self) -> serde_json::Map<String, Value> {
        let script = "
names = [one['Key'] for one in s3.list_objects_v2(Bucket=sys.argv[3]).get('Contents', [])]
read = lambda key: s3.get_object(Bucket=sys.argv[3], Key=key)['Body'].read().decode()
print(json.dumps({name: read(name) for name in names}))
";
        match self.boto3(script, &[BUCKET]) {
            Value::Object(objects) => objects,
            other => panic!("{other}"),
        }
    }

    /// A service that keeps its rows in a file and everything else here.
    fn service(&self) -> Start {
        Start::in_folder(self.folder.path())
            .with("AWS_ENDPOINT_URL", self.cloud.endpoint())
            .with("AWS_REGION", REGION)
            .with("AWS_ACCESS_KEY_ID", "test")
            .with("AWS_SECRET_ACCESS_KEY", "test")
            .with("UPLOADS", &format!("s3://{BUCKET}/code/"))
            .with("ALERTS_TOPIC", self.names["topic"].as_str().unwrap())
            .with("SECRET_KEY", "ssm:/codedetect-test/secret-key")
    }
}

/// Asks until something holds, for at most thirty seconds.
fn until(mut holds: impl FnMut() -> bool, what: &str) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_lies_in_the_bucket_and_comes_back_from_there() {
    let cloud = Cloud::start();
    let site = cloud.service().start();
    let source = "assert 'ü'\n";
    let created = site.upload("shop/code.py", source).await.unwrap();
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    let scan = created.json();
    let file = &scan["files"][0];
    let key = format!("code/{}_code.py", file["sha256"].as_str().unwrap());
    assert_eq!(json!(cloud.objects()), json!({ key: source }));
    let id = scan["id"].as_str().unwrap();
    let back = site.get(&format!("/api/scans/{id}/source")).await;
    assert_eq!(back.text(), source);
    // The export reads the source again, for its columns.
    let sarif = site.get(&format!("/api/scans/{id}.sarif")).await;
    assert_eq!(sarif.json()["runs"][0]["results"][0]["ruleId"], "B101");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_fails_is_a_reason_of_health_and_no_upload_is_acknowledged() {
    let cloud = Cloud::start();
    let site = cloud.service().start();
    assert_eq!(site.get("/api/health").await.status, StatusCode::OK);
    let mut denied = Fault::on("s3", "*");
    denied.what = codedetect_localcloud::What::Error {
        status: 403,
        code: "AccessDenied".into(),
        message: "Access Denied".into(),
    };
    cloud.cloud.add_fault(denied);
    let refused = site.upload("a.py", "x = 1\n").await.unwrap();
    assert!(refused.status.is_server_error(), "{}", refused.text());
    let unhealthy = loop {
        let answer = site.get("/api/health").await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            break answer.json();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let reason = unhealthy["reason"].as_str().unwrap();
    assert!(reason.starts_with("the object store:"), "{reason}");
    cloud.cloud.reset();
    assert!(cloud.objects().is_empty());
    let listed = site.get("/api/scans").await.json();
    assert_eq!(listed["scans"], json!([]));
    let taken = site.upload("a.py", "x = 1\n").await.unwrap();
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_of_the_bucket_is_swept_away_and_others_stay() {
    let cloud = Cloud::start();
    let script = "
s3.put_object(Bucket=sys.argv[3], Key='code/0123_orphan.py', Body=b'x')
s3.put_object(Bucket=sys.argv[3], Key='elsewhere/0123_stays.py', Body=b'x')
print('{}')
";
    let site = cloud
        .service()
        .with("SWEEP_EVERY", "200ms")
        .with("SWEEP_GRACE", "0s")
        .start();
    // What is older than the database is none of its orphans.
    cloud.boto3(script, &[BUCKET]);
    let kept = site.upload("kept.py", "x = 1\n").await.unwrap();
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text());
    let has = |part: &str| cloud.objects().keys().any(|key| key.contains(part));
    until(|| !has("orphan"), "the orphan is still there");
    assert!(has("kept.py") && has("stays"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bug_report_reaches_who_subscribes_to_the_topic() {
    let cloud = Cloud::start();
    let site = cloud.service().start();
    let report = json!({
        "title": "Wrong line \u{fc}",
        "description": "Line 2 is marked,\nline 3 is meant.",
        "contact": "ops@example.com",
    });
    let kind = "application/json";
    let answer = site.post("/api/reports", kind, report.to_string()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    assert_eq!(answer.json()["published"], true);
    let script = "
answer = sqs.receive_message(QueueUrl=sys.argv[3], WaitTimeSeconds=5)
print(answer['Messages'][0]['Body'])
";
    let message = cloud.boto3(script, &[cloud.names["queue"].as_str().unwrap()]);
    assert_eq!(message["Subject"], "Bug report: Wrong line ?");
    let text = message["Message"].as_str().unwrap();
    for part in [
        "Wrong line \u{fc}",
        "line 3 is meant.",
        "ops@example.com",
        answer.json()["id"].as_str().unwrap(),
    ] {
        assert!(text.contains(part), "{text}");
    }

    // A topic that does not take it costs nothing but the message: the report is kept.
    cloud.cloud.add_fault(Fault::on("sns", "Publish"));
    let answer = site.post("/api/reports", kind, report.to_string()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    assert_eq!(answer.json()["published"], false);
}

async fn token(site: &Site) -> (String, String) {
    let page = site.get("/upload").await;
    let cookie = page.header("set-cookie").split(';').next().unwrap();
    let text = page.text();
    let token = text.split("name=\"csrf_token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    (cookie.to_owned(), token.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_parameter_store_is_the_same_on_every_instance() {
    let cloud = Cloud::start();
    let (one, other) = (cloud.service().start(), cloud.service().start());
    let stranger = cloud.service().with("SECRET_KEY", "another").start();
    let (cookie, token) = token(&one).await;
    let form = format!("csrf_token={token}&title=It%20broke&description=Twice");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("cookie", cookie.as_str()),
        ("accept", "text/html"),
    ];
    for (site, status) in [
        (other, StatusCode::SEE_OTHER),
        (stranger, StatusCode::FORBIDDEN),
    ] {
        let form = form.clone().into_bytes();
        let answer = site.send_without_following("/report", &headers, form).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

#[test]
fn a_secret_that_is_not_there_is_named_and_nothing_starts() {
    let cloud = Cloud::start();
    let start = cloud.service();
    let output = Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"))
        .arg("serve")
        .current_dir(&start.folder)
        .env_clear()
        .envs(start.environment)
        .env("DB_PASSWORD", "ssm:/codedetect-test/nobody")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    for part in [
        "DB_PASSWORD",
        "/codedetect-test/nobody",
        "ParameterNotFound",
    ] {
        assert!(said.contains(part), "{said}");
    }
}
