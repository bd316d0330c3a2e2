//! Twenty deploys and twenty switches and rollbacks in a row under a steady load, with nothing lost: no request, no upload.
//!
//! The programs are those of a release build, the workload is the real analyzer, the load balancer the local cloud's. The load is
//! open-loop: when answers are late, requests are not; what could not be sent on time is counted.

mod http;
mod ledger;
mod load;
mod report;
mod tally;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::sync::Semaphore;

use ledger::Acknowledged;
use load::{Load, Shared};
use report::Report;
use tally::Part;
use world::{World, image};

/// How long the load runs before the first release, and after the last.
const CALM: Duration = Duration::from_secs(10);
/// How many uploads are read back at once.
const READERS: usize = 16;

/// Releases under load: what is lost is counted
#[derive(Debug, Parser)]
struct Arguments {
    /// The program `codedetect-infra`, with the analyzer beside it
    program: PathBuf,
    /// Requests a second
    #[arg(long, default_value_t = 1000)]
    rate: u32,
    /// Rounds of two deploys, a switch and a rollback
    #[arg(long, default_value_t = 10)]
    rounds: u32,
    /// How long each share of a deploy is watched
    #[arg(long, default_value = "1s")]
    bake: String,
}

/// Why the check could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Failure {
    what: String,
    why: String,
}

impl Failure {
    fn new(what: &str, why: impl ToString) -> Self {
        Self {
            what: what.to_owned(),
            why: why.to_string(),
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match check(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("releases: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn check(arguments: &Arguments) -> Result<bool, Failure> {
    let program = fs_err::canonicalize(&arguments.program)
        .map_err(|error| Failure::new("the program", error))?;
    let world = World::new(&program).await?;
    let load = Load::begin(world.front, arguments.rate);
    tokio::time::sleep(CALM).await;
    let mut releases = BTreeMap::new();
    let went = rounds(arguments, &world, &load, &mut releases).await;
    load.part(Part::After);
    if went.is_ok() {
        tokio::time::sleep(CALM).await;
    }
    let shared = load.end().await;
    let acknowledged = shared.ledger.all();
    let lost = read_back(&shared, acknowledged.clone()).await?;
    let report = Report {
        rate: arguments.rate,
        shared: &shared,
        releases: &releases,
        acknowledged: &acknowledged,
        lost: &lost,
    };
    println!("{}", report.table());
    let good = report.good();
    if went.is_err() || !good {
        eprintln!("{}", world.last_words());
    }
    let ended = world.end().await;
    // Only now, where a release failed: the table says what the clients saw of it.
    went?;
    ended?;
    Ok(good)
}

type Releases = BTreeMap<&'static str, Vec<Duration>>;

/// Each round deploys to one colour and to the other, and moves the traffic there and back.
async fn rounds(
    arguments: &Arguments,
    world: &World,
    load: &Load,
    releases: &mut Releases,
) -> Result<(), Failure> {
    let bake = ["--bake", arguments.bake.as_str()];
    for round in 0..arguments.rounds {
        for version in [2 * round + 1, 2 * round + 2] {
            load.part(Part::Deploys);
            let image = image(version);
            let deploy = ["--image", image.as_str(), "--canary", "25"];
            timed(world, releases, "deploy", &[&deploy[..], &bake].concat()).await?;
        }
        load.part(Part::Moves);
        timed(world, releases, "switch", &bake).await?;
        timed(world, releases, "rollback", &[]).await?;
    }
    Ok(())
}

async fn timed(
    world: &World,
    releases: &mut Releases,
    verb: &'static str,
    arguments: &[&str],
) -> Result<(), Failure> {
    let began = Instant::now();
    world.release(verb, arguments).await?;
    let took = began.elapsed();
    eprintln!(
        "{verb} {}: {:.1} s",
        arguments.join(" "),
        took.as_secs_f64()
    );
    releases.entry(verb).or_default().push(took);
    Ok(())
}

/// Asks for everything that was acknowledged, and counts what is not there.
async fn read_back(
    shared: &Arc<Shared>,
    acknowledged: Vec<Acknowledged>,
) -> Result<BTreeMap<String, u64>, Failure> {
    let places = Arc::new(Semaphore::new(READERS));
    let mut readers = tokio::task::JoinSet::new();
    for one in acknowledged {
        let place = Arc::clone(&places)
            .acquire_owned()
            .await
            .map_err(|error| Failure::new("reading back", error))?;
        let shared = Arc::clone(shared);
        readers.spawn(async move {
            let read = shared.read_back(&one).await;
            drop(place);
            read.err()
        });
    }
    let mut lost = BTreeMap::new();
    while let Some(read) = readers.join_next().await {
        if let Some(why) = read.map_err(|error| Failure::new("reading back", error))? {
            *lost.entry(why).or_default() += 1;
        }
    }
    Ok(lost)
}
