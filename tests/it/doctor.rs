//! `doctor` on a cloud that grants everything but what a test takes away.

use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;

use codedetect_localcloud::{Fault, Rewrite};
use serde_json::Value;
use simple_dns::rdata::{NS, RData};
use simple_dns::{CLASS, Name, Packet, RCODE, ResourceRecord};

use crate::program::{Ended, Program};

/// A program with the project's stack.
struct Patient {
    program: Program,
    file: PathBuf,
}

impl Patient {
    fn new() -> Self {
        let program = Program::new();
        let file = program.stack("stack.yaml", &[]);
        Self { program, file }
    }

    /// The exit code, and the checks of a name, with the name server at `resolver` asked.
    fn examine(&self, name: &str, resolver: Option<SocketAddr>) -> (i32, Vec<Value>) {
        let mut command = self
            .program
            .command("doctor", &self.file, &["--format", "json"]);
        if let Some(resolver) = resolver {
            command.env("CODEDETECT_RESOLVER", resolver.to_string());
        }
        let report = Ended::of(&command.output().unwrap());
        let code = report.code;
        let report = report.json();
        let checks = report["checks"].as_array().unwrap();
        let checks = checks.iter().filter(|check| check["name"] == name);
        (code, checks.cloned().collect())
    }

    /// The verdicts of the checks of a name, and all that they say.
    fn said(&self, name: &str, resolver: Option<SocketAddr>) -> (i32, Vec<String>, String) {
        let (code, checks) = self.examine(name, resolver);
        let text = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
        let verdicts = checks.iter().map(|check| text(check, "verdict")).collect();
        let said: Vec<_> = checks.iter().map(|check| text(check, "says")).collect();
        (code, verdicts, said.join("\n"))
    }

    fn rewrite(&self, service: &str, action: &str, from: &str, to: &str) {
        self.program.cloud.add_rewrite(Rewrite {
            service: Some(service.to_owned()),
            action: action.to_owned(),
            contains: None,
            from: from.to_owned(),
            to: to.to_owned(),
            times: None,
            for_ms: None,
        });
    }
}

/// A simulation's answer for the making of a VPC, tried on `resource`.
fn decision(resource: &str, decision: &str) -> String {
    format!(
        "<EvalActionName>ec2:CreateVpc</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
         <EvalDecision>{decision}</EvalDecision>"
    )
}

#[test]
fn an_action_is_tried_on_what_it_would_be_done_to_and_named_where_it_is_not_allowed() {
    let patient = Patient::new();
    let simulate = |resource: &str| {
        patient.rewrite(
            "iam",
            "SimulatePrincipalPolicy",
            &decision(resource, "allowed"),
            &decision(resource, "implicitDeny"),
        );
        patient.said("permissions", None)
    };
    // A policy that is limited to the stack's resources denies the same on everything.
    let (_, verdicts, said) = simulate("*");
    assert_eq!(verdicts, ["ok"], "{said}");
    let vpcs = "arn:aws:ec2:eu-west-1:123456789012:vpc/*";
    let (code, verdicts, said) = simulate(vpcs);
    assert_eq!((code, verdicts), (1, vec!["failed".to_owned()]), "{said}");
    assert!(
        said.ends_with(&format!("may not: ec2:CreateVpc on {vpcs}")),
        "{said}"
    );
}

#[test]
fn quotas_without_room_are_named_and_those_that_aws_keeps_to_itself_too() {
    let patient = Patient::new();
    let (_, verdicts, said) = patient.said("quotas", None);
    assert_eq!(verdicts, ["ok", "skipped"], "{said}");
    assert!(said.contains("virtual processors"), "{said}");

    patient.rewrite(
        "autoscaling",
        "DescribeAccountLimits",
        "<MaxNumberOfAutoScalingGroups>500<",
        "<MaxNumberOfAutoScalingGroups>1<",
    );
    // Five VPCs are what every account may have; moto begins with one.
    patient
        .program
        .python("for n in range(4): client('ec2').create_vpc(CidrBlock=f'10.{n + 100}.0.0/16')");
    patient
        .program
        .cloud
        .add_fault(Fault::on("elbv2", "DescribeAccountLimits").error(403, "AccessDenied", "no"));
    let (code, verdicts, said) = patient.said("quotas", None);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("Auto Scaling groups: 0 of 1 used, the stack adds 2"),
        "{said}"
    );
    assert!(
        said.contains("VPCs: 5 of 5 used, the stack adds 1"),
        "{said}"
    );
    assert!(
        said.contains("not examined: elasticloadbalancing"),
        "{said}"
    );
    assert_eq!(
        verdicts,
        ["failed", "warning", "skipped", "skipped", "skipped"],
        "{said}"
    );
}

