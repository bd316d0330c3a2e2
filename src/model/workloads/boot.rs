//! The script that an instance runs when it first starts.

use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::json;

const TEMPLATE: &str = include_str!("boot.sh.j2");

/// How often the agent measures memory, in seconds: CloudWatch keeps what comes each minute or slower at the standard price.
const MEASURED_EVERY: u32 = 60;

/// What the script is told. None of it is secret: whoever may describe the instance can read it.
pub(crate) struct Boot<'a> {
    /// The workload and colour, for whoever reads the script on an instance.
    pub(crate) name: &'a str,
    /// The region.
    pub(crate) region: &'a str,
    /// The parameter that holds the release.
    pub(crate) release: &'a str,
    /// Where the container's log goes.
    pub(crate) log_group: &'a str,
    /// The namespace of the agent's metrics.
    pub(crate) namespace: &'a str,
    /// How long the workload may take to answer a health check, in seconds.
    pub(crate) health_timeout: u32,
}

/// The script. AWS takes at most 16 KB of it ("Run commands when you launch an EC2 instance").
pub(crate) fn script(boot: &Boot<'_>) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("quoted", quoted);
    let text = environment.render_str(
        TEMPLATE,
        context! {
            name => boot.name,
            region => boot.region,
            release => boot.release,
            log_group => boot.log_group,
            health_timeout => boot.health_timeout,
            agent => agent(boot.namespace),
        },
    )?;
    Ok(text + "\n")
}

/// A word for the shell, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The configuration of the CloudWatch agent: memory and disk, summed up for the group of instances, which is what alarms and
/// scaling look at. The agent itself fills in the group's name.
fn agent(namespace: &str) -> String {
    let configuration = json!({
        "agent": { "metrics_collection_interval": MEASURED_EVERY },
        "metrics": {
            "namespace": namespace,
            "append_dimensions": { "AutoScalingGroupName": "${aws:AutoScalingGroupName}" },
            "aggregation_dimensions": [["AutoScalingGroupName"]],
            "metrics_collected": {
                "mem": { "measurement": ["mem_used_percent"] },
                "disk": {
                    "measurement": ["used_percent"],
                    "resources": ["/"],
                    "drop_device": true
                }
            }
        }
    });
    format!("{configuration:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered() -> String {
        script(&Boot {
            name: "analyzer blue",
            region: "eu-west-1",
            release: "/shop-test/release/it's/blue",
            log_group: "/shop-test/analyzer",
            namespace: "shop-test/analyzer",
            health_timeout: 5,
        })
        .unwrap()
    }

    #[test]
    fn the_script_is_complete_small_and_quoted() {
        let script = rendered();
        assert!(script.starts_with("#!/bin/bash\n"));
        for leftover in ["{{", "}}\n", "{%", "{#"] {
            let clean = script.replace(&agent("shop-test/analyzer"), "");
            assert!(!clean.contains(leftover), "{leftover} in {script}");
        }
        assert!(script.len() < 16 * 1024, "{}", script.len());
        assert!(script.contains(r"RELEASE='/shop-test/release/it'\''s/blue'"));
        for part in [
            "tls,iam,accesspoint=",
            "--with-decryption",
            "codedetect-health",
            "amazon-cloudwatch-agent",
        ] {
            assert!(script.contains(part), "{part}");
        }
    }

    #[test]
    fn the_agent_reports_memory_for_the_group() {
        let agent: serde_json::Value = serde_json::from_str(&agent("ns")).unwrap();
        assert_eq!(agent["metrics"]["namespace"], "ns");
        assert_eq!(
            agent["metrics"]["aggregation_dimensions"],
            json!([["AutoScalingGroupName"]])
        );
    }

    #[test]
    fn bash_can_read_the_script() {
        let mut bash = std::process::Command::new("bash")
            .args(["-n", "-c", &rendered()])
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let status = bash.wait().unwrap();
        assert!(status.success());
    }
}
