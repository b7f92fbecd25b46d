//! `cargo xtask torture`: the long form of the torture run, against the release binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow};
use plimsoll_testkit::torture::{self, Options};

use crate::run::{build_release, run, step};

/// The disk that is filled, in MiB.
const SMALL_DISK: usize = 64;

/// How the torture run is asked for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often the server is killed
    #[arg(long, default_value_t = 100)]
    rounds: usize,
    /// How many clients push at once
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Where the randomness starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fill a small disk instead of killing; needs root, to mount a tmpfs
    #[arg(long)]
    full_disk: bool,
    /// A server binary to use instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
}

pub(crate) fn torture(arguments: &Arguments) -> Result<()> {
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => build_release(&["plimsoll-cli"])?.join("plimsoll"),
    };
    if arguments.full_disk { full_disk(&binary) } else { kills(&binary, arguments) }
}

fn kills(binary: &Path, arguments: &Arguments) -> Result<()> {
    let Arguments { rounds, clients, seed, .. } = *arguments;
    let options = Options { rounds, clients, seed, ..Options::default() };
    step(&format!("torture: {rounds} kills, {clients} clients, seed {seed}"), || {
        let report = torture::run(binary, &options).map_err(|error| anyhow!(error))?;
        println!("{report}");
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
