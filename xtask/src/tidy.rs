//! The checks no compiler makes: who depends on whom, how long things are, and what is absent.

mod edges;
mod source;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::catalogers;
use crate::run::{cargo, output};
use text::Kind;

/// What the checks found: complaints fail, notes are for the reader.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) complaints: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Checks the whole tree under `root`.
pub(crate) fn check(root: &Path) -> Result<Findings> {
    let mut findings = Findings::default();
    let table = check_edges(root, &mut findings)?;
    let pure: Vec<_> = edges::pure(&table).map(|name| format!("crates/{name}/")).collect();
    for path in tracked_files(root)? {
        // A file that is not text, or was deleted a moment ago, has nothing to check.
        let Ok(content) = fs::read_to_string(root.join(&path)) else { continue };
        let name = path.to_string_lossy().replace('\\', "/");
        let complaints = if path.extension().is_some_and(|extension| extension == "rs") {
            let kind = kind(&name, &pure);
            if let Some(lines) = text::large(&content).filter(|_| !kind.test) {
                findings.notes.push(format!("{name}: {lines} lines outside tests; {} is enough", text::FILE_SOFT));
            }
            text::check(&content, kind)
        } else {
            text::machine_paths(&content, |_| false)
        };
        findings.complaints.extend(complaints.into_iter().map(|complaint| format!("{name}:{complaint}")));
    }
    findings.complaints.extend(catalogers::complaint(root));
    Ok(findings)
}

/// Prints what the checks found; an error when there is a complaint.
pub(crate) fn run(root: &Path) -> Result<()> {
    let findings = check(root)?;
    for note in &findings.notes {
        println!("note: {note}");
    }
    for complaint in &findings.complaints {
        println!("error: {complaint}");
    }
    match findings.complaints.len() {
        0 => Ok(()),
        count => anyhow::bail!("{count} complaints"),
    }
}

fn check_edges(root: &Path, findings: &mut Findings) -> Result<edges::Table> {
    let path = root.join("ARCHITECTURE.md");
    let architecture = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let table = edges::parse_table(&architecture)?;
    let metadata = output(cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let (crates, found) = edges::parse_metadata(&serde_json::from_str(&metadata)?)?;
    findings.complaints.extend(edges::check(&table, &crates, &found));
    for name in edges::pure(&table).filter(|name| crates.contains(*name)) {
        let tree = ["tree", "--offline", "--edges", "normal,build", "--prefix", "none", "--package"];
        let tree = output(cargo(root).args(tree).arg(edges::package(name)))?;
        findings.complaints.extend(edges::banned(name, &tree));
    }
    Ok(table)
}

/// Every file of the project by its path below `root`: those git tracks or would, or all when there is no git.
fn tracked_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(root).args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]);
    if let Ok(list) = output(&mut git) {
        return Ok(list.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect());
    }
    let mut files = Vec::new();
    walk(root, Path::new(""), &mut files)?;
    Ok(files)
}

fn walk(root: &Path, below: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            files.push(path);
        } else if !matches!(entry.file_name().to_str(), Some("target" | ".git" | "plimsoll-data")) {
            walk(root, &path, files)?;
        }
    }
    Ok(())
}

fn kind(name: &str, pure: &[String]) -> Kind {
    let in_tests = name.split('/').any(|part| part == "tests" || part == "tests.rs");
    let in_source = name.contains("/src/");
    Kind {
        pure: in_source && pure.iter().any(|directory| name.starts_with(directory)),
        test: in_tests,
        root: name.ends_with("/src/lib.rs") || name.ends_with("/src/main.rs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_path() {
        let pure = ["crates/oci/".to_owned()];
        let check = |name: &str, expect: (bool, bool, bool)| {
            let kind = kind(name, &pure);
            assert_eq!((kind.pure, kind.test, kind.root), expect, "{name}");
        };
        check("crates/oci/src/lib.rs", (true, false, true));
        check("crates/oci/src/digest/tests.rs", (true, true, false));
        check("crates/oci/tests/it/main.rs", (false, true, false));
        check("crates/cli/src/main.rs", (false, false, true));
        check("fuzz/fuzz_targets/name.rs", (false, false, false));
    }

    #[test]
    fn the_tree_is_tidy() {
        let findings = check(crate::run::root()).unwrap();
        assert!(findings.complaints.is_empty(), "\n{}", findings.complaints.join("\n"));
    }
}
