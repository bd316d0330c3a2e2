//! The workflow of a stack for GitHub Actions, as text.

use sha2::{Digest, Sha256};

const PLAN: &str = include_str!("plan.yml");
const RELEASE: &str = include_str!("release.yml");
/// What stands in the first line, before the hash of the rest.
const MARK: &str = "# codedetect-infra ci github: sha256:";

/// What a workflow is made from.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    /// `<stack>-<environment>`.
    pub(super) stack: String,
    /// The stack file, as the repository has it.
    pub(super) file: String,
    /// The overlay, where one is laid over the file.
    pub(super) overlay: Option<String>,
    /// The environment of GitHub whose reviewers approve.
    pub(super) environment: String,
    /// The branch that is released.
    pub(super) branch: String,
    /// The region.
    pub(super) region: String,
    /// The role that releases.
    pub(super) deployer: String,
    /// The role that plans and applies what was merged.
    pub(super) applier: String,
    /// The role that plans pull requests.
    pub(super) reader: String,
    /// How a step uses this tool.
    pub(super) action: String,
    /// The image that is built and released, where the stack runs one.
    pub(super) image: Option<Image>,
}

/// What is built and how it is released.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// Its name without a tag.
    pub(super) name: String,
    /// The folder that it is built from.
    pub(super) context: String,
    /// Its Dockerfile.
    pub(super) dockerfile: String,
    /// Whether it goes to a colour of its own first.
    pub(super) colours: bool,
}

impl Pipeline {
    /// The workflow. Its first line holds the hash of all others, by which a change by hand is known.
    pub(super) fn text(&self) -> String {
        let mut body = PLAN.to_owned();
        if self.image.is_some() {
            body += RELEASE;
        }
        let image = self.image.as_ref();
        let line = |key: &str, value: Option<&str>| {
            value.map_or(String::new(), |value| {
                format!("  {key}: {}\n", quoted(value))
            })
        };
        let values = [
            ("name", quoted(&format!("{} release", self.stack))),
            ("stack", self.stack.clone()),
            ("branch", quoted(&self.branch)),
            ("file", quoted(&self.file)),
            (
                "environment",
                line("CODEDETECT_ENV", self.overlay.as_deref()),
            ),
            ("image", line("IMAGE", image.map(|image| &*image.name))),
            ("protected", quoted(&self.environment)),
            ("region", quoted(&self.region)),
            ("deployer", quoted(&self.deployer)),
            ("applier", quoted(&self.applier)),
            ("reader", quoted(&self.reader)),
            ("action", quoted(&self.action)),
            (
                "context",
                image.map_or(String::new(), |one| quoted(&one.context)),
            ),
            (
                "dockerfile",
                image.map_or(String::new(), |one| quoted(&one.dockerfile)),
            ),
            (
                "shift",
                match image {
                    Some(image) if image.colours => "--canary 5,25,50 --bake 1m ".to_owned(),
                    _ => "--bake 1m ".to_owned(),
                },
            ),
            (
                "login",
                image.map_or(String::new(), |image| self.login(image)),
            ),
            (
                "build_permissions",
                match image.map(|image| registry(&image.name)) {
                    Some(Registry::GitHub) => "\n      packages: write".to_owned(),
                    Some(Registry::Amazon) => "\n      id-token: write".to_owned(),
                    _ => String::new(),
                },
            ),
        ];
        for (name, value) in values {
            body = body.replace(&format!("@{name}@"), &value);
        }
        let text = format!("{}{body}", preamble());
        format!("{MARK}{}\n{text}", hash(&text))
    }

    fn login(&self, image: &Image) -> String {
        match registry(&image.name) {
            Registry::GitHub => "      - uses: docker/login-action@v3\n        \
                 with:\n          \
                   registry: ghcr.io\n          \
                   username: ${{ github.actor }}\n          \
                   password: ${{ github.token }}\n"
                .to_owned(),
            Registry::Amazon => format!(
                "      - uses: aws-actions/configure-aws-credentials@v4\n        \
                 with:\n          \
                   role-to-assume: {}\n          \
                   aws-region: {}\n      \
                 - uses: aws-actions/amazon-ecr-login@v2\n",
                quoted(&self.deployer),
                quoted(&self.region)
            ),
            Registry::Other(host) => format!(
                "      - uses: docker/login-action@v3\n        \
                 with:\n          \
                   registry: {}\n          \
                   username: ${{{{ secrets.REGISTRY_USERNAME }}}}\n          \
                   password: ${{{{ secrets.REGISTRY_PASSWORD }}}}\n",
                quoted(&host)
            ),
        }
    }
}

