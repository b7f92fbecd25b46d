//! `cargo xtask bench`: the load table, with the peers measured in the same run and in turns with us.

mod advisories;
mod api;
mod archive;
mod cold;
mod corpus;
mod data;
mod measure;
mod peers;
mod pull;
mod push;
mod scan;
mod server;

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

use crate::interop::install::{Source, ensure};
use crate::run::build_release;
use data::BigFile;
use measure::Row;

/// How the benchmark is asked for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only the rows whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// Smaller sizes and one run each: a check that the benchmark works, not a measurement
    #[arg(long)]
    quick: bool,
    /// A `docker save` archive of a Debian-based image, for the rows about findings and scans
    #[arg(long)]
    image: Option<PathBuf>,
    /// A directory of OSV records, `<ecosystem>/all.zip`, for the rows about findings and scans
    #[arg(long)]
    advisories: Option<PathBuf>,
    /// A server binary to use instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Set when this process is the optimised one
    #[arg(long, hide = true)]
    optimised: bool,
}

/// What every row needs.
struct Setup {
    binary: PathBuf,
    file: BigFile,
    runs: usize,
    quick: bool,
    image: Option<PathBuf>,
    advisories: Option<PathBuf>,
    directory: TempDir,
}

impl Setup {
    /// `full`, or a small part of it in a quick run.
    fn scaled(&self, full: usize) -> usize {
        if self.quick { (full / 16).max(1) } else { full }
    }
}

type Measure = fn(&Setup) -> Result<Vec<Row>>;

const ROWS: [(&str, Measure); 15] = [
    ("push-large", push::large),
    ("push-many", push::many),
    ("push-images", push::images),
    ("pull-large", pull::large),
    ("manifest-get", pull::manifests),
    ("findings", scan::findings),
    ("scan", cold::image),
    ("scan-files", cold::many_files),
    ("scan-large", cold::large_image),
    ("advisories", advisories::many),
    ("memory", server::memory_use),
    ("start-up", server::start_up),
    ("api-pages", api::pages),
    ("api-tokens", api::tokens),
    ("api-decisions", api::decisions),
];

pub(crate) fn bench(arguments: &Arguments) -> Result<()> {
    if !arguments.optimised {
        return run_optimised(arguments);
    }
    ensure(&[
        ("registry", Source::Go("github.com/distribution/distribution/v3/cmd/registry@latest")),
        ("nginx", Source::Apt("nginx-light")),
        ("wrk", Source::Apt("wrk")),
    ])?;
    let directory = tempfile::tempdir()?;
    let size = if arguments.quick { 64 << 20 } else { 1 << 30 };
    let setup = Setup {
        binary: arguments.binary.clone().unwrap_or_else(|| "target/release/plimsoll".into()),
        file: BigFile::create(&directory.path().join("blob"), size)?,
        runs: if arguments.quick { 1 } else { 3 },
        quick: arguments.quick,
        image: arguments.image.clone(),
        advisories: arguments.advisories.clone(),
        directory,
    };
    let mut rows = Vec::new();
    for (name, measure) in ROWS {
        if arguments.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        println!("== {name}");
        match measure(&setup) {
            Ok(measured) => rows.extend(measured),
            Err(error) => println!("skip {name}: {error:#}"),
        }
    }
    println!("\n{}", measure::table(&rows));
    Ok(())
}

/// Builds the server and this program with optimisation, and becomes the latter: the load must cost as little as it can.
fn run_optimised(arguments: &Arguments) -> Result<()> {
    let packages: &[&str] = if arguments.binary.is_some() { &["xtask"] } else { &["plimsoll-cli", "xtask"] };
    let built = build_release(packages)?;
    let binary = arguments.binary.clone().unwrap_or_else(|| built.join("plimsoll"));
    let mut command = Command::new(built.join("xtask"));
    command.arg("bench").args(std::env::args_os().skip(2)).arg("--optimised");
    if arguments.binary.is_none() {
        command.arg("--binary").arg(binary);
    }
    Err(command.exec().into())
}
