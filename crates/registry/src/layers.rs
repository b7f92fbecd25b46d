//! Layers as Amazon ECR knows them: checked for, downloaded by a link, and uploaded in parts that follow each other.

use bytes::Bytes;
use futures_core::Stream;
use plimsoll_catalog::{ImageStatus, Repository};
use plimsoll_iam::Principal;
use plimsoll_oci::{Algorithm, ChunkRange, Digest, Manifest, Reference, UploadId};
use quick_cache::sync::Cache;

use crate::{BodyError, Declared, Registry, RegistryError, Requester};

/// The longest layer, in bytes: 52,000 MiB.
const MAX_LAYER: u64 = 52_000 << 20;
/// The least that each part but the last has, in bytes.
const MIN_PART: u64 = 5 << 20;
/// The most parts of one layer.
const MAX_PARTS: u32 = 4_200;
/// How many uploads' parts are remembered.
const UPLOADS: usize = 10_000;

/// A layer of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRecord {
    /// How many bytes it has.
    pub size: u64,
    /// The media type, as an image of the repository names it.
    pub media_type: Option<String>,
    /// Whether an image of the repository has it.
    pub used: bool,
    /// Whether all images of the repository that have it are archived.
    pub archived: bool,
}

/// What is known of the parts of an upload. An upload from before a restart is taken for one whose parts are right.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    count: u32,
    /// The size of the last one.
    last: u64,
    /// Whether one that is not the last is too small.
    too_small: bool,
}

/// The parts of the uploads that are on their way.
pub(crate) struct Uploads(Cache<UploadId, Parts>);

impl Default for Uploads {
    fn default() -> Self {
        Self(Cache::new(UPLOADS))
    }
}

/// A part of a layer.
#[derive(Clone, Debug)]
pub struct LayerPart {
    /// Where its first byte belongs in the layer.
    pub first: u64,
    /// Where its last byte belongs.
    pub last: u64,
    /// The bytes.
    pub content: Bytes,
}

impl Registry {
    /// What a repository knows of a layer; `None` if it has not got it.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn layer(&self, repository: &Repository, digest: &Digest) -> Result<Option<LayerRecord>, RegistryError> {
        let Some(size) = self.catalog.blob_size(repository, digest)? else {
            self.must_exist(repository)?;
            return Ok(None);
        };
        let mut layer = LayerRecord { size, media_type: None, used: false, archived: false };
        let users = self.catalog.manifests_using_blob(repository, digest)?;
        (layer.used, layer.archived) = (!users.is_empty(), !users.is_empty());
        for user in users {
            let Some(stored) = self.catalog.manifest(repository, &Reference::Digest(user))? else { continue };
            layer.archived &= stored.status != ImageStatus::Active;
            if layer.media_type.is_none() {
                let manifest = Manifest::parse(&stored.content, &stored.media_type).ok();
                let named = manifest.and_then(|manifest| {
                    manifest.required_blobs().find(|blob| blob.digest == *digest).map(|blob| blob.media_type.clone())
                });
                layer.media_type = named;
            }
            // A layer of a base is in very many images: the rest of them has nothing to add.
            if !layer.archived && layer.media_type.is_some() {
                break;
            }
        }
        Ok(Some(layer))
    }

    /// Lets `principal` download a layer of an image that it may pull.
    ///
    /// # Errors
    /// [`RegistryError::BlobUnknown`] if the repository has not got it; [`RegistryError::LayerInaccessible`] if no image
    /// that can be pulled has it; [`RegistryError::Refused`] if a gate closes on all of them.
    pub fn may_download_layer(
        &self,
        repository: &Repository,
        digest: &Digest,
        principal: &Principal,
    ) -> Result<(), RegistryError> {
        let layer = self.layer(repository, digest)?.ok_or(RegistryError::BlobUnknown)?;
        if !layer.used || layer.archived {
            return Err(RegistryError::LayerInaccessible);
        }
        self.pass_gates_for_blob(repository, digest, principal)
    }

    /// Starts the upload of a layer to a repository that exists.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn start_layer(&self, repository: &Repository) -> Result<UploadId, RegistryError> {
        self.must_exist(repository)?;
        let id = self.start_upload(repository, Algorithm::Sha256).await?;
        self.uploads.0.insert(id, Parts::default());
        Ok(id)
    }

    /// Adds a part to the upload of a layer; answers how many bytes it has then.
    ///
    /// # Errors
    /// [`RegistryError::RangeMismatch`] if the part does not begin where the one before ended;
    /// [`RegistryError::SizeMismatch`] if it is not as long as it says; [`RegistryError::LayerTooLarge`];
    /// [`RegistryError::UploadUnknown`].
    pub async fn append_layer(
        &self,
        repository: &Repository,
        id: UploadId,
        part: LayerPart,
    ) -> Result<u64, RegistryError> {
        self.must_exist(repository)?;
        let length = part.content.len() as u64;
        let offset = self.upload_offset(repository, id).await?;
        if part.first != offset {
            return Err(RegistryError::RangeMismatch { offset });
        }
        if part.last.checked_sub(part.first).and_then(|rest| rest.checked_add(1)) != Some(length) {
            return Err(RegistryError::SizeMismatch);
        }
        let before = self.uploads.0.get(&id).unwrap_or_default();
        if part.last >= MAX_LAYER || before.count >= MAX_PARTS {
            return Err(RegistryError::LayerTooLarge);
        }
        let range = ChunkRange { start: part.first, end: part.last };
        let declared = Declared { range: Some(range), length: Some(length) };
        let received = self.append_upload(repository, id, declared, Whole(Some(part.content))).await?;
        let too_small = before.too_small || (before.count > 0 && before.last < MIN_PART);
        self.uploads.0.insert(id, Parts { count: before.count + 1, last: length, too_small });
        Ok(received)
    }

    /// Makes an upload the layer `digest` of the repository.
    ///
    /// # Errors
    /// [`RegistryError::LayerEmpty`] if nothing was uploaded; [`RegistryError::LayerPartTooSmall`] if a part before the last
    /// is too small; [`RegistryError::LayerExists`] if the repository has the layer already;
    /// [`RegistryError::DigestMismatch`] if it is not what was uploaded, which is gone then;
    /// [`RegistryError::UploadUnknown`].
    pub async fn complete_layer(
        &self,
        repository: &Repository,
        id: UploadId,
        digest: Digest,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        self.must_exist(repository)?;
        if self.upload_offset(repository, id).await? == 0 {
            return Err(RegistryError::LayerEmpty);
        }
        if self.uploads.0.get(&id).is_some_and(|parts| parts.too_small) {
            return Err(RegistryError::LayerPartTooSmall);
        }
        if self.catalog.blob_size(repository, &digest)?.is_some() {
            return Err(RegistryError::LayerExists);
        }
        self.finish_upload(repository, id, digest, Declared::default(), Whole(None), requester).await?;
        self.uploads.0.remove(&id);
        Ok(())
    }
}

/// A body that is in memory whole.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}
