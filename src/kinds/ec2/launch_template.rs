//! How instances of a colour are started.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    InstanceType, LaunchTemplateBlockDeviceMappingRequest, LaunchTemplateEbsBlockDeviceRequest,
    LaunchTemplateIamInstanceProfileSpecificationRequest,
    LaunchTemplateInstanceMetadataOptionsRequest,
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
    LaunchTemplateTagSpecificationRequest, LaunchTemplateVersion, LaunchTemplatesMonitoringRequest,
    RequestLaunchTemplateData, ResourceType, ResponseLaunchTemplateData, Tag, VolumeType,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::security_group::SecurityGroup;
use super::{standing, tagging};
use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Owner, Progress, Samples, Survey, outputs, sample,
};
use crate::reference::{Link, Text};
use crate::scope::{Scope, Tags};

/// A launch template. Its default version is the one that the stack file asks for; which
/// version runs is the Auto Scaling group's business, and `deploy`'s.
pub struct LaunchTemplate;

/// What a launch template is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name, unique in account and region.
    pub name: String,
    /// The machine image, `ami-…`. `deploy` moves it; the file only starts it.
    pub image_id: Text,
    /// The instance type, such as `t3.small`.
    pub instance_type: String,
    /// The name of the instance profile.
    pub instance_profile: Text,
    /// The security groups of the instance's interface.
    pub security_groups: BTreeSet<Link<SecurityGroup>>,
    /// Whether instances get a public address.
    pub public_ip: bool,
    /// The boot script, as plain text. Whoever may describe the instance can read it.
    pub user_data: Text,
    /// The name of the key pair for SSH; none where Session Manager is the only way in.
    pub key_name: Option<String>,
    /// The root volume, encrypted.
    pub root: Root,
    /// Whether metrics come each minute instead of every five.
    pub detailed_monitoring: bool,
    /// How many hops the answer of the metadata service may take: 2, so that containers reach
    /// it. Tokens (IMDSv2) are always required.
    pub metadata_hops: u8,
    /// Tags of the instances and volumes that start from it.
    pub instance_tags: BTreeMap<String, String>,
}

/// A root volume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// The device's name, as the image has it: `/dev/xvda`.
    pub device: String,
    /// Its size in GiB.
    pub gib: u16,
    /// Its type: `gp3`.
    pub volume_type: String,
}

