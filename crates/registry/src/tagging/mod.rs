//! Giving an image further tags, and moving the tags that follow a semantic version.

mod version;

use plimsoll_catalog::{CatalogError, Event, ImageId, ImageRecord, ImageStatus, Repository, TagMove};
use plimsoll_oci::{Digest, Reference, Tag};

use crate::{Deed, Registry, RegistryError, Requester};
use version::Version;

/// How often tags are looked at again when others moved them meanwhile.
const ATTEMPTS: usize = 20;

/// Which tags an image is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// These.
    Tags(Vec<Tag>),
    /// Those that follow its version, as far as that does not take them back: of `1.2.3`, these are `1.2`, `1` and
    /// `latest`.
    Floating,
}

/// What became of tags that were to be given to an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// The image.
    pub digest: Digest,
    /// The tags that are new or named another image before.
    pub moved: Vec<Tag>,
    /// The tags that were left where they are.
    pub kept: Vec<KeptTag>,
}

/// A tag that was left where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTag {
    /// The tag.
    pub tag: Tag,
    /// Why.
    pub reason: KeptReason,
}

/// Why a tag was left where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptReason {
    /// It names the image already.
    InPlace,
    /// It names an image of this later version.
    Later(Tag),
    /// The image is a pre-release, and nothing follows that.
    PreRelease,
}

/// What is to be done, as things are.
struct Plan {
    digest: Digest,
    moves: Vec<TagMove>,
    kept: Vec<KeptTag>,
}

impl Registry {
    /// Gives an image of the repository further tags, all of them or none.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`], [`RegistryError::ManifestUnknown`] if the image is not there or archived,
    /// [`RegistryError::TagImmutable`] if one of the tags may not move, and [`RegistryError::NotAVersion`] if the tags are
    /// to follow a version and `source` is none.
    pub async fn tag_image(
        &self,
        repository: &Repository,
        source: &Reference,
        wanted: &Wanted,
        requester: &Requester,
    ) -> Result<Tagged, RegistryError> {
        for _ in 0..ATTEMPTS {
            let Plan { digest, moves, kept } = self.plan(repository, source, wanted)?;
            // Where the source is a tag, it is among the moves, so that it cannot move meanwhile.
            if moves.iter().all(|planned| planned.expect == Some(digest)) {
                return Ok(Tagged { digest, moved: Vec::new(), kept });
            }
            let tags =
                moves.iter().filter(|planned| planned.expect != Some(digest)).map(|planned| planned.tag.as_str());
            let detail = tags.fold(format!("{source} {digest} as"), |text, tag| format!("{text} {tag}"));
            let event = tagged(repository, &digest, &moves, requester);
            let cause = requester.cause(Deed::operation(repository, "PutImage", detail), Some(event));
            match self.catalog.move_tags(repository, &digest, moves, cause).await {
                Ok(moved) => return Ok(Tagged { digest, moved, kept }),
                Err(CatalogError::TagMoved { .. }) => {}
                Err(CatalogError::TagImmutable { tag, names, same }) => {
                    return Err(RegistryError::TagImmutable { tag, repository: repository.name.clone(), names, same });
                }
                Err(CatalogError::ImageUnknown) => return Err(RegistryError::ManifestUnknown),
                Err(error) => return Err(error.into()),
            }
        }
        Err(RegistryError::Contended)
    }

    fn plan(&self, repository: &Repository, source: &Reference, wanted: &Wanted) -> Result<Plan, RegistryError> {
        let image = self.image_named(repository, source)?.ok_or(RegistryError::ManifestUnknown)?;
        if image.state.status != ImageStatus::Active {
            return Err(RegistryError::ManifestUnknown);
        }
        let (digest, mut moves, mut kept) = (image.digest, Vec::new(), Vec::new());
        if let Reference::Tag(tag) = source {
            moves.push(TagMove { tag: tag.clone(), expect: Some(digest) });
        }
        let (tags, version) = wanted_tags(source, wanted)?;
        for tag in tags {
            let named = self.image_named(repository, &Reference::Tag(tag.clone()))?;
            let reason = match (&named, &version) {
                (_, Some(version)) if version.is_pre_release() => Some(KeptReason::PreRelease),
                (Some(named), _) if named.digest == digest => Some(KeptReason::InPlace),
                (Some(named), Some(version)) => {
                    version::later(tag.as_str(), version, &named.tags).cloned().map(KeptReason::Later)
                }
                (None, _) | (_, None) => None,
            };
            match reason {
                Some(reason) => kept.push(KeptTag { tag, reason }),
                None => moves.push(TagMove { tag, expect: named.map(|named| named.digest) }),
            }
        }
        Ok(Plan { digest, moves, kept })
    }

    fn image_named(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Option<ImageRecord>, RegistryError> {
        let id = match reference {
            Reference::Tag(tag) => ImageId { digest: None, tag: Some(tag.clone()) },
            Reference::Digest(digest) => ImageId { digest: Some(*digest), tag: None },
        };
        let images = self.catalog.images_by_ids(repository, &[id])?.ok_or(RegistryError::RepositoryUnknown)?;
        Ok(images.into_iter().next().and_then(Result::ok))
    }
}

/// The tags to set, and the version they follow if they do.
fn wanted_tags<'a>(source: &'a Reference, wanted: &Wanted) -> Result<(Vec<Tag>, Option<Version<'a>>), RegistryError> {
    match (wanted, source) {
        (Wanted::Tags(tags), _) => {
            let mut tags = tags.clone();
            tags.sort_unstable();
            tags.dedup();
            Ok((tags, None))
        }
        (Wanted::Floating, Reference::Tag(tag)) => {
            let version = Version::of(tag).ok_or(RegistryError::NotAVersion)?;
            let tags = version.floating().into_iter().filter_map(|tag| tag.parse().ok()).collect();
            Ok((tags, Some(version)))
        }
        (Wanted::Floating, Reference::Digest(_)) => Err(RegistryError::NotAVersion),
    }
}

fn tagged(repository: &Repository, digest: &Digest, moves: &[TagMove], requester: &Requester) -> Event {
    let tags: Vec<_> = moves.iter().filter(|planned| planned.expect != Some(*digest)).collect();
    let payload = serde_json::json!({
        "account": repository.account.to_string(),
        "repository": repository.name.as_str(),
        "digest": digest.to_string(),
        "tags": tags.iter().map(|planned| planned.tag.as_str()).collect::<Vec<_>>(),
        "actor": requester.principal,
    });
    Event { kind: "image.tagged".to_owned(), payload: payload.to_string() }
}
