//! The machine image of Amazon Linux 2023, which `plan` asks for and pins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, Cloud, During};

/// A processor architecture.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// Intel and AMD.
    X86_64,
    /// Graviton.
    Arm64,
}

impl Architecture {
    /// The architecture of an instance type: Graviton families have a `g` after the number of
    /// their generation (`t4g`, `m7gd`), says the EC2 user guide's "Naming conventions".
    pub fn of(instance_type: &str) -> Self {
        let family = instance_type.split('.').next().unwrap_or_default();
        let after_number = family
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .trim_start_matches(|c: char| c.is_ascii_digit());
        if family == "a1" || after_number.starts_with('g') {
            Self::Arm64
        } else {
            Self::X86_64
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

/// The id of the newest Amazon Linux 2023 image, from AWS's public parameter. Amazon Linux 2
/// is out of support since 2026-06-30.
///
/// # Errors
/// What AWS answers.
pub async fn amazon_linux(cloud: &Cloud, architecture: Architecture) -> Result<String, AwsError> {
    let name = format!(
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}",
        architecture.name()
    );
    let answer = cloud
        .ssm()
        .get_parameter()
        .name(&name)
        .send()
        .await
        .during("ssm:GetParameter")?;
    answer
        .parameter()
        .and_then(|parameter| parameter.value())
        .map(str::to_owned)
        .ok_or_else(|| AwsError::unexpected("ssm:GetParameter", format!("{name} has no value")))
}

#[cfg(test)]
mod tests {
    use super::Architecture;

    #[test]
    fn graviton_is_told_from_its_family_name() {
        for arm in ["t4g.small", "m7gd.large", "c6gn.xlarge", "a1.medium"] {
            assert_eq!(Architecture::of(arm), Architecture::Arm64, "{arm}");
        }
        for intel in ["t3.small", "g4dn.xlarge", "m7i.large", "t3a.micro"] {
            assert_eq!(Architecture::of(intel), Architecture::X86_64, "{intel}");
        }
    }
}
