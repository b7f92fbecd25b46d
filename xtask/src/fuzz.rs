//! `cargo xtask fuzz`: every fuzz target for a while.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::run::{cargo, output, run, step};

/// How fuzzing is asked for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long each target runs, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Run only the targets whose name contains this
    #[arg(long)]
    only: Option<String>,
}

pub(crate) fn fuzz(root: &Path, arguments: &Arguments) -> Result<()> {
    if output(cargo(root).args(["fuzz", "--version"])).is_err() {
        run(cargo(root).args(["install", "--quiet", "--locked", "cargo-fuzz"]))?;
    }
    let targets = output(&mut cargo_fuzz(root, "list"))?;
    let wanted = |name: &&str| arguments.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    let mut failed = Vec::new();
    for target in targets.lines().filter(wanted) {
        let mut command = cargo_fuzz(root, "run");
        // The address sanitizer needs a nightly compiler; nothing that is fuzzed has unsafe code of its own.
        command.args(["--sanitizer", "none", target]).args(corpus(root, target)?).arg("--");
        command.arg(format!("-max_total_time={}", arguments.seconds)).args(["-timeout=20", "-rss_limit_mb=2048"]);
        if step(&format!("fuzz {target}"), || run(&mut command)).is_err() {
            failed.push(target);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// The inputs to begin with: what earlier runs found, where new ones go, and what the tree has for the target.
fn corpus(root: &Path, target: &str) -> Result<Vec<PathBuf>> {
    let found = root.join("fuzz/corpus").join(target);
    fs::create_dir_all(&found).with_context(|| found.display().to_string())?;
    let seeds = root.join("fuzz/seeds").join(target);
    Ok([Some(found), seeds.exists().then_some(seeds)].into_iter().flatten().collect())
}

/// cargo-fuzz passes flags that only a nightly compiler takes; a stable one takes them with this variable.
fn cargo_fuzz(root: &Path, task: &str) -> std::process::Command {
    let mut command = cargo(root);
    command.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", task]);
    command
}
