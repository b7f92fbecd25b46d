//! Running other programs, and saying what happened.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The cargo that runs this task, started in `directory`.
pub(crate) fn cargo(directory: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(directory);
    command
}

/// Runs a command with its output on the terminal; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| line(command))?;
    if !status.success() {
        bail!("{}: {status}", line(command));
    }
    Ok(())
}

/// Runs a command and returns what it prints; an error holds what it printed on standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| line(command))?;
    if !output.status.success() {
        let text = [output.stderr, output.stdout].concat();
        bail!("{}: {}: {}", line(command), output.status, String::from_utf8_lossy(&text).trim());
    }
    String::from_utf8(output.stdout).with_context(|| line(command))
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Where a program of this name is found, on the search path or where Go installs programs.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let go = std::env::var_os("GOBIN").map(PathBuf::from).or_else(|| home.map(|home| home.join("go/bin")));
    let administrators = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let directories = std::env::split_paths(&path).chain(administrators).chain(go);
    directories.map(|directory| directory.join(name)).find(|candidate| candidate.is_file())
}

/// Runs one named step, printing a line when it begins and one with its time when it ends.
pub(crate) fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let begun = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "ok  " } else { "FAIL" };
    println!("{verdict} {name} {:.1} s", begun.elapsed().as_secs_f64());
    std::io::stdout().flush()?;
    outcome.with_context(|| name.to_owned())
}

/// Builds the workspace's release binaries of these packages and returns the directory they are in.
pub(crate) fn build_release(packages: &[&str]) -> Result<PathBuf> {
    let mut command = cargo(root());
    command.args(["build", "--release", "--quiet"]);
    for package in packages {
        command.args(["--package", package]);
    }
    run(&mut command)?;
    Ok(target_directory()?.join("release"))
}

/// The directory cargo builds in.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let metadata = output(cargo(root()).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    Ok(metadata["target_directory"].as_str().context("cargo metadata names no target directory")?.into())
}