#[async_trait]
impl Kind for LaunchTemplate {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:launch-template";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a launch template cannot be renamed"),
        Field::owned("/image_id", Owner::Deploy),
    ];

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        outputs([("name", &spec.name)])
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "lt").await? {
            return Ok(Vec::new());
        }
        // Asked for side by side: the second answers for every template of the account.
        let templates = async {
            cloud
                .ec2()
                .describe_launch_templates()
                .filters(tagging::of_stack(survey.scope))
                .into_paginator()
                .items()
                .send()
                .try_collect()
                .await
                .during("ec2:DescribeLaunchTemplates")
        };
        let versions = async {
            cloud
                .ec2()
                .describe_launch_template_versions()
                .versions("$Default")
                .into_paginator()
                .items()
                .send()
                .try_collect()
                .await
                .during("ec2:DescribeLaunchTemplateVersions")
        };
        let (templates, versions): (Vec<_>, Vec<LaunchTemplateVersion>) =
            futures::future::try_join(templates, versions).await?;
        templates
            .iter()
            .map(|template| {
                let id = template.launch_template_id().unwrap_or_default();
                let name = template.launch_template_name().unwrap_or_default();
                let data = versions
                    .iter()
                    .find(|version| version.launch_template_id() == Some(id))
                    .and_then(LaunchTemplateVersion::launch_template_data)
                    .ok_or_else(|| {
                        AwsError::unexpected(
                            "ec2:DescribeLaunchTemplateVersions",
                            format!("the answer lacks the default version of {name}"),
                        )
                    })?;
                let tags = tagging::read(template.tags());
                let number = |n: Option<i64>| n.unwrap_or(1).to_string();
                Ok(Found {
                    address: survey.scope.address_of(&tags),
                    key: None,
                    spec: read(name, data)?,
                    tags,
                    outputs: outputs([
                        ("id", id),
                        ("name", name),
                        (
                            "default_version",
                            &number(template.default_version_number()),
                        ),
                        ("latest_version", &number(template.latest_version_number())),
                    ]),
                    progress: Progress::Ready(Outputs::new()),
                })
            })
            .collect()
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .cloud
            .ec2()
            .create_launch_template()
            .launch_template_name(&spec.name)
            .client_token(making.token)
            .launch_template_data(data(spec))
            .tag_specifications(tagging::specification(
                ResourceType::LaunchTemplate,
                making.tags,
            ))
            .send()
            .await
            .during("ec2:CreateLaunchTemplate");
        let id = match made {
            Ok(made) => made
                .launch_template()
                .and_then(|template| template.launch_template_id())
                .map(str::to_owned),
            Err(error) if error.already_exists() => own(making, &spec.name, error).await?,
            Err(error) => return Err(error),
        };
        let id = id.ok_or_else(|| {
            AwsError::unexpected("ec2:CreateLaunchTemplate", "the answer has no template id")
        })?;
        Ok(outputs([
            ("id", &id),
            ("name", &spec.name),
            ("default_version", "1"),
            ("latest_version", "1"),
        ]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        let made = making
            .cloud
            .ec2()
            .create_launch_template_version()
            .launch_template_id(found.id())
            .client_token(making.token)
            .launch_template_data(data(spec))
            .send()
            .await
            .during("ec2:CreateLaunchTemplateVersion")?;
        let version = made
            .launch_template_version()
            .and_then(LaunchTemplateVersion::version_number)
            .ok_or_else(|| {
                AwsError::unexpected(
                    "ec2:CreateLaunchTemplateVersion",
                    "the answer has no version number",
                )
            })?;
        making
            .cloud
            .ec2()
            .modify_launch_template()
            .launch_template_id(found.id())
            .default_version(version.to_string())
            .send()
            .await
            .during("ec2:ModifyLaunchTemplate")
            .map(drop)
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        tagging::retag(making.cloud, found.id(), set, remove).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .ec2()
            .delete_launch_template()
            .launch_template_id(found.id())
            .send()
            .await
            .during("ec2:DeleteLaunchTemplate");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample_spec = Spec {
            name: scope.name("sample"),
            image_id: Text::literal("ami-12c6146b"),
            instance_type: "t3.small".to_owned(),
            instance_profile: Text::literal(scope.name("none")),
            security_groups: BTreeSet::from([sample::<SecurityGroup>()]),
            public_ip: true,
            user_data: Text::literal("#!/bin/sh\necho one\n"),
            key_name: None,
            root: Root {
                device: "/dev/xvda".to_owned(),
                gib: 16,
                volume_type: "gp3".to_owned(),
            },
            detailed_monitoring: false,
            metadata_hops: 2,
            instance_tags: Tags::from([("Name".to_owned(), "one".to_owned())]),
        };
        let changed = Spec {
            instance_type: "t3.micro".to_owned(),
            instance_profile: Text::literal(scope.name("other")),
            public_ip: false,
            user_data: Text::literal("#!/bin/sh\necho two\n"),
            key_name: Some("someone".to_owned()),
            root: Root {
                gib: 20,
                ..sample_spec.root.clone()
            },
            detailed_monitoring: true,
            metadata_hops: 3,
            instance_tags: Tags::from([("Name".to_owned(), "two".to_owned())]),
            ..sample_spec.clone()
        };
        Samples {
            sample: sample_spec,
            changed,
            beside: Vec::new(),
        }
    }
}

/// The id of the template of that name if it is this stack's, or the error that was met.
async fn own(making: &Making<'_>, name: &str, met: AwsError) -> Result<Option<String>, AwsError> {
    let answer = making
        .cloud
        .ec2()
        .describe_launch_templates()
        .launch_template_names(name)
        .send()
        .await
        .during("ec2:DescribeLaunchTemplates")?;
    let template = answer.launch_templates().first();
    let ours = template.filter(|template| {
        making
            .scope
            .address_of(&tagging::read(template.tags()))
            .as_ref()
            == Some(making.address)
    });
    match ours {
        Some(template) => Ok(template.launch_template_id().map(str::to_owned)),
        None => Err(met.hint(format!(
            "a launch template called {name} exists that is not this stack's; remove it, or \
             give the stack another name"
        ))),
    }
}

fn data(spec: &Spec) -> RequestLaunchTemplateData {
    let interface = LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .device_index(0)
        .associate_public_ip_address(spec.public_ip)
        .delete_on_termination(true)
        .set_groups(Some(
            spec.security_groups
                .iter()
                .map(ToString::to_string)
                .collect(),
        ))
        .build();
    let volume = LaunchTemplateEbsBlockDeviceRequest::builder()
        .encrypted(true)
        .delete_on_termination(true)
        .volume_size(i32::from(spec.root.gib))
        .volume_type(VolumeType::from(spec.root.volume_type.as_str()))
        .build();
    let metadata = LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .http_tokens(aws_sdk_ec2::types::LaunchTemplateHttpTokensState::Required)
        .http_endpoint(aws_sdk_ec2::types::LaunchTemplateInstanceMetadataEndpointState::Enabled)
        .http_put_response_hop_limit(i32::from(spec.metadata_hops))
        .build();
    let tagged = [ResourceType::Instance, ResourceType::Volume].map(|kind| {
        LaunchTemplateTagSpecificationRequest::builder()
            .resource_type(kind)
            .set_tags(Some(tags::to_sdk(&spec.instance_tags, |key, value| {
                Tag::builder().key(key).value(value).build()
            })))
            .build()
    });
    RequestLaunchTemplateData::builder()
        .image_id(spec.image_id.to_string())
        .instance_type(InstanceType::from(spec.instance_type.as_str()))
        .iam_instance_profile(
            LaunchTemplateIamInstanceProfileSpecificationRequest::builder()
                .name(spec.instance_profile.to_string())
                .build(),
        )
        .network_interfaces(interface)
        .block_device_mappings(
            LaunchTemplateBlockDeviceMappingRequest::builder()
                .device_name(&spec.root.device)
                .ebs(volume)
                .build(),
        )
        .metadata_options(metadata)
        .monitoring(
            LaunchTemplatesMonitoringRequest::builder()
                .enabled(spec.detailed_monitoring)
                .build(),
        )
        .user_data(BASE64.encode(spec.user_data.to_string()))
        .set_key_name(spec.key_name.clone())
        .set_tag_specifications(Some(tagged.to_vec()))
        .build()
}

