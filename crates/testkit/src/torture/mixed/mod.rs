//! Everything at once: clients of two accounts push, pull, delete, share, archive, scan and administer at the same time,
//! over `/v2/` and over the AWS APIs, optionally while the server is killed; then the audit log is held against what they
//! were told, and the server against the audit log.
//!
//! The audit log orders all changes, since each record commits in the transaction of its change. So it is replayed into a
//! model of what must be there (the module `replay`), and these are checked:
//!
//! - the chain is whole, every acknowledged change and every denial has its record, and what was refused has none;
//! - every read saw a state that was there at some moment between its request and its answer: images by tag and by digest,
//!   grants to the other account, attached policies, access keys;
//! - an immutable tag never moved, and what was acknowledged in a repository where nothing is deleted is all there;
//! - all lists agree with the model and with each other, and all that can be pulled reads back with its digest;
//! - no answer was a 5xx, and nobody was let through to what no policy grants.

mod check;
mod client;
mod docker;
mod ecr;
mod identities;
mod journal;
mod line;
mod log;
mod replay;
mod report;
mod scene;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

pub use report::{MixedReport, Row};

use super::gate::Gate;
use crate::{Random, RealBinary, ServeOptions};
use client::Worker;
use journal::Journal;
use scene::Scene;

/// How often the amount of work done is looked at.
const POLL: Duration = Duration::from_millis(2);
/// How many faults an error names.
const SHOWN: usize = 40;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// So many operations of all clients together, each of one to a dozen requests.
    Operations(usize),
    /// As many as there are in this time.
    Time(Duration),
}

/// What a mixed run does.
#[derive(Clone, Debug)]
pub struct MixedOptions {
    /// How much work.
    pub amount: Amount,
    /// How often the server is killed on the way.
    pub kills: usize,
    /// How many clients work at once; every other one is of the second account.
    pub clients: usize,
    /// Where the randomness starts.
    pub seed: u64,
}

/// Runs `binary` on the empty directory `data`. The error names the faults.
pub fn run_in(binary: &Path, data: &Path, options: &MixedOptions) -> Result<MixedReport, String> {
    let config = data.with_extension("toml");
    std::fs::create_dir_all(data).map_err(|error| error.to_string())?;
    std::fs::write(&config, "[lifecycle]\ninterval_seconds = 1\n").map_err(|error| error.to_string())?;
    let serve = ServeOptions { config: Some(config), ..ServeOptions::default() };
    let server = start(binary, data, &serve)?;
    let accounts = scene::accounts(binary, data)?;
    let scene = Arc::new(scene::furnish(accounts, &server, options.clients)?);
    let journal = Arc::new(Journal::default());
    let gate = Arc::new(Gate::default());
    let workers: Vec<_> = (0..options.clients)
        .map(|number| {
            let worker = Worker::new(number, options.seed, &scene, &journal, &gate);
            thread::spawn(move || worker.run())
        })
        .collect();
    let begun = Instant::now();
    let server = lives(binary, data, &serve, options, server, (&gate, &journal));
    gate.stop();
    for worker in workers {
        worker.join().map_err(|_| "a client thread panicked".to_owned())?;
    }
    let worked = begun.elapsed();
    judge(binary, data, &server?, &scene, &journal, worked, options)
}

/// [`run_in`] a temporary directory that is removed afterwards.
pub fn run(binary: &Path, options: &MixedOptions) -> Result<MixedReport, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    run_in(binary, &directory.path().join("data"), options)
}

fn start(binary: &Path, data: &Path, serve: &ServeOptions) -> Result<RealBinary, String> {
    RealBinary::start(binary, data, serve).map_err(|error| error.chain())
}

/// Lets the clients work through all lives of the server, and answers the last one.
fn lives(
    binary: &Path,
    data: &Path,
    serve: &ServeOptions,
    options: &MixedOptions,
    mut server: RealBinary,
    (gate, journal): (&Gate, &Journal),
) -> Result<RealBinary, String> {
    let mut random = Random::new(options.seed);
    for life in 0..=options.kills {
        gate.open(server.address(), server.credentials().clone());
        wait(options, life, &mut random, journal);
        if life == options.kills {
            break;
        }
        server.kill().map_err(|error| error.to_string())?;
        gate.close();
        server = start(binary, data, serve)?;
    }
    Ok(server)
}

/// Returns when the share of one life is done, which with kills is not the same for all lives.
fn wait(options: &MixedOptions, life: usize, random: &mut Random, journal: &Journal) {
    let lives = options.kills + 1;
    let jitter = random.below(100);
    match options.amount {
        Amount::Operations(all) => {
            let goal =
                (all * (life + 1)).div_ceil(lives).saturating_sub(if life + 1 < lives { jitter / 10 } else { 0 });
            while journal.operations() < goal {
                thread::sleep(POLL);
            }
        }
        Amount::Time(all) => {
            let share = all / u32::try_from(lives).unwrap_or(u32::MAX);
            let factor = if lives == 1 { 100 } else { 50 + u32::try_from(jitter).unwrap_or(0) };
            thread::sleep(share * factor / 100);
        }
    }
}

fn judge(
    binary: &Path,
    data: &Path,
    server: &RealBinary,
    scene: &Scene,
    journal: &Journal,
    worked: Duration,
    options: &MixedOptions,
) -> Result<MixedReport, String> {
    let mut faults = journal.faults();
    let events = journal.events();
    let verdict = command(binary, data, &["audit", "verify"]);
    faults.extend(verdict.as_ref().err().cloned());
    let model =
        check::settled(binary, data, server, scene, |records| replay::replay(records, &events, journal.indexes()))?;
    faults.extend(check::everything(server, scene, journal, &model));
    let mut report = MixedReport::new(&events, worked, options.kills);
    (report.records, report.expired, report.images) = (model.records, model.expired, model.images());
    faults.extend(model.faults);
    if faults.is_empty() {
        return Ok(report);
    }
    let shown = faults.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
    Err(format!("{report}\n{} faults:\n{shown}\n{}", faults.len(), server.output()))
}

/// Runs a command of the binary on the data directory, and answers what it prints.
fn command(binary: &Path, data: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(binary).args(arguments).arg("--data").arg(data).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    Err(format!("{arguments:?} ended with {}: {text}{}", output.status, String::from_utf8_lossy(&output.stderr)))
}
