//! Reads a layer for its package records.

mod again;
mod state;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Bound::{Included, Unbounded};
use std::ops::Range;

use plimsoll_image::{Budget, Content, Entry, EntryKind, LayerError, Limit, Visitor, read_layer, resolve_link};

use crate::LayerInventory;
use crate::ecosystems::{
    BINARY, Cataloger, Facts, HEAD, Owned, Size, for_path, is_binary, may_be_binary, package_of_directory,
    read_program, same_kind,
};
use crate::layer::{Evidence, Finding, Problem};
pub use again::Wanted;
use state::Tree;

/// The most links followed from one path.
const MAX_HOPS: usize = 8;
/// The capacity the buffer keeps between files.
const SPARE: usize = 8 << 20;
/// The most entries named as problems; one more says that there are others.
const MAX_PROBLEMS: usize = 100;
/// Analyses a layer, compressed or not, in one reading.
///
/// It never fails: what is wrong with the layer is part of its inventory. Where the reader itself fails, that is said
/// by [`LayerInventory::reader_failed`].
pub fn analyse(reader: impl Read, budget: &Budget) -> LayerInventory {
    let mut analyser = LayerAnalyser::new(budget);
    let outcome = read_layer(reader, budget, &mut analyser);
    analyser.finish(outcome.err().as_ref())
}

/// Analyses a layer in another reading, for what [`LayerInventory::wants_another_reading`] asked.
pub fn analyse_again(reader: impl Read, budget: &Budget, wanted: &Wanted) -> LayerInventory {
    let mut analyser = LayerAnalyser::again(budget, wanted);
    let outcome = read_layer(reader, budget, &mut analyser);
    analyser.finish(outcome.err().as_ref())
}

/// Analyses a layer that can be opened several times, and does so as long as another reading tells more.
///
/// A failure to open it counts as a failure of its reader.
pub fn analyse_seekable<R: Read>(mut open: impl FnMut() -> io::Result<R>, budget: &Budget) -> LayerInventory {
    let mut read = |wanted: Option<&Wanted>| match (open(), wanted) {
        (Ok(reader), None) => analyse(reader, budget),
        (Ok(reader), Some(wanted)) => analyse_again(reader, budget, wanted),
        (Err(error), _) => LayerAnalyser::new(budget).finish(Some(&LayerError::Read(error))),
    };
    let mut inventory = read(None);
    while let Some(wanted) = inventory.wants_another_reading() {
        inventory = read(Some(wanted));
    }
    inventory
}

/// Collects what a layer, or a directory, holds.
///
/// Driven by [`read_layer`] as its visitor, or entry by entry through the methods. Paths are in the normal form of
/// [`Entry::path`].
pub struct LayerAnalyser<'a> {
    budget: &'a Budget,
    wanted: Option<&'a Wanted>,
    tree: Tree,
    /// The records, and links to records, that are there now: a later entry may replace one.
    evidence: BTreeMap<Vec<u8>, Evidence>,
    /// What was read of wanted files, by file and by the link that wants it.
    captured: BTreeMap<(Vec<u8>, Vec<u8>), Result<Facts, String>>,
    /// The parts of programs that another reading has to keep.
    parts: BTreeMap<Vec<u8>, Vec<Range<u64>>>,
    problems: Vec<Problem>,
    retained: u64,
    /// The buffer for captured files.
    buffer: Vec<u8>,
    /// The buffer for the key below which evidence is looked for.
    below: Vec<u8>,
}

impl<'a> LayerAnalyser<'a> {
    /// Starts an analysis.
    pub fn new(budget: &'a Budget) -> Self {
        Self {
            budget,
            wanted: None,
            tree: Tree::default(),
            evidence: BTreeMap::new(),
            captured: BTreeMap::new(),
            parts: BTreeMap::new(),
            problems: Vec::new(),
            retained: 0,
            buffer: Vec::new(),
            below: Vec::new(),
        }
    }

    /// Starts another analysis of the same layer, which also looks at what is wanted.
    pub fn again(budget: &'a Budget, wanted: &'a Wanted) -> Self {
        Self { wanted: Some(wanted), ..Self::new(budget) }
    }

    /// Whether some of the content of a file at `path` will be read.
    pub fn wants(&self, path: &[u8]) -> bool {
        for_path(path).is_some()
            || may_be_binary(path)
            || self.wanted.is_some_and(|wanted| wanted.links.contains_key(path))
    }

