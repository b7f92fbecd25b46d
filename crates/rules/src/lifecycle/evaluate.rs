//! Which images a policy acts on.

use plimsoll_oci::{Digest, Tag};

use super::document::{Action, Criterion, MIN_ARCHIVED_DAYS, Policy, Rule, StorageClass};
use super::reason::Reason;
use super::repository::Repository;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How long an archived image stays at least, whatever a policy says.
const MIN_ARCHIVED: i64 = MIN_ARCHIVED_DAYS as i64 * DAY;

/// What the rules have to know of an image, which is anything that has a manifest. Moments are milliseconds since the
/// Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// The digest of its manifest; unique in the repository.
    pub digest: Digest,
    /// The tags that name it.
    pub tags: Vec<Tag>,
    /// When it was pushed.
    pub pushed_at: i64,
    /// When it was last pulled, if ever.
    pub last_pulled_at: Option<i64>,
    /// When it was last restored from the archive, if ever.
    pub last_activated_at: Option<i64>,
    /// When it was last archived, if ever.
    pub last_archived_at: Option<i64>,
    /// Where it is.
    pub storage_class: StorageClass,
    /// The manifests it lists, if it is a manifest list.
    pub children: Vec<Digest>,
    /// The manifest it refers to, if it is a signature, an attestation or the like.
    pub subject: Option<Digest>,
}

impl ImageFacts {
    /// From when on its age counts: the last push or restoration, and in the archive the time it came there. While that is
    /// not known, it has no age.
    pub(super) fn age_base(&self) -> i64 {
        match self.storage_class {
            StorageClass::Standard => self.last_activated_at.map_or(self.pushed_at, |at| at.max(self.pushed_at)),
            StorageClass::Archive => self.last_archived_at.unwrap_or(i64::MAX),
        }
    }

    /// From when on it counts as not pulled. One that was never pulled, or not since it was restored, counts from its push
    /// or from the restoration.
    fn pull_base(&self) -> i64 {
        self.last_pulled_at.map_or(self.age_base(), |at| at.max(self.age_base()))
    }
}

/// An image that a policy acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Its place among the images that were given.
    pub image: usize,
    /// The priority of the rule that acts on it.
    pub rule: u32,
    /// What happens to it.
    pub action: Action,
    /// Why.
    pub reason: Reason,
}

/// Applies a policy to all images of a repository at the moment `now`, in milliseconds since the Unix epoch.
///
/// Every rule picks its images as if it were alone; then the rules apply by ascending priority. An image that a rule
/// selects by storage class and tags is out of reach of all rules after it, whether or not the rule acts on it, but they
/// count it. So at most one rule acts on an image. Images of the same age count as older the earlier they are in
/// `images`. The answer is in the order of the rules, and for each from the oldest image to the newest.
///
/// A manifest list holds its children: while it is there they do not expire, and they are archived only after it. They
/// are selected by a later evaluation, once the list is gone.
///
/// What refers to another image of the repository follows it: it is selected with that image, right after it and by the
/// same rule, never on its own, and does not count as an image. ECR says the former ("within 24 hours of the deletion or
/// archival of the subject"); the latter is what "keep the last 10" has to mean where images are signed. What refers to
/// an image that is not there is an image of its own. What came into the archive less than 90 days ago stays, even if it
/// would follow.
///
/// "Older than `n` days" is meant exactly: an image is kept for `n` times 24 hours, and that moment included.
pub fn evaluate(policy: &Policy, images: &[ImageFacts], now: i64) -> Vec<Selected> {
    let repository = Repository::new(policy, images);
    let mut selection = Selection { images, now, repository, taken: vec![false; images.len()], selected: Vec::new() };
    for (nth, rule) in policy.rules.iter().enumerate() {
        selection.apply(nth, rule);
    }
    selection.selected
}

/// The images selected so far.
struct Selection<'a> {
    images: &'a [ImageFacts],
    now: i64,
    repository: Repository,
    /// For each image whether it is selected.
    taken: Vec<bool>,
    selected: Vec<Selected>,
}

impl Selection<'_> {
    /// Selects what the `nth` rule acts on.
    fn apply(&mut self, nth: usize, rule: &Rule) {
        let this = 1_u64 << nth;
        let before = this - 1;
        for (image, reason) in self.pick(this, rule.criterion) {
            let shielded = self.repository.selected_by[image] & before != 0;
            if !shielded {
                self.take(image, rule, reason);
            }
        }
    }

    /// The images a rule would act on if it were alone, oldest first.
    fn pick(&self, rule: u64, criterion: Criterion) -> Vec<(usize, Reason)> {
        let order = self.repository.oldest_first(criterion.storage_class());
        let matching = order.iter().copied().filter(|image| self.repository.selected_by[*image] & rule != 0);
        if let Criterion::CountMoreThan { keep, .. } = criterion {
            let matching: Vec<usize> = matching.collect();
            let too_many = matching.len().saturating_sub(keep as usize);
            let reason = |nth: usize| Reason::CountMoreThan { keep, newer: matching.len() - 1 - nth };
            return matching[..too_many].iter().enumerate().map(|(nth, image)| (*image, reason(nth))).collect();
        }
        matching.filter_map(|image| Some((image, too_old(&self.images[image], criterion, self.now)?))).collect()
    }

    /// Whether the action may and need be done to an image that is not selected yet.
    fn open(&self, image: usize, action: Action) -> bool {
        let facts = &self.images[image];
        let fits = match (facts.storage_class, action) {
            (StorageClass::Standard, _) => true,
            (StorageClass::Archive, Action::Archive) => false,
            (StorageClass::Archive, Action::Expire) => self.now.saturating_sub(facts.age_base()) >= MIN_ARCHIVED,
        };
        fits && !self.taken[image] && self.repository.lets(image, action)
    }

    /// Selects an image, if that may be, and what refers to it.
    fn take(&mut self, image: usize, rule: &Rule, reason: Reason) {
        let action = rule.criterion.action();
        let mut waiting = vec![(image, reason)];
        while let Some((image, reason)) = waiting.pop() {
            if !self.open(image, action) {
                continue;
            }
            self.taken[image] = true;
            self.selected.push(Selected { image, rule: rule.priority, action, reason });
            let subject = self.images[image].digest;
            let follow = |referrer: &usize| (*referrer, Reason::Follows { subject });
            waiting.extend(self.repository.referrers[image].iter().map(follow));
        }
    }
}

/// Why an image is too old for a rule, if it is.
fn too_old(image: &ImageFacts, criterion: Criterion, now: i64) -> Option<Reason> {
    let (since, days) = match criterion {
        Criterion::CountMoreThan { .. } => return None,
        Criterion::SincePushed { days, .. } | Criterion::SinceTransitioned { days } => (image.age_base(), days),
        Criterion::SincePulled { days } => (image.pull_base(), days),
    };
    let age = now.saturating_sub(since);
    if age <= i64::from(days) * DAY {
        return None;
    }
    let age = age / DAY;
    Some(match criterion {
        Criterion::SincePulled { .. } => Reason::SincePulled { age, days },
        Criterion::SinceTransitioned { .. } => Reason::SinceTransitioned { age, days },
        _ => Reason::SincePushed { age, days },
    })
}
