//! What a reading of a layer left for another one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::LayerInventory;
use crate::ecosystems::same_kind;
use crate::hash::PathHash;
use crate::layer::Evidence;

/// How often a layer is read again at most: what is found at one place in a program may lead to another.
const MAX_AGAIN: u8 = 3;

/// What another reading of a layer has to look at, beside what every reading does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The files that records are links to, wherever they lie, with these links.
    pub(super) links: BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>>,
    /// The parts of long programs that had gone by when it was known that they matter.
    pub(super) parts: BTreeMap<Vec<u8>, Vec<Range<u64>>>,
    /// How often the layer will have been read again then.
    again: u8,
}

impl Wanted {
    /// What another reading has to look at, after one that looked at what was wanted `before` and missed these parts; none
    /// where it would tell the same.
    pub(super) fn after(
        inventory: &LayerInventory,
        before: Option<&Self>,
        mut parts: BTreeMap<Vec<u8>, Vec<Range<u64>>>,
    ) -> Option<Self> {
        let has_parts = !parts.is_empty();
        let Some(before) = before else {
            let links = inventory.unread_links();
            return (has_parts || !links.is_empty()).then_some(Self { links, parts, again: 1 });
        };
        if !has_parts || before.again == MAX_AGAIN || inventory.reader_failed {
            return None;
        }
        for (path, ranges) in &before.parts {
            parts.entry(path.clone()).or_insert_with(|| ranges.clone());
        }
        Some(Self { links: before.links.clone(), parts, again: before.again + 1 })
    }
}

impl LayerInventory {
    /// What another reading of the layer would tell more about; none where it would tell the same.
    ///
    /// These are records that are links to other files of the same layer, where no record was expected, and parts of long
    /// programs. There are not many readings that want another.
    pub fn wants_another_reading(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// The files that records are links to and that were not read as such, with the links.
    fn unread_links(&self) -> BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>> {
        let mut unread = BTreeMap::<_, BTreeSet<_>>::new();
        for finding in &self.findings {
            let target = match &finding.evidence {
                Evidence::HardLink(target) => target,
                Evidence::Symlink(target) if !self.has_record(target, &finding.path) => target,
                _ => continue,
            };
            if self.files.contains(PathHash::of(target)) {
                unread.entry(target.clone()).or_default().insert(finding.path.clone());
            }
        }
        unread
    }

    /// Whether there is evidence at `path` of the kind there is at `other`.
    fn has_record(&self, path: &[u8], other: &[u8]) -> bool {
        same_kind(path, other) && self.findings.binary_search_by(|finding| (*finding.path).cmp(path)).is_ok()
    }
}
