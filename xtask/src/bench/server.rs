//! What the server costs when nothing happens, when much happens, and when it starts.

use std::time::Duration;

use anyhow::{Result, anyhow};
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::{Digest, RealBinary, ServeOptions, random_blob};

use super::Setup;
use super::measure::{Row, in_turns, median, memory, on_threads};
use super::peers::{DISTRIBUTION, PLIMSOLL, Peer};
use super::push::push_parts;

const PUSHES: usize = 100;

/// Memory of a fresh server after one request, and its peak under many concurrent pushes.
fn memory_rows(setup: &Setup) -> Result<[Vec<(&'static str, f64)>; 2]> {
    let idle = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION],
        |_| Ok(()),
        |peer, ()| {
            peer.registry().catalog().map_err(|error| anyhow!(error.chain()))?;
            memory(peer.pid(), "VmRSS")
        },
    )?;
    let size = (setup.file.size / PUSHES as u64).min(10 << 20);
    let loaded = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION],
        |run| setup.file.parts(PUSHES, size, 4000 + run),
        |peer, parts| {
            push_parts(setup, peer, parts, PUSHES)?;
            memory(peer.pid(), "VmHWM")
        },
    )?;
    Ok([idle, loaded])
}

pub(super) fn memory_use(setup: &Setup) -> Result<Vec<Row>> {
    let [idle, loaded] = memory_rows(setup)?;
    let row = |work: &str, values, aim| Row { work: work.to_owned(), unit: "MiB", values, aim, less: true };
    Ok(vec![row("memory, idle", idle, "20 MiB"), row("memory, peak of 100 concurrent pushes", loaded, "100 MiB")])
}

/// The time from the start of the process to listening, with one blob and with very many.
pub(super) fn start_up(setup: &Setup) -> Result<Vec<Row>> {
    let many = setup.scaled(100_000);
    let mut rows = Vec::new();
    for blobs in [1, many] {
        let directory = tempfile::tempdir_in(setup.directory.path())?;
        fill(&Peer::start(PLIMSOLL, setup, directory.path())?, blobs)?;
        let data = directory.path().join(PLIMSOLL).join("data");
        let mut times = Vec::new();
        for _ in 0..5 {
            let server = RealBinary::start(&setup.binary, &data, &ServeOptions::default());
            let server = server.map_err(|error| anyhow!(error.chain()))?;
            times.push(server.started_in().as_secs_f64() * 1000.0);
            server.terminate(Duration::from_secs(20))?;
        }
        let work = format!("start-up to listening with {blobs} blobs");
        rows.push(Row { work, unit: "ms", values: vec![(PLIMSOLL, median(times))], aim: "50 ms", less: true });
    }
    Ok(rows)
}

fn fill(peer: &Peer, blobs: usize) -> Result<()> {
    let push = |registry: &mut RegistryClient, number: usize| {
        let blob = random_blob(number as u64, 32);
        let digest = Digest::sha256(&blob);
        let pushed = registry.push_blob_at_once("bench/many", &digest, &blob);
        pushed.map_err(|error| anyhow!(error.chain()))
    };
    on_threads(16, blobs, || peer.registry(), push)
}
