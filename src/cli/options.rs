//! Arguments that several verbs share.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use crate::reference::Address;

/// Which stack.
#[derive(Args, Clone, Debug)]
pub struct StackArgs {
    /// The stack file
    #[arg(value_name = "STACK", default_value = "stack.yaml")]
    pub file: PathBuf,
    #[command(flatten)]
    pub overlay: OverlayArgs,
}

/// Which variant of a stack.
#[derive(Clone, Debug, Default)]
pub struct OverlayArgs {
    /// The overlay that is asked for.
    pub environment: Option<String>,
    /// What is set on the command line, in its order.
    pub sets: Vec<String>,
}

/// [`OverlayArgs`] as they are typed.
#[derive(Args)]
struct TypedOverlay {
    /// Lay the file's `environments: NAME` over it
    #[arg(long = "env", value_name = "NAME", env = "CODEDETECT_ENV")]
    environment: Option<String>,
    /// Set one value of the file, such as network.nat=true (may be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    sets: Vec<String>,
}

impl FromArgMatches for OverlayArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = TypedOverlay::from_arg_matches(matches)?;
        // A variable that is empty is one that is not set. An empty `--env` is a mistake, and is refused as one.
        let by_variable = matches.value_source("environment") == Some(ValueSource::EnvVariable);
        let named = |name: &String| !(by_variable && name.is_empty());
        Ok(Self {
            environment: typed.environment.filter(named),
            sets: typed.sets,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for OverlayArgs {
    fn augment_args(command: Command) -> Command {
        TypedOverlay::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        TypedOverlay::augment_args_for_update(command)
    }
}

/// The heading of [`CloudArgs`]. Said of each: a heading for all that follows would hold for what other structs add, too.
const WHERE: &str = "Where";

/// Where calls go.
#[derive(Args, Clone, Debug, Default)]
pub struct CloudArgs {
    /// Use the local cloud: no account, no cost; started if it is not running
    #[arg(help_heading = WHERE, long)]
    pub local: bool,
    /// Send every call to this endpoint instead of AWS
    #[arg(help_heading = WHERE, long, value_name = "URL", conflicts_with = "local")]
    pub endpoint_url: Option<String>,
    /// Use this profile of the AWS configuration files
    #[arg(help_heading = WHERE, long, value_name = "NAME", conflicts_with = "local")]
    pub profile: Option<String>,
    /// Use this region instead of the file's
    #[arg(help_heading = WHERE, long, value_name = "REGION")]
    pub region: Option<String>,
    /// Keep journal and lock in this folder instead of the stack's state bucket
    #[arg(help_heading = WHERE, long, value_name = "FOLDER", env = "CODEDETECT_STATE_DIR")]
    pub state_dir: Option<PathBuf>,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    #[default]
    Human,
    /// One versioned JSON document on standard output
    Json,
}

/// How a plan is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For a person
    #[default]
    Human,
    /// One versioned JSON document on standard output
    Json,
    /// For a pull-request comment
    Markdown,
}

/// How a run is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    /// For a person: live on a terminal, plain lines elsewhere
    #[default]
    Human,
    /// One versioned JSON document on standard output at the end
    Json,
    /// One event a line on standard output
    Ndjson,
}

/// What a changing verb asks of a person.
#[derive(Args, Clone, Debug, Default)]
pub struct ConsentArgs {
    /// Do it without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Allow the data of this protected resource to be lost (may be repeated)
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub delete_data: Vec<Address>,
    /// Wait this long for another run's lock, such as 5m
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub lock_wait: crate::units::Duration,
}

/// An address as it is typed.
pub fn address(text: &str) -> Result<Address, String> {
    let good = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    if good {
        Ok(Address::new(text))
    } else {
        Err("an address looks like buckets.uploads; `plan` shows them".to_owned())
    }
}
