//! Go programs: the modules they were built from, which the linker writes into each, stripped or not.

mod build_info;
mod version;

use build_info::BuildInfo;
pub(super) use build_info::MAGIC;
use version::toolchain;

use super::Program;
use crate::ecosystems::{MAX_PACKAGES, TOO_MANY, field};
use crate::{Certainty, Package, PackageKind};

/// The import path of the `go` command, which is how the toolchain itself is told.
const GO_COMMAND: &str = "cmd/go";

/// The modules of a Go program, and the standard library as a package of the toolchain's version.
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let mut packages = Vec::new();
    for object in &program.objects {
        if let Some(info) = BuildInfo::find(object)? {
            packages.append(&mut modules(&info)?);
        }
    }
    Ok(packages)
}

fn modules(info: &BuildInfo<'_>) -> Result<Vec<Package>, &'static str> {
    let toolchain = toolchain(info.toolchain);
    let mut packages = vec![package("stdlib", toolchain)?];
    let (mut program, mut main, mut flags) = ("", "", "");
    for line in info.modules.lines() {
        let mut columns = line.split('\t');
        let kind = columns.next().unwrap_or_default();
        let [path, version] = [(); 2].map(|()| columns.next().unwrap_or_default());
        match kind {
            "path" => program = path,
            "mod" if main.is_empty() && path != "cmd" && path != "std" => {
                main = path;
                packages.push(package(path, version)?);
            }
            "dep" => packages.push(package(path, version)?),
            "=>" => replace(&mut packages, path, version)?,
            "build" => flags = path.strip_prefix("-ldflags=").unwrap_or(flags),
            _ => {}
        }
        if packages.len() > MAX_PACKAGES {
            return Err(TOO_MANY);
        }
    }
    for package in &mut packages {
        if package.name == main {
            package.version = version::of_main(main, &package.version, flags);
        } else if package.version == "(devel)" || package.version == "v0.0.0" {
            // What stands for no version, as modules of the same repository have in each other's requirements.
            package.version.clear();
        }
    }
    if main.is_empty() {
        packages.extend(without_modules(program, toolchain, flags)?);
    }
    Ok(packages)
}

/// What a program without modules is: the toolchain itself, or of the module whose version the linker was told. Its main
/// package is all that is known of others.
fn without_modules(program: &str, toolchain: &str, flags: &str) -> Result<Option<Package>, &'static str> {
    let is_of_host = program.split('/').next().is_some_and(|host| host.contains('.'));
    let found = match version::repository(program) {
        _ if program == GO_COMMAND => Package::new(PackageKind::Generic, "go", field(toolchain.as_bytes())?),
        Some(module) => package(module, &version::from_flags(module, flags).unwrap_or_default())?,
        None if is_of_host => package(program, "")?,
        None => return Ok(None),
    };
    Ok(Some(Package { certainty: Certainty::Classified, ..found }))
}

fn package(path: &str, version: &str) -> Result<Package, &'static str> {
    Ok(Package::new(PackageKind::Golang, field(path.as_bytes())?, field(version.as_bytes())?))
}

/// Puts another module in the place of the last one.
///
/// A directory in its place has no version of its own: mostly it holds that of the module, with changes.
fn replace(packages: &mut [Package], path: &str, version: &str) -> Result<(), &'static str> {
    let is_directory = path.starts_with(['.', '/']) || path.contains('\\') || version.is_empty();
    if let [_, .., last] = packages
        && !is_directory
    {
        *last = package(path, version)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
