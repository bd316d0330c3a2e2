//! Stacks to test with, and what holds for every stack.

use serde_json::{Value, json};

use super::*;
use crate::diag::SourceText;
use crate::reference::Address;
use crate::stack::{LoadOptions, load, load_all};

/// The scope of every test.
pub(crate) fn scope() -> Scope {
    Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    }
}

/// What was looked up.
pub(crate) fn pinned() -> Pinned {
    Pinned {
        zones: ["a", "b", "c"]
            .map(|letter| format!("eu-west-1{letter}"))
            .to_vec(),
        images: BTreeMap::from([
            (Architecture::Arm64, "ami-0arm".to_owned()),
            (Architecture::X86_64, "ami-0x86".to_owned()),
        ]),
        hosted_zone: Some("Z0EXAMPLE".to_owned()),
        active: None,
    }
}

/// A stack of these sections.
pub(crate) fn stack(sections: Value) -> Stack {
    let mut whole = json!({ "stack": "codedetect", "environment": "prod", "region": "eu-west-1" });
    for (key, section) in sections.as_object().unwrap() {
        whole[key] = section.clone();
    }
    let source = SourceText::new("test.yaml", whole.to_string());
    load(&source, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{}", said(&problems)))
}

/// The resources of these sections.
pub(crate) fn built(sections: Value) -> Resources {
    build(&stack(sections), &scope(), &pinned())
        .unwrap_or_else(|problems| panic!("{}", said(&problems)))
}

/// What is said against these sections.
pub(crate) fn refused(sections: Value) -> String {
    match build(&stack(sections), &scope(), &pinned()) {
        Ok(resources) => panic!("it was built: {resources:?}"),
        Err(problems) => said(&problems),
    }
}

fn said(problems: &Diagnostics) -> String {
    problems
        .iter()
        .map(|one| format!("{}: {}\n", one.code, one.message))
        .collect()
}

/// The specification of the resource at an address.
pub(crate) fn spec_of(resources: &Resources, address: &str) -> Value {
    match resources.get(&Address::new(address)) {
        Some(resource) => resource.spec.clone(),
        None => panic!("no {address} in {resources:#?}"),
    }
}

/// The stack of the design, with a zone of its own.
pub(crate) fn example() -> Value {
    json!({
        "network": {
            "cidr": "10.0.0.0/16",
            "public": { "a": "10.0.1.0/24", "b": "10.0.2.0/24" },
            "private": { "a": "10.0.11.0/24", "b": "10.0.12.0/24" },
        },
        "domain": { "name": "codedetect.example.com", "zone": { "create": "example.com" } },
        "workloads": { "analyzer": {
            "image": "ghcr.io/example/codedetect:1.0.0",
            "port": 5000,
            "health": { "path": "/api/health", "every": "30s" },
            "blue_green": { "instance": "t3.small", "min": 1, "max": 2 },
            "scale": { "cpu": "60%", "memory": "70%" },
            "mounts": { "/mnt/efs": "files.shared" },
            "secrets": { "SECRET_KEY": "parameters.secret-key" },
            "environment": {
                "DATABASE_URL": "sqlite:///mnt/efs/database/codedetect.db",
                "UPLOADS": "s3://${buckets.uploads.name}/uploads/",
            },
            "access": ["buckets.uploads", "alerts"],
            "ssh_from": ["203.0.113.0/24"],
        } },
        "files": { "shared": { "to_infrequent_access": "30d", "backup": "daily" } },
        "buckets": { "uploads": { "versioned": true, "expire_old_versions": "90d" } },
        "databases": { "main": {
            "enabled": false, "engine": "postgres-15", "class": "db.t3.micro", "storage": "20GB",
            "backups": "7d", "password": "parameters.db-password",
        } },
        "parameters": { "secret-key": { "generate": 48 }, "db-password": { "generate": 32 } },
        "alerts": { "email": ["ops@example.com"], "billing": [10, 20, 50] },
        "alarms": { "cpu": "80%", "memory": "80%", "unhealthy_targets": 1, "database_storage": "2GB" },
        "dashboards": ["application", "infrastructure", "cost"],
        "audit": { "trail": true, "flow_logs": true },
        "deployer": { "github": "example/codedetect", "branch": "main" },
    })
}

#[test]
fn two_buckets_of_one_name_are_refused() {
    let problems =
        refused(json!({ "buckets": { "a": { "name": "one-name" }, "b": { "name": "one-name" } } }));
    assert!(problems.contains("E1001"), "{problems}");
    assert!(problems.contains("buckets.a"), "{problems}");
}

/// The stack files that come with the program, each in each of its environments.
fn shipped() -> Vec<(String, Stack)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stacks = Vec::new();
    for folder in ["stacks", "examples"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end != "yaml") {
                continue;
            }
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let source = SourceText::new(&name, std::fs::read_to_string(&path).unwrap());
            let (loaded, found) = load_all(&source, &LoadOptions::default());
            assert!(found.is_empty(), "{}", said(&found));
            for stack in loaded {
                let environment = stack.document.environment.as_str();
                stacks.push((format!("{name}.{environment}"), stack));
            }
        }
    }
    assert!(stacks.len() >= 5, "the files are not where they should be");
    stacks
}