#[test]
fn a_bucket_name_that_is_taken_is_found_before_anything_is_made() {
    let patient = Patient::new();
    let uploads = "codedetect-prod-uploads-123456789012-eu-west-1";
    let fault = Fault::on("s3", "HeadBucket").contains(uploads);
    patient
        .program
        .cloud
        .add_fault(fault.error(403, "Forbidden", ""));
    let (code, verdicts, said) = patient.said("names", None);
    assert_eq!((code, verdicts), (1, vec!["failed".to_owned()]), "{said}");
    assert!(said.ends_with(uploads), "{said}");
    assert_eq!(patient.program.cloud.counts().changing, 0);
}

#[test]
fn a_certificate_that_waits_is_told() {
    let patient = Patient::new();
    patient
        .program
        .run("apply", &patient.file, &["--yes"])
        .with(0);
    let (code, verdicts, said) = patient.said("certificates", None);
    assert_eq!((code, verdicts), (0, vec!["ok".to_owned()]), "{said}");
    patient.rewrite(
        "acm",
        "DescribeCertificate",
        "\"ISSUED\"",
        "\"PENDING_VALIDATION\"",
    );
    let (_, verdicts, said) = patient.said("certificates", None);
    assert_eq!(verdicts, ["warning"], "{said}");
}

/// A name server for one question: it names these, or says that there is no such domain.
fn name_server(servers: Vec<String>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        let (length, client) = socket.recv_from(&mut buffer).unwrap();
        let question = Packet::parse(&buffer[..length]).unwrap();
        let mut answer = Packet::new_reply(question.id());
        let asked = question.questions[0].qname.clone();
        for server in &servers {
            let data = RData::NS(NS(Name::new(server).unwrap()));
            let record = ResourceRecord::new(asked.clone(), CLASS::IN, 60, data);
            answer.answers.push(record);
        }
        if servers.is_empty() {
            *answer.rcode_mut() = RCODE::NameError;
        }
        let bytes = answer.build_bytes_vec().unwrap();
        socket.send_to(&bytes, client).unwrap();
    });
    address
}

#[test]
fn the_zones_name_servers_are_compared_with_those_that_dns_names() {
    let patient = Patient::new();
    let strangers = || name_server(vec!["ns.example.org".to_owned()]);
    let (_, verdicts, said) = patient.said("delegation", Some(strangers()));
    assert_eq!(verdicts, ["warning"], "not made yet: {said}");

    patient
        .program
        .run("apply", &patient.file, &["--yes"])
        .with(0);
    let outputs = patient
        .program
        .run("outputs", &patient.file, &["--raw", "name_servers"])
        .with(0);
    let own: Vec<String> = outputs
        .out
        .trim()
        .split(", ")
        .map(str::to_uppercase)
        .collect();
    let (code, verdicts, said) = patient.said("delegation", Some(name_server(own)));
    assert_eq!((code, verdicts), (0, vec!["ok".to_owned()]), "{said}");
    let (code, verdicts, said) = patient.said("delegation", Some(strangers()));
    assert_eq!((code, verdicts), (1, vec!["failed".to_owned()]), "{said}");
    assert!(said.contains("ns.example.org"), "{said}");
    let (_, verdicts, said) = patient.said("delegation", Some(name_server(Vec::new())));
    assert_eq!(verdicts, ["warning"], "{said}");
    let (_, verdicts, said) = patient.said("delegation", None);
    assert_eq!(verdicts, ["skipped"], "{said}");
}
