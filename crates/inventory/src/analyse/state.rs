//! What of a layer's tree outlives the reading: hashes of its paths.

use plimsoll_image::{Budget, LayerError, Limit};

use crate::LayerInventory;
use crate::hash::PathHash;
use crate::layer::{Finding, Problem};

/// The paths a layer puts down and removes.
#[derive(Default)]
pub(super) struct Tree {
    files: Vec<PathHash>,
    directories: Vec<PathHash>,
    whiteouts: Vec<PathHash>,
    opaque: Vec<PathHash>,
    /// The directory entered last: entries come in runs of one directory.
    last: Vec<u8>,
}

impl Tree {
    /// Notes what is no directory. Like the other three, returns whether the directories above may have changed.
    pub(super) fn file(&mut self, path: &[u8], budget: &Budget) -> Result<bool, LayerError> {
        let entered = self.enter_parent(path);
        self.files.push(PathHash::of(path));
        if self.last.starts_with(path) {
            // The directory entered last is gone; entering it again makes it anew.
            self.last.clear();
        }
        self.check(budget).map(|()| entered)
    }

    pub(super) fn directory(&mut self, path: &[u8], budget: &Budget) -> Result<bool, LayerError> {
        let entered = self.enter(path);
        self.check(budget).map(|()| entered)
    }

    pub(super) fn whiteout(&mut self, path: &[u8], budget: &Budget) -> Result<bool, LayerError> {
        let entered = self.enter_parent(path);
        self.whiteouts.push(PathHash::of(path));
        self.check(budget).map(|()| entered)
    }

    pub(super) fn opaque(&mut self, path: &[u8], budget: &Budget) -> Result<bool, LayerError> {
        let entered = self.enter(path);
        self.opaque.push(PathHash::of(path));
        self.check(budget).map(|()| entered)
    }

    pub(super) fn into_inventory(self, findings: Vec<Finding>, problems: Vec<Problem>) -> LayerInventory {
        LayerInventory {
            findings,
            whiteouts: self.whiteouts.into(),
            opaque: self.opaque.into(),
            files: self.files.into(),
            directories: self.directories.into(),
            problems,
            ..LayerInventory::default()
        }
    }

    fn enter_parent(&mut self, path: &[u8]) -> bool {
        path.iter().rposition(|&byte| byte == b'/').is_some_and(|slash| self.enter(&path[..slash]))
    }

    /// Notes `directory` and those above it, without noting again what it shares with the last one; false where that
    /// is all of it.
    fn enter(&mut self, directory: &[u8]) -> bool {
        let shared = directory.iter().zip(&self.last).take_while(|(left, right)| left == right).count();
        let is_end = |path: &[u8]| path.get(shared).is_none_or(|&byte| byte == b'/');
        if shared == directory.len() && is_end(&self.last) {
            return false;
        }
        let noted = if shared == self.last.len() && is_end(directory) {
            shared
        } else {
            directory[..shared].iter().rposition(|&byte| byte == b'/').unwrap_or(0)
        };
        for end in noted + 1..directory.len() {
            if directory[end] == b'/' {
                self.directories.push(PathHash::of(&directory[..end]));
            }
        }
        self.directories.push(PathHash::of(directory));
        self.last.clear();
        self.last.extend_from_slice(directory);
        true
    }

    fn check(&self, budget: &Budget) -> Result<(), LayerError> {
        let kept = self.files.len() + self.directories.len() + self.whiteouts.len() + self.opaque.len();
        if kept as u64 > budget.entries { Err(Limit::Entries(budget.entries).into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directory_is_noted_once_in_a_run() {
        fn check(paths: &[&str], expect: &[&str]) {
            let mut tree = Tree::default();
            for path in paths {
                tree.file(path.as_bytes(), &Budget::default()).unwrap();
            }
            let expect: Vec<_> = expect.iter().map(|path| PathHash::of(path.as_bytes())).collect();
            assert_eq!(tree.directories, expect, "{paths:?}");
        }
        check(&["a"], &[]);
        check(&["a/b", "a/c"], &["a"]);
        check(&["usr/lib/a/x", "usr/lib/b/x", "usr/lib/c"], &["usr", "usr/lib", "usr/lib/a", "usr/lib/b"]);
        check(&["usr/x", "usr/lib/x", "usr/library/x"], &["usr", "usr/lib", "usr/library"]);
        check(&["usr/library/x", "usr/lib/x"], &["usr", "usr/library", "usr/lib"]);
        check(&["a/x", "b/c/x", "a/x"], &["a", "b", "b/c", "a"]);
    }
}
