//! Installing the programs a task drives, where they are missing.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::run::{find_program, output};

/// Where a program comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A Debian package.
    Apt(&'static str),
    /// A Go program by its module path and version.
    Go(&'static str),
}

/// Makes sure that every program is there.
pub(crate) fn ensure(programs: &[(&str, Source)]) -> Result<()> {
    for (program, source) in programs {
        if find_program(program).is_some() {
            continue;
        }
        install(*source).with_context(|| format!("{program} could not be installed"))?;
        if find_program(program).is_none() {
            bail!("{program} is not where {source:?} should have put it");
        }
    }
    Ok(())
}

fn install(source: Source) -> Result<()> {
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
    }
    Ok(())
}
