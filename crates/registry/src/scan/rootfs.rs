//! The root file system of an image or a machine, in a directory.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use plimsoll_image::{Budget, LayerError};
use plimsoll_inventory::{Inventory, LayerAnalyser, LayerInventory, merge};

/// The kernel's own file systems, at the top of a running machine's tree: no files, and no end.
const VIRTUAL: [&[u8]; 2] = [b"proc", b"sys"];

/// Inventories the tree at `root`. What cannot be read is part of the inventory.
///
/// Symbolic links are not followed, so nothing outside the tree is read.
pub(super) fn inventory(root: &Path, budget: &Budget) -> Inventory {
    let mut layer = walk(root, budget, LayerAnalyser::new(budget));
    while let Some(wanted) = layer.wants_another_reading() {
        layer = walk(root, budget, LayerAnalyser::again(budget, wanted));
    }
    merge(&[layer])
}

fn walk(root: &Path, budget: &Budget, mut analyser: LayerAnalyser<'_>) -> LayerInventory {
    let mut directories = vec![PathBuf::new()];
    while let Some(directory) = directories.pop() {
        if let Err(failure) = read_directory(root, &directory, budget, &mut analyser, &mut directories) {
            return analyser.finish(Some(&failure));
        }
    }
    analyser.finish(None)
}

/// Takes the entries of one directory, and adds those below it to `directories`.
fn read_directory(
    root: &Path,
    directory: &Path,
    budget: &Budget,
    analyser: &mut LayerAnalyser<'_>,
    directories: &mut Vec<PathBuf>,
) -> Result<(), LayerError> {
    let bytes = directory.as_os_str().as_bytes();
    analyser.directory(bytes)?;
    if bytes.len() > budget.path_length || directory.components().count() > budget.path_depth {
        analyser.unreadable(bytes, "the directory lies too deep");
        return Ok(());
    }
    let entries = match fs::read_dir(root.join(directory)).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => {
            analyser.unreadable(bytes, &error.to_string());
            return Ok(());
        }
    };
    for entry in entries {
        let path = directory.join(entry.file_name());
        let name = path.as_os_str().as_bytes();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && VIRTUAL.contains(&name) => {}
            Ok(kind) if kind.is_dir() => directories.push(path),
            Ok(kind) if kind.is_symlink() => match fs::read_link(entry.path()) {
                Ok(target) => analyser.symlink(name, target.as_os_str().as_bytes())?,
                Err(error) => analyser.unreadable(name, &error.to_string()),
            },
            Ok(kind) if kind.is_file() => read_file(&entry.path(), name, analyser)?,
            Ok(_) => analyser.other(name)?,
            Err(error) => analyser.unreadable(name, &error.to_string()),
        }
    }
    Ok(())
}

fn read_file(path: &Path, name: &[u8], analyser: &mut LayerAnalyser<'_>) -> Result<(), LayerError> {
    if !analyser.wants(name) {
        return analyser.file(name, 0, &mut io::empty());
    }
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    match opened {
        Ok((size, mut file)) => analyser.file(name, size, &mut Whole(&mut file)),
        Err(error) => {
            analyser.unreadable(name, &error.to_string());
            Ok(())
        }
    }
}

/// A file whose failures are the reader's.
struct Whole<'a>(&'a mut File);

impl io::Read for Whole<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| LayerError::Read(error).into())
    }
}
