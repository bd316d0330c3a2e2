//! The data plane: instances that run and load balancers that answer.

mod balancer;
mod http;
mod instances;
mod tls;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use codedetect_localcloud::{CloudOptions, LocalCloud, PlaneOptions};
use serde_json::{Value, json};

use crate::client::{Client, Reply, cloud, folder};

/// What a test waits for comes within this, or never.
const LIMIT: Duration = Duration::from_secs(60);

/// A world with two colours behind one load balancer.
struct World {
    client: Client,
    listener: String,
    blue: String,
    green: String,
    subnets: [String; 2],
    _dir: tempfile::TempDir,
    _cloud: LocalCloud,
}

/// A script in Base64, as launch templates have it.
fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks(3)
        .flat_map(|chunk| {
            let mut bits = [0_u8; 3];
            bits[..chunk.len()].copy_from_slice(chunk);
            let whole = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
            (0..4).map(move |place| {
                if place > chunk.len() {
                    '='
                } else {
                    DIGITS[(whole >> (18 - 6 * place) & 63) as usize] as char
                }
            })
        })
        .collect()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

impl World {
    /// A world whose colours run these versions, blue with one instance and all the weight.
    fn new(blue: &str, green: &str) -> World {
        // Provisions moto's environment, once for all.
        drop(cloud());
        let dir = tempfile::tempdir().unwrap();
        let workload =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/plane/workload.py");
        let cloud = LocalCloud::start_in_process(&CloudOptions {
            plane: Some(PlaneOptions {
                dir: dir.path().join("plane"),
                workload: vec!["python3".into(), workload.into()],
            }),
            ..CloudOptions::below(folder())
        })
        .unwrap();
        let mut client = Client::to(cloud.endpoint());
        let (vpc, subnets, group) = crate::additions::network(&mut client);
        let balancer = crate::additions::balancer(&mut client, &subnets, &group);
        let mut target_group = |name: &str| {
            let form = format!(
                "Name={name}&Protocol=HTTP&Port=80&VpcId={vpc}&HealthCheckPath=/api/health&HealthCheckIntervalSeconds=5\
                 &HealthCheckTimeoutSeconds=2&HealthyThresholdCount=2&UnhealthyThresholdCount=2"
            );
            let arn = client
                .elb("CreateTargetGroup", &form)
                .ok()
                .element("TargetGroupArn");
            let form = format!(
                "TargetGroupArn={arn}&Attributes.member.1.Key=deregistration_delay.timeout_seconds&Attributes.member.1.Value=10"
            );
            client.elb("ModifyTargetGroupAttributes", &form).ok();
            arn
        };
        let (blue_arn, green_arn) = (target_group("blue"), target_group("green"));
        let form = format!(
            "LoadBalancerArn={balancer}&Protocol=HTTP&Port=80&{}",
            weights(&blue_arn, 100, &green_arn, 0)
        );
        let listener = client
            .elb("CreateListener", &form)
            .ok()
            .element("ListenerArn");
        let mut world = World {
            client,
            listener,
            blue: blue_arn,
            green: green_arn,
            subnets,
            _dir: dir,
            _cloud: cloud,
        };
        world.parameter("/shop/secret", "hidden");
        for (colour, version) in [("blue", blue), ("green", green)] {
            world.release(colour, version);
            let script = format!("#!/bin/bash\nRELEASE='/shop/release/{colour}'\n");
            let form = format!(
                "LaunchTemplateName={colour}&LaunchTemplateData.InstanceType=t3.small&LaunchTemplateData.ImageId=ami-1\
                 &LaunchTemplateData.UserData={}",
                encoded(&base64(&script))
            );
            world.client.ec2("CreateLaunchTemplate", &form).ok();
        }
        world.fleet("blue", 1);
        world.fleet("green", 0);
        world
    }

