//! The workload that the instances of the local cloud run, and its build in a checkout.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use super::exit::Trouble;

/// Names the command of the workload; `none` for a local cloud without instances.
pub const VARIABLE: &str = "CODEDETECT_WORKLOAD";
/// The program of the workload.
pub const ANALYZER: &str = "codedetect-analyzer";

/// The command that an instance of the local cloud runs: what `CODEDETECT_WORKLOAD` says, else the analyzer that was built
/// beside this program. Where `cargo run` started this program and the analyzer is missing, it is built meanwhile, and instances
/// come up once it is there. Nothing, where there is no workload: then there are no instances, only what AWS says of them.
pub fn command(cloud: &Path) -> Result<Option<Vec<OsString>>, Trouble> {
    let this = std::env::current_exe().map_err(|error| Trouble::Local(error.to_string()))?;
    let given = std::env::var(VARIABLE).unwrap_or_default();
    let beside = this.with_file_name(ANALYZER);
    let command: Vec<OsString> = match given.trim() {
        "none" => return Ok(None),
        "" if beside.is_file() || built_meanwhile(&this, cloud) => {
            vec![beside.into_os_string(), "serve".into()]
        }
        "" => return Ok(None),
        given => given.split_whitespace().map(OsString::from).collect(),
    };
    let wrapper = [this.into_os_string(), "local".into(), "workload".into()];
    Ok(Some(wrapper.into_iter().chain(command).collect()))
}

/// What a person is told about the address of the local cloud's load balancer.
pub fn what_answers() -> &'static str {
    let given = std::env::var(VARIABLE).is_ok_and(|given| !given.trim().is_empty());
    let beside = std::env::current_exe().map(|this| this.with_file_name(ANALYZER));
    match beside {
        Ok(beside) if !given && !beside.is_file() => {
            "the same on this machine, once the workload is built (.codedetect/local/build.log)"
        }
        _ => "the same on this machine",
    }
}

/// Begins the build of the analyzer, if this program was started by `cargo run` in its checkout. Cargo tells so by its variables.
fn built_meanwhile(this: &Path, cloud: &Path) -> bool {
    let (Some(cargo), Some(checkout)) = (
        std::env::var_os("CARGO"),
        std::env::var_os("CARGO_MANIFEST_DIR"),
    ) else {
        return false;
    };
    let Some((target, profile)) = this.parent().and_then(|folder| {
        let profile = match folder.file_name().and_then(OsStr::to_str)? {
            "release" => "release",
            "debug" => "dev",
            _ => return None,
        };
        Some((folder.parent()?, profile))
    }) else {
        return false;
    };
    if !Path::new(&checkout).join("analyzer/Cargo.toml").is_file() {
        return false;
    }
    let Ok(log) = fs_err::File::create(cloud.join("build.log")) else {
        return false;
    };
    Command::new(cargo)
        .args(["build", "--package", ANALYZER, "--profile", profile])
        .arg("--target-dir")
        .arg(target)
        .current_dir(checkout)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log.into_file())
        .spawn()
        .is_ok()
}

/// Becomes the workload. It ends when the local cloud does, however that ends. Returns only if that fails.
pub fn become_it(command: &[OsString]) -> Trouble {
    use std::os::unix::process::CommandExt;
    let Some((program, arguments)) = command.split_first() else {
        return Trouble::Usage("no workload was named".to_owned());
    };
    if let Err(error) =
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
    {
        return Trouble::Local(error.to_string());
    }
    let error = Command::new(program).args(arguments).exec();
    Trouble::Local(format!("{}: {error}", program.display()))
}
