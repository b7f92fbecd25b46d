//! Runs in turns, medians, and the table they end in.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::Setup;
use super::peers::Peer;
use crate::run::output;

/// One line of the table.
pub(super) struct Row {
    pub(super) work: String,
    pub(super) unit: &'static str,
    /// The median of each peer by its name, ours first.
    pub(super) values: Vec<(&'static str, f64)>,
    pub(super) aim: &'static str,
    /// Whether less is better.
    pub(super) less: bool,
}

/// Starts the peers named and measures each in turn: A, B, A, B. `prepare` makes a run's work, which no peer has seen.
pub(super) fn in_turns<W>(
    setup: &Setup,
    names: &[&'static str],
    prepare: impl Fn(u64) -> Result<W>,
    measure: impl Fn(&Peer, &W) -> Result<f64>,
) -> Result<Vec<(&'static str, f64)>> {
    let directory = tempfile::tempdir_in(setup.directory.path())?;
    let peers = names.iter().map(|name| Peer::start(name, setup, directory.path())).collect::<Result<Vec<_>>>()?;
    let mut values = vec![Vec::new(); peers.len()];
    for run in 0..setup.runs {
        let work = prepare(1 + run as u64)?;
        for (peer, values) in peers.iter().zip(&mut values) {
            // What an earlier run left to be written must not slow this one.
            output(&mut Command::new("sync"))?;
            let value = measure(peer, &work).with_context(|| peer.name)?;
            println!("     {:13} {value:.1}", peer.name);
            values.push(value);
        }
    }
    Ok(names.iter().copied().zip(values.into_iter().map(median)).collect())
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The seconds that `work` takes.
pub(super) fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Runs `work` for the numbers below `count` on `threads` threads, each with a state of its own.
pub(super) fn on_threads<S>(
    threads: usize,
    count: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> Result<()> + Sync,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let run = || -> Result<()> {
        let mut state = state();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            work(&mut state, number)?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let outcomes = threads.into_iter().map(|thread| match thread.join() {
            Ok(outcome) => outcome,
            Err(_) => bail!("a load thread panicked"),
        });
        outcomes.collect()
    })
}

/// A number in kB from `/proc/<pid>/status`, in MiB.
pub(super) fn memory(pid: u32, field: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no such field")?;
    Ok(kilobytes.parse::<f64>()? / 1024.0)
}

/// The rows as a Markdown table, with our ratio to each peer: above 1 is better than the peer.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::from("| work | unit | plimsoll | peers | ratio | aim |\n|---|---|---|---|---|---|\n");
    for row in rows {
        let Some(((_, ours), peers)) = row.values.split_first() else { continue };
        let (mut names, mut ratios) = (Vec::new(), Vec::new());
        for (name, theirs) in peers {
            let ratio = if row.less { theirs / ours } else { ours / theirs };
            names.push(format!("{name} {}", digits(*theirs)));
            ratios.push(format!("{ratio:.2}"));
        }
        let Row { work, unit, aim, .. } = row;
        let cells = [work.as_str(), unit, &digits(*ours), &names.join(", "), &ratios.join(", "), aim];
        writeln!(text, "| {} |", cells.join(" | ")).unwrap_or_default();
    }
    text
}

/// A number with as many digits as it deserves.
fn digits(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_say_how_much_better() {
        let row = |less| Row {
            work: "w".to_owned(),
            unit: "u",
            values: vec![("plimsoll", 200.0), ("other", 50.0)],
            aim: "2x",
            less,
        };
        let text = table(&[row(false), row(true)]);
        let lines: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(lines, ["| w | u | 200 | other 50.0 | 4.00 | 2x |", "| w | u | 200 | other 50.0 | 0.25 | 2x |"]);
    }

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert!(median(vec![]).is_nan());
    }

    #[test]
    fn every_number_is_worked_on_once() {
        let seen: Vec<_> = (0..100).map(|_| AtomicUsize::new(0)).collect();
        let count = |(): &mut (), number: usize| {
            seen[number].fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        on_threads(4, 100, || (), count).unwrap();
        assert!(seen.iter().all(|seen| seen.load(Ordering::Relaxed) == 1));
        assert!(on_threads(2, 5, || (), |(), number| if number == 3 { bail!("three") } else { Ok(()) }).is_err());
    }
}