fn read(name: &str, data: &ResponseLaunchTemplateData) -> Result<Spec, AwsError> {
    let interface = data.network_interfaces().first();
    let mapping = data.block_device_mappings().first();
    let volume = mapping.and_then(|mapping| mapping.ebs());
    let boot = BASE64
        .decode(data.user_data().unwrap_or_default())
        .map_err(|error| {
            AwsError::unexpected(
                "ec2:DescribeLaunchTemplateVersions",
                format!("the user data of {name} is not base64: {error}"),
            )
        })?;
    let instance_tags = data
        .tag_specifications()
        .iter()
        .find(|tagged| tagged.resource_type() == Some(&ResourceType::Instance));
    Ok(Spec {
        name: name.to_owned(),
        image_id: Text::literal(data.image_id().unwrap_or_default()),
        instance_type: data
            .instance_type()
            .map(|kind| kind.as_str().to_owned())
            .unwrap_or_default(),
        instance_profile: Text::literal(
            data.iam_instance_profile()
                .and_then(|profile| profile.name())
                .unwrap_or_default(),
        ),
        security_groups: interface
            .map(|interface| interface.groups().iter().map(Link::existing).collect())
            .unwrap_or_default(),
        public_ip: interface
            .and_then(|interface| interface.associate_public_ip_address())
            .unwrap_or_default(),
        user_data: Text::literal(String::from_utf8_lossy(&boot)),
        key_name: data.key_name().map(str::to_owned),
        root: Root {
            device: mapping
                .and_then(|mapping| mapping.device_name())
                .unwrap_or_default()
                .to_owned(),
            // A volume that somebody made smaller or unencrypted by hand must differ.
            gib: volume
                .filter(|volume| volume.encrypted() == Some(true))
                .and_then(|volume| volume.volume_size())
                .and_then(|gib| u16::try_from(gib).ok())
                .unwrap_or_default(),
            volume_type: volume
                .and_then(|volume| volume.volume_type())
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
        },
        detailed_monitoring: data
            .monitoring()
            .and_then(|monitoring| monitoring.enabled())
            .unwrap_or_default(),
        // Without required tokens the hop limit says nothing: 0 differs from any wanted one.
        metadata_hops: data
            .metadata_options()
            .filter(|options| {
                options.http_tokens()
                    == Some(&aws_sdk_ec2::types::LaunchTemplateHttpTokensState::Required)
            })
            .and_then(|options| options.http_put_response_hop_limit())
            .and_then(|hops| u8::try_from(hops).ok())
            .unwrap_or_default(),
        instance_tags: instance_tags
            .map(|tagged| tagging::read(tagged.tags()))
            .unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        let scope = Scope {
            stack: "s".to_owned(),
            environment: "e".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        LaunchTemplate::samples(&scope).sample
    }

    #[test]
    fn instances_require_tokens_and_reach_two_hops() {
        let data = data(&spec());
        let metadata = data.metadata_options().unwrap();
        assert_eq!(metadata.http_put_response_hop_limit(), Some(2));
        assert_eq!(
            metadata.http_tokens(),
            Some(&aws_sdk_ec2::types::LaunchTemplateHttpTokensState::Required)
        );
    }

    #[test]
    fn the_root_volume_is_encrypted() {
        let data = data(&spec());
        let volume = data.block_device_mappings()[0].ebs().unwrap();
        assert_eq!(volume.encrypted(), Some(true));
    }

    #[test]
    fn a_template_without_tokens_differs_from_every_wanted_one() {
        let data = ResponseLaunchTemplateData::builder().build();
        let seen = read("x", &data).unwrap();
        assert_eq!(seen.metadata_hops, 0);
        assert_eq!(seen.root.gib, 0);
    }
}