    /// Takes a file of `size` bytes, and reads its content if it is a record.
    ///
    /// # Errors
    /// [`LayerError::Budget`], and what `content` fails with.
    pub fn file(&mut self, path: &[u8], size: u64, content: &mut dyn Read) -> Result<(), LayerError> {
        self.replace(path)?;
        self.buffer.clear();
        self.buffer.shrink_to(SPARE);
        let links = self.wanted.and_then(|wanted| wanted.links.get(path));
        let cataloger = match for_path(path) {
            None if self.begins_as_binary(path, size, content)? => match links {
                None => return self.program(path, size, content),
                Some(_) => Some(&BINARY),
            },
            found => found,
        };
        if cataloger.is_none() && links.is_none() {
            return Ok(());
        }
        let read = self.capture(size, cataloger.map(|cataloger| cataloger.size), content)?;
        if let Some(cataloger) = cataloger {
            let facts = self.parse(read, cataloger, path);
            self.keep_facts(path, facts)?;
        }
        for link in links.into_iter().flatten() {
            if let Some(cataloger) = for_path(link) {
                let result = self.parse(read, cataloger, link);
                self.retain(path.len() + link.len() + result.as_ref().map_or(0, weight))?;
                self.captured.insert((path.to_vec(), link.clone()), result);
            }
        }
        Ok(())
    }

    /// Takes a directory.
    ///
    /// # Errors
    /// [`LayerError::Budget`].
    pub fn directory(&mut self, path: &[u8]) -> Result<(), LayerError> {
        if self.tree.directory(path, self.budget)? {
            self.enter_above(path)?;
        }
        self.enter(path)
    }

    /// Takes a symbolic link with the text `target`.
    ///
    /// # Errors
    /// [`LayerError::Budget`].
    pub fn symlink(&mut self, path: &[u8], target: &[u8]) -> Result<(), LayerError> {
        self.replace(path)?;
        if for_path(path).is_none() {
            return Ok(());
        }
        match resolve_link(path, target) {
            Ok(target) => self.keep(path, Evidence::Symlink(target)),
            Err(outside) => self.keep(path, Evidence::Unreadable(outside.to_string())),
        }
    }

    /// Takes another name of the file at `target`.
    ///
    /// # Errors
    /// [`LayerError::Budget`].
    pub fn hard_link(&mut self, path: &[u8], target: &[u8]) -> Result<(), LayerError> {
        if path == target {
            return Ok(());
        }
        self.replace(path)?;
        if for_path(path).is_none() {
            return Ok(());
        }
        // A link names the file of this moment: what is put at its target later is another one.
        let captured = self.captured.get(&(target.to_vec(), path.to_vec()));
        let evidence = match (self.evidence.get(target), captured) {
            (Some(Evidence::Facts(facts)), _) if same_kind(path, target) => Evidence::Facts(facts.clone()),
            (Some(Evidence::Unreadable(reason)), _) if same_kind(path, target) => Evidence::Unreadable(reason.clone()),
            (Some(Evidence::HardLink(first)), _) => Evidence::HardLink(first.clone()),
            (_, Some(Ok(facts))) => Evidence::Facts(facts.clone()),
            (_, Some(Err(reason))) => Evidence::Unreadable(reason.clone()),
            _ => Evidence::HardLink(target.to_vec()),
        };
        self.keep(path, evidence)
    }

    /// Takes something else that is no directory: a device node, a pipe.
    ///
    /// # Errors
    /// [`LayerError::Budget`].
    pub fn other(&mut self, path: &[u8]) -> Result<(), LayerError> {
        self.replace(path)
    }

    /// Takes the removal of what lower layers have at `path`.
    ///
    /// # Errors
    /// [`LayerError::Budget`].
    pub fn whiteout(&mut self, path: &[u8]) -> Result<(), LayerError> {
        if self.tree.whiteout(path, self.budget)? {
            self.enter_above(path)?;
        }
        Ok(())
    }

    /// Takes the removal of what lower layers have inside the directory at `path`.
    ///
    /// # Errors
    /// [`LayerError::Budget`].
    pub fn opaque(&mut self, path: &[u8]) -> Result<(), LayerError> {
        if self.tree.opaque(path, self.budget)? {
            self.enter_above(path)?;
        }
        self.enter(path)
    }

