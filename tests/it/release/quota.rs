//! An account that is at the limit of what it may run.

use serde_json::json;

use super::world::World;

const DEPLOY: [&str; 2] = ["--image", "ghcr.io/example/codedetect:2.0.0"];

#[test]
fn a_deploy_beyond_the_accounts_processors_is_refused_before_anything_is_done() {
    let world = World::new();
    assert_eq!(world.dry_run(&DEPLOY)["refused"], json!([]));
    world.python(
        "import datetime\n\
         names = {'Service': 'EC2', 'Type': 'Resource', 'Resource': 'vCPU', 'Class': 'Standard/OnDemand'}\n\
         client('cloudwatch').put_metric_data(Namespace='AWS/Usage', MetricData=[{\n\
         \x20   'MetricName': 'ResourceCount', 'Value': 31,\n\
         \x20   'Timestamp': datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5),\n\
         \x20   'Dimensions': [{'Name': name, 'Value': value} for name, value in names.items()]}])\n",
    );
    // What the quota is, AWS alone can tell: moto leaves it empty.
    let told = json!({
        "action": "GetMetricData",
        "contains": "SERVICE_QUOTA",
        "from": r#""Id": "limit", "Label": "limit", "Timestamps": [], "Values": []"#,
        "to": r#""Id": "limit", "Label": "limit", "Timestamps": [], "Values": [32.0]"#,
    });
    world.control("POST", "rewrites", &told.to_string());
    let told = world.release("deploy", &[&DEPLOY[..], &["--dry-run"]].concat());
    let refused = told.with(1).json()["refused"].to_string();
    assert!(
        refused.contains("2 virtual processors (1 × t3.micro)") && refused.contains("31 of the 32"),
        "{refused}"
    );
    world.release("deploy", &DEPLOY).with(1);
    assert_eq!(world.version(), "1.0.0");
}
