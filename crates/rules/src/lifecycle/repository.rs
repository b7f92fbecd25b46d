//! The images of a repository, arranged for the rules to go over.

use std::collections::HashMap;

use plimsoll_oci::Digest;

use super::document::{Action, Policy, StorageClass};
use super::evaluate::ImageFacts;

/// What the rules need to know of each image beside its facts. All vectors are indexed like the images.
pub(super) struct Repository {
    /// For each image the rules that select it, as bits in the order of the policy.
    pub(super) selected_by: Vec<u64>,
    /// For each image the images that refer to it.
    pub(super) referrers: Vec<Vec<usize>>,
    /// The images in standard storage that follow no other, oldest first.
    standard: Vec<usize>,
    /// The images in the archive that follow no other, longest archived first.
    archived: Vec<usize>,
    /// For each image what keeps it: the manifest lists that hold it.
    held: Vec<Held>,
}

/// What the manifest lists that hold an image allow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    /// No list holds it: everything.
    Free,
    /// All lists that hold it are in the archive: it may follow them there.
    ByArchived,
    /// Nothing.
    Fast,
}

impl Repository {
    pub(super) fn new(policy: &Policy, images: &[ImageFacts]) -> Self {
        let index: HashMap<&Digest, usize> = images.iter().enumerate().map(|(at, image)| (&image.digest, at)).collect();
        let referrers = referrers(images, &index);
        let mut follows = vec![false; images.len()];
        referrers.iter().flatten().for_each(|referrer| follows[*referrer] = true);
        let in_order = |class: StorageClass| {
            let mut order: Vec<usize> = (0..images.len()).filter(|at| !follows[*at]).collect();
            order.retain(|at| images[*at].storage_class == class);
            order.sort_by_key(|at| images[*at].age_base());
            order
        };
        Self {
            selected_by: images.iter().map(|image| selected_by(policy, image)).collect(),
            standard: in_order(StorageClass::Standard),
            archived: in_order(StorageClass::Archive),
            held: held(images, &index),
            referrers,
        }
    }

    /// The images of a storage class that rules may select, oldest first.
    pub(super) fn oldest_first(&self, class: StorageClass) -> &[usize] {
        match class {
            StorageClass::Standard => &self.standard,
            StorageClass::Archive => &self.archived,
        }
    }

    /// Whether the manifest lists that hold an image let something happen to it.
    pub(super) fn lets(&self, image: usize, action: Action) -> bool {
        self.held[image]
            <= match action {
                Action::Expire => Held::Free,
                Action::Archive => Held::ByArchived,
            }
    }
}

fn selected_by(policy: &Policy, image: &ImageFacts) -> u64 {
    let selects = |(nth, rule): (usize, &super::Rule)| {
        let selected = rule.criterion.storage_class() == image.storage_class && rule.tags.select(&image.tags);
        u64::from(selected) << nth
    };
    policy.rules.iter().enumerate().map(selects).fold(0, |rules, rule| rules | rule)
}

/// For each image those that name it as their subject. What names an image that is not there refers to nothing, and so
/// is an image of its own.
fn referrers(images: &[ImageFacts], index: &HashMap<&Digest, usize>) -> Vec<Vec<usize>> {
    let mut referrers = vec![Vec::new(); images.len()];
    for (at, image) in images.iter().enumerate() {
        let subject = image.subject.as_ref().and_then(|subject| index.get(subject));
        if let Some(subject) = subject.filter(|subject| **subject != at) {
            referrers[*subject].push(at);
        }
    }
    referrers
}

fn held(images: &[ImageFacts], index: &HashMap<&Digest, usize>) -> Vec<Held> {
    let mut held = vec![Held::Free; images.len()];
    for list in images {
        let by = match list.storage_class {
            StorageClass::Standard => Held::Fast,
            StorageClass::Archive => Held::ByArchived,
        };
        for child in list.children.iter().filter_map(|child| index.get(child)) {
            held[*child] = held[*child].max(by);
        }
    }
    held
}