    /// Notes an entry that could not be read, and why: the inventory may be incomplete.
    pub fn unreadable(&mut self, path: &[u8], reason: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { path: Some(path.to_vec()), reason: reason.into() });
        } else if self.problems.len() == MAX_PROBLEMS {
            self.problems.push(Problem { path: None, reason: "more entries could not be read".into() });
        }
    }

    /// Closes the analysis; `failure` is why the reading ended before the layer did.
    pub fn finish(mut self, failure: Option<&LayerError>) -> LayerInventory {
        if let Some(error) = failure {
            self.problems.insert(0, Problem { path: None, reason: sentence(error) });
        }
        let paths: Vec<_> = self.evidence.keys().cloned().collect();
        for path in paths {
            self.settle_symlink(&path);
        }
        let findings = self.evidence.into_iter().map(|(path, evidence)| Finding { path, evidence }).collect();
        let mut inventory = self.tree.into_inventory(findings, self.problems);
        inventory.reader_failed = matches!(failure, Some(LayerError::Read(_)));
        inventory.wanted = Wanted::after(&inventory, self.wanted, self.parts);
        inventory
    }

    /// Follows a symbolic link to what was read: a record of the same kind makes the link one that says nothing new.
    fn settle_symlink(&mut self, path: &[u8]) {
        let mut end = path.to_vec();
        for _ in 0..MAX_HOPS {
            match self.evidence.get(&end) {
                Some(Evidence::Symlink(next)) => end.clone_from(next),
                _ => break,
            }
        }
        if end == path {
            return;
        }
        let evidence = match (self.evidence.get(&end), self.captured.get(&(end.clone(), path.to_vec()))) {
            (_, Some(Ok(facts))) => Evidence::FactsThrough { target: end, facts: facts.clone() },
            (_, Some(Err(reason))) => Evidence::Unreadable(reason.clone()),
            // It keeps standing for what is at the end of it, which a higher layer may change.
            (Some(Evidence::Facts(_) | Evidence::Unreadable(_)), _) if same_kind(path, &end) => Evidence::Symlink(end),
            _ => return,
        };
        self.evidence.insert(path.to_vec(), evidence);
    }

    /// Something that is no directory takes the place of all that was at and below `path`.
    fn replace(&mut self, path: &[u8]) -> Result<(), LayerError> {
        if self.tree.file(path, self.budget)? {
            self.enter_above(path)?;
        }
        if self.evidence.is_empty() {
            return Ok(());
        }
        self.evidence.remove(path);
        self.below.clear();
        self.below.extend_from_slice(path);
        self.below.push(b'/');
        while let Some((path, _)) = self.evidence.range::<[u8], _>((Included(&*self.below), Unbounded)).next()
            && path.starts_with(&self.below)
        {
            let path = path.clone();
            self.evidence.remove(&path);
        }
        Ok(())
    }

    /// Everything above `path` is a directory now.
    fn enter_above(&mut self, path: &[u8]) -> Result<(), LayerError> {
        memchr::memchr_iter(b'/', path).try_for_each(|end| self.enter(&path[..end]))
    }

    /// What is at `path` is a directory now, which may be a package's.
    fn enter(&mut self, path: &[u8]) -> Result<(), LayerError> {
        match package_of_directory(path) {
            Some(_) if self.evidence.contains_key(path) => Ok(()),
            Some(package) => self.keep(path, Evidence::Facts(Facts::Packages(vec![package]))),
            None => {
                self.evidence.remove(path);
                Ok(())
            }
        }
    }

    /// Reads the first bytes of a file that may be a program into the buffer.
    fn begins_as_binary(&mut self, path: &[u8], size: u64, content: &mut dyn Read) -> Result<bool, LayerError> {
        if size < HEAD as u64 || !may_be_binary(path) {
            return Ok(false);
        }
        content.take(HEAD as u64).read_to_end(&mut self.buffer)?;
        Ok(is_binary(&self.buffer))
    }

    /// Reads what is left of a file's content into the buffer; the error says why it could not be captured. Of a program
    /// the beginning will do.
    fn capture(
        &mut self,
        size: u64,
        kind: Option<Size>,
        content: &mut dyn Read,
    ) -> Result<Result<(), &'static str>, LayerError> {
        let limit = match kind {
            Some(Size::Large | Size::Beginning) => self.budget.captured_large,
            Some(Size::Record) | None => self.budget.captured_file,
        };
        if size > limit && kind != Some(Size::Beginning) {
            return Ok(Err("it is larger than the analysis budget allows"));
        }
        content.take(limit).read_to_end(&mut self.buffer)?;
        Ok(Ok(()))
    }

    /// Reads a program, whose first bytes are in the buffer.
    fn program(&mut self, path: &[u8], size: u64, content: &mut dyn Read) -> Result<(), LayerError> {
        let mut head = [0; HEAD];
        head.copy_from_slice(&self.buffer);
        let limit = self.budget.captured_large;
        let mut content = head.as_slice().chain(content).take(limit);
        let wanted = self.wanted.and_then(|wanted| wanted.parts.get(path)).map_or(&[][..], Vec::as_slice);
        let reading = read_program(path, size.min(limit), wanted, &mut content, &mut self.buffer)?;
        if !reading.wanted.is_empty() {
            self.retain(path.len() + size_of_val(&*reading.wanted))?;
            self.parts.insert(path.to_vec(), reading.wanted);
        }
        self.keep_facts(path, reading.facts.map_err(str::to_owned))
    }

    fn parse(&self, read: Result<(), &'static str>, cataloger: &Cataloger, path: &[u8]) -> Result<Facts, String> {
        read.and_then(|()| (cataloger.parse)(path, &self.buffer)).map_err(str::to_owned)
    }

    fn keep_facts(&mut self, path: &[u8], facts: Result<Facts, String>) -> Result<(), LayerError> {
        match facts {
            // Of programs there are many, and most say nothing.
            Ok(Facts::Nothing) if for_path(path).is_none() => Ok(()),
            Ok(facts) => self.keep(path, Evidence::Facts(facts)),
            Err(reason) => self.keep(path, Evidence::Unreadable(reason)),
        }
    }

    fn keep(&mut self, path: &[u8], evidence: Evidence) -> Result<(), LayerError> {
        self.retain(path.len() + evidence_weight(&evidence))?;
        self.evidence.insert(path.to_vec(), evidence);
        Ok(())
    }

    fn retain(&mut self, bytes: usize) -> Result<(), LayerError> {
        self.retained += bytes as u64;
        if self.retained > self.budget.retained_bytes {
            return Err(Limit::RetainedBytes(self.budget.retained_bytes).into());
        }
        Ok(())
    }
}