    fn parameter(&mut self, name: &str, value: &str) {
        let body = json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true });
        self.client
            .target("ssm", "AmazonSSM.PutParameter", &body)
            .ok();
    }

    /// What a colour runs from now on.
    fn release(&mut self, colour: &str, version: &str) {
        let release = json!({
            "version": 1,
            "image": format!("registry.example.com/codedetect:{version}"),
            "port": 5000,
            "health": "/api/health",
            "environment": { "DATABASE_URL": "sqlite:///mnt/efs/a.db" },
            "secrets": { "SECRET_KEY": "/shop/secret" },
            "mounts": { "/mnt/efs": { "file_system": "fs-1", "access_point": "fsap-1" } },
        });
        self.parameter(&format!("/shop/release/{colour}"), &release.to_string());
    }

    fn autoscaling(&mut self, action: &str, form: &str) -> Reply {
        self.client.query("autoscaling", "2011-01-01", action, form)
    }

    fn fleet(&mut self, colour: &str, desired: u32) {
        let arn = if colour == "blue" {
            self.blue.clone()
        } else {
            self.green.clone()
        };
        let form = format!(
            "AutoScalingGroupName={colour}&LaunchTemplate.LaunchTemplateName={colour}&LaunchTemplate.Version=1&MinSize=0&MaxSize=4\
             &DesiredCapacity={desired}&VPCZoneIdentifier={},{}&TargetGroupARNs.member.1={arn}&HealthCheckType=ELB&HealthCheckGracePeriod=300",
            self.subnets[0], self.subnets[1]
        );
        self.autoscaling("CreateAutoScalingGroup", &form).ok();
    }

    fn scale(&mut self, colour: &str, desired: u32) {
        let form = format!("AutoScalingGroupName={colour}&DesiredCapacity={desired}");
        self.autoscaling("SetDesiredCapacity", &form).ok();
    }

    fn weigh(&mut self, blue: u32, green: u32) {
        let form = format!(
            "ListenerArn={}&{}",
            self.listener,
            weights(&self.blue, blue, &self.green, green)
        );
        self.client.elb("ModifyListener", &form).ok();
    }

    /// Sets an attribute of the load balancer.
    fn attribute(&mut self, key: &str, value: &str) {
        let balancer = self
            .client
            .elb("DescribeLoadBalancers", "")
            .ok()
            .element("LoadBalancerArn");
        let form = format!(
            "LoadBalancerArn={balancer}&Attributes.member.1.Key={key}&Attributes.member.1.Value={value}"
        );
        self.client.elb("ModifyLoadBalancerAttributes", &form).ok();
    }

    fn idle_timeout(&mut self, seconds: u32) {
        self.attribute("idle_timeout.timeout_seconds", &seconds.to_string());
    }

    /// How many instances run in each zone.
    fn zones(&mut self) -> BTreeMap<String, usize> {
        let mut zones = BTreeMap::new();
        for one in self.plane()["instances"].as_array().unwrap() {
            if one["pid"].is_u64() {
                *zones
                    .entry(one["zone"].as_str().unwrap().to_owned())
                    .or_default() += 1;
            }
        }
        zones
    }

    /// The states of a colour's targets.
    fn states(&mut self, colour: &str) -> Vec<String> {
        let arn = if colour == "blue" {
            &self.blue
        } else {
            &self.green
        };
        let text = self
            .client
            .elb("DescribeTargetHealth", &format!("TargetGroupArn={arn}"))
            .ok()
            .text();
        text.split("<State>")
            .skip(1)
            .filter_map(|rest| rest.split("</State>").next())
            .map(str::to_owned)
            .collect()
    }

    fn plane(&mut self) -> Value {
        self.client.control("GET", "plane", "").ok().json()
    }

    /// A connection to the load balancer.
    fn front(&mut self) -> Client {
        let plane = self.until("the listener stands", |world| {
            let plane = world.plane();
            (!plane["listeners"].as_array().unwrap().is_empty()).then_some(plane)
        });
        Client::to(plane["listeners"][0]["address"].as_str().unwrap())
    }

    /// Waits until something is there.
    fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut World) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(Instant::now() < deadline, "waited for: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn until_states(&mut self, colour: &str, wanted: &[&str]) {
        self.until(&format!("{colour} {wanted:?}"), |world| {
            (world.states(colour) == wanted).then_some(())
        });
    }
}

fn weights(blue: &str, blue_weight: u32, green: &str, green_weight: u32) -> String {
    let group = "DefaultActions.member.1.ForwardConfig.TargetGroups.member";
    format!(
        "DefaultActions.member.1.Type=forward&{group}.1.TargetGroupArn={blue}&{group}.1.Weight={blue_weight}\
         &{group}.2.TargetGroupArn={green}&{group}.2.Weight={green_weight}"
    )
}

fn get(front: &mut Client, path: &str) -> Reply {
    front.send("GET", path, &[], b"")
}
