//! Previews: what a policy would do, worked out beside the request that asked for it.
//!
//! They live in memory. A restart forgets them, as the passing of time does: whoever asks then is told that there is none,
//! or that it has expired, and asks for a new one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plimsoll_catalog::{Repository, Timestamp};
use plimsoll_rules::lifecycle::Policy;

use super::selection::Pick;
use crate::{Registry, RegistryError, now};

/// How long a preview is kept.
const KEPT: i64 = 24 * 60 * 60 * 1000;
/// How many images the previews of all repositories may hold; the oldest expire first.
const MOST_IMAGES: usize = 500_000;
/// How many previews are remembered, expired ones included.
const MOST_PREVIEWS: usize = 10_000;

/// What a lifecycle policy would do to a repository.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The policy.
    pub text: Arc<str>,
    /// How far it is.
    pub status: PreviewStatus,
    /// A number that no other preview has.
    pub number: u64,
    created_at: Option<Timestamp>,
    started: Timestamp,
}

/// How far a preview is.
#[derive(Clone, Debug)]
pub enum PreviewStatus {
    /// It is being worked out.
    InProgress,
    /// It is there: the images on which the policy would act, by rule and from the oldest to the newest.
    Complete(Arc<[Pick]>),
    /// It was there, too long ago.
    Expired,
    /// It could not be worked out.
    Failed,
}

/// The last preview of each repository.
#[derive(Default)]
pub(crate) struct Previews(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    previews: HashMap<Repository, Preview>,
    /// In the order of their start; one entry for each start.
    order: VecDeque<(Repository, u64)>,
    images: usize,
    last: u64,
}

impl Previews {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a preview has begun, unless one of the same repository is still being worked out.
    fn begin(&self, repository: &Repository, text: &str, created_at: Option<Timestamp>, now: Timestamp) -> Option<u64> {
        let mut kept = self.lock();
        let running = kept.previews.get(repository).filter(|last| matches!(last.status, PreviewStatus::InProgress));
        if running.is_some_and(|running| running.created_at == created_at) {
            return None;
        }
        // The time keeps numbers apart from those of the process before this one.
        kept.last = (kept.last + 1).max(now.0.cast_unsigned());
        let number = kept.last;
        let preview =
            Preview { text: text.into(), status: PreviewStatus::InProgress, number, created_at, started: now };
        kept.forget(repository);
        kept.previews.insert(repository.clone(), preview);
        kept.order.push_back((repository.clone(), number));
        kept.shrink();
        Some(number)
    }

    /// Notes what came of a preview, if it is still the last one of its repository.
    fn end(&self, repository: &Repository, number: u64, status: PreviewStatus) {
        let mut kept = self.lock();
        let kept = &mut *kept;
        if let Some(preview) = kept.previews.get_mut(repository).filter(|preview| preview.number == number) {
            kept.images += images(&status);
            preview.status = status;
        }
        kept.shrink();
    }

    fn get(&self, repository: &Repository, created_at: Option<Timestamp>, now: Timestamp) -> Option<Preview> {
        let mut kept = self.lock();
        let started = kept.previews.get(repository).filter(|preview| preview.created_at == created_at)?.started;
        if now.0.saturating_sub(started.0) > KEPT {
            kept.expire(repository);
        }
        kept.previews.get(repository).cloned()
    }
}

impl Kept {
    fn forget(&mut self, repository: &Repository) {
        if let Some(preview) = self.previews.remove(repository) {
            self.images -= images(&preview.status);
        }
    }

    /// Drops what a finished preview holds.
    fn expire(&mut self, repository: &Repository) {
        if let Some(preview) = self.previews.get_mut(repository)
            && !matches!(preview.status, PreviewStatus::InProgress)
        {
            self.images -= images(&preview.status);
            preview.status = PreviewStatus::Expired;
        }
    }

    /// Lets the oldest previews go until the rest is within its bounds.
    fn shrink(&mut self) {
        let mut kept = 0;
        while self.images > MOST_IMAGES && kept < self.order.len() {
            let (repository, number) = self.order[kept].clone();
            if self.previews.get(&repository).is_some_and(|preview| preview.number == number) {
                self.expire(&repository);
            }
            kept += 1;
        }
        while self.order.len() > MOST_PREVIEWS {
            let Some((repository, number)) = self.order.pop_front() else { return };
            if self.previews.get(&repository).is_some_and(|preview| preview.number == number) {
                self.forget(&repository);
            }
        }
    }
}

fn images(status: &PreviewStatus) -> usize {
    if let PreviewStatus::Complete(picks) = status { picks.len() } else { 0 }
}

