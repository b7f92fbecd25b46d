//! `cargo xtask torture`: the long form of the torture run, against the release binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, anyhow};
use plimsoll_testkit::torture::mixed::{self, Amount, MixedOptions};
use plimsoll_testkit::torture::{self, Options};

use crate::run::{build_release, run, step};

/// The disk that is filled, in MiB.
const SMALL_DISK: usize = 64;

/// How the torture run is asked for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the server is killed [default: 100; with --mixed: never]
    #[arg(long)]
    rounds: Option<usize>,
    /// How many clients work at once [default: 8; with --mixed: 50]
    #[arg(long)]
    clients: Option<usize>,
    /// Where the randomness starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fill a small disk instead of killing; needs root, to mount a tmpfs
    #[arg(long)]
    full_disk: bool,
    /// Do everything at once in two accounts, over `/v2/` and the AWS APIs, and replay the audit log
    #[arg(long, conflicts_with = "full_disk")]
    mixed: bool,
    /// A directory that does not exist, to keep the data of a mixed run in
    #[arg(long, requires = "mixed")]
    data: Option<PathBuf>,
    /// How long the clients of a mixed run work
    #[arg(long, default_value_t = 60, requires = "mixed")]
    seconds: u64,
    /// A server binary to use instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
}

pub(crate) fn torture(arguments: &Arguments) -> Result<()> {
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => build_release(&["plimsoll-cli"])?.join("plimsoll"),
    };
    match arguments {
        Arguments { full_disk: true, .. } => full_disk(&binary),
        Arguments { mixed: true, .. } => mixed(&binary, arguments),
        _ => kills(&binary, arguments),
    }
}

fn kills(binary: &Path, arguments: &Arguments) -> Result<()> {
    let (rounds, clients) = (arguments.rounds.unwrap_or(100), arguments.clients.unwrap_or(8));
    let seed = arguments.seed;
    let options = Options { rounds, clients, seed, ..Options::default() };
    step(&format!("torture: {rounds} kills, {clients} clients, seed {seed}"), || {
        let report = torture::run(binary, &options).map_err(|error| anyhow!(error))?;
        println!("{report}");
        Ok(())
    })
}

fn mixed(binary: &Path, arguments: &Arguments) -> Result<()> {
    let (kills, clients) = (arguments.rounds.unwrap_or(0), arguments.clients.unwrap_or(50));
    let Arguments { seconds, seed, .. } = *arguments;
    let options = MixedOptions { amount: Amount::Time(Duration::from_secs(seconds)), kills, clients, seed };
    step(&format!("torture: {clients} clients mixed for {seconds} s, {kills} kills, seed {seed}"), || {
        let report = match &arguments.data {
            Some(data) => mixed::run_in(binary, data, &options),
            None => mixed::run(binary, &options),
        };
        println!("{}", report.map_err(|error| anyhow!(error))?);
        Ok(())
    })
}

fn full_disk(binary: &Path) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let disk = Mounted::new(directory.path().join("disk"))?;
    step(&format!("torture: a full disk of {SMALL_DISK} MiB"), || {
        let log = directory.path().join("server.log");
        let report = torture::full_disk(binary, &disk.0, &log).map_err(|error| anyhow!(error))?;
        println!("{report}");
        Ok(())
    })
}

/// A tmpfs, unmounted at the end.
struct Mounted(PathBuf);

impl Mounted {
    fn new(path: PathBuf) -> Result<Self> {
        fs::create_dir(&path)?;
        let size = format!("size={SMALL_DISK}m");
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Err(error) = run(Command::new("umount").arg(&self.0)) {
            println!("{error:#}");
        }
    }
}
