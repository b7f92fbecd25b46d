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
/// How many referrers of an image, and of the indexes that name it, are looked into: its own first, and of those of one
/// manifest those pushed first.
const MOST: usize = 16;
/// How many indexes that name an image are looked for, those pushed first first.
const INDEXES: usize = 32;

/// What refers to an image.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Around {
    /// The indexes that name it.
    pub(super) indexes: Arc<[Digest]>,
    /// The VEX documents attached to it and to those, and believed, by the digests of their manifests.
    pub(super) attached: Arc<[Digest]>,
}

impl Registry {
    /// What refers to an image, attached documents only if they are `believed`. Costs no look at the catalog while nothing
    /// changes.
    pub(super) fn around(
        &self,
        repository: &Repository,
        image: &Digest,
        believed: bool,
    ) -> Result<Around, RegistryError> {
        let number = self.catalog.referrers_version(repository, image);
        let key = (repository.clone(), *image);
        if let Some(kept) = self.remembered.around.get(&key).filter(|kept| number == Some(kept.number)) {
            return Ok(kept.value);
        }
        let indexes: Arc<[Digest]> = self.catalog.indexes_naming(repository, image, INDEXES)?.into();
        let mut attached = Vec::new();
        for subject in [image].into_iter().chain(indexes.iter()).filter(|_| believed) {
            let referrers = self.catalog.referrers(repository, subject, None)?;
            let is_vex = |kind: &Option<String>| kind.as_deref().is_some_and(|kind| TYPES.contains(&kind));
            let found = referrers.into_iter().filter(|referrer| is_vex(&referrer.artifact_type));
            attached.extend(found.map(|referrer| referrer.digest).take(MOST - attached.len()));
        }
        let value = Around { indexes, attached: attached.into() };
        if let Some(number) = number {
            self.remembered.around.insert(key, Kept { value: value.clone(), number });
        }
        Ok(value)
    }

    /// What the documents say that are attached to an image. Those that cannot be read say nothing.
    pub(super) fn attached_statements(
        &self,
        repository: &Repository,
        image: &Digest,
        around: &Around,
    ) -> Result<Statements, RegistryError> {
        let mut statements = Statements::default();
        for digest in around.attached.iter() {
            let Some(stored) = self.catalog.manifest(repository, &Reference::Digest(*digest))? else { continue };
            let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
            for layer in manifest.layers() {
                let Some(bytes) = self.attached_bytes(&layer.digest)? else { continue };
                match vex::read(&bytes) {
                    Ok(document) if is_about(&document, image, around) => {
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

/// Whether a document is for the image: an attestation says itself what it is for.
fn is_about(document: &vex::Document, image: &Digest, around: &Around) -> bool {
    let names = |digest: &Digest| document.attested_for.contains(&digest.to_string());
    document.attested_for.is_empty() || names(image) || around.indexes.iter().any(names)
}
