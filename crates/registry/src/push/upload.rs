//! Uploads: start, append, finish, cancel, mount.

use plimsoll_catalog::{Cause, Repository, Visibility};
use plimsoll_oci::{Algorithm, ChunkRange, Digest, UploadId};
use plimsoll_store::{Scope, Upload};

use super::body::{Body, Pieces, blocking, receive};
use crate::analysis::Tee;
use crate::{Deed, Registry, RegistryError, Requester};

/// What a request says about the bytes it carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Where in the blob they belong (`Content-Range`).
    pub range: Option<ChunkRange>,
    /// How many there are (`Content-Length`).
    pub length: Option<u64>,
}

impl Declared {
    fn check(&self, offset: u64) -> Result<(), RegistryError> {
        let Some(range) = self.range else { return Ok(()) };
        if range.start != offset {
            return Err(RegistryError::RangeMismatch { offset });
        }
        if self.length.is_some_and(|length| length != range.len()) {
            return Err(RegistryError::SizeMismatch);
        }
        Ok(())
    }

    fn expected(&self) -> Option<u64> {
        self.range.map(|range| range.len()).or(self.length)
    }
}

/// A blob in the store that the catalog has yet to hear of. The upload it was made from stays until then.
struct Finished {
    upload: Upload,
    size: u64,
    analysis: crate::analysis::Outcome,
}

impl Registry {
    /// Starts an upload session.
    pub async fn start_upload(&self, repository: &Repository, algorithm: Algorithm) -> Result<UploadId, RegistryError> {
        let (store, scope, id) = (self.store.clone(), scope(repository), random_upload_id()?);
        blocking(move || Ok(store.start_upload(&scope, id, algorithm)?.id())).await
    }

    /// How many bytes an upload has received.
    pub async fn upload_offset(&self, repository: &Repository, id: UploadId) -> Result<u64, RegistryError> {
        let (store, scope) = (self.store.clone(), scope(repository));
        blocking(move || Ok(store.upload_offset(&scope, id)?)).await
    }

    /// Adds the body to an upload and returns how many bytes the upload has then.
    ///
    /// What arrived before a body broke off stays: the client asks for the offset and goes on from there.
    pub async fn append_upload(
        &self,
        repository: &Repository,
        id: UploadId,
        declared: Declared,
        body: impl Body,
    ) -> Result<u64, RegistryError> {
        let (registry, scope) = (self.clone(), scope(repository));
        receive(body, move |pieces| {
            let mut upload = registry.store.resume_upload(&scope, id)?;
            declared.check(upload.offset())?;
            let mut tee = registry.analysis.resume(id, upload.offset());
            append(&mut upload, &mut tee, declared, pieces)?;
            registry.analysis.park(id, upload.offset(), tee);
            Ok(upload.offset())
        })
        .await
    }

    /// Adds the body to an upload and makes the upload the blob `digest` of the repository.
    pub async fn finish_upload(
        &self,
        repository: &Repository,
        id: UploadId,
        digest: Digest,
        declared: Declared,
        body: impl Body,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let (registry, scope) = (self.clone(), scope(repository));
        let finished = receive(body, move |pieces| {
            let upload = registry.store.resume_upload(&scope, id)?;
            declared.check(upload.offset())?;
            registry.finish(upload, &digest, declared, pieces)
        })
        .await?;
        self.link(repository, digest, finished, requester).await
    }

    /// Makes the body the blob `digest` of the repository, in one request.
    pub async fn push_blob(
        &self,
        repository: &Repository,
        digest: Digest,
        declared: Declared,
        body: impl Body,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let (registry, scope, id) = (self.clone(), scope(repository), random_upload_id()?);
        let finished = receive(body, move |pieces| {
            let upload = registry.store.start_upload(&scope, id, digest.algorithm())?;
            registry.finish_or_cancel(upload, &scope, &digest, declared, pieces)
        })
        .await?;
        self.link(repository, digest, finished, requester).await
    }

    /// Gives an upload up.
    pub async fn cancel_upload(&self, repository: &Repository, id: UploadId) -> Result<(), RegistryError> {
        let (registry, scope) = (self.clone(), scope(repository));
        blocking(move || {
            registry.analysis.forget(id);
            Ok(registry.store.resume_upload(&scope, id)?.cancel()?)
        })
        .await
    }

    /// Takes a blob from another repository of the account. Whether it was there.
    pub async fn mount_blob(
        &self,
        from: &Repository,
        repository: &Repository,
        digest: Digest,
        requester: &Requester,
    ) -> Result<bool, RegistryError> {
        Ok(self.catalog.mount_blob(from, repository, digest, uploaded(repository, &digest, requester)).await?)
    }

    fn finish(
        &self,
        mut upload: Upload,
        digest: &Digest,
        declared: Declared,
        pieces: &mut Pieces,
    ) -> Result<Finished, RegistryError> {
        let id = upload.id();
        let mut tee = self.analysis.resume(id, upload.offset());
        if tee.is_fresh() && pieces.is_whole() {
            tee = self.analysis.at_once();
        }
        append(&mut upload, &mut tee, declared, pieces)?;
        self.analysis.forget(id);
        let size = upload.publish(digest)?;
        Ok(Finished { upload, size, analysis: tee.finish() })
    }

    /// A monolithic upload has no session to go on with: nothing of a failed one is kept.
    fn finish_or_cancel(
        &self,
        upload: Upload,
        scope: &Scope,
        digest: &Digest,
        declared: Declared,
        pieces: &mut Pieces,
    ) -> Result<Finished, RegistryError> {
        let id = upload.id();
        self.finish(upload, digest, declared, pieces).inspect_err(|_| {
            // The digest's own mismatch has removed it already.
            if let Ok(upload) = self.store.resume_upload(scope, id) {
                let _ = upload.cancel();
            }
        })
    }

    async fn link(
        &self,
        repository: &Repository,
        digest: Digest,
        finished: Finished,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = uploaded(repository, &digest, requester);
        self.catalog.link_blob(repository, digest, finished.size, cause).await?;
        self.analysis.keep(digest, finished.analysis);
        blocking(move || Ok(finished.upload.cancel()?)).await
    }
}

/// Writes the pieces to the upload, and shows them to the analyser.
fn append(upload: &mut Upload, tee: &mut Tee, declared: Declared, pieces: &mut Pieces) -> Result<(), RegistryError> {
    let mut received = 0;
    while let Some(piece) = pieces.next()? {
        received += piece.len() as u64;
        if declared.expected().is_some_and(|expected| received > expected) {
            return Err(RegistryError::SizeMismatch);
        }
        upload.append(&piece)?;
        tee.feed(&piece, upload);
    }
    if declared.range.is_some() && declared.expected() != Some(received) {
        return Err(RegistryError::SizeMismatch);
    }
    Ok(())
}

fn uploaded(repository: &Repository, digest: &Digest, requester: &Requester) -> Cause {
    requester.cause(Deed::operation(repository, "CompleteLayerUpload", digest.to_string()), None)
}

fn scope(repository: &Repository) -> Scope {
    let registry = match repository.visibility {
        Visibility::Private => "",
        Visibility::Public => "public/",
    };
    Scope::of(&format!("{registry}{}/{}", repository.account, repository.name))
}

fn random_upload_id() -> Result<UploadId, RegistryError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(RegistryError::Random)?;
    Ok(UploadId::from_random(random))
}
