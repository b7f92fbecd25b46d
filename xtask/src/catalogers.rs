//! `cargo xtask catalogers`: the page that lists what is read of images, written from the catalogers themselves.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use plimsoll_inventory::{CatalogerInfo, Certainty, catalogers};

/// The page, below the root of the workspace.
const PAGE: &str = "docs/catalogers.md";

const HEAD: &str = "# Catalogers

`cargo xtask catalogers` writes this page, and `cargo xtask tidy` checks it. What the packages found mean is told in
[analysis.md](analysis.md).

A path goes to the first cataloger one of whose patterns it fits. In a pattern, `*` stands for any part of a name, and `**` for any
directories, none included. Every cataloger has a folder in `crates/inventory/src/ecosystems`.

";

/// The groups of catalogers: by how sure it is that what they find is there.
const GROUPS: [(Certainty, &str, &str); 3] = [
    (Certainty::Installed, "Installed", "What installed something says so itself."),
    (
        Certainty::Classified,
        "Programs",
        "Programs and libraries are told by their first bytes, wherever they are. Some say themselves what they are built \
         from; others are classified by how they look.",
    ),
    (
        Certainty::Declared,
        "Declared",
        "A file asks for it; whether it was installed is not known. Such packages are in the inventory, but are not listed and make \
         no finding, unless `--declared` asks for it. Where such a file cannot be read, that leaves no answer open.",
    ),
];

/// Writes the page.
pub(crate) fn write(root: &Path) -> Result<()> {
    fs::write(root.join(PAGE), page()).with_context(|| PAGE.to_owned())
}

/// What is wrong with the page as it is; none where it says what is so.
pub(crate) fn complaint(root: &Path) -> Option<String> {
    let written = fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    (written != page()).then(|| format!("{PAGE}: it is out of date; cargo xtask catalogers writes it"))
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (certainty, title, about) in GROUPS {
        let rows = catalogers().filter(|cataloger| cataloger.certainty == certainty).map(|cataloger| row(&cataloger));
        let rows = rows.collect::<String>();
        let section = format!("## {title}\n\n{about}\n\n| cataloger | finds | reads |\n|---|---|---|\n{rows}\n");
        page.push_str(&section);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn row(cataloger: &CatalogerInfo) -> String {
    let mut files = String::new();
    for (index, file) in cataloger.files.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let written = write!(files, "{separator}`{file}`");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    let files = if files.is_empty() { "any file" } else { &files };
    format!("| {} | {} | {files} |\n", cataloger.name, cataloger.finds)
}
