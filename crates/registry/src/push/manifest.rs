//! Manifests: checked, analysed, judged, and stored with their tags in one transaction.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use plimsoll_catalog::{CatalogError, Event, ImageFacts, Incomplete, NewManifest, Repository, SameTag};
use plimsoll_inventory::ANALYSER_VERSION;
use plimsoll_oci::{Content, Descriptor, Digest, Manifest, Reference, Tag};

use crate::judge::stored;
use crate::{Deed, Registry, RegistryError, Requester, now};

/// How long a push waits for the analysis of its layers before the image is accepted as pending.
const ANALYSIS_DEADLINE: Duration = Duration::from_secs(20);

/// A manifest to push.
#[derive(Clone, Debug)]
pub struct PutManifest {
    /// The tag or digest to store it under.
    pub reference: Reference,
    /// Further tags to set.
    pub tags: Vec<Tag>,
    /// The `Content-Type` it was sent with; empty where there was none.
    pub content_type: String,
    /// Its bytes.
    pub content: Bytes,
}

/// A manifest that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedManifest {
    /// Its digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// The manifest it refers to.
    pub subject: Option<Digest>,
    /// Whether anything is different now: the repository had not got it, or not under all of these tags, or it was in the
    /// archive.
    pub changed: bool,
}

impl Registry {
    /// Stores a manifest with its tags, references, inventory and event, all or nothing.
    pub async fn put_manifest(
        &self,
        repository: &Repository,
        put: PutManifest,
        requester: &Requester,
    ) -> Result<PushedManifest, RegistryError> {
        let same_tag = if self.config.accept_same_push { SameTag::Accept } else { SameTag::Refuse };
        self.store_manifest(repository, put, same_tag, requester).await
    }

    /// The same, with what to do about a push of what is there already.
    pub(crate) async fn store_manifest(
        &self,
        repository: &Repository,
        put: PutManifest,
        same_tag: SameTag,
        requester: &Requester,
    ) -> Result<PushedManifest, RegistryError> {
        let manifest = Manifest::parse(&put.content, &put.content_type)?;
        let digest = proven_digest(&put)?;
        let facts = self.facts_in_time(&manifest, &digest).await?;
        let pending = facts.is_none() && manifest.runnable_layers().is_some();
        let subject = manifest.subject.as_ref().map(|subject| subject.digest);
        let media_type = manifest.media_type.clone();
        let new = self.new_manifest(repository, put, &manifest, digest, facts, requester)?;
        let new = NewManifest { same_tag, ..new };
        let stored = self.catalog.put_manifest(new).await.map_err(|error| immutable(error, repository))?;
        if pending {
            self.analyse_later(manifest, digest);
        }
        let changed = stored.created || stored.restored || !stored.moved.is_empty();
        Ok(PushedManifest { digest, media_type, subject, changed })
    }

    fn new_manifest(
        &self,
        repository: &Repository,
        put: PutManifest,
        manifest: &Manifest,
        digest: Digest,
        image: Option<ImageFacts>,
        requester: &Requester,
    ) -> Result<NewManifest, RegistryError> {
        let mut tags = put.tags;
        if let Reference::Tag(tag) = put.reference {
            tags.push(tag);
        }
        let event = pushed(repository, &digest, &tags, &requester.principal);
        let deed = Deed::operation(repository, "PutImage", named(&digest, &tags));
        let incomplete = if self.config.sparse { Incomplete::Accept } else { Incomplete::Refuse };
        Ok(NewManifest {
            repository: repository.clone(),
            digest,
            media_type: manifest.media_type.clone(),
            artifact_type: manifest.referrer_type().map(str::to_owned),
            subject: manifest.subject.as_ref().map(|subject| subject.digest),
            annotations_json: manifest.annotations.as_ref().and_then(|map| serde_json::to_string(map).ok()),
            content: put.content,
            blobs: self.blobs_of(repository, manifest)?,
            children: manifest.children().iter().map(|child| child.digest).collect(),
            incomplete,
            same_tag: SameTag::Refuse,
            image_size: image_size(manifest),
            scan_requested: self.scan_applies(repository)?,
            image,
            cause: requester.cause(deed, Some(event)),
            tags,
        })
    }

