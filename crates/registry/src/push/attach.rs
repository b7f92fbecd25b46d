//! Documents attached to images by the registry itself, when it is asked to: OCI referrers.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use plimsoll_catalog::Repository;
use plimsoll_oci::{Digest, Reference, media};
use serde_json::json;

use super::{BodyError, Declared, PushedManifest, PutManifest};
use crate::{Registry, RegistryError, Requester, moment};

/// The configuration of what is no image.
const EMPTY: &[u8] = b"{}";
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";

impl Registry {
    /// Attaches a document of the type `artifact_type` to an image of the repository. Attaching the same again changes
    /// nothing.
    ///
    /// # Errors
    /// [`RegistryError::ManifestUnknown`] if the image is not there, and those of a push.
    pub async fn attach(
        &self,
        repository: &Repository,
        image: &Digest,
        (artifact_type, document): (&str, Bytes),
        requester: &Requester,
    ) -> Result<PushedManifest, RegistryError> {
        let subject = self.manifest(repository, &Reference::Digest(*image))?;
        let layer = Digest::sha256(&document);
        let size = document.len();
        for (digest, content) in [(Digest::sha256(EMPTY), Bytes::from_static(EMPTY)), (layer, document)] {
            self.push_blob(repository, digest, Declared::default(), Whole(Some(content)), requester).await?;
        }
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": media::OCI_MANIFEST,
            "artifactType": artifact_type,
            "config": {"mediaType": EMPTY_TYPE, "digest": Digest::sha256(EMPTY), "size": EMPTY.len()},
            "layers": [{"mediaType": artifact_type, "digest": layer, "size": size}],
            "subject": {
                "mediaType": subject.media_type, "digest": subject.digest, "size": subject.content.len()
            },
            "annotations": {"org.opencontainers.image.created": moment::text(subject.pushed_at)},
        });
        let content = Bytes::from(manifest.to_string());
        let put = PutManifest {
            reference: Reference::Digest(Digest::sha256(&content)),
            tags: Vec::new(),
            content_type: media::OCI_MANIFEST.to_owned(),
            content,
        };
        self.put_manifest(repository, put, requester).await
    }
}

/// A body that is here as a whole.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}