impl Registry {
    /// Starts to work out what a policy would do to a repository: the one given, or the one it has. Answers its text.
    ///
    /// # Errors
    /// [`RegistryError::PreviewInProgress`] while the one before is being worked out;
    /// [`RegistryError::LifecyclePolicy`] and [`RegistryError::LifecyclePolicyUnknown`] if there is no sound policy.
    pub fn start_lifecycle_preview(
        &self,
        repository: &Repository,
        text: Option<String>,
    ) -> Result<String, RegistryError> {
        let created_at = self.created_at(repository)?;
        let text = match text {
            Some(text) => text,
            None => self.lifecycle_policy(repository)?.text,
        };
        let policy = Policy::parse(&text)?;
        let now = now();
        let number = self.previews.begin(repository, &text, created_at, now);
        let number = number.ok_or(RegistryError::PreviewInProgress)?;
        let (registry, repository) = (self.clone(), repository.clone());
        tokio::spawn(async move {
            let status = match registry.select(repository.clone(), policy, now).await {
                Ok(picks) => PreviewStatus::Complete(picks.into()),
                Err(error) => {
                    tracing::error!(%error, repository = %repository.name, "a lifecycle policy preview failed");
                    PreviewStatus::Failed
                }
            };
            registry.previews.end(&repository, number, status);
        });
        Ok(text)
    }

    /// The last preview of a repository, if there is one.
    pub fn lifecycle_preview(&self, repository: &Repository) -> Result<Option<Preview>, RegistryError> {
        Ok(self.previews.get(repository, self.created_at(repository)?, now()))
    }

    /// When the repository of this name came about, which tells it from an earlier one.
    fn created_at(&self, repository: &Repository) -> Result<Option<Timestamp>, RegistryError> {
        let record = self.catalog.repository(repository)?.ok_or(RegistryError::RepositoryUnknown)?;
        Ok(Some(record.created_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(name: &str) -> Repository {
        Repository::private("000000000000".parse().unwrap(), name.parse().unwrap())
    }

    const CREATED: Option<Timestamp> = Some(Timestamp(1));

    fn picks(count: usize) -> PreviewStatus {
        let pick = Pick {
            digest: plimsoll_oci::Digest::sha256(b"any"),
            tags: Vec::new(),
            pushed_at: Timestamp(0),
            storage_class: plimsoll_rules::lifecycle::StorageClass::Standard,
            rule: 1,
            action: plimsoll_rules::lifecycle::Action::Expire,
            reason: plimsoll_rules::lifecycle::Reason::CountMoreThan { keep: 1, newer: 1 },
            state: plimsoll_catalog::ImageState::default(),
        };
        PreviewStatus::Complete(vec![pick; count].into())
    }

    fn word(previews: &Previews, name: &str, now: i64) -> &'static str {
        match previews.get(&repository(name), CREATED, Timestamp(now)).map(|preview| preview.status) {
            None => "none",
            Some(PreviewStatus::InProgress) => "in progress",
            Some(PreviewStatus::Complete(_)) => "complete",
            Some(PreviewStatus::Expired) => "expired",
            Some(PreviewStatus::Failed) => "failed",
        }
    }

    fn begin(previews: &Previews, name: &str) -> Option<u64> {
        previews.begin(&repository(name), "{}", CREATED, Timestamp(0))
    }

    #[test]
    fn a_preview_lives_for_a_day() {
        let previews = Previews::default();
        let first = begin(&previews, "a").unwrap();
        assert_eq!((begin(&previews, "a"), word(&previews, "a", 0)), (None, "in progress"));
        previews.end(&repository("a"), first, picks(1));
        assert_eq!((word(&previews, "a", KEPT), word(&previews, "a", KEPT + 1)), ("complete", "expired"));
        assert_eq!(previews.lock().images, 0);
        let second = begin(&previews, "a").unwrap();
        previews.end(&repository("a"), first, picks(1));
        assert_eq!(word(&previews, "a", 0), "in progress", "what came of the first is not of the second");
        previews.end(&repository("a"), second, PreviewStatus::Failed);
        assert_eq!(word(&previews, "a", 0), "failed");
    }

    #[test]
    fn the_oldest_previews_make_room() {
        let previews = Previews::default();
        let half = MOST_IMAGES / 2;
        for name in ["a", "b", "c"] {
            let number = begin(&previews, name).unwrap();
            previews.end(&repository(name), number, picks(half));
        }
        let words = ["a", "b", "c"].map(|name| word(&previews, name, 0));
        assert_eq!(words, ["expired", "complete", "complete"]);
        assert_eq!(previews.lock().images, 2 * half);
        for nth in 0..MOST_PREVIEWS {
            begin(&previews, &format!("n{nth}")).unwrap();
        }
        assert_eq!((word(&previews, "c", 0), word(&previews, "n0", 0)), ("none", "in progress"));
        let kept = previews.lock();
        assert_eq!((kept.images, kept.previews.len(), kept.order.len()), (0, MOST_PREVIEWS, MOST_PREVIEWS));
    }
}
