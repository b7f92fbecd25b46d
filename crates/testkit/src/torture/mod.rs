//! Pushes under fire: clients write to the real binary while it is killed and started again, and every acknowledged
//! byte is asked for afterwards.
//!
//! [`run`] is the long and the short form; [`full_disk`] asks the same of a disk without space. What must hold:
//!
//! - a blob, manifest or tag that was acknowledged is there and hashes right;
//! - a tag leads to what was acknowledged last, or to what was in flight after it when the server died;
//! - whatever is visible is whole: every listed tag resolves, and all that its manifest refers to can be read;
//! - an upload that was acknowledged can be resumed where it stood, or cancelled.

mod client;
mod full_disk;
mod gate;
mod ledger;
pub mod mixed;
mod verify;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub use full_disk::{FullDiskReport, full_disk};

use crate::{Random, RealBinary, ServeOptions};
use client::Worker;
use gate::Gate;
use ledger::Ledger;

/// How hard the server is treated.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often it is killed.
    pub rounds: usize,
    /// How many clients push at once.
    pub clients: usize,
    /// Where the randomness starts. Thread timing is not part of it, so a seed repeats the work but not the moment.
    pub seed: u64,
    /// The shortest and longest time between a start and the next kill.
    pub life: (Duration, Duration),
    /// The size in bytes of the large blobs, which are sent in chunks of 1 MiB.
    pub large: usize,
    /// How many acknowledged things are looked at after every start; the end looks at all of them.
    pub sample: usize,
    /// How the server is started.
    pub serve: ServeOptions,
}

impl Default for Options {
    /// The long form.
    fn default() -> Self {
        Self {
            rounds: 100,
            clients: 8,
            seed: 1,
            life: (Duration::from_millis(20), Duration::from_millis(600)),
            large: 8 << 20,
            sample: 40,
            serve: ServeOptions::default(),
        }
    }
}

impl Options {
    /// A form that ends within seconds, for ordinary tests.
    pub fn short() -> Self {
        Self {
            rounds: 4,
            clients: 4,
            life: (Duration::from_millis(20), Duration::from_millis(250)),
            large: 2 << 20,
            ..Self::default()
        }
    }
}

/// What a run did, all of it verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How often the server was killed and started again.
    pub kills: usize,
    /// Images whose manifest was acknowledged.
    pub images: usize,
    /// Blobs acknowledged, counted once for each repository.
    pub blobs: usize,
    /// Manifests acknowledged.
    pub manifests: usize,
    /// Tags acknowledged.
    pub tags: usize,
    /// Requests that died with the server.
    pub broken_requests: usize,
    /// Uploads that were resumed in another life of the server than the one they began in.
    pub resumed: usize,
    /// Uploads that were cancelled in another life of the server.
    pub cancelled: usize,
    /// Blobs whose bytes were read back and hashed.
    pub verified_blobs: usize,
    /// The longest time from start to listening.
    pub slowest_start: Duration,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kills                 {}", self.kills)?;
        writeln!(f, "images pushed         {}", self.images)?;
        writeln!(f, "blobs acknowledged    {}", self.blobs)?;
        writeln!(f, "manifests             {}", self.manifests)?;
        writeln!(f, "tags                  {}", self.tags)?;
        writeln!(f, "requests cut off      {}", self.broken_requests)?;
        writeln!(f, "uploads resumed       {}", self.resumed)?;
        writeln!(f, "uploads cancelled     {}", self.cancelled)?;
        writeln!(f, "blobs read and hashed {}", self.verified_blobs)?;
        write!(f, "slowest start         {} ms", self.slowest_start.as_millis())
    }
}

/// Runs `binary` on the empty directory `data` through the rounds of `options`. The error names up to twenty of the
/// things that were lost or damaged.
pub fn run_in(binary: &Path, data: &Path, options: &Options) -> Result<Report, String> {
    let ledger = Arc::new(Ledger::default());
    let gate = Arc::new(Gate::default());
    let workers: Vec<_> = (0..options.clients)
        .map(|number| {
            let worker = Worker::new(number, options, Arc::clone(&ledger), Arc::clone(&gate));
            thread::spawn(move || worker.run())
        })
        .collect();
    let outcome = rounds(binary, data, options, &ledger, &gate);
    gate.stop();
    for worker in workers {
        worker.join().map_err(|_| "a client thread panicked".to_owned())?;
    }
    let report = outcome?;
    let faults = ledger.faults();
    if faults.is_empty() {
        return Ok(report);
    }
    let shown = faults.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    Err(format!("{} faults:\n{shown}\n{report}", faults.len()))
}

/// [`run_in`] a temporary directory that is removed afterwards.
pub fn run(binary: &Path, options: &Options) -> Result<Report, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    run_in(binary, &directory.path().join("data"), options)
}

fn rounds(binary: &Path, data: &Path, options: &Options, ledger: &Ledger, gate: &Gate) -> Result<Report, String> {
    let mut random = Random::new(options.seed);
    let mut report = Report::default();
    for _ in 0..options.rounds {
        let server = start(binary, data, options, &mut report)?;
        report.verified_blobs += verify::sample(&mut server.registry(), ledger, &mut random, options.sample);
        gate.open(server.address(), server.credentials().clone());
        thread::sleep(life(&mut random, options.life));
        server.kill().map_err(|error| format!("the server could not be killed: {error}"))?;
        gate.close();
        report.kills += 1;
        if !ledger.faults().is_empty() {
            break;
        }
    }
    let server = start(binary, data, options, &mut report)?;
    gate.finish(server.address(), server.credentials().clone());
    report.verified_blobs += verify::everything(&mut server.registry(), ledger);
    ledger.count(&mut report);
    Ok(report)
}

fn start(binary: &Path, data: &Path, options: &Options, report: &mut Report) -> Result<RealBinary, String> {
    let server = RealBinary::start(binary, data, &options.serve)
        .map_err(|error| format!("start {} failed: {}", report.kills + 1, error.chain()))?;
    report.slowest_start = report.slowest_start.max(server.started_in());
    Ok(server)
}

fn life(random: &mut Random, (shortest, longest): (Duration, Duration)) -> Duration {
    let spread = longest.saturating_sub(shortest).as_micros();
    shortest + Duration::from_micros(random.below(usize::try_from(spread).unwrap_or(usize::MAX)) as u64)
}
