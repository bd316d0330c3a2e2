//! What an instance does when it starts: it reads its launch template's script for the name of its release, the release and
//! its secrets from Parameter Store, and knows then what to run and with which environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fs_err as fs;
use serde::Deserialize;
use serde_json::json;

use super::behaviour::Behaviour;
use super::picture::Member;
use super::read::Eyes;
use crate::xml::text;

/// The version of EC2's API.
const EC2: &str = "2016-11-15";
/// The repository whose images the bundled workload stands for, in any registry.
const REPOSITORY: &str = "codedetect";

/// What to run.
#[derive(Debug, PartialEq)]
pub(crate) struct Boot {
    /// The tag of the image, which is the version of the workload.
    pub(crate) version: String,
    pub(crate) behaviour: Behaviour,
    pub(crate) environment: BTreeMap<String, String>,
    /// Where its log goes, where the script says so.
    pub(crate) log_group: Option<String>,
}

/// A release as its parameter holds it; what else stands there is for real instances.
#[derive(Debug, Deserialize)]
struct Release {
    image: String,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    #[serde(default)]
    mounts: BTreeMap<String, Mount>,
}

#[derive(Debug, Deserialize)]
struct Mount {
    file_system: String,
}

/// Finds out what an instance is to run. A file system is a folder below `files`.
///
/// # Errors
/// Why an instance would not come up, in a sentence for its log.
pub(crate) async fn boot(eyes: &Eyes<'_>, member: &Member, files: &Path) -> Result<Boot, String> {
    let script = script(eyes, member).await?;
    let name = quoted_after(&script, "RELEASE=")
        .ok_or("its launch template's script names no release (RELEASE='…')")?;
    let release: Release = serde_json::from_str(&parameter(eyes, &name).await?)
        .map_err(|error| format!("the release in {name} cannot be read: {error}"))?;
    let version = version(&release.image)?;
    let mut environment = BTreeMap::new();
    for (variable, value) in &release.environment {
        environment.insert(variable.clone(), mounted(value, &release.mounts, files)?);
    }
    for (variable, parameter_name) in &release.secrets {
        environment.insert(variable.clone(), parameter(eyes, parameter_name).await?);
    }
    Ok(Boot {
        behaviour: Behaviour::of_tag(&version),
        version,
        environment,
        log_group: quoted_after(&script, "LOG_GROUP="),
    })
}

async fn script(eyes: &Eyes<'_>, member: &Member) -> Result<String, String> {
    let parameters = [
        ("LaunchTemplateId", member.template.as_str()),
        ("LaunchTemplateVersion.1", member.version.as_str()),
    ];
    let xml = eyes
        .ask("ec2", EC2, "DescribeLaunchTemplateVersions", &parameters)
        .await
        .ok_or_else(|| {
            format!(
                "there is no version {} of launch template {}",
                member.version, member.template
            )
        })?;
    let encoded = text(&xml, "userData").ok_or("its launch template has no script")?;
    let bytes = STANDARD
        .decode(encoded.trim())
        .map_err(|error| format!("its launch template's script is not Base64: {error}"))?;
    String::from_utf8(bytes).map_err(|error| format!("its script is not text: {error}"))
}

async fn parameter(eyes: &Eyes<'_>, name: &str) -> Result<String, String> {
    let body = json!({ "Name": name, "WithDecryption": true });
    let call = eyes
        .seed
        .to_json_service("ssm", "AmazonSSM.GetParameter", &body);
    let answer = eyes.moto.send(&call).await;
    match answer.value()["Parameter"]["Value"].as_str() {
        Some(value) if answer.is_success() => Ok(value.to_owned()),
        _ => Err(format!("parameter {name} cannot be read")),
    }
}

/// The version that an image is of: its tag, or its digest.
fn version(image: &str) -> Result<String, String> {
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    let last = name.rsplit('/').next().unwrap_or(name);
    let (repository, tag) = match last.split_once(':') {
        Some((repository, tag)) => (repository, Some(tag)),
        None => (last, None),
    };
    if repository != REPOSITORY {
        return Err(format!(
            "image {image} cannot be pulled: the local cloud runs only images whose repository is called {REPOSITORY}"
        ));
    }
    Ok(tag.or(digest).unwrap_or("latest").to_owned())
}

/// What stands in single quotes, as the script's template writes words for the shell.
fn quoted_after(script: &str, mark: &str) -> Option<String> {
    let line = script.lines().find_map(|line| line.strip_prefix(mark))?;
    let word = line.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(word.replace(r"'\''", "'"))
}

/// A variable's value with the mounted folders as they are on this machine.
fn mounted(value: &str, mounts: &BTreeMap<String, Mount>, files: &Path) -> Result<String, String> {
    let mut value = value.to_owned();
    // The longest first: one mount may lie below another.
    let mut folders: Vec<(&String, &Mount)> = mounts.iter().collect();
    folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
    for (folder, mount) in folders {
        let here: PathBuf = files.join(&mount.file_system);
        fs::create_dir_all(&here).map_err(|error| error.to_string())?;
        let here = here.to_string_lossy();
        value = replaced(&value, folder, &here);
    }
    Ok(value)
}

/// Replaces a folder wherever it stands as a whole.
fn replaced(value: &str, folder: &str, here: &str) -> String {
    let mut told = String::new();
    let mut rest = value;
    while let Some(at) = rest.find(folder) {
        let after = &rest[at + folder.len()..];
        let whole = after.is_empty() || after.starts_with(['/', ':', '?', ',', ';']);
        told.push_str(&rest[..at]);
        told.push_str(if whole { here } else { folder });
        rest = after;
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_tag_of_an_image_called_codedetect_whatever_its_registry() {
        for (image, expected) in [
            ("ghcr.io/example/codedetect:1.0.0", "1.0.0"),
            ("codedetect:2", "2"),
            ("localhost:5000/codedetect", "latest"),
            ("registry.example.com/codedetect:1.1@sha256:ab", "1.1"),
            ("registry.example.com/codedetect@sha256:ab", "sha256:ab"),
        ] {
            assert_eq!(version(image).as_deref(), Ok(expected), "{image}");
        }
        assert!(
            version("nginx:1")
                .unwrap_err()
                .contains("called codedetect")
        );
    }

    #[test]
    fn a_quoted_word_is_read_as_the_shell_would() {
        let script = "#!/bin/bash\nRELEASE='/shop-test/release/it'\\''s/blue'\n";
        assert_eq!(
            quoted_after(script, "RELEASE=").as_deref(),
            Some("/shop-test/release/it's/blue")
        );
        assert_eq!(quoted_after("RELEASE=x", "RELEASE="), None);
    }

    #[test]
    fn a_mounted_folder_is_replaced_where_it_stands_as_a_whole() {
        assert_eq!(
            replaced("sqlite:///mnt/efs/database/a.db", "/mnt/efs", "/tmp/fs"),
            "sqlite:///tmp/fs/database/a.db"
        );
        assert_eq!(replaced("/mnt/efs", "/mnt/efs", "/f"), "/f");
        assert_eq!(replaced("/mnt/efs2/x", "/mnt/efs", "/f"), "/mnt/efs2/x");
    }
}