fn scope_of(stack: &Stack) -> Scope {
    Scope {
        stack: stack.document.stack.to_string(),
        environment: stack.document.environment.to_string(),
        region: stack.document.region.to_string(),
        ..scope()
    }
}

fn pinned_for(stack: &Stack) -> Pinned {
    let zones = ["a", "b", "c"].map(|letter| format!("{}{letter}", stack.document.region));
    Pinned {
        zones: zones.to_vec(),
        ..pinned()
    }
}

fn build_shipped(name: &str, stack: &Stack) -> Resources {
    build(stack, &scope_of(stack), &pinned_for(stack))
        .unwrap_or_else(|problems| panic!("{name}: {}", said(&problems)))
}

#[test]
fn every_stack_file_builds_in_an_order_of_specifications_that_its_kinds_read() {
    for (name, stack) in shipped() {
        let resources = build_shipped(&name, &stack);
        let order = Graph::of(&resources).unwrap().order().unwrap();
        assert_eq!(order.len(), resources.len());
        for resource in resources.iter() {
            let read = resource
                .kind
                .normalise(&resource.spec)
                .unwrap_or_else(|error| panic!("{name}: {resource:?}: {error}"));
            assert_eq!(read, resource.spec, "{name}: {resource:?}");
            assert!(
                crate::kinds::by_type(resource.kind.type_name()).is_some(),
                "{resource:?} is of a kind that is not registered"
            );
            // The bucket of the journal is there although nobody wrote its section.
            let section = resource.origin.split('.').next().unwrap();
            assert!(
                stack.locate(&resource.origin).is_some() || section == "state",
                "{name}: {resource:?} comes from {}",
                resource.origin
            );
        }
    }
}

/// What a stack asks for, one line a resource: address, kind and name. `UPDATE_GOLDEN=1` writes it anew.
#[test]
fn every_stack_file_asks_for_what_it_did() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/model");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for (name, stack) in shipped() {
        let resources = build_shipped(&name, &stack);
        let lines = resources.iter().map(|one| {
            let called = one.spec.get("name").or_else(|| one.spec.get("identifier"));
            let called = called.and_then(Value::as_str).unwrap_or_default();
            let line = format!("{}  {}  {called}", one.address, one.kind.type_name());
            line.trim_end().to_owned() + "\n"
        });
        let listed: String = lines.collect();
        let file = root.join(format!("{name}.txt"));
        if update {
            std::fs::create_dir_all(&root).unwrap();
            std::fs::write(&file, &listed).unwrap();
        }
        let golden = std::fs::read_to_string(&file).unwrap_or_default();
        similar_asserted(&name, &golden, &listed);
    }
}

fn similar_asserted(name: &str, golden: &str, listed: &str) {
    if golden != listed {
        let diff = similar::TextDiff::from_lines(golden, listed);
        panic!(
            "{name} asks for something else than it did:\n{}",
            diff.unified_diff()
        );
    }
}

#[test]
fn the_main_stack_has_its_size() {
    let (name, stack) = shipped()
        .into_iter()
        .find(|(name, _)| name.starts_with("codedetect."))
        .unwrap();
    let count = build_shipped(&name, &stack).len();
    assert!((70..=100).contains(&count), "{count}");
}

/// The longest names that AWS takes, by kind and field ("Quotas" of each service, API references).
const LIMITS: &[(&str, &str, usize)] = &[
    ("autoscaling:group", "name", 255),
    ("cloudtrail:trail", "name", 128),
    ("cloudwatch:alarm", "name", 255),
    ("cloudwatch:dashboard", "name", 255),
    ("ec2:launch-template", "name", 128),
    ("ec2:security-group", "name", 255),
    ("elbv2:load-balancer", "name", 32),
    ("elbv2:target-group", "name", 32),
    ("iam:instance-profile", "name", 128),
    ("iam:role", "name", 64),
    ("logs:log-group", "name", 512),
    ("rds:instance", "identifier", 63),
    ("rds:subnet-group", "name", 255),
    ("s3:bucket", "name", 63),
    ("sns:topic", "name", 256),
    ("ssm:parameter", "name", 1011),
    ("ssm:release-parameter", "name", 1011),
];

