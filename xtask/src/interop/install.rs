//! Installing the programs a task drives, where they are missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::run::{cargo, find_program, output, root, target_directory};

/// Where a program or library comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A Debian package.
    Apt(&'static str),
    /// A Go program by its module path and version.
    Go(&'static str),
    /// A Python program by its package.
    Pip(&'static str),
    /// A Python library by its package, in a directory of the project's own.
    Python(&'static str),
    /// A JavaScript library, in a directory of the project's own.
    Npm,
    /// A Rust library, which is built where it is used.
    Crate,
}

/// Makes sure that every program and library is there.
pub(crate) fn ensure(programs: &[(&str, Source)]) -> Result<()> {
    for (program, source) in programs {
        if find_program(program).is_some() {
            continue;
        }
        install(program, *source).with_context(|| format!("{program} could not be installed"))?;
        if source.is_program() && find_program(program).is_none() {
            bail!("{program} is not where {source:?} should have put it");
        }
    }
    Ok(())
}

impl Source {
    fn is_program(self) -> bool {
        matches!(self, Self::Apt(_) | Self::Go(_) | Self::Pip(_))
    }
}

fn install(name: &str, source: Source) -> Result<()> {
    match source {
        Source::Apt(package) => {
            output(Command::new("apt-get").args(["update", "-q"]))?;
            let mut install = Command::new("apt-get");
            install.env("DEBIAN_FRONTEND", "noninteractive");
            output(install.args(["install", "-y", "-q", "--no-install-recommends", package]))?;
        }
        Source::Go(module) => {
            output(Command::new("go").args(["install", module]))?;
        }
        Source::Pip(package) => {
            output(Command::new("python3").args(["-m", "pip", "install", "--quiet", package]))?;
        }
        Source::Python(package) => drop(python(&[(name, package)])?),
        Source::Npm => drop(npm(name)?),
        // It is fetched with what it needs when it is built.
        Source::Crate => drop(output(cargo(root()).args(["info", "--quiet", name]))?),
    }
    Ok(())
}

/// A directory with these Python modules in it, each with its package, for `PYTHONPATH`; the newest ones, unless an earlier run
/// installed them.
///
/// It is the project's own, so that what the machine has for other purposes neither helps nor hinders.
pub(crate) fn python(modules: &[(&str, &str)]) -> Result<PathBuf> {
    let directory = target_directory()?.join("python");
    let missing = modules.iter().filter(|(module, _)| !directory.join(module).exists());
    let missing: Vec<_> = missing.map(|(_, package)| package).collect();
    if !missing.is_empty() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"]);
        output(pip.arg(&directory).args(missing)).context("Python packages could not be installed")?;
    }
    Ok(directory)
}

/// The directory of a JavaScript package; of the newest, unless an earlier run installed it. Nothing of it is run.
pub(crate) fn npm(package: &str) -> Result<PathBuf> {
    let directory = target_directory()?.join("npm");
    let installed = directory.join("node_modules").join(package);
    if !installed.exists() {
        std::fs::create_dir_all(&directory)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix"]);
        output(npm.arg(&directory).arg(package)).context("a JavaScript package could not be installed")?;
    }
    Ok(installed)
}

/// The directory of a botocore, the one with `data` in it: of the one that is `given`, or else of the newest.
pub(crate) fn botocore(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(given) => given.canonicalize().with_context(|| given.display().to_string()),
        None => Ok(python(&[("botocore", "botocore")])?.join("botocore")),
    }
}