    /// The blobs a manifest refers to: those it needs, and of the others those that are here.
    fn blobs_of(&self, repository: &Repository, manifest: &Manifest) -> Result<Vec<Digest>, RegistryError> {
        let mut blobs: Vec<Digest> = manifest.required_blobs().map(|blob| blob.digest).collect();
        for layer in manifest.layers().iter().filter(|layer| !layer.must_be_present()) {
            if self.catalog.blob_size(repository, &layer.digest)?.is_some() {
                blobs.push(layer.digest);
            }
        }
        Ok(blobs)
    }

    /// The facts of an image; `None` if it is not one, if it is known already, or if the analysis takes too long.
    async fn facts_in_time(&self, manifest: &Manifest, digest: &Digest) -> Result<Option<ImageFacts>, RegistryError> {
        let Some(layers) = manifest.runnable_layers() else { return Ok(None) };
        if self.catalog.image_inventory(digest, ANALYSER_VERSION)?.is_some() {
            return Ok(None);
        }
        let facts = tokio::time::timeout(ANALYSIS_DEADLINE, self.image_facts(layers)).await;
        facts.unwrap_or(Ok(None))
    }

    /// Analyses what is not analysed yet and merges the layers; `None` if the store lacks one of them.
    pub(crate) async fn image_facts(&self, layers: &[Descriptor]) -> Result<Option<ImageFacts>, RegistryError> {
        let mut inventories = Vec::with_capacity(layers.len());
        for layer in layers {
            match self.analysis.layer(layer.digest).await? {
                Some(inventory) => inventories.push(Arc::unwrap_or_clone(inventory)),
                None if layer.must_be_present() => return Ok(None),
                None => inventories.push(stored::unreadable(layer, "is kept elsewhere (non-distributable)")),
            }
        }
        let merged = plimsoll_inventory::merge(&inventories);
        Ok(Some(stored::facts(&merged, ANALYSER_VERSION)?))
    }

    /// Goes on with an analysis that took longer than its push could wait.
    fn analyse_later(&self, manifest: Manifest, digest: Digest) {
        let registry = self.clone();
        tokio::spawn(async move {
            if let Err(error) = registry.analyse_image(&manifest, digest).await {
                tracing::error!(%digest, %error, "an image could not be analysed");
            }
        });
    }

    /// Analyses an image and keeps what is found.
    pub(crate) async fn analyse_image(&self, manifest: &Manifest, digest: Digest) -> Result<(), RegistryError> {
        let Some(layers) = manifest.runnable_layers() else { return Ok(()) };
        if let Some(facts) = self.image_facts(layers).await? {
            self.catalog.put_image_inventory(&digest, facts, now()).await?;
        }
        Ok(())
    }
}

/// A manifest with its tags, for the audit log.
fn named(digest: &Digest, tags: &[Tag]) -> String {
    tags.iter().fold(digest.to_string(), |text, tag| format!("{text} {tag}"))
}

/// Says of which repository a tag is that may not move.
fn immutable(error: CatalogError, repository: &Repository) -> RegistryError {
    match error {
        CatalogError::TagImmutable { tag, names, same } => {
            RegistryError::TagImmutable { tag, repository: repository.name.clone(), names, same }
        }
        other => other.into(),
    }
}

fn proven_digest(put: &PutManifest) -> Result<Digest, RegistryError> {
    match &put.reference {
        Reference::Tag(_) => Ok(Digest::sha256(&put.content)),
        Reference::Digest(expected) => {
            let actual = expected.algorithm().digest(&put.content);
            if actual == *expected { Ok(actual) } else { Err(RegistryError::digest_mismatch(actual)) }
        }
    }
}

/// The bytes of the configuration and the layers, as the manifest states them.
fn image_size(manifest: &Manifest) -> u64 {
    let config = match &manifest.content {
        Content::Image { config, .. } => Some(config.as_ref()),
        Content::Index(_) => None,
    };
    config.into_iter().chain(manifest.layers()).fold(0, |sum, descriptor| sum.saturating_add(descriptor.size))
}

fn pushed(repository: &Repository, digest: &Digest, tags: &[Tag], actor: &str) -> Event {
    let tags: Vec<&str> = tags.iter().map(Tag::as_str).collect();
    let payload = serde_json::json!({
        "account": repository.account.to_string(),
        "repository": repository.name.as_str(),
        "digest": digest.to_string(),
        "tags": tags,
        "actor": actor,
    });
    Event { kind: "image.pushed".to_owned(), payload: payload.to_string() }
}
