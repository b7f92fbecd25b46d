//! `cargo xtask findings`: what `plimsoll scan` finds beside what osv-scanner finds, by the same records.

mod boundaries;
mod compare;
mod tools;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::run::{build_release, find_program};
use compare::{Comparison, Difference};
use tools::Tools;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A directory of OSV records as `<ecosystem>/all.zip`, which both read
    #[arg(long, value_name = "DIR")]
    advisories: PathBuf,
    /// The osv-scanner to compare with [default: the one on the search path]
    #[arg(long, value_name = "FILE")]
    osv_scanner: Option<PathBuf>,
    /// The plimsoll to compare [default: a release build of this workspace]
    #[arg(long, value_name = "FILE")]
    plimsoll: Option<PathBuf>,
    /// Compare at the bounds of the records themselves as well: for so many packages of each ecosystem
    #[arg(long, value_name = "PACKAGES")]
    boundaries: Option<usize>,
    /// How many differences of each kind to list
    #[arg(long, value_name = "NUMBER", default_value = "5")]
    examples: usize,
    /// Archives of images, and bills of materials in CycloneDX (`.json`)
    #[arg(value_name = "SOURCE")]
    sources: Vec<PathBuf>,
}

/// Prints the comparison as Markdown.
pub(crate) fn findings(arguments: &Arguments) -> Result<()> {
    let plimsoll = match &arguments.plimsoll {
        Some(binary) => binary.clone(),
        None => build_release(&["plimsoll-cli"])?.join("plimsoll"),
    };
    let found = arguments.osv_scanner.clone().or_else(|| find_program("osv-scanner"));
    let osv_scanner = found.context("no osv-scanner on the search path; name one with --osv-scanner")?;
    if !arguments.sources.is_empty() {
        let tools = Tools::new(&plimsoll, &osv_scanner, &arguments.advisories)?;
        print("Sources", &compared(&tools, &arguments.sources)?, arguments.examples);
    }
    if let Some(packages) = arguments.boundaries {
        let directory = tempfile::tempdir()?;
        let made = boundaries::make(&arguments.advisories, directory.path(), packages)?;
        let tools = Tools::new(&plimsoll, &osv_scanner, &made.advisories)?;
        print("Bounds of the records", &compared(&tools, &made.bills)?, arguments.examples);
    }
    Ok(())
}

fn compared(tools: &Tools, sources: &[PathBuf]) -> Result<Vec<Comparison>> {
    let compare = |source: &PathBuf| {
        let (ours, theirs) = (tools.plimsoll(source)?, tools.osv_scanner(source)?);
        Ok(Comparison::new(name(source), &ours, &theirs))
    };
    sources.iter().map(compare).collect()
}

fn name(source: &Path) -> String {
    source.file_name().unwrap_or(source.as_os_str()).to_string_lossy().into_owned()
}

fn print(title: &str, all: &[Comparison], examples: usize) {
    println!("\n## {title}\n");
    println!("| source | packages, ours | theirs | findings of both | only ours | only theirs |");
    println!("|---|---|---|---|---|---|");
    for one in all {
        let count = |is_ours: bool| one.differences.iter().filter(|found| found.is_ours == is_ours).count();
        let (ours, theirs) = one.packages;
        println!("| {} | {ours} | {theirs} | {} | {} | {} |", one.source, one.agreed, count(true), count(false));
    }
    let mut kinds: BTreeMap<String, Vec<(&str, &Difference)>> = BTreeMap::new();
    for one in all {
        for found in &one.differences {
            kinds.entry(found.kind()).or_default().push((&one.source, found));
        }
    }
    for (kind, found) in kinds {
        println!("\n### {kind}: {}\n", found.len());
        for (source, difference) in spread(&found, examples) {
            println!("- {source}: {difference}");
        }
    }
}

/// So many of them, from all over the list.
fn spread<T>(all: &[T], number: usize) -> impl Iterator<Item = &T> {
    all.iter().step_by(all.len().div_ceil(number.max(1)).max(1)).take(number)
}