fn preamble() -> String {
    "#\n\
     # Written by `codedetect-infra ci github`, which writes it anew as long as nobody has changed it; --force overwrites a\n\
     # changed one. Protect the environment with required reviewers. Actions are named by their major versions: whoever\n\
     # wants them pinned puts the commit in place of the version.\n\n"
        .to_owned()
}

/// Where an image is pushed to.
enum Registry {
    GitHub,
    Amazon,
    Other(String),
}

fn registry(image: &str) -> Registry {
    let host = image.split('/').next().unwrap_or_default();
    match host {
        "ghcr.io" => Registry::GitHub,
        host if host.contains(".dkr.ecr.") => Registry::Amazon,
        host if host.contains(['.', ':']) => Registry::Other(host.to_owned()),
        _ => Registry::Other("docker.io".to_owned()),
    }
}

/// A text as YAML and JSON both have it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// What is known of a workflow that stands already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is the one that would be written.
    Same,
    /// This program wrote it, and nobody has changed it since.
    Ours,
    /// Somebody has changed it, or wrote it.
    Theirs,
}

/// Whose a workflow is, given the one that would be written.
pub(super) fn standing(there: &str, wanted: &str) -> Standing {
    if there == wanted {
        return Standing::Same;
    }
    let untouched = there
        .split_once('\n')
        .and_then(|(first, rest)| Some(first.strip_prefix(MARK)? == hash(rest)));
    if untouched == Some(true) {
        Standing::Ours
    } else {
        Standing::Theirs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(image: Option<&str>) -> Pipeline {
        Pipeline {
            stack: "codedetect-prod".to_owned(),
            file: "stacks/codedetect.yaml".to_owned(),
            overlay: None,
            environment: "prod".to_owned(),
            branch: "main".to_owned(),
            region: "eu-west-1".to_owned(),
            deployer: "arn:aws:iam::123456789012:role/codedetect-prod/deployer".to_owned(),
            applier: "arn:aws:iam::123456789012:role/codedetect-prod/applier".to_owned(),
            reader: "arn:aws:iam::123456789012:role/codedetect-prod/reader".to_owned(),
            action: "./".to_owned(),
            image: image.map(|name| Image {
                name: name.to_owned(),
                context: ".".to_owned(),
                dockerfile: "Dockerfile".to_owned(),
                colours: true,
            }),
        }
    }

    #[test]
    fn no_placeholder_is_left() {
        for image in [
            None,
            Some("ghcr.io/example/codedetect"),
            Some("example/codedetect"),
        ] {
            let text = pipeline(image).text();
            let left = text.match_indices('@').find(|(at, _)| {
                let rest = &text[at + 1..];
                let word = rest
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || *c == '_');
                let length = word.count();
                length > 0 && rest[length..].starts_with('@')
            });
            assert_eq!(left, None, "{text}");
        }
    }

    #[test]
    fn what_nobody_has_changed_is_known_by_its_hash() {
        let text = pipeline(Some("ghcr.io/example/codedetect")).text();
        let other = pipeline(None).text();
        assert_eq!(standing(&text, &text), Standing::Same);
        assert_eq!(standing(&text, &other), Standing::Ours);
        let changed = text.replace("ubuntu-latest", "ubuntu-24.04");
        assert_eq!(standing(&changed, &text), Standing::Theirs);
        assert_eq!(standing("name: other\n", &text), Standing::Theirs);
    }

    #[test]
    fn the_registry_decides_how_to_log_in() {
        let of = |image: &str| pipeline(Some(image)).text();
        assert!(of("ghcr.io/example/codedetect").contains("packages: write"));
        let amazon = of("123456789012.dkr.ecr.eu-west-1.amazonaws.com/codedetect");
        assert!(amazon.contains("amazon-ecr-login"));
        assert!(of("registry.example.com:5000/codedetect").contains("secrets.REGISTRY_PASSWORD"));
    }

    #[test]
    fn only_the_job_without_credentials_waits_for_approval() {
        let text = pipeline(Some("ghcr.io/example/codedetect")).text();
        let approve = text.split("\n  approve:").nth(1).unwrap();
        let approve = approve.split("\n  apply:").next().unwrap();
        assert!(approve.contains("environment: \"prod\""));
        assert!(!approve.contains("role-to-assume"));
        assert_eq!(text.matches("environment: ").count(), 1);
    }
}
