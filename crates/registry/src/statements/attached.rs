//! VEX documents that are attached to images: OCI referrers. Whoever may push may attach one, so the configuration has to
//! say for which repositories they are believed.

use std::io::Read as _;
use std::sync::Arc;

use plimsoll_advisories::vex::{self, Statements};
use plimsoll_catalog::Repository;
use plimsoll_oci::{Digest, Manifest, Reference};

use super::Kept;
use super::vex::MAX_DOCUMENT;
use crate::{Registry, RegistryError};

/// The artifact types of VEX documents, and of attestations, which may be of one.
const TYPES: [&str; 9] = [
    "application/vnd.openvex+json",
    "application/openvex+json",
    "application/vex+json",
    "application/csaf+json",
    "application/vnd.cyclonedx.vex+json",
    "application/vnd.cyclonedx+json",
    "application/vnd.in-toto+json",
    "application/vnd.dsse.envelope.v1+json",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
];
/// How many referrers of one image are looked into, those pushed first first.
const MOST: usize = 16;

impl Registry {
    /// The manifests of the VEX documents that are attached to an image and believed, those pushed first first. Costs no
    /// look at the catalog while nothing changes.
    pub(super) fn attached(&self, repository: &Repository, image: &Digest) -> Result<Arc<[Digest]>, RegistryError> {
        let believed = self.config.vex_referrers.iter().any(|pattern| pattern.matches(&repository.name));
        if !believed {
            return Ok(Arc::default());
        }
        let number = self.catalog.referrers_version(repository, image);
        let key = (repository.clone(), *image);
        if let Some(kept) = self.remembered.attached.get(&key).filter(|kept| number == Some(kept.number)) {
            return Ok(kept.value);
        }
        let referrers = self.catalog.referrers(repository, image, None)?;
        let is_vex = |kind: &Option<String>| kind.as_deref().is_some_and(|kind| TYPES.contains(&kind));
        let found = referrers.into_iter().filter(|referrer| is_vex(&referrer.artifact_type)).take(MOST);
        let value: Arc<[Digest]> = found.map(|referrer| referrer.digest).collect();
        if let Some(number) = number {
            self.remembered.attached.insert(key, Kept { value: Arc::clone(&value), number });
        }
        Ok(value)
    }

    /// What the documents say that are attached to an image. Those that cannot be read say nothing.
    pub(super) fn attached_statements(
        &self,
        repository: &Repository,
        image: &Digest,
        manifests: &[Digest],
    ) -> Result<Statements, RegistryError> {
        let mut statements = Statements::default();
        for digest in manifests {
            let Some(stored) = self.catalog.manifest(repository, &Reference::Digest(*digest))? else { continue };
            let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
            for layer in manifest.layers() {
                let Some(bytes) = self.attached_bytes(&layer.digest)? else { continue };
                match vex::read(&bytes) {
                    Ok(document) if is_about(&document, image) => {
                        statements.add(&format!("referrer {digest}"), document.statements);
                    }
                    Ok(_) => tracing::debug!(%digest, "what is attached to an image was attested for another"),
                    Err(error) => tracing::debug!(%digest, %error, "what is attached to an image is no VEX document"),
                }
            }
        }
        Ok(statements)
    }

    fn attached_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, RegistryError> {
        let Some(blob) = self.store.blob(digest)?.filter(|blob| blob.size <= MAX_DOCUMENT as u64) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let read = blob.file.take(MAX_DOCUMENT as u64).read_to_end(&mut bytes);
        read.map_err(|source| RegistryError::BlobUnreadable { digest: Box::new(*digest), source })?;
        Ok(Some(bytes))
    }
}

/// Whether a document is for the image: an attestation says itself which one it is for.
fn is_about(document: &vex::Document, image: &Digest) -> bool {
    let attested_for = &document.attested_for;
    attested_for.is_empty() || attested_for.contains(&image.to_string())
}
