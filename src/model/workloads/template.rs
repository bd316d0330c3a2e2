//! How the instances of a colour start.

use super::boot::{self, Boot};
use super::colours::Colour;
use super::{COLOUR_TAG, WORKLOAD_TAG, namespace};
use crate::diag::Code;
use crate::kinds::ec2::image::Architecture;
use crate::kinds::ec2::launch_template::{self, LaunchTemplate, Root};
use crate::kinds::iam::instance_profile::InstanceProfile;
use crate::model::draft::{Draft, Place};
use crate::model::names::{LAUNCH_TEMPLATE, called};
use crate::model::network::Made;
use crate::model::security::Groups;
use crate::reference::Text;
use crate::resource::Handle;
use crate::scope::STACK_TAG;
use crate::stack::document::{Tier, Workload};

/// The name of the root device of Amazon Linux 2023.
const ROOT_DEVICE: &str = "/dev/xvda";
/// The type of its volume: three thousand operations a second at any size, at the lowest price.
pub(crate) const VOLUME: &str = "gp3";
/// The container is one hop further from the metadata service than the instance: with a limit of 1 it has no credentials.
const METADATA_HOPS: u8 = 2;

/// What a launch template is made of.
pub(crate) struct Parts<'a> {
    pub(crate) item: &'a str,
    pub(crate) workload: &'a Workload,
    pub(crate) network: &'a Made,
    pub(crate) groups: &'a Groups,
    pub(crate) profile: &'a Handle<InstanceProfile>,
    pub(crate) log_group: &'a str,
}

/// The launch template of a colour.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    parts: &Parts<'_>,
    colour: Colour,
    release: &str,
) -> Option<Handle<LaunchTemplate>> {
    let origin = format!("workloads.{}", parts.item);
    let workload = parts.workload;
    let instance = workload.release()?.instance().as_str().to_owned();
    let image = image(draft, &origin, &instance)?;
    let user_data = script(draft, parts, colour, release)?;
    let name = called(draft.scope, &[parts.item, colour.key()], LAUNCH_TEMPLATE);
    let mut instance_tags = draft.tags(&name, None);
    for (key, value) in [
        (STACK_TAG, draft.scope.prefix()),
        (WORKLOAD_TAG, parts.item.to_owned()),
        (COLOUR_TAG, colour.key().to_owned()),
    ] {
        instance_tags.insert(key.to_owned(), value);
    }
    let spec = launch_template::Spec {
        name: name.clone(),
        image_id: Text::literal(image),
        instance_type: instance,
        instance_profile: parts.profile.output("name"),
        security_groups: [parts.groups.instances.link()].into(),
        public_ip: parts.network.instances_in == Tier::Public,
        user_data: Text::literal(user_data),
        key_name: workload.ssh_key.clone(),
        root: Root {
            device: ROOT_DEVICE.to_owned(),
            gib: gib(workload),
            volume_type: VOLUME.to_owned(),
        },
        // Metrics of five minutes are free of charge, and alarms look at five minutes.
        detailed_monitoring: false,
        metadata_hops: METADATA_HOPS,
        instance_tags,
    };
    let address = format!("{origin}.launch-template.{}", colour.key());
    Some(draft.add(Place::new(address, origin, name), &spec))
}

/// The size of an instance's disk.
pub(crate) fn gib(workload: &Workload) -> u16 {
    workload
        .disk
        .whole_gigabytes()
        .and_then(|size| u16::try_from(size).ok())
        .unwrap_or(u16::MAX)
}

fn image(draft: &mut Draft<'_>, origin: &str, instance: &str) -> Option<String> {
    let architecture = Architecture::of(instance);
    let image = draft.pinned.images.get(&architecture).cloned();
    if image.is_none() {
        draft.refuse(
            Code::NoImage,
            origin,
            format!("there is no image of Amazon Linux 2023 for {instance}"),
            "choose another instance type or region",
        );
    }
    image
}

fn script(
    draft: &mut Draft<'_>,
    parts: &Parts<'_>,
    colour: Colour,
    release: &str,
) -> Option<String> {
    let script = boot::script(&Boot {
        name: &format!("{} {}", parts.item, colour.key()),
        region: &draft.scope.region,
        release,
        log_group: parts.log_group,
        namespace: &namespace(draft.scope, parts.item),
        health_timeout: parts.workload.health.timeout.seconds(),
    });
    match script {
        Ok(script) => Some(script),
        Err(error) => {
            draft.refuse(
                Code::Unbuildable,
                &format!("workloads.{}", parts.item),
                format!("the boot script cannot be written: {error}"),
                "this is a mistake of the program, please report it",
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::diag::Code;
    use crate::model::tests::{built, example, pinned, scope, spec_of, stack};

    #[test]
    fn an_instance_starts_encrypted_with_tokens_and_without_secrets() {
        let resources = built(example());
        let template = spec_of(&resources, "workloads.analyzer.launch-template.green");
        assert_eq!(template["image_id"], "ami-0x86");
        assert_eq!(template["metadata_hops"], 2);
        assert_eq!(
            template["root"],
            json!({ "device": "/dev/xvda", "gib": 16, "volume_type": "gp3" })
        );
        assert_eq!(template["public_ip"], true);
        assert_eq!(template["instance_tags"]["codedetect:colour"], "green");
        let script = template["user_data"].as_str().unwrap();
        assert!(script.contains("RELEASE='/codedetect-prod/release/analyzer/green'"));
        assert!(script.contains("--env \"CODEDETECT_INSTANCE=$instance\""));
        for hidden in ["SECRET_KEY", "secret-key", "DATABASE_URL"] {
            assert!(!script.contains(hidden), "{hidden}");
        }
    }

    #[test]
    fn graviton_takes_its_own_image() {
        let mut sections = example();
        sections["workloads"]["analyzer"]["blue_green"]["instance"] = json!("t4g.small");
        let resources = built(sections.clone());
        let template = spec_of(&resources, "workloads.analyzer.launch-template.blue");
        assert_eq!(template["image_id"], "ami-0arm");
        let mut none = pinned();
        none.images.clear();
        let problems = crate::model::build(&stack(sections), &scope(), &none).unwrap_err();
        assert!(problems.iter().all(|one| one.code == Code::NoImage));
    }
}