impl Visitor for LayerAnalyser<'_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut Content<'_>) -> Result<(), LayerError> {
        match entry.kind {
            EntryKind::File => self.file(entry.path, entry.size, content),
            EntryKind::Directory => self.directory(entry.path),
            EntryKind::Symlink(target) => self.symlink(entry.path, target),
            EntryKind::HardLink(target) => self.hard_link(entry.path, target),
            EntryKind::Other => self.other(entry.path),
            EntryKind::Whiteout => self.whiteout(entry.path),
            EntryKind::Opaque => self.opaque(entry.path),
            EntryKind::Outside => {
                self.unreadable(entry.path, "the entry leads outside the image");
                Ok(())
            }
        }
    }
}

/// The error and its causes in one line.
fn sentence(error: &LayerError) -> String {
    let mut sentence = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        sentence.push_str(": ");
        sentence.push_str(&error.to_string());
        cause = error.source();
    }
    sentence
}

/// About how many bytes a piece of evidence takes in memory.
fn evidence_weight(evidence: &Evidence) -> usize {
    64 + match evidence {
        Evidence::Facts(facts) => weight(facts),
        Evidence::FactsThrough { target, facts } => target.len() + weight(facts),
        Evidence::Unreadable(reason) => reason.len(),
        Evidence::HardLink(target) | Evidence::Symlink(target) => target.len(),
    }
}

fn weight(facts: &Facts) -> usize {
    let (packages, owned): (&[_], &[Owned]) = match facts {
        Facts::Packages(packages) | Facts::Incomplete { packages, .. } => (packages, &[]),
        Facts::Database { packages, owned } => (packages, owned),
        Facts::Table(table) | Facts::Log(table) => (&table.packages, &table.owned),
        Facts::ContentSets(sets) => return 64 + sets.iter().map(|set| size_of::<String>() + set.len()).sum::<usize>(),
        Facts::Origin(origin) => return 64 + origin.len(),
        Facts::Nothing | Facts::Distribution { .. } | Facts::ReleaseStream(_) | Facts::ExtendedMaintenance => {
            return 64;
        }
    };
    let pages = match facts {
        Facts::Table(table) | Facts::Log(table) => table.weight(),
        _ => 0,
    };
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let package = |package: &crate::Package| {
        let source = package.source.as_ref().map_or(0, |source| source.name.len() + source.version.len());
        let optional = [&package.architecture, &package.vendor, &package.modularity, &package.within];
        let optional: usize = optional.into_iter().map(text).sum();
        size_of::<crate::Package>() + package.name.len() + package.version.len() + optional + source
    };
    let owned = owned.iter().map(|owned| owned.package.len() + owned.files.weight());
    pages + packages.iter().map(package).chain(owned).sum::<usize>()
}

#[cfg(test)]
mod tests;
