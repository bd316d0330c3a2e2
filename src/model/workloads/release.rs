//! What a colour runs: the value of its release parameter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::draft::Draft;
use crate::model::text;
use crate::reference::{Address, Text};
use crate::stack::document::Workload;

/// The version of the form of [`Release`].
pub const VERSION: u32 = 1;

/// A release: an image with its configuration, as the release parameter holds it in JSON. Instances read it as they start; `apply`
/// writes the first one, `deploy` every later one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The version of this form.
    pub version: u32,
    /// The image, by tag or digest.
    pub image: String,
    /// The port on which the container listens.
    pub port: u16,
    /// The path of its health check.
    pub health: String,
    /// Variables.
    pub environment: BTreeMap<String, Text>,
    /// Variables whose values lie in a parameter, by its name.
    pub secrets: BTreeMap<String, Text>,
    /// File systems by the folder on which they are mounted.
    pub mounts: BTreeMap<String, Mount>,
}

/// A file system as it is mounted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// Its id.
    pub file_system: Text,
    /// The id of the access point through which it is mounted.
    pub access_point: Text,
}

impl Release {
    /// The release that the file asks for.
    pub(crate) fn wanted(draft: &Draft<'_>, workload: &Workload) -> Self {
        let parameter = |name: &str| Address::new(format!("parameters.{name}"));
        Self {
            version: VERSION,
            image: workload.image.to_string(),
            port: workload.port.number(),
            health: workload.health.path.as_str().to_owned(),
            environment: workload
                .environment
                .iter()
                .map(|(name, template)| {
                    let value = text::of(draft.document, draft.scope, template);
                    (name.as_str().to_owned(), value)
                })
                .collect(),
            secrets: workload
                .secrets
                .iter()
                .map(|(name, secret)| {
                    let address = parameter(secret.name().as_str());
                    (name.as_str().to_owned(), Text::output(&address, "name"))
                })
                .collect(),
            mounts: workload
                .mounts
                .iter()
                .map(|(folder, files)| {
                    let name = files.name().as_str();
                    let mount = Mount {
                        file_system: Text::output(&Address::new(format!("files.{name}")), "id"),
                        access_point: Text::output(
                            &Address::new(format!("files.{name}.access-point")),
                            "id",
                        ),
                    };
                    (folder.as_str().to_owned(), mount)
                })
                .collect(),
        }
    }

    /// The release as one text.
    pub(crate) fn text(&self) -> Text {
        text::json(&serde_json::to_value(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::tests::{built, example, spec_of};
    use crate::reference::resolve;

    #[test]
    fn a_release_is_json_once_its_references_are_filled_in() {
        let resources = built(example());
        let value = spec_of(&resources, "workloads.analyzer.release.blue")["value"].clone();
        let filled = resolve(&value, &|output| {
            Some(format!("{}-{}", output.address, output.output))
        });
        let release: Release = serde_json::from_str(filled.as_str().unwrap()).unwrap();
        assert_eq!(release.image, "ghcr.io/example/codedetect:1.0.0");
        assert_eq!(release.port, 5000);
        assert_eq!(
            release.environment["UPLOADS"],
            Text::literal("s3://buckets.uploads-name/uploads/")
        );
        assert_eq!(
            release.secrets["SECRET_KEY"],
            Text::literal("parameters.secret-key-name")
        );
        assert_eq!(
            serde_json::to_value(&release.mounts["/mnt/efs"]).unwrap(),
            json!({ "file_system": "files.shared-id", "access_point": "files.shared.access-point-id" })
        );
    }
}