/// The example with the name of each of its things replaced, and the database on.
fn renamed(to: &str) -> Value {
    let mut text = example().to_string();
    for name in ["analyzer", "shared", "uploads", "secret-key", "db-password"] {
        text = text.replace(
            &format!("\"{name}\":"),
            &format!("\"{to}-{}\":", &name[..1]),
        );
        for section in ["files", "buckets", "parameters"] {
            text = text.replace(
                &format!("{section}.{name}"),
                &format!("{section}.{to}-{}", &name[..1]),
            );
        }
    }
    let mut stack: Value = serde_json::from_str(&text).unwrap();
    stack["databases"]["main"]["enabled"] = json!(true);
    stack
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    #[test]
    fn every_name_is_one_that_aws_takes(
        name in "[a-hj-z][a-z0-9]{1,19}",
        environment in "[a-z][a-z0-9]{0,11}",
        item in "[a-z][a-z0-9]{0,25}",
    ) {
        let mut sections = renamed(&item);
        sections["stack"] = json!(name);
        sections["environment"] = json!(environment);
        let stack = stack(sections);
        let scope = scope_of(&stack);
        let resources = build(&stack, &scope, &pinned()).unwrap();
        for resource in resources.iter() {
            let kind = resource.kind.type_name();
            for (_, field, most) in LIMITS.iter().filter(|(of, _, _)| *of == kind) {
                let name = resource.spec[*field].as_str().unwrap();
                proptest::prop_assert!((1..=*most).contains(&name.len()), "{kind} {name}");
                proptest::prop_assert!(!name.starts_with("internal-") && !name.ends_with('-'), "{name}");
            }
            if kind == "s3:bucket" || kind == "iam:role" {
                let name = resource.spec["name"].as_str().unwrap();
                proptest::prop_assert!(name.starts_with(&scope.name("")), "{name}");
            }
            for (key, value) in &resource.tags {
                proptest::prop_assert!(key.len() <= 128 && value.len() <= 256);
            }
        }
    }
}

#[test]
fn both_colours_are_alike_but_for_who_serves() {
    let resources = built(example());
    let mut pairs = 0;
    for blue in resources
        .iter()
        .filter(|one| one.address.as_str().contains("blue"))
    {
        let address = blue.address.as_str().replace("blue", "green");
        let green = resources.get(&Address::new(&address)).unwrap();
        let mut like: Value =
            serde_json::from_str(&blue.spec.to_string().replace("blue", "green")).unwrap();
        let mut spec = green.spec.clone();
        for size in ["min", "desired"] {
            for spec in [&mut like, &mut spec] {
                spec.as_object_mut().unwrap().remove(size);
            }
        }
        assert_eq!(like, spec, "{address}");
        pairs += 1;
    }
    assert!(pairs >= 9, "{pairs}");
}

#[test]
fn nothing_but_the_source_of_a_secret_is_anywhere() {
    for (name, stack) in shipped() {
        for resource in build_shipped(&name, &stack).iter() {
            let kind = resource.kind.type_name();
            if kind == "ec2:launch-template" {
                let script = resource.spec["user_data"].as_str().unwrap();
                for parameter in stack.document.parameters.keys() {
                    assert!(!script.contains(parameter.as_str()), "{name}: {parameter}");
                }
            }
        }
    }
}

#[test]
fn one_group_is_enough_for_a_workload_that_is_rolled() {
    let mut sections = example();
    let workload = &mut sections["workloads"]["analyzer"];
    workload["rolling"] = workload["blue_green"].clone();
    workload.as_object_mut().unwrap().remove("blue_green");
    let resources = built(sections);
    let https = spec_of(&resources, "workloads.analyzer.listener.https");
    assert_eq!(https["weights"], json!({ "single": 100 }));
    assert!(
        resources
            .iter()
            .all(|one| !one.address.as_str().contains("blue"))
    );
}

#[test]
fn what_must_be_looked_up_is_known_from_the_document() {
    let own = needed(&stack(example()).document);
    assert!(own.zones);
    assert_eq!(own.images, [Architecture::X86_64].into());
    assert_eq!(own.hosted_zone, None);
    let mut existing = example();
    existing["domain"]["zone"] = json!("example.com");
    let existing = needed(&stack(existing).document);
    assert_eq!(existing.hosted_zone.unwrap().as_str(), "example.com");
}

#[test]
fn a_reference_to_nothing_is_said() {
    let (stack, scope, pinned) = (stack(example()), scope(), pinned());
    let mut draft = Draft::new(&stack, &scope, &pinned);
    let spec = crate::kinds::ec2::internet_gateway::Spec {
        vpc: crate::kinds::link(&Address::new("network.elsewhere")),
    };
    let place = draft::Place::new("network.internet-gateway", "network", "");
    draft.add::<crate::kinds::ec2::internet_gateway::InternetGateway>(place, &spec);
    check_graph(&mut draft);
    let problems = said(&draft.finish().unwrap_err());
    assert!(problems.contains("E1002"), "{problems}");
    assert!(problems.contains("network.elsewhere"), "{problems}");
}

#[test]
fn more_configuration_than_a_parameter_holds_is_refused() {
    let mut sections = example();
    sections["workloads"]["analyzer"]["environment"]["TEXT"] = json!("x".repeat(9000));
    let problems = refused(sections);
    assert!(problems.contains("E1007"), "{problems}");
}

#[test]
fn fargate_is_said_to_be_missing() {
    let mut whole = json!({ "stack": "codedetect", "environment": "prod", "region": "eu-west-1" });
    whole["network"] = example()["network"].clone();
    whole["workloads"]["analyzer"] = json!({
        "image": "ghcr.io/example/codedetect:1.0.0", "port": 5000, "fargate": { "cpu": 256 },
    });
    let source = SourceText::new("test.yaml", whole.to_string());
    let problems = said(&load(&source, &LoadOptions::default()).unwrap_err());
    assert!(
        problems.contains("`fargate` is not supported yet"),
        "{problems}"
    );
}
