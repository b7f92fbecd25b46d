//! Everything a change must pass, one step after the other.

use std::path::Path;

use anyhow::{Result, bail};

use crate::run::{cargo, output, run, step};
use crate::tidy;

/// Runs the tests of the whole workspace; cargo builds what they start, the `plimsoll` binary too.
pub(crate) fn test(root: &Path) -> Result<()> {
    run(cargo(root).args(["test", "--workspace"]))
}

/// Runs every check, in the order that finds the commonest faults first.
pub(crate) fn ci(root: &Path, skip_test: bool) -> Result<()> {
    step("fmt", || run(cargo(root).args(["fmt", "--all", "--check"])))?;
    step("tidy", || tidy::run(root))?;
    step("clippy", || {
        run(cargo(root).args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
    })?;
    if !skip_test {
        step("test", || test(root))?;
    }
    step("doc", || {
        let mut command = cargo(root);
        command.env("RUSTDOCFLAGS", "--deny warnings").args(["doc", "--quiet", "--workspace", "--no-deps"]);
        run(&mut command)
    })?;
    step("deny", || deny(root))?;
    step("fuzz targets compile", || check_fuzz_targets(root))
}

/// Checks licences, sources and bans. The advisory check needs the `RustSec` database from the network and would fail
/// where it cannot be reached, so it is left to be run by hand: `cargo deny check advisories`.
fn deny(root: &Path) -> Result<()> {
    if output(cargo(root).args(["deny", "--version"])).is_err() {
        // The check takes a second either way; an unoptimised build of it takes a third of the time.
        run(cargo(root).args(["install", "--quiet", "--locked", "--debug", "cargo-deny"]))?;
    }
    run(cargo(root).args(["deny", "--workspace", "check", "bans", "licenses", "sources"]))
}

fn check_fuzz_targets(root: &Path) -> Result<()> {
    let manifest = root.join("fuzz/Cargo.toml");
    if !manifest.exists() {
        bail!("there is no fuzz/Cargo.toml");
    }
    let mut command = cargo(root);
    command.args(["check", "--quiet", "--all-targets", "--manifest-path"]).arg(manifest);
    // One target directory: the dependencies were checked for clippy already.
    command.arg("--target-dir").arg(crate::run::target_directory()?);
    run(&mut command)
}
