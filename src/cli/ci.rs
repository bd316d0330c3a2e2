//! `ci`: the pipeline of a stack.

mod github;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::exit::{Exit, Trouble};
use super::options::CloudArgs;
use super::session::{self, Session};
use crate::resource::Resources;
use crate::scope::Scope;
use crate::stack::document::Release;
use crate::view::Gate;
use github::{Image, Pipeline, Standing, standing};

/// Where GitHub looks for workflows.
const WORKFLOWS: &str = ".github/workflows";

/// Write the pipeline of a stack
#[derive(Args, Debug)]
pub struct Ci {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Github(Github),
}

/// Write a workflow for GitHub Actions: plan as a comment, approve, apply, build, deploy, verify, roll back
#[derive(Args, Debug)]
struct Github {
    /// The stack file, as the repository has it; run this at the top of the repository
    #[arg(value_name = "STACK", default_value = "stack.yaml")]
    file: PathBuf,
    /// Lay the file's `environments: NAME` over it
    #[arg(long = "env", value_name = "NAME", env = "CODEDETECT_ENV")]
    environment: Option<String>,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How a step uses this tool: its repository and version, or a path
    #[arg(long, value_name = "USES", default_value = "./")]
    action: String,
    /// The folder that the image is built from
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    context: String,
    /// The Dockerfile
    #[arg(long, value_name = "FILE", default_value = "Dockerfile")]
    dockerfile: String,
    /// Overwrite a workflow that was changed by hand
    #[arg(long)]
    force: bool,
    /// Write it to standard output and to no file
    #[arg(long, conflicts_with = "force")]
    print: bool,
}

impl Ci {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let What::Github(github) = &self.what;
        github.run(gate).await
    }
}

impl Github {
    async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let overlay = super::options::OverlayArgs {
            environment: self.environment.clone(),
            sets: Vec::new(),
        };
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.file, &overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let pipeline = self.pipeline(&session)?;
        let text = pipeline.text();
        if self.print {
            gate.result(&text);
            return Ok(Exit::Done);
        }
        let path = Path::new(WORKFLOWS).join(format!("{}.yml", pipeline.stack));
        self.write(&path, &text, gate)
    }

    fn pipeline(&self, session: &Session) -> Result<Pipeline, Trouble> {
        let document = &session.loaded.stack.document;
        let Some(deployer) = &document.deployer else {
            return Err(Trouble::Usage(
                "the file has no section `deployer`, so that no role trusts a workflow; add: deployer: { github: OWNER/REPOSITORY }"
                    .to_owned(),
            ));
        };
        if self.file.is_absolute() {
            return Err(Trouble::Usage(
                "name the stack file as the repository has it, relative to its top".to_owned(),
            ));
        }
        let role = |address| {
            role_arn(&session.resources, &session.scope, address)
                .ok_or_else(|| Trouble::Usage(format!("{address} is not among the resources")))
        };
        let image = document.workloads.iter().next().map(|(_, workload)| Image {
            name: without_tag(&workload.image.to_string()),
            context: self.context.clone(),
            dockerfile: self.dockerfile.clone(),
            colours: matches!(workload.release(), Some(Release::BlueGreen(_))),
        });
        Ok(Pipeline {
            stack: session.scope.prefix(),
            file: self.file.display().to_string(),
            overlay: self.environment.clone(),
            environment: session.scope.environment.clone(),
            branch: deployer.branch.to_string(),
            region: session.scope.region.clone(),
            deployer: role("deployer.role")?,
            applier: role("deployer.applier")?,
            reader: role("deployer.reader")?,
            action: self.action.clone(),
            image,
        })
    }

    fn write(&self, path: &Path, text: &str, gate: &Gate) -> Result<Exit, Trouble> {
        let trouble = |error: std::io::Error| Trouble::File(error.to_string());
        let shown = path.display();
        match fs_err::read_to_string(path) {
            Ok(there) => match standing(&there, text) {
                Standing::Same => {
                    gate.result(&format!("{shown} is up to date."));
                    return Ok(Exit::Done);
                }
                Standing::Theirs if !self.force => {
                    return Err(Trouble::File(format!(
                        "{shown} was changed by hand, or is not this tool's: --force overwrites it, --print shows what would be written"
                    )));
                }
                Standing::Ours | Standing::Theirs => {}
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(trouble(error)),
        }
        fs_err::create_dir_all(WORKFLOWS).map_err(trouble)?;
        fs_err::write(path, text).map_err(trouble)?;
        gate.result(&format!("{shown} is written."));
        gate.news(
            "Before it runs: apply the stack, so that its roles exist, and give the environment required reviewers (Settings, Environments).",
        );
        Ok(Exit::Done)
    }
}

/// The ARN of a role, whether it exists yet or not: its name is the file's.
fn role_arn(resources: &Resources, scope: &Scope, address: &str) -> Option<String> {
    let spec = &resources.get(&address.into())?.spec;
    let (path, name) = (spec.get("path")?.as_str()?, spec.get("name")?.as_str()?);
    Some(scope.global_arn("iam", &format!("role{path}{name}")))
}

/// An image without its tag or digest.
fn without_tag(image: &str) -> String {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[last..].find(':') {
        Some(colon) => name[..last + colon].to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_tag;

    #[test]
    fn the_registrys_port_is_no_tag() {
        for (image, name) in [
            (
                "ghcr.io/example/codedetect:1.0",
                "ghcr.io/example/codedetect",
            ),
            ("localhost:5000/codedetect", "localhost:5000/codedetect"),
            (
                "localhost:5000/codedetect:2@sha256:ab",
                "localhost:5000/codedetect",
            ),
        ] {
            assert_eq!(without_tag(image), name);
        }
    }
}
