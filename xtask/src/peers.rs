//! `cargo xtask peers`: which packages of an image are found by us, and which by other scanners.
//!
//! `docs/comparison.md` explains every kind of difference.

mod found;
mod identity;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::run::build_release;
use found::{Found, Tool};
use identity::Identity;

/// How the comparison is asked for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Images as archives of `docker save`
    #[arg(required = true, value_name = "ARCHIVE")]
    archives: Vec<PathBuf>,
    /// A binary to compare instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Only the counts, not the packages that differ
    #[arg(long)]
    counts: bool,
}

/// Compares, and prints the differences as Markdown.
pub(crate) fn peers(arguments: &Arguments) -> Result<()> {
    let ours = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => build_release(&["plimsoll-cli"])?.join("plimsoll"),
    };
    let ours = Tool::Plimsoll(ours);
    let peers = [Tool::syft()?, Tool::osv_scanner()?];
    for archive in &arguments.archives {
        compare(archive, &ours, &peers, arguments.counts)?;
    }
    Ok(())
}

fn compare(archive: &Path, ours: &Tool, peers: &[Tool], counts: bool) -> Result<()> {
    let found = ours.packages(archive)?;
    println!("\n### {}\n", archive.file_name().unwrap_or_default().display());
    println!("| against | ours | theirs | both | only ours | only theirs |\n|---|---|---|---|---|---|");
    let mut differences = Vec::new();
    for peer in peers {
        let theirs = peer.packages(archive)?;
        let (only_ours, only_theirs) = (missing(&found, &theirs), missing(&theirs, &found));
        let both = found.len() - only_ours.len();
        let (name, missed, more) = (peer.name(), only_theirs.len(), only_ours.len());
        println!("| {name} | {} | {} | {both} | {more} | {missed} |", found.len(), theirs.len());
        differences.push((format!("only {name}"), only_theirs));
        differences.push((format!("only plimsoll, not {name}"), only_ours));
    }
    for (title, packages) in differences.iter().filter(|(_, packages)| !counts && !packages.is_empty()) {
        println!("\n{title}:\n");
        for (package, path) in packages {
            println!("- {package} ({path})");
        }
    }
    Ok(())
}

/// What is in the one and not in the other.
fn missing(one: &Found, other: &Found) -> BTreeMap<Identity, String> {
    one.iter().filter(|(package, _)| !other.contains_key(package)).map(|(k, v)| (k.clone(), v.clone())).collect()
}
