//! When images were last pulled: kept in memory and written in batches, so that a pull writes nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use plimsoll_catalog::{ImageRecord, Pull, Repository, Timestamp};
use plimsoll_iam::Principal;
use plimsoll_oci::Digest;

use crate::{Registry, RegistryError, now};

/// The most images noted between two writes. Pulls of more are lost to the record, and not to anybody else.
const MOST: usize = 100_000;

/// The pulls that are not written yet.
#[derive(Default)]
pub(crate) struct Pulls(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    images: usize,
    repositories: HashMap<Repository, HashMap<Digest, Timestamp>>,
}

impl Pulls {
    /// Notes a pull.
    fn note(&self, repository: &Repository, digest: &Digest, at: Timestamp) {
        let noted = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(images) = noted.repositories.get_mut(repository) {
            if let Some(last) = images.get_mut(digest) {
                *last = at.max(*last);
                return;
            }
            if noted.images < MOST {
                images.insert(*digest, at);
                noted.images += 1;
            }
        } else if noted.images < MOST {
            noted.repositories.insert(repository.clone(), HashMap::from([(*digest, at)]));
            noted.images += 1;
        }
    }

    /// Tells an image of a pull that the catalog does not know yet.
    pub(super) fn add_to(&self, repository: &Repository, image: &mut ImageRecord) {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pulled = noted.repositories.get(repository).and_then(|images| images.get(&image.digest));
        image.state.last_pulled_at = image.state.last_pulled_at.max(pulled.copied());
    }

    /// All that is noted; there is nothing after that.
    fn take(&self) -> Vec<Pull> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let of_repository = |(repository, images): (Repository, HashMap<Digest, Timestamp>)| {
            images.into_iter().map(move |(digest, at)| Pull { repository: repository.clone(), digest, at })
        };
        noted.repositories.into_iter().flat_map(of_repository).collect()
    }
}

impl Registry {
    /// Notes that `principal` pulled an image, unless its pulls are not recorded.
    pub(crate) fn note_pull(
        &self,
        repository: &Repository,
        digest: &Digest,
        principal: &Principal,
    ) -> Result<(), RegistryError> {
        if self.records_pulls_of(repository.account, principal)? {
            self.pulls.note(repository, digest, now());
        }
        Ok(())
    }

    /// Writes down which images were pulled since this was last done. To be called every minute or so.
    pub async fn record_pulls(&self) -> Result<(), RegistryError> {
        let pulls = self.pulls.take();
        if !pulls.is_empty() {
            self.catalog.record_pulls(pulls).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pull_of_each_image_is_given_once() {
        let pulls = Pulls::default();
        let repository = |name: &str| Repository::private("123456789012".parse().unwrap(), name.parse().unwrap());
        let digest = |text: &str| Digest::sha256(text.as_bytes());
        for (name, content, at) in [("a", "x", 2), ("a", "x", 3), ("a", "x", 1), ("a", "y", 4), ("b", "x", 5)] {
            pulls.note(&repository(name), &digest(content), Timestamp(at));
        }
        let mut taken: Vec<_> =
            pulls.take().into_iter().map(|pull| (pull.at.0, pull.repository, pull.digest)).collect();
        taken.sort();
        let expect = [(3, "a", "x"), (4, "a", "y"), (5, "b", "x")];
        assert_eq!(taken, expect.map(|(at, name, content)| (at, repository(name), digest(content))));
        assert_eq!(pulls.take(), []);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let pulls = Pulls::default();
        let repository = Repository::private("123456789012".parse().unwrap(), "a".parse().unwrap());
        for number in 0..MOST + 10 {
            pulls.note(&repository, &Digest::sha256(&number.to_be_bytes()), Timestamp(1));
        }
        pulls.note(&repository, &Digest::sha256(&0_usize.to_be_bytes()), Timestamp(2));
        let taken = pulls.take();
        assert_eq!(taken.len(), MOST);
        assert_eq!(taken.iter().filter(|pull| pull.at == Timestamp(2)).count(), 1);
    }
}
